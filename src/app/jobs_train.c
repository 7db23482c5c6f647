/* SPDX-License-Identifier: Apache-2.0 */
#include "app/jobs_private.h"

#include "core/sample.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Trainings as jobs: `davy train` in the words of an order, and the version that it made. */

#define FILE_BYTES_MAX ((uint64_t) 16 << 30) /* of a file of a model, or of scratch */
#define RESULT_MAX     ((size_t) 64 * 1024)  /* some kilobytes */

/* argv: options in one word each, so that no value is taken for an option; the name comes last. */
static davy_status write_words(const davy_jobs *jobs, const davy_training_order *order,
                               davy_queued_job *job)
{
    char path[PATH_MAX] = "";
    davy_status status = DAVY_OK;

    davy_jobs_call(jobs, job, "train");
    if (order->upload) {
        status = davy_upload_find(jobs->data, order->upload, path, sizeof path);
        davy_jobs_add_option(job, "csv", path);
        (void) snprintf(job->upload, sizeof job->upload, "%s", order->upload);
    }
    for (size_t i = 0; i < order->word_count; i++)
        davy_jobs_add_option(job, order->words[i].key, order->words[i].value);
    davy_jobs_add_word(job, "--");
    davy_jobs_add_word(job, order->name);
    return status;
}

static void set_limits(const davy_jobs *jobs, const davy_training_order *order,
                       davy_job_limits *limits)
{
    const uint64_t asked = order->memory_mib << 20;

    limits->cpu_s = order->cpu_s > 0 ? order->cpu_s : DAVY_JOB_CPU_S;
    limits->memory_bytes = asked > 0 && asked < jobs->memory_bytes ? asked : jobs->memory_bytes;
    limits->file_bytes = FILE_BYTES_MAX;
}

/* The order in the words of the command line, for people. */
static void write_command(const davy_training_order *order, davy_buffer *out)
{
    davy_buffer_printf(out, "train %s", order->name);
    if (order->upload)
        davy_buffer_printf(out, " --csv %s", order->upload);
    for (size_t i = 0; i < order->word_count; i++)
        davy_buffer_printf(out, " --%s %s", order->words[i].key, order->words[i].value);
}

static davy_status make(davy_jobs *jobs, uint64_t id, const void *context, davy_queued_job *job)
{
    const davy_training_order *order = context;
    davy_buffer command = {0};
    davy_status status;

    write_command(order, &command);
    status = davy_buffer_ok(&command);
    if (status == DAVY_OK) {
        job->record = davy_job_record_make(id, order, command.bytes, davy_wall_ns(jobs->clock));
        status = job->record ? write_words(jobs, order, job) : davy_fail(DAVY_ERR_NOMEM, "a job");
    }
    davy_buffer_clear(&command);
    set_limits(jobs, order, &job->limits);
    return status;
}

static davy_status start(void *jobs, const davy_training_order *order, json_t **out)
{
    return davy_jobs_order(jobs, make, order, out);
}

static davy_status cancel(void *jobs, uint64_t id, json_t **out)
{
    return davy_jobs_cancel(jobs, id, out);
}

static davy_status get(void *jobs, uint64_t id, json_t **out)
{
    return davy_jobs_get(jobs, id, out);
}

static davy_status list(void *jobs, json_t **out)
{
    return davy_jobs_list(jobs, out);
}

davy_trainings davy_jobs_trainings(davy_jobs *jobs)
{
    return (davy_trainings){jobs, start, cancel, get, list};
}

static bool take_output(davy_jobs *jobs, json_t *record, bool ended_well, const char *output)
{
    (void) jobs;
    return ended_well && davy_job_record_take_result(record, output);
}

static bool is_in_use(void *context, const char *id)
{
    const davy_jobs *jobs = context;
    const davy_queued_job *job = jobs->oldest;

    while (job && !(davy_job_record_is_open(job->record) && strcmp(job->upload, id) == 0))
        job = job->next;
    return job != NULL;
}

static void tidy(davy_jobs *jobs)
{
    davy_uploads_expire(jobs->data, davy_wall_ns(jobs->clock), is_in_use, jobs);
}

const davy_job_kind davy_job_kind_training = {
    .folder = "jobs",
    .waiting_max = DAVY_JOBS_WAITING_MAX,
    .kept_max = DAVY_JOBS_KEPT,
    .output_max = RESULT_MAX,
    .take_output = take_output,
    .tidy = tidy,
};
