/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/storage.h"

#include "core/file.h"
#include "core/json.h"
#include "core/log.h"
#include "core/timestamp.h"
#include "store/day.h"
#include "store/outlook.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define DAY_NS (86400 * DAVY_NS_PER_S)

/* Of a note: a path and some words. */
#define NOTE_MAX ((size_t) 8192)

/* What a document is written from. */
struct story {
    const davy_storage_view *view;
    davy_terms terms;
    davy_outlook outlook;
    davy_buffer *out;
};

static void write_day(davy_buffer *out, const char *key, int32_t day)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(davy_day_start_ns(day), 0, text);
    text[sizeof "YYYY-MM-DD" - 1] = '\0';
    davy_json_text(out, key, text);
}

/* 0 is for ever, or never: null. */
static void write_days(davy_buffer *out, const char *key, int64_t kept_ns)
{
    if (kept_ns > 0)
        davy_json_number(out, key, (double) kept_ns / (double) DAY_NS);
    else
        davy_json_null(out, key);
}

/* Of a class of which not all files were asked yet nobody knows. */
static void write_samples(davy_buffer *out, bool asked, uint64_t samples)
{
    if (asked)
        davy_json_unsigned(out, "samples", samples);
    else
        davy_json_null(out, "samples");
}

/* The disk --------------------------------------------------------------------------------------*/

static const char *state_of(davy_room_state room)
{
    if (room.free_bytes < room.floor_bytes)
        return "full";
    return room.free_bytes < DAVY_OUTLOOK_FLOORS * room.floor_bytes ? "low" : "ok";
}

static void write_disk(const struct story *story)
{
    const davy_room_state room = story->view->room;
    davy_buffer *out = story->out;
    struct statvfs disk;

    davy_json_object(out, "disk");
    if (statvfs(story->view->folder, &disk) == 0)
        davy_json_unsigned(out, "total_bytes", (uint64_t) disk.f_blocks * disk.f_frsize);
    else
        davy_json_null(out, "total_bytes");
    davy_json_unsigned(out, "free_bytes", room.free_bytes);
    davy_json_unsigned(out, "floor_bytes", room.floor_bytes);
    davy_json_unsigned(out, "reserve_bytes", story->view->holding->bytes[DAVY_HOLDING_RESERVE]);
    davy_json_text(out, "state", state_of(room));
    davy_json_object_end(out);
}

static void write_kinds(const struct story *story)
{
    davy_json_array(story->out, "kinds");
    for (int kind = 0; kind < DAVY_HOLDING_KINDS; kind++) {
        davy_json_object(story->out, NULL);
        davy_json_text(story->out, "kind", davy_holding_kind_name((davy_holding_kind) kind));
        davy_json_unsigned(story->out, "bytes", story->view->holding->bytes[kind]);
        davy_json_object_end(story->out);
    }
    davy_json_array_end(story->out);
}

/* Classes ---------------------------------------------------------------------------------------*/

static void write_wait(const struct story *story, const davy_term *term, bool asked)
{
    davy_buffer *out = story->out;
    davy_terms_loss loss;

    if (!term || term->from_ns == 0) {
        davy_json_null(out, "waits");
        return;
    }
    loss = davy_terms_lose(&story->terms, term, story->view->holding, term->from_ns);
    davy_json_object(out, "waits");
    write_days(out, "keep_days", term->next_keep_ns);
    write_days(out, "rollups_days", term->next_rollups_ns);
    davy_json_time(out, "from", term->from_ns);
    davy_json_unsigned(out, "files", loss.files);
    davy_json_unsigned(out, "bytes", loss.bytes);
    write_samples(out, asked, loss.samples);
    davy_json_unsigned(out, "rollups", loss.rollups);
    davy_json_object_end(out);
}

static void write_recent(const struct story *story, const davy_outlook_class *of)
{
    const int32_t first = davy_day_of(story->view->now_ns) - DAVY_OUTLOOK_DAYS;
    davy_buffer *out = story->out;

    davy_json_array(out, "days");
    for (int i = 0; i < DAVY_OUTLOOK_DAYS; i++) {
        davy_json_object(out, NULL);
        write_day(out, "day", first + i);
        davy_json_unsigned(out, "bytes", of->day_bytes[i]);
        write_samples(out, of->asked, of->day_samples[i]);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_terms_of(const struct story *story, const davy_outlook_class *of)
{
    const davy_term *term = davy_terms_find(&story->terms, of->class_name);
    davy_buffer *out = story->out;

    write_days(out, "keep_days", term ? term->keep_ns : 0);
    write_days(out, "rollups_days", term ? term->rollups_ns : 0);
    write_days(out, "when_full_days", term ? term->when_full_ns : 0);
    write_wait(story, term, of->asked);
}

static void write_class(const struct story *story, const davy_outlook_class *of)
{
    davy_buffer *out = story->out;

    davy_json_object(out, NULL);
    davy_json_text(out, "class", of->class_name);
    write_terms_of(story, of);
    davy_json_unsigned(out, "files", of->files);
    davy_json_unsigned(out, "bytes", of->bytes);
    write_samples(out, of->asked, of->samples);
    if (of->files > 0) {
        write_day(out, "first_day", of->first_day);
        write_day(out, "last_day", of->last_day);
    } else {
        davy_json_null(out, "first_day");
        davy_json_null(out, "last_day");
    }
    write_recent(story, of);
    if (of->growth_days > 0)
        davy_json_number(out, "bytes_a_day", of->bytes_a_day);
    else
        davy_json_null(out, "bytes_a_day");
    davy_json_unsigned(out, "may_go_files", of->may_go_files);
    davy_json_unsigned(out, "may_go_bytes", of->may_go_bytes);
    davy_json_object_end(out);
}

static void write_classes(const struct story *story)
{
    davy_json_array(story->out, "classes");
    for (size_t i = 0; i < story->outlook.count; i++)
        write_class(story, &story->outlook.classes[i]);
    davy_json_array_end(story->out);
}

static void write_first(const struct story *story)
{
    const davy_holding_file *files[DAVY_STORAGE_FIRST_MAX];
    const size_t count = davy_outlook_first(story->view->holding, &story->terms,
                                            story->view->now_ns, files, DAVY_STORAGE_FIRST_MAX);
    davy_buffer *out = story->out;

    davy_json_array(out, "goes_first");
    for (size_t i = 0; i < count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "class", files[i]->class_name);
        write_day(out, "day", files[i]->day);
        davy_json_unsigned(out, "bytes", files[i]->bytes);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_missed(const struct story *story)
{
    const davy_holding *holding = story->view->holding;
    davy_buffer *out = story->out;

    davy_json_array(out, "missed");
    for (size_t i = 0; i < holding->missed_count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "file", holding->missed[i].file);
        davy_json_text(out, "day_file", holding->missed[i].day_file);
        davy_json_time(out, "since", holding->missed[i].since_ns);
        davy_json_unsigned(out, "bytes", holding->missed[i].bytes);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

/* A note of app/last_done.h. Whatever else stands there is none. */
static void write_last(const struct story *story, const char *key, const char *name)
{
    char path[PATH_MAX];
    davy_buffer bytes = {0};
    json_t *note = NULL;
    const json_t *damaged;
    const char *time, *to;
    int64_t time_ns;

    (void) snprintf(path, sizeof path, "%s/%s", story->view->folder, name);
    if (davy_file_read(path, NOTE_MAX, &bytes) == DAVY_OK)
        note = json_loadb(bytes.bytes ? bytes.bytes : "", bytes.length, 0, NULL);
    davy_buffer_clear(&bytes);
    time = json_string_value(json_object_get(note, "time"));
    to = json_string_value(json_object_get(note, "to"));
    damaged = json_object_get(note, "damaged");
    if (time && davy_timestamp_parse(time, &time_ns) == DAVY_OK && json_is_integer(damaged)) {
        davy_json_object(story->out, key);
        davy_json_time(story->out, "time", time_ns);
        davy_json_text(story->out, "to", to);
        davy_json_integer(story->out, "damaged", json_integer_value(damaged));
        davy_json_object_end(story->out);
    } else {
        davy_json_null(story->out, key);
    }
    json_decref(note);
}

static void write_story(const struct story *story)
{
    char path[PATH_MAX];
    davy_buffer *out = story->out;

    davy_json_object(out, NULL);
    davy_json_time(out, "now", story->view->now_ns);
    davy_json_text(out, "folder", realpath(story->view->folder, path) ? path : story->view->folder);
    write_disk(story);
    write_kinds(story);
    davy_json_number(out, "bytes_a_day", story->outlook.bytes_a_day);
    if (story->outlook.room_days >= 0)
        davy_json_integer(out, "room_days", story->outlook.room_days);
    else
        davy_json_null(out, "room_days");
    davy_json_boolean(out, "retention_known", story->terms.known);
    write_classes(story);
    write_first(story);
    write_missed(story);
    write_last(story, "last_backup", "last-backup.json");
    write_last(story, "last_verify", "last-verify.json");
    davy_json_object_end(out);
}

davy_status davy_storage_write(const davy_storage_view *view, davy_buffer *out)
{
    struct story *story = calloc(1, sizeof *story);
    davy_status status;

    if (!story)
        return davy_fail(DAVY_ERR_NOMEM, "what the storage holds");
    story->view = view;
    story->out = out;
    status = davy_terms_read(view->folder, &story->terms);
    if (status == DAVY_ERR_CORRUPT) /* as without them: the next start writes them anew */
        status = DAVY_OK;
    if (status == DAVY_OK) {
        davy_outlook_make(view->holding, &story->terms, view->room, view->now_ns, &story->outlook);
        write_story(story);
        status = davy_buffer_ok(out);
    }
    free(story);
    return status;
}
