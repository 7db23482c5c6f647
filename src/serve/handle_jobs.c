/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/quantity.h"
#include "core/sample.h"
#include "models/task.h"
#include "models/training/train.h"
#include "serve/handlers.h"
#include "serve/json.h"
#include "serve/permit.h"

#define SETTINGS_MAX ((size_t) DAVY_TRAIN_SETTINGS_MAX)
#define VALUE_MAX    ((size_t) 1024) /* bytes of a text; a list of signals is the longest */
#define REPORT_MAX   ((size_t) 64 * 1024 * 1024) /* pages with pictures have some megabytes */
#define REPORT_PATH  4096

/* A page of a model: styles and pictures are within it, and nothing runs. */
#define REPORT_POLICY                                                \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"

/* Keys of a body that are options of `davy train` as they stand. */
static const char *const options[] = {
    "model", "task",    "signals", "from",  "to",     "period", "label",
    "time",  "columns", "group",   "clean", "budget", "seed",
};

#define WORDS_MAX (DAVY_ARRAY_LENGTH(options) + SETTINGS_MAX)

/* An order on its way from a body. */
struct reading {
    davy_arena arena; /* of texts that are made of numbers */
    json_t *body;
    davy_training_word words[WORDS_MAX];
    davy_training_order order;
};

/* -- Values ----------------------------------------------------------------------------------- */

static davy_status check_text(const char *key, const char *text)
{
    const size_t length = text ? strlen(text) : 0;

    if (length == 0 || length > VALUE_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%.64s' is not a text of 1 to %zu bytes", key,
                         VALUE_MAX);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char) text[i] < ' ' || text[i] == 0x7f)
            return davy_fail(DAVY_ERR_INVALID, "'%.64s' holds a control character", key);
    return DAVY_OK;
}

/* A text, or the text of a number or a truth value; NULL for anything else. */
static const char *text_of(davy_arena *arena, const json_t *value)
{
    char text[64];

    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (json_is_integer(value))
        (void) snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        (void) snprintf(text, sizeof text, "%.17g", json_real_value(value));
    else
        return NULL;
    return davy_arena_text(arena, text, strlen(text));
}

static davy_status add_word(struct reading *in, const char *key, const char *value)
{
    in->words[in->order.word_count++] = (davy_training_word){key, value};
    return check_text(key, value);
}

/* -- Settings --------------------------------------------------------------------------------- */

static bool is_setting(const davy_setting *known, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(known[i].key, key) == 0)
            return true;
    return false;
}

/* A setting that names a file would name one of the server's. */
static davy_status read_setting(struct reading *in, const davy_setting *known, size_t count,
                                const char *key, const json_t *value)
{
    const char *text = text_of(&in->arena, value);
    davy_buffer word = {0};
    const char *kept;
    davy_status status;

    if (!is_setting(known, count, key) || strcmp(key, "backbone") == 0)
        return davy_fail(DAVY_ERR_INVALID, "'settings' has an unknown key '%.64s'", key);
    status = check_text(key, text);
    if (status != DAVY_OK)
        return status;
    davy_buffer_printf(&word, "%s=%s", key, text);
    status = davy_buffer_ok(&word);
    kept = status == DAVY_OK ? davy_arena_text(&in->arena, word.bytes, word.length) : NULL;
    davy_buffer_clear(&word);
    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "a setting");
    in->words[in->order.word_count++] = (davy_training_word){"set", kept};
    return DAVY_OK;
}

static const char *word_or(const struct reading *in, const char *key, const char *otherwise)
{
    for (size_t i = 0; i < in->order.word_count; i++)
        if (strcmp(in->words[i].key, key) == 0)
            return in->words[i].value;
    return otherwise;
}

static davy_status read_settings(struct reading *in)
{
    davy_setting known[SETTINGS_MAX];
    const char *kind = word_or(in, "model", "auto"), *task = word_or(in, "task", "anomaly");
    davy_task found;
    const size_t count = davy_task_find(task, &found) ? davy_train_settings(kind, task, known) : 0;
    json_t *settings = json_object_get(in->body, "settings"), *value;
    const char *key;
    davy_status status = DAVY_OK;

    if (count == 0)
        return davy_fail(DAVY_ERR_INVALID, "no model of kind '%.64s' does task '%.64s'", kind,
                         task);
    if (settings && (!json_is_object(settings) || json_object_size(settings) > SETTINGS_MAX))
        return davy_fail(DAVY_ERR_INVALID, "'settings' is not an object of at most %zu keys",
                         SETTINGS_MAX);
    json_object_foreach(settings, key, value)
    {
        status = read_setting(in, known, count, key, value);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/* -- Orders ----------------------------------------------------------------------------------- */

static davy_status read_cpu(struct reading *in, const json_t *value)
{
    int64_t time_ns = 0;

    if (davy_duration_parse(json_is_string(value) ? json_string_value(value) : "", &time_ns) !=
            DAVY_OK ||
        time_ns < DAVY_NS_PER_S || (uint64_t) (time_ns / DAVY_NS_PER_S) > DAVY_TRAINING_CPU_MAX_S)
        return davy_fail(DAVY_ERR_INVALID, "'cpu' is not a time from 1s to 7d, such as 2h");
    in->order.cpu_s = (uint64_t) (time_ns / DAVY_NS_PER_S);
    return DAVY_OK;
}

static davy_status read_memory(struct reading *in, const json_t *value)
{
    const json_int_t mib = json_integer_value(value);

    if (!json_is_integer(value) || mib < DAVY_TRAINING_MEMORY_MIN_MIB ||
        mib > DAVY_TRAINING_MEMORY_MAX_MIB)
        return davy_fail(DAVY_ERR_INVALID, "'memory_mib' is not a whole number from %d to %d",
                         DAVY_TRAINING_MEMORY_MIN_MIB, DAVY_TRAINING_MEMORY_MAX_MIB);
    in->order.memory_mib = (uint64_t) mib;
    return DAVY_OK;
}

static davy_status read_text(const char *key, const json_t *value, const char **out)
{
    *out = json_string_value(value);
    return check_text(key, *out);
}

static davy_status read_key(struct reading *in, const char *key, json_t *value)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(options); i++)
        if (strcmp(options[i], key) == 0)
            return add_word(in, options[i], text_of(&in->arena, value));
    if (strcmp(key, "name") == 0)
        return read_text(key, value, &in->order.name);
    if (strcmp(key, "upload") == 0)
        return read_text(key, value, &in->order.upload);
    if (strcmp(key, "cpu") == 0)
        return read_cpu(in, value);
    if (strcmp(key, "memory_mib") == 0)
        return read_memory(in, value);
    if (strcmp(key, "settings") == 0)
        return DAVY_OK; /* when the kind is known */
    return davy_fail(DAVY_ERR_INVALID, "the body has an unknown key '%.64s'", key);
}

static davy_status read_order(const davy_call *call, struct reading *in)
{
    const char *key;
    json_t *value;
    davy_status status = davy_json_parse(call->body.bytes, call->body.length, &in->body);

    if (status != DAVY_OK)
        return status;
    in->order.by = call->by;
    in->order.words = in->words;
    json_object_foreach(in->body, key, value)
    {
        status = read_key(in, key, value);
        if (status != DAVY_OK)
            return status;
    }
    if (!in->order.name)
        return davy_fail(DAVY_ERR_INVALID, "the body needs 'name'");
    status = davy_model_name_check(in->order.name);
    if (status != DAVY_OK)
        return status;
    if (!in->order.upload == !word_or(in, "signals", NULL))
        return davy_fail(DAVY_ERR_INVALID, "the body needs 'upload' or 'signals', and not both");
    return read_settings(in);
}

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
    return davy_answer_json(call);
}

static davy_status audit_order(const davy_call *call, const struct reading *in, const char *outcome)
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

static davy_status start_job(davy_call *call, const struct reading *in)
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
    struct reading in = {.body = NULL};
    davy_status status = read_order(call, &in);

    if (status == DAVY_OK)
        status = start_job(call, &in);
    json_decref(in.body);
    davy_arena_clear(&in.arena);
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
    return davy_answer_json(call);
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
