/* SPDX-License-Identifier: Apache-2.0 */
#include "app/jobs_private.h"

#include "core/log.h"
#include "core/sample.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS        250 /* at a running job: at its end, and whether it should end */
#define TIDY_MS        600000
#define ANNOUNCE_NS    DAVY_NS_PER_S
#define LINE_BYTES_MAX ((size_t) 16 * 1024)
#define ERRORS_MAX     ((size_t) 64 * 1024) /* that are looked at together */
#define READS_MAX      16 /* of 8 KiB at a look: one who floods us does not hold the queue up */

json_t *davy_jobs_brief(const json_t *record)
{
    json_t *copy = json_deep_copy(record);

    (void) json_object_del(copy, "log");
    return copy;
}

static void announce(davy_jobs *jobs, const davy_queued_job *job)
{
    json_t *object = jobs->announce ? davy_jobs_brief(job->record) : NULL;
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    jobs->announced_ns = davy_monotonic_ns(jobs->clock);
    if (text)
        jobs->announce(jobs->context, text);
    free(text);
    json_decref(object);
}

/* A state that cannot be kept is told all the same: the next one may be kept again. */
void davy_jobs_keep(davy_jobs *jobs, const davy_queued_job *job)
{
    if (davy_job_record_save(jobs->folder, job->record) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "jobs", "%s", davy_error());
    announce(jobs, job);
}

void davy_jobs_end(davy_jobs *jobs, davy_queued_job *job, const char *state, const char *message)
{
    davy_job_record_end(job->record, state, message, davy_wall_ns(jobs->clock));
    davy_buffer_clear(&job->words);
    if (jobs->kind->remove_inputs)
        jobs->kind->remove_inputs(jobs, davy_job_record_id(job->record));
    davy_jobs_keep(jobs, job);
}

void davy_jobs_wake(davy_jobs *jobs)
{
    const uint64_t one = 1;
    ssize_t written = write(jobs->wake, &one, sizeof one);

    (void) written; /* a full counter wakes as well */
}

/* -- Start ------------------------------------------------------------------------------------ */

static davy_status start_process(davy_jobs *jobs, const davy_queued_job *job)
{
    const char **argv = calloc(job->word_count + 1, sizeof *argv);
    const char *word = job->words.bytes;
    davy_status status;

    if (!argv)
        return davy_fail(DAVY_ERR_NOMEM, "a job");
    for (size_t i = 0; i < job->word_count; i++, word += strlen(word) + 1)
        argv[i] = word;
    status = davy_job_process_start(argv, &job->limits, &jobs->process);
    free(argv);
    return status;
}

static void start_next(davy_jobs *jobs)
{
    davy_queued_job *job = jobs->oldest;

    while (job && !davy_job_record_is(job->record, DAVY_JOB_QUEUED))
        job = job->next;
    if (!job)
        return;
    davy_buffer_reset(&jobs->output);
    davy_buffer_reset(&jobs->errors);
    jobs->phase = (davy_job_phase){0};
    jobs->asked_to_end = false;
    if (start_process(jobs, job) != DAVY_OK) {
        davy_jobs_end(jobs, job, DAVY_JOB_FAILED, davy_error());
        return;
    }
    jobs->running = job;
    davy_job_record_set_text(job->record, "state", DAVY_JOB_RUNNING);
    davy_job_record_set_text(job->record, "phase", "reading");
    davy_job_record_set_time(job->record, "started", davy_wall_ns(jobs->clock));
    davy_jobs_keep(jobs, job);
}

/* -- Watch ------------------------------------------------------------------------------------ */

/* Whole lines of its standard error; a line that is too long is cut. */
static void take_lines(davy_jobs *jobs)
{
    davy_buffer *text = &jobs->errors;
    size_t begin = 0;

    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] != '\n' && i - begin < LINE_BYTES_MAX)
            continue;
        text->bytes[i] = '\0';
        davy_job_record_hide(text->bytes + begin, jobs->data);
        davy_job_record_hide(text->bytes + begin, jobs->registry);
        davy_job_record_take_line(jobs->running->record, &jobs->phase, text->bytes + begin,
                                  davy_monotonic_ns(jobs->clock));
        begin = i + 1;
    }
    if (begin > 0)
        memmove(text->bytes, text->bytes + begin, text->length - begin);
    text->length -= begin;
}

/* Some bytes of an end of it, which is closed behind the last. False when nothing is there now. */
static bool read_some(int *end, size_t most, davy_buffer *into)
{
    char bytes[8192];
    const ssize_t length = *end >= 0 ? read(*end, bytes, sizeof bytes) : -1;

    if (length == 0) {
        close(*end);
        *end = -1;
    }
    if (length > 0 && into->length + (size_t) length <= most)
        davy_buffer_append(into, bytes, (size_t) length);
    return length > 0;
}

static void read_process(davy_jobs *jobs)
{
    for (size_t i = 0;
         i < READS_MAX && read_some(&jobs->process.output, jobs->kind->output_max, &jobs->output);
         i++)
        ;
    for (size_t i = 0; i < READS_MAX && read_some(&jobs->process.errors, ERRORS_MAX, &jobs->errors);
         i++)
        take_lines(jobs);
}

/* Why a job that is over is over. */
static void judge(davy_jobs *jobs, davy_queued_job *job, int how, bool has_result)
{
    const char *words = davy_job_record_last_words(job->record);
    char told[128], last[DAVY_ERROR_MAX];

    (void) snprintf(last, sizeof last, "%s",
                    WIFEXITED(how) && words[0] ? words
                                               : davy_job_process_tell(how, told, sizeof told));
    if (has_result)
        davy_jobs_end(jobs, job, DAVY_JOB_DONE, "");
    else if (jobs->stopping)
        davy_jobs_end(jobs, job, DAVY_JOB_INTERRUPTED, DAVY_JOB_ENDED_BEFORE);
    else if (jobs->asked_to_end)
        davy_jobs_end(jobs, job, DAVY_JOB_CANCELLED, "it was cancelled");
    else
        davy_jobs_end(jobs, job, DAVY_JOB_FAILED, last);
}

static void end_running(davy_jobs *jobs, int how)
{
    davy_queued_job *job = jobs->running;
    bool has_result;

    read_process(jobs);
    davy_job_process_close(&jobs->process);
    davy_buffer_append(&jobs->errors, "\n", 1);
    take_lines(jobs);
    davy_buffer_append(&jobs->output, "", 1);
    has_result = jobs->output.bytes &&
                 jobs->kind->take_output(jobs, job->record, how == 0, jobs->output.bytes);
    jobs->running = NULL;
    judge(jobs, job, how, has_result);
}

void davy_jobs_ask_to_end(davy_jobs *jobs, int64_t grace_ns)
{
    const int64_t kill_ns = davy_monotonic_ns(jobs->clock) + grace_ns;

    if (!jobs->asked_to_end)
        davy_job_process_signal(&jobs->process, SIGTERM);
    if (!jobs->asked_to_end || kill_ns < jobs->kill_ns)
        jobs->kill_ns = kill_ns;
    jobs->asked_to_end = true;
}

static void look_at_running(davy_jobs *jobs)
{
    const int64_t now_ns = davy_monotonic_ns(jobs->clock);
    int how;

    read_process(jobs);
    if (davy_job_process_over(&jobs->process, &how)) {
        end_running(jobs, how);
        return;
    }
    if (jobs->asked_to_end && now_ns >= jobs->kill_ns)
        davy_job_process_signal(&jobs->process, SIGKILL);
    if (now_ns - jobs->announced_ns >= ANNOUNCE_NS)
        announce(jobs, jobs->running);
}

static void wait_for_news(davy_jobs *jobs)
{
    struct pollfd ends[3] = {{.fd = jobs->wake, .events = POLLIN},
                             {.fd = jobs->process.output, .events = POLLIN},
                             {.fd = jobs->process.errors, .events = POLLIN}};
    const bool runs = jobs->running != NULL;
    uint64_t count;

    pthread_mutex_unlock(&jobs->guard);
    if (poll(ends, runs ? 3 : 1, runs ? LOOK_MS : TIDY_MS) > 0 && (ends[0].revents & POLLIN) != 0)
        while (read(jobs->wake, &count, sizeof count) < 0 && errno == EINTR)
            ;
    pthread_mutex_lock(&jobs->guard);
}

void *davy_jobs_watch(void *context)
{
    davy_jobs *jobs = context;
    int64_t tidy_ns = 0;

    pthread_mutex_lock(&jobs->guard);
    while (!jobs->stopping || jobs->running) {
        const int64_t now_ns = davy_monotonic_ns(jobs->clock);

        if (!jobs->running && !jobs->stopping)
            start_next(jobs);
        if (now_ns >= tidy_ns) {
            if (jobs->kind->tidy)
                jobs->kind->tidy(jobs);
            tidy_ns = now_ns + TIDY_MS * DAVY_NS_PER_MS;
        }
        wait_for_news(jobs);
        if (jobs->running)
            look_at_running(jobs);
    }
    pthread_mutex_unlock(&jobs->guard);
    return NULL;
}
