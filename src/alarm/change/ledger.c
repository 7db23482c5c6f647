/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/ledger.h"

#include "alarm/alarm.h"
#include "alarm/change/settings.h"
#include "core/file.h"
#include "core/timestamp.h"
#include "core/utf8.h"

#include <jansson.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Largest text of settings that is read again: of a million conditions. */
#define SETTINGS_FILE_MAX ((size_t) 1 << 30)

/* A list of signals may be long; the beginning of a sentence says which it is. */
#define SENTENCE_MAX 500

/* Bytes of the figures of a what-if, which may come from another program. */
#define FIGURES_MAX ((size_t) 65536)

/* The newest record of a subject. */
struct newest {
    uint64_t sequence;
    json_t *body;
};

static davy_status take_newest(void *context, const davy_record *record)
{
    struct newest *newest = context;
    json_t *body = json_loads(record->body, 0, NULL);

    if (!body)
        return DAVY_OK; /* one that cannot be read tells nothing */
    json_decref(newest->body);
    *newest = (struct newest){record->sequence, body};
    return DAVY_OK;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static davy_status append(davy_records *records, const char *subject, json_t *body, int64_t now_ns)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    davy_record record = {
        .time_ns = now_ns, .kind = DAVY_RECORD_AUDIT, .subject = subject, .body = text};
    davy_status status = text ? davy_records_append(records, &record, 1)
                              : davy_fail(DAVY_ERR_NOMEM, "record '%s'", subject);

    free(text);
    json_decref(body);
    return status;
}

/* The sentences of the first changes, and how many there are more. */
static void set_changes(json_t *body, const json_t *changes)
{
    const size_t count = json_array_size(changes);
    json_t *texts = json_array();
    char shown[SENTENCE_MAX];

    for (size_t i = 0; i < count && i < DAVY_CHANGE_TEXTS_MAX; i++) {
        const char *text = text_of(json_array_get(changes, i), "text");

        (void) json_array_append_new(
            texts, json_string(davy_utf8_show(text, strlen(text), shown, sizeof shown)));
    }
    (void) json_object_set_new(body, "changes", changes ? texts : json_null());
    if (!changes)
        json_decref(texts);
    (void) json_object_set_new(body, "more",
                               json_integer(count > DAVY_CHANGE_TEXTS_MAX
                                                ? (json_int_t) (count - DAVY_CHANGE_TEXTS_MAX)
                                                : 0));
}

/* Reasons ----------------------------------------------------------------------------------- */

static davy_status find_reason(davy_records *records, uint64_t after, const char *before_hash,
                               const char *after_hash, struct newest *reason)
{
    struct newest newest = {0};
    davy_status status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_WHATIF, after, 0,
                                           take_newest, &newest);
    const char *from = text_of(newest.body, "before"), *to = text_of(newest.body, "after");

    if (status == DAVY_OK && from && to && strcmp(from, before_hash) == 0 &&
        strcmp(to, after_hash) == 0)
        *reason = newest;
    else
        json_decref(newest.body);
    return status;
}

static bool is_hash(const char *text)
{
    return text && strlen(text) == DAVY_SETTINGS_HASH_MAX - 1 &&
           strspn(text, "0123456789abcdef") == DAVY_SETTINGS_HASH_MAX - 1;
}

static davy_status check_whatif(const json_t *whatif)
{
    const json_t *changes = json_object_get(whatif, "changes"), *change;
    size_t index;

    if (!is_hash(text_of(whatif, "before")) || !is_hash(text_of(whatif, "after")) ||
        !json_is_array(changes))
        return davy_fail(DAVY_ERR_INVALID,
                         "that is no what-if: give what 'davy replay --proposed --json' prints");
    json_array_foreach(changes, index, change)
    {
        if (!text_of(change, "text"))
            return davy_fail(DAVY_ERR_INVALID, "change %zu of the what-if has no text", index);
    }
    if (json_array_size(changes) == 0)
        return davy_fail(DAVY_ERR_INVALID, "the what-if changes no alarm: there is nothing to keep "
                                           "a reason for");
    return DAVY_OK;
}

/* What a person must see again: not the lists, which may be long. */
static json_t *figures_of(const json_t *whatif)
{
    json_t *figures = json_object();
    json_t *events = json_deep_copy(json_object_get(whatif, "events"));
    static const char *const kept[] = {"from", "to", "days", "samples", "alarms", "priorities"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kept); i++)
        (void) json_object_set(figures, kept[i], json_object_get(whatif, kept[i]));
    (void) json_object_del(events, "list");
    (void) json_object_set_new(figures, "events", events ? events : json_null());
    return figures;
}

davy_status davy_change_keep(davy_records *records, const json_t *whatif, const char *by,
                             const char *reason, int64_t now_ns)
{
    const davy_alarm_request words = {.action = DAVY_ALARM_COMMENT, .by = by, .comment = reason};
    davy_status status = check_whatif(whatif);
    json_t *body, *figures;

    if (status == DAVY_OK)
        status = davy_alarm_request_check(&words);
    if (status != DAVY_OK)
        return davy_fail_in(status, "a what-if is kept with a reason");
    figures = figures_of(whatif);
    if (json_dumpb(figures, NULL, 0, JSON_COMPACT) > FIGURES_MAX) {
        json_decref(figures);
        return davy_fail(DAVY_ERR_INVALID, "the figures of the what-if are longer than %zu bytes",
                         FIGURES_MAX);
    }
    body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "action", DAVY_CHANGE_WHATIF, "outcome",
                     "done", "by", by, "reason", reason, "before", text_of(whatif, "before"),
                     "after", text_of(whatif, "after"), "figures", figures);
    if (body)
        set_changes(body, json_object_get(whatif, "changes"));
    return append(records, DAVY_CHANGE_WHATIF, body, now_ns);
}

/* Settings ---------------------------------------------------------------------------------- */

static void settings_path(const char *data, const char *hash, char path[PATH_MAX])
{
    (void) snprintf(path, PATH_MAX, "%s/settings/%s", data, hash);
}

static davy_status keep_settings(const char *data, const char *hash, const davy_buffer *settings)
{
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/settings", data);
    status = davy_folder_make(path, 0750);
    settings_path(data, hash, path);
    return status == DAVY_OK ? davy_file_replace(path, settings->bytes ? settings->bytes : "",
                                                 settings->length, 0640)
                             : status;
}

/* What differs from the settings with this hash; NULL when those are not there, or not theirs. */
static json_t *differences(const char *data, const char *before_hash, const davy_buffer *settings)
{
    char path[PATH_MAX], hash[DAVY_SETTINGS_HASH_MAX];
    davy_buffer before = {0};
    json_t *changes = NULL;

    settings_path(data, before_hash, path);
    if (davy_file_read(path, SETTINGS_FILE_MAX, &before) == DAVY_OK) {
        davy_settings_hash(&before, hash);
        if (strcmp(hash, before_hash) == 0)
            changes = davy_settings_diff(before.bytes ? before.bytes : "",
                                         settings->bytes ? settings->bytes : "");
    }
    davy_buffer_clear(&before);
    return changes;
}

/* Who can have written the file, as far as the system knows. */
static json_t *owner_of(const char *file)
{
    struct passwd entry, *found = NULL;
    struct stat status;
    char room[1024];

    if (!file || stat(file, &status) != 0)
        return json_null();
    if (getpwuid_r(status.st_uid, &entry, room, sizeof room, &found) == 0 && found)
        return json_string(found->pw_name);
    return json_sprintf("%u", (unsigned) status.st_uid);
}

static json_t *or_null(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_incref(value) : json_null();
}

static json_t *settings_body(const davy_site *site, const char *before, const char *after,
                             const json_t *changes, const struct newest *reason)
{
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:o, s:o}", "action", DAVY_CHANGE_SETTINGS,
                  "outcome", "done", "site", site->file ? site->file : "", "before", before,
                  "after", after, "owner", owner_of(site->file), "by", or_null(reason->body, "by"),
                  "reason", or_null(reason->body, "reason"), "whatif",
                  reason->body ? json_integer((json_int_t) reason->sequence) : json_null());

    if (body)
        set_changes(body, changes);
    return body;
}

static davy_status note_change(davy_records *records, const char *data, const davy_site *site,
                               const davy_buffer *settings, const char *hash, int64_t now_ns,
                               const struct newest *last, davy_change_found *found)
{
    const char *before = text_of(last->body, "after");
    struct newest reason = {0};
    json_t *changes = NULL;
    davy_status status = keep_settings(data, hash, settings);

    if (status == DAVY_OK && before) {
        changes = differences(data, before, settings);
        status = find_reason(records, last->sequence, before, hash, &reason);
    }
    *found = (davy_change_found){before != NULL, reason.body != NULL, json_array_size(changes)};
    if (status == DAVY_OK)
        status = append(records, DAVY_CHANGE_SETTINGS,
                        settings_body(site, before, hash, changes, &reason), now_ns);
    json_decref(changes);
    json_decref(reason.body);
    return status;
}

davy_status davy_change_note(davy_records *records, const char *data, const davy_site *site,
                             int64_t now_ns, davy_change_found *found)
{
    char hash[DAVY_SETTINGS_HASH_MAX];
    davy_buffer settings = {0};
    struct newest last = {0};
    const char *before;
    davy_status status = davy_settings_write(site, &settings);

    *found = (davy_change_found){0};
    davy_settings_hash(&settings, hash);
    if (status == DAVY_OK)
        status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_SETTINGS, 0, 0,
                                   take_newest, &last);
    before = text_of(last.body, "after");
    if (status == DAVY_OK && (!before || strcmp(before, hash) != 0))
        status = note_change(records, data, site, &settings, hash, now_ns, &last, found);
    json_decref(last.body);
    davy_buffer_clear(&settings);
    return status;
}

/* The list ---------------------------------------------------------------------------------- */

static davy_status take_change(void *context, const davy_record *record)
{
    json_t *list = context, *body = json_loads(record->body, 0, NULL);
    char time[DAVY_TIMESTAMP_MAX];

    if (!json_is_object(body)) {
        json_decref(body);
        return DAVY_OK;
    }
    davy_timestamp_format(record->time_ns, 3, time);
    (void) json_object_del(body, "action");
    (void) json_object_del(body, "outcome");
    (void) json_object_set_new(body, "sequence", json_integer((json_int_t) record->sequence));
    (void) json_object_set_new(body, "time", json_string(time));
    (void) json_object_set_new(body, "flagged",
                               json_boolean(text_of(body, "before") && !text_of(body, "reason")));
    return json_array_insert_new(list, 0, body) == 0 ? DAVY_OK
                                                     : davy_fail(DAVY_ERR_NOMEM, "changes");
}

davy_status davy_change_list(davy_records *records, size_t limit, json_t **out)
{
    json_t *list = json_array();
    davy_status status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_SETTINGS, 0, 0,
                                           take_change, list);

    while (status == DAVY_OK && json_array_size(list) > limit)
        (void) json_array_remove(list, json_array_size(list) - 1);
    if (status == DAVY_OK)
        *out = list;
    else
        json_decref(list);
    return status;
}
