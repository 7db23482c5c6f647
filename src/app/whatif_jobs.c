/* SPDX-License-Identifier: Apache-2.0 */
#include "app/whatif_jobs.h"

#include "alarm/change/ledger.h"
#include "alarm/change/settings.h"
#include "app/jobs_private.h"
#include "core/file.h"
#include "core/sample.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CPU_S        ((uint64_t) 3600)       /* thirty days of 30,000 signals at 1 Hz */
#define MEMORY_BYTES ((uint64_t) 2048 << 20) /* a store is mapped and not counted */
#define ANSWER_MAX   ((size_t) 16 * 1024 * 1024)

/* Files of a what-if, beside its record. */
#define PROPOSED "proposed.yaml"
#define CURRENT  "current.yaml"
#define EVENTS   "events.csv"
#define ANSWER   "answer.json"

struct davy_whatif_jobs {
    davy_whatif_parts parts;
    davy_jobs *jobs;
};

static void path_of(const davy_jobs *jobs, uint64_t id, const char *file, char path[PATH_MAX])
{
    (void) snprintf(path, PATH_MAX, "%s/%" PRIu64 ".%s", jobs->folder, id, file);
}

static void remove_file(const davy_jobs *jobs, uint64_t id, const char *file)
{
    char path[PATH_MAX];

    path_of(jobs, id, file, path);
    (void) unlink(path);
}

/* The proposed text stays for those who go on from it. */
static void remove_inputs(davy_jobs *jobs, uint64_t id)
{
    remove_file(jobs, id, CURRENT);
    remove_file(jobs, id, EVENTS);
}

static void remove_answer(davy_jobs *jobs, uint64_t id)
{
    remove_file(jobs, id, ANSWER);
    remove_file(jobs, id, PROPOSED);
}

/* Orders ------------------------------------------------------------------------------------ */

/* An order with what it is compared with. */
struct order {
    const davy_whatif_order *words;
    davy_buffer current;                   /* text of the site file */
    char in_force[DAVY_SETTINGS_HASH_MAX]; /* hash of its settings, as they were loaded */
};

static davy_status write_input(davy_queued_job *job, const davy_jobs *jobs, uint64_t id,
                               const char *option, const char *file, const char *text,
                               size_t length)
{
    char path[PATH_MAX];

    path_of(jobs, id, file, path);
    davy_jobs_add_option(job, option, path);
    return davy_file_replace(path, text, length, 0600);
}

static davy_status write_inputs(const davy_jobs *jobs, uint64_t id, const struct order *order,
                                davy_queued_job *job)
{
    const davy_whatif_order *words = order->words;
    davy_status status =
        write_input(job, jobs, id, "proposed", PROPOSED, words->proposed, strlen(words->proposed));

    if (status == DAVY_OK)
        status =
            write_input(job, jobs, id, "site", CURRENT,
                        order->current.bytes ? order->current.bytes : "", order->current.length);
    if (status == DAVY_OK && words->events)
        status = write_input(job, jobs, id, "events", EVENTS, words->events, strlen(words->events));
    return status;
}

static void add_words(const davy_jobs *jobs, const davy_whatif_order *words, davy_queued_job *job)
{
    davy_jobs_call(jobs, job, "replay");
    if (words->from)
        davy_jobs_add_option(job, "from", words->from);
    if (words->to)
        davy_jobs_add_option(job, "to", words->to);
    if (words->label)
        davy_jobs_add_option(job, "label", words->label);
    if (words->whole)
        davy_jobs_add_word(job, "--whole");
}

static json_t *make_record(const davy_jobs *jobs, uint64_t id, const struct order *order)
{
    const davy_whatif_order *words = order->words;
    json_t *record =
        json_pack("{s:I, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:b, s:b, s:s, s:n, s:n, s:n, s:s, s:f, "
                  "s:n, s:s, s:n, "
                  "s:n, s:[]}",
                  "id", (json_int_t) id, "state", DAVY_JOB_QUEUED, "by", words->by, "comment",
                  words->comment, "from", words->from, "to", words->to, "label", words->label,
                  "events", words->events != NULL, "whole", words->whole, "before", order->in_force,
                  "created", "started", "ended", "phase", "", "progress", 0.0, "seconds_left",
                  "message", "", "faults", "kept", "log");

    if (record)
        davy_job_record_set_time(record, "created", davy_wall_ns(jobs->clock));
    return record;
}

static davy_status make(davy_jobs *jobs, uint64_t id, const void *context, davy_queued_job *job)
{
    const struct order *order = context;

    job->record = make_record(jobs, id, order);
    if (!job->record)
        return davy_fail(DAVY_ERR_NOMEM, "a what-if");
    job->limits.cpu_s = CPU_S;
    job->limits.memory_bytes =
        jobs->memory_bytes < MEMORY_BYTES ? jobs->memory_bytes : MEMORY_BYTES;
    job->limits.file_bytes = ANSWER_MAX;
    add_words(jobs, order->words, job);
    return write_inputs(jobs, id, order, job);
}

static davy_status read_site_file(const davy_whatif_jobs *whatifs, davy_buffer *out)
{
    return davy_file_read(whatifs->parts.site, DAVY_SITE_FILE_MAX, out);
}

static davy_status hash_in_force(const davy_whatif_jobs *whatifs, char hash[DAVY_SETTINGS_HASH_MAX])
{
    const davy_whatif_parts *parts = &whatifs->parts;
    const davy_site *site = parts->acquire_site(parts->context);
    davy_buffer settings = {0};
    davy_status status = davy_settings_write(site, &settings);

    parts->release_site(parts->context, site);
    if (status == DAVY_OK)
        davy_settings_hash(settings.bytes, settings.length, hash);
    davy_buffer_clear(&settings);
    return status;
}

static davy_status start(void *context, const davy_whatif_order *words, json_t **out)
{
    davy_whatif_jobs *whatifs = context;
    struct order order = {.words = words};
    davy_status status = hash_in_force(whatifs, order.in_force);

    if (status == DAVY_OK)
        status = read_site_file(whatifs, &order.current);
    if (status == DAVY_OK)
        status = davy_jobs_order(whatifs->jobs, make, &order, out);
    davy_buffer_clear(&order.current);
    return status;
}

/* Answers ----------------------------------------------------------------------------------- */

static void say(davy_jobs *jobs, json_t *record, const char *words)
{
    davy_job_record_take_line(record, &jobs->phase, words, davy_monotonic_ns(jobs->clock));
}

static bool keep_answer(davy_jobs *jobs, json_t *record, const char *output)
{
    char path[PATH_MAX];

    path_of(jobs, davy_job_record_id(record), ANSWER, path);
    if (davy_file_replace(path, output, strlen(output), 0600) == DAVY_OK)
        return true;
    say(jobs, record, davy_error());
    return false;
}

/* What was compared must be what is in force. */
static bool take_answer(davy_jobs *jobs, json_t *record, const json_t *answer, const char *output)
{
    const char *before = json_string_value(json_object_get(answer, "before"));
    const char *in_force = json_string_value(json_object_get(record, "before"));

    if (before && in_force && strcmp(before, in_force) == 0)
        return keep_answer(jobs, record, output);
    say(jobs, record,
        !before ? "it gave no answer that can be read: it may be too long, so change less at a time"
                : "the site file was edited since it came into force, and a proposal is compared "
                  "with what is in force: load it with SIGHUP, or put it back");
    return false;
}

static bool take_output(davy_jobs *jobs, json_t *record, bool ended_well, const char *output)
{
    json_t *told = json_loads(output, 0, NULL);
    bool has_answer = false;

    if (ended_well) {
        has_answer = take_answer(jobs, record, told, output);
    } else if (json_is_array(json_object_get(told, "faults"))) {
        (void) json_object_set_new(told, "file", json_string("proposed"));
        (void) json_object_set(record, "faults", told);
    }
    json_decref(told);
    return has_answer;
}

static davy_status read_answer(const davy_jobs *jobs, uint64_t id, json_t **out)
{
    davy_buffer text = {0};
    char path[PATH_MAX];
    davy_status status;

    path_of(jobs, id, ANSWER, path);
    status = davy_file_read(path, ANSWER_MAX, &text);
    if (status == DAVY_OK) {
        *out = json_loadb(text.bytes ? text.bytes : "", text.length, 0, NULL);
        status = *out ? DAVY_OK
                      : davy_fail(DAVY_ERR_CORRUPT,
                                  "the answer of what-if %" PRIu64 " cannot be read", id);
    }
    davy_buffer_clear(&text);
    return status;
}

/* Null when it cannot be read: the answer does not depend on it. */
static json_t *proposed_json(const davy_jobs *jobs, uint64_t id)
{
    davy_buffer text = {0};
    char path[PATH_MAX];
    json_t *proposed = NULL;

    path_of(jobs, id, PROPOSED, path);
    if (davy_file_read(path, DAVY_SITE_FILE_MAX, &text) == DAVY_OK)
        proposed = json_stringn(text.bytes ? text.bytes : "", text.length);
    davy_buffer_clear(&text);
    return proposed ? proposed : json_null();
}

static bool has_ended(const json_t *record)
{
    return !davy_job_record_is(record, DAVY_JOB_QUEUED) &&
           !davy_job_record_is(record, DAVY_JOB_RUNNING);
}

/* Routes ------------------------------------------------------------------------------------ */

static davy_status cancel(void *context, uint64_t id, json_t **out)
{
    return davy_jobs_cancel(((davy_whatif_jobs *) context)->jobs, id, out);
}

static davy_status get(void *context, uint64_t id, json_t **out)
{
    davy_jobs *jobs = ((davy_whatif_jobs *) context)->jobs;
    json_t *record = NULL, *answer = NULL;
    davy_status status = davy_jobs_get(jobs, id, &record);

    if (status == DAVY_OK && davy_job_record_is(record, DAVY_JOB_DONE))
        status = read_answer(jobs, id, &answer);
    if (status != DAVY_OK) {
        json_decref(record);
        return status;
    }
    (void) json_object_set_new(record, "answer", answer ? answer : json_null());
    (void) json_object_set_new(record, "proposed",
                               has_ended(record) ? proposed_json(jobs, id) : json_null());
    *out = record;
    return DAVY_OK;
}

static davy_status list(void *context, json_t **out)
{
    return davy_jobs_list(((davy_whatif_jobs *) context)->jobs, out);
}

static void note_kept(davy_queued_job *job, const char *by, const char *reason, int64_t now_ns)
{
    json_t *kept = json_pack("{s:s, s:s}", "reason", reason, "by", by);

    if (kept)
        davy_job_record_set_time(kept, "time", now_ns);
    (void) json_object_set_new(job->record, "kept", kept);
}

/* With the guard held, so that nobody drops it meanwhile. */
static davy_status keep_held(davy_whatif_jobs *whatifs, uint64_t id, const char *by,
                             const char *reason, json_t **out)
{
    davy_jobs *jobs = whatifs->jobs;
    davy_queued_job *job = davy_jobs_find(jobs, id);
    const int64_t now_ns = davy_wall_ns(jobs->clock);
    json_t *answer = NULL;
    davy_status status;

    if (!job)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no what-if %" PRIu64, id);
    if (!davy_job_record_is(job->record, DAVY_JOB_DONE))
        return davy_fail(DAVY_ERR_EXISTS, "what-if %" PRIu64 " is not done", id);
    status = read_answer(jobs, id, &answer);
    if (status == DAVY_OK)
        status = davy_change_keep(whatifs->parts.records, answer, by, reason, now_ns);
    json_decref(answer);
    if (status != DAVY_OK)
        return status;
    note_kept(job, by, reason, now_ns);
    davy_jobs_keep(jobs, job);
    *out = json_deep_copy(job->record);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a what-if");
}

static davy_status keep(void *context, uint64_t id, const char *by, const char *reason,
                        json_t **out)
{
    davy_whatif_jobs *whatifs = context;
    davy_status status;

    pthread_mutex_lock(&whatifs->jobs->guard);
    status = keep_held(whatifs, id, by, reason, out);
    pthread_mutex_unlock(&whatifs->jobs->guard);
    return status;
}

static davy_status site_file(void *context, davy_buffer *out)
{
    return read_site_file(context, out);
}

davy_whatifs davy_whatif_jobs_view(davy_whatif_jobs *whatifs)
{
    return (davy_whatifs){whatifs, start, cancel, get, list, keep, site_file};
}

/* Open and close ---------------------------------------------------------------------------- */

static const davy_job_kind kind = {
    .folder = "whatifs",
    .waiting_max = DAVY_WHATIFS_WAITING_MAX,
    .kept_max = DAVY_WHATIFS_KEPT,
    .output_max = ANSWER_MAX,
    .take_output = take_output,
    .remove_inputs = remove_inputs,
    .remove_answer = remove_answer,
};

davy_status davy_whatif_jobs_open(const davy_whatif_parts *parts, davy_whatif_jobs **out)
{
    davy_whatif_jobs *whatifs = calloc(1, sizeof *whatifs);
    davy_jobs_options options = parts->jobs;
    davy_status status;

    if (!whatifs)
        return davy_fail(DAVY_ERR_NOMEM, "what-ifs");
    whatifs->parts = *parts;
    options.kind = &kind;
    status = davy_jobs_open(&options, &whatifs->jobs);
    if (status == DAVY_OK)
        *out = whatifs;
    else
        free(whatifs);
    return status;
}

void davy_whatif_jobs_stop(davy_whatif_jobs *whatifs)
{
    if (whatifs)
        davy_jobs_stop(whatifs->jobs);
}

void davy_whatif_jobs_close(davy_whatif_jobs *whatifs)
{
    if (!whatifs)
        return;
    davy_jobs_close(whatifs->jobs);
    free(whatifs);
}
