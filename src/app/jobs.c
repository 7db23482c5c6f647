/* SPDX-License-Identifier: Apache-2.0 */
#include "app/jobs_private.h"

#include "core/file.h"
#include "core/log.h"
#include "core/sample.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define END_GRACE_NS   (10 * DAVY_NS_PER_S) /* to end in order and keep an unfinished network */
#define CLOSE_GRACE_NS (2 * DAVY_NS_PER_S)  /* the same when the daemon ends */

static void forget(davy_queued_job *job)
{
    json_decref(job->record);
    davy_buffer_clear(&job->words);
    free(job);
}

davy_queued_job *davy_jobs_find(const davy_jobs *jobs, uint64_t id)
{
    davy_queued_job *job = jobs->oldest;

    while (job && davy_job_record_id(job->record) != id)
        job = job->next;
    return job;
}

/* The newest of all. */
static void append(davy_jobs *jobs, davy_queued_job *job)
{
    *jobs->end = job;
    jobs->end = &job->next;
    jobs->count++;
    if (davy_job_record_id(job->record) > jobs->last_id)
        jobs->last_id = davy_job_record_id(job->record);
}

/* Also what its order left. */
static void remove_files(davy_jobs *jobs, uint64_t id)
{
    char path[PATH_MAX];

    if (jobs->kind->remove_inputs)
        jobs->kind->remove_inputs(jobs, id);
    if (jobs->kind->remove_answer)
        jobs->kind->remove_answer(jobs, id);
    (void) snprintf(path, sizeof path, "%s/%" PRIu64 ".json", jobs->folder, id);
    (void) unlink(path);
}

static void drop(davy_jobs *jobs, davy_queued_job **at)
{
    davy_queued_job *job = *at;

    remove_files(jobs, davy_job_record_id(job->record));
    *at = job->next;
    if (!*at)
        jobs->end = at;
    jobs->count--;
    forget(job);
}

/* The oldest that have ended make room. */
static void drop_old(davy_jobs *jobs)
{
    davy_queued_job **at = &jobs->oldest;

    while (*at && jobs->count > jobs->kind->kept_max)
        if (davy_job_record_is_open((*at)->record))
            at = &(*at)->next;
        else
            drop(jobs, at);
}

/* -- Orders ----------------------------------------------------------------------------------- */

void davy_jobs_add_word(davy_queued_job *job, const char *word)
{
    davy_buffer_append(&job->words, word, strlen(word) + 1);
    job->word_count++;
}

void davy_jobs_add_option(davy_queued_job *job, const char *key, const char *value)
{
    davy_buffer_printf(&job->words, "--%s=%s", key, value);
    davy_buffer_append(&job->words, "", 1);
    job->word_count++;
}

void davy_jobs_call(const davy_jobs *jobs, davy_queued_job *job, const char *verb)
{
    davy_jobs_add_word(job, jobs->program);
    davy_jobs_add_word(job, verb);
    davy_jobs_add_option(job, "models", jobs->registry);
    davy_jobs_add_option(job, "data", jobs->data);
    davy_jobs_add_word(job, "--json");
    davy_jobs_add_word(job, "--json-progress");
}

static davy_status check_queue(const davy_jobs *jobs)
{
    size_t waiting = 0;

    for (const davy_queued_job *job = jobs->oldest; job; job = job->next)
        waiting += davy_job_record_is(job->record, DAVY_JOB_QUEUED);
    if (jobs->stopping || waiting >= jobs->kind->waiting_max)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s",
                         jobs->stopping ? "davy is ending" : "too many jobs wait already");
    return DAVY_OK;
}

/* A job that is not kept is not begun. */
static davy_status put_in_queue(davy_jobs *jobs, davy_job_maker *make, const void *order,
                                davy_queued_job **out)
{
    const uint64_t id = jobs->last_id + 1;
    davy_queued_job *job = calloc(1, sizeof *job);
    davy_status status = job ? make(jobs, id, order, job) : davy_fail(DAVY_ERR_NOMEM, "a job");

    if (status == DAVY_OK)
        status = davy_buffer_ok(&job->words);
    if (status == DAVY_OK)
        status = davy_job_record_save(jobs->folder, job->record);
    if (status == DAVY_OK) {
        append(jobs, job);
        *out = job;
        return DAVY_OK;
    }
    remove_files(jobs, id);
    if (job)
        forget(job);
    return status;
}

static davy_status give_copy(const json_t *record, json_t **out)
{
    *out = json_deep_copy(record);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a job");
}

davy_status davy_jobs_order(davy_jobs *jobs, davy_job_maker *make, const void *order, json_t **out)
{
    davy_queued_job *job = NULL;
    davy_status status;

    pthread_mutex_lock(&jobs->guard);
    status = check_queue(jobs);
    if (status == DAVY_OK)
        status = put_in_queue(jobs, make, order, &job);
    if (status == DAVY_OK) {
        drop_old(jobs);
        davy_jobs_wake(jobs);
        status = give_copy(job->record, out);
    }
    pthread_mutex_unlock(&jobs->guard);
    return status;
}

static davy_status find_or_fail(const davy_jobs *jobs, uint64_t id, davy_queued_job **out)
{
    *out = davy_jobs_find(jobs, id);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOT_FOUND, "there is no job %" PRIu64, id);
}

davy_status davy_jobs_cancel(davy_jobs *jobs, uint64_t id, json_t **out)
{
    davy_queued_job *job;
    davy_status status;

    pthread_mutex_lock(&jobs->guard);
    status = find_or_fail(jobs, id, &job);
    if (status == DAVY_OK && !davy_job_record_is_open(job->record))
        status = davy_fail(DAVY_ERR_EXISTS, "job %" PRIu64 " has ended already", id);
    if (status == DAVY_OK && job == jobs->running)
        davy_jobs_ask_to_end(jobs, END_GRACE_NS);
    else if (status == DAVY_OK)
        davy_jobs_end(jobs, job, DAVY_JOB_CANCELLED, "it was cancelled before it began");
    if (status == DAVY_OK)
        status = give_copy(job->record, out);
    pthread_mutex_unlock(&jobs->guard);
    return status;
}

davy_status davy_jobs_get(davy_jobs *jobs, uint64_t id, json_t **out)
{
    davy_queued_job *job;
    davy_status status;

    pthread_mutex_lock(&jobs->guard);
    status = find_or_fail(jobs, id, &job);
    if (status == DAVY_OK)
        status = give_copy(job->record, out);
    pthread_mutex_unlock(&jobs->guard);
    return status;
}

davy_status davy_jobs_list(davy_jobs *jobs, json_t **out)
{
    json_t *all = json_array();
    int failed = all ? 0 : -1;

    pthread_mutex_lock(&jobs->guard);
    for (const davy_queued_job *job = jobs->oldest; job && failed == 0; job = job->next)
        failed = json_array_insert_new(all, 0, davy_jobs_brief(job->record));
    pthread_mutex_unlock(&jobs->guard);
    if (failed != 0) {
        json_decref(all);
        return davy_fail(DAVY_ERR_NOMEM, "a list of jobs");
    }
    *out = all;
    return DAVY_OK;
}

/* -- Open and close --------------------------------------------------------------------------- */

/* What ran or waited when davy ended was interrupted; its order is not begun again by itself. */
static void load_record(davy_jobs *jobs, const char *file)
{
    json_t *record = NULL;
    davy_queued_job *job;

    if (davy_job_record_load(jobs->folder, file, &record) != DAVY_OK) {
        davy_log(DAVY_LOG_WARNING, "jobs", "%s", davy_error());
        return;
    }
    job = calloc(1, sizeof *job);
    if (!job) {
        json_decref(record);
        return;
    }
    job->record = record;
    append(jobs, job);
    if (davy_job_record_is_open(job->record)) {
        davy_jobs_end(jobs, job, DAVY_JOB_INTERRUPTED, DAVY_JOB_ENDED_BEFORE);
        davy_log(DAVY_LOG_WARNING, "jobs", "job %" PRIu64 " was interrupted",
                 davy_job_record_id(job->record));
    }
}

static int is_record(const struct dirent *entry)
{
    const size_t digits = strspn(entry->d_name, "0123456789");

    return digits > 0 && digits < 19 && strcmp(entry->d_name + digits, ".json") == 0;
}

static davy_status load_records(davy_jobs *jobs)
{
    struct dirent **files = NULL;
    davy_status status = davy_folder_make(jobs->folder, 0700);
    int count;

    if (status != DAVY_OK)
        return status;
    count = scandir(jobs->folder, &files, is_record, versionsort); /* 9 before 10 */
    if (count < 0)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", jobs->folder);
    for (int i = 0; i < count; i++) {
        load_record(jobs, files[i]->d_name);
        free(files[i]);
    }
    free(files);
    drop_old(jobs);
    return DAVY_OK;
}

static char *own_program(void)
{
    char path[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    return length > 0 ? strndup(path, (size_t) length) : NULL;
}

/* Half of the machine's memory: the daemon, with its models and the store, has the other. */
static uint64_t half_of_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? (uint64_t) pages * (uint64_t) size / 2 : 0;
}

davy_status davy_jobs_open(const davy_jobs_options *options, davy_jobs **out)
{
    davy_jobs *jobs = calloc(1, sizeof *jobs);
    davy_status status;

    if (!jobs)
        return davy_fail(DAVY_ERR_NOMEM, "jobs");
    pthread_mutex_init(&jobs->guard, NULL);
    jobs->end = &jobs->oldest;
    jobs->process = (davy_job_process){0, -1, -1};
    jobs->kind = options->kind;
    jobs->clock = options->clock;
    jobs->announce = options->announce;
    jobs->context = options->context;
    jobs->memory_bytes = half_of_memory();
    jobs->program = options->program ? strdup(options->program) : own_program();
    jobs->data = strdup(options->data);
    jobs->registry = strdup(options->registry);
    jobs->wake = eventfd(0, EFD_CLOEXEC);
    if (asprintf(&jobs->folder, "%s/%s", options->data, options->kind->folder) < 0)
        jobs->folder = NULL;
    status = jobs->program && jobs->data && jobs->registry && jobs->folder && jobs->wake >= 0
                 ? load_records(jobs)
                 : davy_fail(DAVY_ERR_NOMEM, "jobs");
    if (status == DAVY_OK && pthread_create(&jobs->thread, NULL, davy_jobs_watch, jobs) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "cannot start the thread of jobs");
    jobs->has_thread = status == DAVY_OK;
    if (status == DAVY_OK)
        *out = jobs;
    else
        davy_jobs_close(jobs);
    return status;
}

static void end_thread(davy_jobs *jobs)
{
    pthread_mutex_lock(&jobs->guard);
    jobs->stopping = true;
    if (jobs->running)
        davy_jobs_ask_to_end(jobs, CLOSE_GRACE_NS);
    pthread_mutex_unlock(&jobs->guard);
    davy_jobs_wake(jobs);
    pthread_join(jobs->thread, NULL);
    jobs->has_thread = false;
}

void davy_jobs_stop(davy_jobs *jobs)
{
    if (!jobs || !jobs->has_thread)
        return;
    end_thread(jobs);
    pthread_mutex_lock(&jobs->guard);
    for (davy_queued_job *job = jobs->oldest; job; job = job->next)
        if (davy_job_record_is(job->record, DAVY_JOB_QUEUED))
            davy_jobs_end(jobs, job, DAVY_JOB_INTERRUPTED, DAVY_JOB_ENDED_BEFORE);
    pthread_mutex_unlock(&jobs->guard);
}

void davy_jobs_close(davy_jobs *jobs)
{
    if (!jobs)
        return;
    davy_jobs_stop(jobs);
    while (jobs->oldest) {
        davy_queued_job *next = jobs->oldest->next;

        forget(jobs->oldest);
        jobs->oldest = next;
    }
    davy_buffer_clear(&jobs->output);
    davy_buffer_clear(&jobs->errors);
    if (jobs->wake >= 0)
        close(jobs->wake);
    pthread_mutex_destroy(&jobs->guard);
    free(jobs->program);
    free(jobs->data);
    free(jobs->registry);
    free(jobs->folder);
    free(jobs);
}
