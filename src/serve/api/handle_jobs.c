/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "core/file.h"
#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/api/order.h"
#include "serve/handlers.h"

#define REPORT_MAX  ((size_t) 64 * 1024 * 1024) /* pages with pictures have some megabytes */
#define REPORT_PATH 4096

/* A page of a model: styles and pictures are within it, and nothing runs. */
#define REPORT_POLICY                                                \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

/* -- Answers ---------------------------------------------------------------------------------- */

static davy_status find_trainings(const davy_call *call, const davy_trainings **out)
{
    *out = call->system->trainings;
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "no jobs are run here");
}

static bool is_permitted(const davy_call *call, const json_t *job)
{
    return davy_permit_model(call, json_string_value(json_object_get(job, "name")));
}

/* A job of the path that the caller may see. */
static davy_status find_job(const davy_call *call, uint64_t *id, json_t **job)
{
    const davy_trainings *trainings;
    davy_status status = find_trainings(call, &trainings);

    if (status == DAVY_OK && !davy_digits_parse(call->id, id))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no job '%.32s'", call->id);
    if (status == DAVY_OK)
        status = trainings->get(trainings->context, *id, job);
    if (status == DAVY_OK && !is_permitted(call, *job)) {
        json_decref(*job);
        status = davy_fail(DAVY_ERR_DENIED, "this key is not for the model of job %llu",
                           (unsigned long long) *id);
    }
    return status;
}

static davy_status answer_job(davy_call *call, json_t *job)
{
    davy_json_tree(&call->answer.body, NULL, job);
    json_decref(job);
    return davy_reply_json(call);
}

static davy_status audit_order(const davy_call *call, const davy_order_reading *in,
                               const char *outcome)
{
    davy_buffer more = {0};
    davy_status status;

    davy_json_tree(&more, NULL, in->body);
    status = davy_buffer_ok(&more);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "job.start", in->order.name, outcome, more.bytes);
    davy_buffer_clear(&more);
    return status;
}

static davy_status start_job(davy_call *call, const davy_order_reading *in)
{
    const davy_trainings *trainings;
    json_t *job = NULL;
    davy_status status = find_trainings(call, &trainings);

    if (status == DAVY_OK && !davy_permit_model(call, in->order.name))
        status = davy_fail(DAVY_ERR_DENIED, "this key is not for model '%s'", in->order.name);
    if (status == DAVY_OK)
        status = audit_order(call, in, "requested");
    if (status != DAVY_OK)
        return status;
    status = trainings->start(trainings->context, &in->order, &job);
    if (status != DAVY_OK)
        return audit_order(call, in, "refused") == DAVY_OK ? status : DAVY_ERR_IO;
    (void) snprintf(call->answer.location, sizeof call->answer.location,
                    "/api/v1/jobs/%" JSON_INTEGER_FORMAT,
                    json_integer_value(json_object_get(job, "id")));
    status = answer_job(call, job);
    call->answer.code = 201;
    return status;
}

davy_status davy_handle_job_start(davy_call *call)
{
    davy_order_reading in = {.body = NULL};
    davy_status status = davy_order_read(call->body.bytes, call->body.length, &in);

    in.order.by = call->by;
    if (status == DAVY_OK)
        status = start_job(call, &in);
    davy_order_clear(&in);
    return status;
}

davy_status davy_handle_jobs(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    const davy_trainings *trainings;
    json_t *jobs = NULL, *job;
    size_t index;
    davy_status status = find_trainings(call, &trainings);

    if (status == DAVY_OK)
        status = trainings->list(trainings->context, &jobs);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_array(out, "jobs");
    json_array_foreach(jobs, index, job)
    {
        if (is_permitted(call, job))
            davy_json_tree(out, NULL, job);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
    json_decref(jobs);
    return davy_reply_json(call);
}

davy_status davy_handle_job(davy_call *call)
{
    json_t *job = NULL;
    uint64_t id;
    davy_status status = find_job(call, &id, &job);

    return status == DAVY_OK ? answer_job(call, job) : status;
}

static davy_status audit_cancel(const davy_call *call, const json_t *job, const char *outcome)
{
    return davy_call_audit(call, "job.cancel", json_string_value(json_object_get(job, "name")),
                           outcome, NULL);
}

davy_status davy_handle_job_cancel(davy_call *call)
{
    const davy_trainings *trainings = call->system->trainings;
    json_t *job = NULL, *cancelled = NULL;
    uint64_t id;
    davy_status status = find_job(call, &id, &job);

    if (status != DAVY_OK)
        return status;
    status = audit_cancel(call, job, "requested");
    if (status == DAVY_OK) {
        status = trainings->cancel(trainings->context, id, &cancelled);
        if (status != DAVY_OK && audit_cancel(call, job, "refused") != DAVY_OK)
            status = DAVY_ERR_IO;
    }
    json_decref(job);
    return status == DAVY_OK ? answer_job(call, cancelled) : status;
}

davy_status davy_handle_job_report(davy_call *call)
{
    char path[REPORT_PATH];
    json_t *job = NULL;
    uint64_t id;
    json_int_t version;
    davy_status status = find_job(call, &id, &job);

    if (status != DAVY_OK)
        return status;
    version = json_integer_value(json_object_get(job, "version"));
    if (version <= 0)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "job %llu has made no model", (unsigned long long) id);
    else if (snprintf(path, sizeof path, "%s/%s/%" JSON_INTEGER_FORMAT "/report.html",
                      call->system->registry, json_string_value(json_object_get(job, "name")),
                      version) >= (int) sizeof path)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the registry is too long");
    json_decref(job);
    if (status == DAVY_OK)
        status = davy_file_read(path, REPORT_MAX, &call->answer.body);
    if (status == DAVY_ERR_NOT_FOUND && version > 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "the report of job %llu is not there any more",
                           (unsigned long long) id);
    if (status != DAVY_OK)
        return status;
    call->answer.code = 200;
    call->answer.type = "text/html";
    call->answer.policy = REPORT_POLICY;
    return DAVY_OK;
}
