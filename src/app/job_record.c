/* SPDX-License-Identifier: Apache-2.0 */
#include "app/job_record.h"

#include "core/file.h"
#include "core/json_sum.h"
#include "core/sample.h"
#include "core/timestamp.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MAX   ((size_t) 1024 * 1024) /* a hundred lines of log, a summary, faults */
#define LOG_LINE_MAX 400                    /* bytes of a log line that are kept */

json_t *davy_job_record_make(uint64_t id, const davy_training_order *order, const char *command,
                             int64_t now_ns)
{
    json_t *record =
        json_pack("{s:I, s:s, s:s, s:s, s:s, s:s*, s:n, s:n, s:n, s:s, s:f, s:n, s:n, s:n, s:n, "
                  "s:s, s:s, s:[]}",
                  "id", (json_int_t) id, "state", DAVY_JOB_QUEUED, "name", order->name, "by",
                  order->by, "command", command, "upload", order->upload, "created", "started",
                  "ended", "phase", "", "progress", 0.0, "loss", "seconds_left", "version",
                  "report", "summary", "", "message", "", "log");

    if (record)
        davy_job_record_set_time(record, "created", now_ns);
    return record;
}

bool davy_job_record_is(const json_t *record, const char *state)
{
    const char *said = json_string_value(json_object_get(record, "state"));

    return said && strcmp(said, state) == 0;
}

uint64_t davy_job_record_id(const json_t *record)
{
    return (uint64_t) json_integer_value(json_object_get(record, "id"));
}

bool davy_job_record_is_open(const json_t *record)
{
    return davy_job_record_is(record, DAVY_JOB_QUEUED) ||
           davy_job_record_is(record, DAVY_JOB_RUNNING);
}

void davy_job_record_set_text(json_t *record, const char *key, const char *text)
{
    (void) json_object_set_new(record, key, json_string_nocheck(text));
}

void davy_job_record_set_time(json_t *record, const char *key, int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, 3, text);
    davy_job_record_set_text(record, key, text);
}

void davy_job_record_set_number(json_t *record, const char *key, double value)
{
    (void) json_object_set_new(record, key, isfinite(value) ? json_real(value) : json_null());
}

/* "loss 0.31, ..." -> 0.31; NaN when nothing is said of it. */
static double loss_of(const char *note)
{
    const char *at = note ? strstr(note, "loss ") : NULL;
    char *end;
    const double loss = at ? strtod(at + 5, &end) : NAN;

    return at && end != at + 5 ? loss : NAN;
}

static void take_progress(json_t *record, davy_job_phase *phase, const json_t *line, int64_t now_ns)
{
    const char *name = json_string_value(json_object_get(line, "phase"));
    const char *before = json_string_value(json_object_get(record, "phase"));
    const double done = json_number_value(json_object_get(line, "done"));
    const double total = json_number_value(json_object_get(line, "total"));
    double done_here, spent_s;

    if (!before || strcmp(before, name) != 0) {
        davy_job_record_set_text(record, "phase", name);
        *phase = (davy_job_phase){now_ns, done};
    }
    done_here = done - phase->begun_done;
    spent_s = (double) (now_ns - phase->begun_ns) / (double) DAVY_NS_PER_S;
    davy_job_record_set_number(record, "progress", total > 0 ? done / total : 0);
    davy_job_record_set_number(record, "seconds_left",
                               done_here > 0 ? spent_s * (total - done) / done_here : NAN);
    if (json_object_get(record, "loss"))
        davy_job_record_set_number(record, "loss",
                                   loss_of(json_string_value(json_object_get(line, "note"))));
}

/* The cut may fall into a letter of up to four bytes. */
static json_t *text_of(const char *line)
{
    size_t length = strnlen(line, LOG_LINE_MAX);
    json_t *text = json_stringn(line, length);

    for (size_t i = 0; i < 3 && !text && length > 0; i++)
        text = json_stringn(line, --length);
    return text ? text : json_string("(a line that is no text)");
}

static void take_words(json_t *record, const char *line)
{
    json_t *log = json_object_get(record, "log");

    if (json_array_append_new(log, text_of(line)) == 0 && json_array_size(log) > DAVY_JOB_LOG_LINES)
        (void) json_array_remove(log, 0);
}

static bool is_of_a_path(char c)
{
    return isalnum((unsigned char) c) || (unsigned char) c >= 0x80 || (c && strchr("/._-", c));
}

void davy_job_record_hide(char *line, const char *folder)
{
    size_t length = strlen(folder);
    char *at = line;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    while (length > 0 && *at) {
        if (strncmp(at, folder, length) == 0 && at[length] == '/' &&
            (at == line || !is_of_a_path(at[-1])))
            memmove(at, at + length + 1, strlen(at + length));
        at++;
    }
}

void davy_job_record_take_line(json_t *record, davy_job_phase *phase, const char *line,
                               int64_t now_ns)
{
    json_t *told = line[0] == '{' ? json_loads(line, 0, NULL) : NULL;

    if (json_is_string(json_object_get(told, "phase")))
        take_progress(record, phase, told, now_ns);
    else if (line[0])
        take_words(record, line);
    json_decref(told);
}

bool davy_job_record_take_result(json_t *record, const char *output)
{
    json_t *told = json_loads(output, 0, NULL);
    json_t *version = json_object_get(told, "version");
    json_t *summary = json_object_get(told, "summary");
    const bool has_version = json_is_integer(version);

    if (has_version) {
        (void) json_object_set(record, "version", version);
        (void) json_object_set_new(record, "report",
                                   json_sprintf("/api/v1/jobs/%llu/report",
                                                (unsigned long long) davy_job_record_id(record)));
    }
    if (json_is_string(summary))
        (void) json_object_set(record, "summary", summary);
    json_decref(told);
    return has_version;
}

void davy_job_record_end(json_t *record, const char *state, const char *message, int64_t now_ns)
{
    davy_job_record_set_text(record, "state", state);
    davy_job_record_set_text(record, "message", message);
    davy_job_record_set_time(record, "ended", now_ns);
    if (strcmp(state, DAVY_JOB_DONE) == 0) {
        davy_job_record_set_text(record, "phase", "");
        davy_job_record_set_number(record, "progress", 1);
    }
    (void) json_object_set_new(record, "seconds_left", json_null());
}

const char *davy_job_record_last_words(const json_t *record)
{
    static const char ours[] = "davy "; /* and the verb */
    const json_t *log = json_object_get(record, "log");
    const size_t count = json_array_size(log);
    const char *line = count > 0 ? json_string_value(json_array_get(log, count - 1)) : "";
    const char *words = strncmp(line, ours, sizeof ours - 1) == 0 ? strstr(line, ": ") : NULL;

    return words ? words + 2 : line;
}

/* The checksum is the file's; it is no part of the record. */
static char *dump_with_sum(const json_t *record)
{
    json_t *copy = json_copy((json_t *) record);
    char *text = NULL;

    if (json_object_set_new(copy, "checksum", json_string(DAVY_JSON_SUM_NONE)) == 0)
        text = json_dumps(copy, JSON_INDENT(1));
    if (text)
        davy_json_sum_set(text, strlen(text));
    json_decref(copy);
    return text;
}

davy_status davy_job_record_save(const char *folder, const json_t *record)
{
    char path[PATH_MAX];
    char *text = dump_with_sum(record);
    davy_status status = text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the record of a job");

    if (text && snprintf(path, sizeof path, "%s/%llu.json", folder,
                         (unsigned long long) davy_job_record_id(record)) >= (int) sizeof path)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the data folder is too long");
    if (status == DAVY_OK)
        status = davy_file_replace(path, text, strlen(text), 0600);
    free(text);
    return status;
}

davy_status davy_job_record_load(const char *folder, const char *file, json_t **record)
{
    char path[PATH_MAX];
    davy_buffer bytes = {0};
    json_t *read = NULL;
    davy_status status;

    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the path of the data folder is too long");
    status = davy_file_read(path, RECORD_MAX, &bytes);
    if (status == DAVY_OK)
        status = davy_json_sum_check(bytes.bytes ? bytes.bytes : "", bytes.length, NULL);
    if (status != DAVY_OK)
        davy_fail_in(status, "'%s'", path);
    if (status == DAVY_OK) {
        read = json_loadb(bytes.bytes ? bytes.bytes : "", bytes.length, 0, NULL);
        if (!json_is_string(json_object_get(read, "state")) ||
            !json_is_string(json_object_get(read, "by")) ||
            !json_is_array(json_object_get(read, "log")) || davy_job_record_id(read) == 0)
            status = davy_fail(DAVY_ERR_CORRUPT, "'%s' is no record of a job", path);
    }
    davy_buffer_clear(&bytes);
    (void) json_object_del(read, "checksum");
    if (status == DAVY_OK)
        *record = read;
    else
        json_decref(read);
    return status;
}
