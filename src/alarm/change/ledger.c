/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/ledger.h"

#include "alarm/alarm.h"
#include "alarm/change/lines.h"
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

static json_t *or_null(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value ? json_incref(value) : json_null();
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

/* What is kept and compared: a text, and the two of it that a what-if was asked with. */
struct kept {
    const char *subject;
    const char *whatif_in; /* object of a what-if that holds the two hashes; NULL: itself */
    json_t *(*diff)(const char *before, const char *after);
};

static const struct kept kept_settings = {DAVY_CHANGE_SETTINGS, NULL, davy_settings_diff};
static const struct kept kept_file = {DAVY_CHANGE_FILE, "files", davy_lines_diff};

static bool is_hash_at(const json_t *object, const char *key, const char *hash)
{
    const char *text = text_of(object, key);

    return text && strcmp(text, hash) == 0;
}

static davy_status find_reason(davy_records *records, const struct kept *kept, uint64_t after,
                               const char *before_hash, const char *after_hash,
                               struct newest *reason)
{
    struct newest newest = {0};
    davy_status status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_WHATIF, after, 0,
                                           take_newest, &newest);
    const json_t *hashes =
        kept->whatif_in ? json_object_get(newest.body, kept->whatif_in) : newest.body;

    if (status == DAVY_OK && is_hash_at(hashes, "before", before_hash) &&
        is_hash_at(hashes, "after", after_hash))
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

/* The hashes of both site files, of a davy that tells them. */
static bool are_files(const json_t *files)
{
    return !files || (is_hash(text_of(files, "before")) && is_hash(text_of(files, "after")));
}

static bool changes_nothing(const json_t *whatif)
{
    const json_t *files = json_object_get(whatif, "files");

    return json_array_size(json_object_get(whatif, "changes")) == 0 &&
           (!files || is_hash_at(files, "before", text_of(files, "after")));
}

static davy_status check_whatif(const json_t *whatif)
{
    const json_t *changes = json_object_get(whatif, "changes"), *change;
    size_t index;

    if (!is_hash(text_of(whatif, "before")) || !is_hash(text_of(whatif, "after")) ||
        !are_files(json_object_get(whatif, "files")) || !json_is_array(changes))
        return davy_fail(DAVY_ERR_INVALID,
                         "that is no what-if: give what 'davy replay --proposed --json' prints");
    json_array_foreach(changes, index, change)
    {
        if (!text_of(change, "text"))
            return davy_fail(DAVY_ERR_INVALID, "change %zu of the what-if has no text", index);
    }
    if (changes_nothing(whatif))
        return davy_fail(DAVY_ERR_INVALID, "the what-if changes nothing: there is nothing to keep "
                                           "a reason for");
    return DAVY_OK;
}

/* What a person must see again: not the lists, which may be long. */
static json_t *figures_of(const json_t *whatif)
{
    json_t *figures = json_object();
    static const char *const kept[] = {"from", "to", "days", "samples", "alarms", "priorities"};
    static const char *const listed[] = {"events", "nuisance"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kept); i++)
        (void) json_object_set(figures, kept[i], json_object_get(whatif, kept[i]));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(listed); i++) {
        json_t *sums = json_deep_copy(json_object_get(whatif, listed[i]));

        (void) json_object_del(sums, "list");
        (void) json_object_set_new(figures, listed[i], sums ? sums : json_null());
    }
    return figures;
}

/* A reason serves for a change of what is in force; for any other it would be lost in silence. */
static davy_status check_in_force(davy_records *records, const json_t *whatif)
{
    struct newest last = {0};
    davy_status status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_SETTINGS, 0, 0,
                                           take_newest, &last);

    if (status == DAVY_OK && !last.body)
        status = davy_fail(DAVY_ERR_INVALID, "no site is in force here yet, so no change of it can "
                                             "have a reason: start davy with the site first");
    else if (status == DAVY_OK && !is_hash_at(last.body, "after", text_of(whatif, "before")))
        status = davy_fail(DAVY_ERR_INVALID, "the what-if was not asked against what is in force: "
                                             "ask it again with the site file that davy runs");
    json_decref(last.body);
    return status;
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
    status = check_in_force(records, whatif);
    if (status != DAVY_OK)
        return status;
    figures = figures_of(whatif);
    if (json_dumpb(figures, NULL, 0, JSON_COMPACT) > FIGURES_MAX) {
        json_decref(figures);
        return davy_fail(DAVY_ERR_INVALID, "the figures of the what-if are longer than %zu bytes",
                         FIGURES_MAX);
    }
    body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "action", DAVY_CHANGE_WHATIF, "outcome",
                     "done", "by", by, "reason", reason, "before", text_of(whatif, "before"),
                     "after", text_of(whatif, "after"), "figures", figures);
    if (body) {
        set_changes(body, json_object_get(whatif, "changes"));
        (void) json_object_set_new(body, "files", or_null(whatif, "files"));
    }
    return append(records, DAVY_CHANGE_WHATIF, body, now_ns);
}

/* Texts that are kept ----------------------------------------------------------------------- */

static void text_path(const char *data, const char *hash, char path[PATH_MAX])
{
    (void) snprintf(path, PATH_MAX, "%s/settings/%s", data, hash);
}

static davy_status keep_text(const char *data, const char *hash, const davy_buffer *text)
{
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/settings", data);
    status = davy_folder_make(path, 0750);
    text_path(data, hash, path);
    return status == DAVY_OK
               ? davy_file_replace(path, text->bytes ? text->bytes : "", text->length, 0640)
               : status;
}

/* What differs from the text with this hash; NULL when that is not there, or was altered. */
static json_t *differences(const struct kept *kept, const char *data, const char *before_hash,
                           const davy_buffer *text)
{
    char path[PATH_MAX], hash[DAVY_SETTINGS_HASH_MAX];
    davy_buffer before = {0};
    json_t *changes = NULL;

    text_path(data, before_hash, path);
    if (davy_file_read(path, SETTINGS_FILE_MAX, &before) == DAVY_OK) {
        davy_settings_hash(before.bytes, before.length, hash);
        if (strcmp(hash, before_hash) == 0)
            changes = kept->diff(before.bytes ? before.bytes : "", text->bytes ? text->bytes : "");
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

static bool is_silenced(const json_t *change)
{
    const char *setting = text_of(change, "setting");
    const bool is_there = text_of(change, "after") != NULL;

    return setting && ((strcmp(setting, "limit") == 0 && !is_there) ||
                       (strcmp(setting, "suppressed when") == 0 && is_there));
}

/* Whom a change takes the voice; the figures count those for which nobody gave a reason. */
static void set_silenced(json_t *body, const json_t *changes)
{
    json_t *keys = json_array();
    const json_t *change;
    json_int_t more = 0;
    size_t index;

    json_array_foreach(changes, index, change)
    {
        if (!is_silenced(change))
            continue;
        if (json_array_size(keys) < DAVY_CHANGE_SILENCED_MAX)
            (void) json_array_append(keys, json_object_get(change, "condition"));
        else
            more++;
    }
    (void) json_object_set_new(body, "silenced", keys);
    (void) json_object_set_new(body, "silenced_more", json_integer(more));
}

static json_t *change_body(const struct kept *kept, const davy_site *site, const char *before,
                           const char *after, const json_t *changes, const struct newest *reason)
{
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:o, s:o}", "action", kept->subject,
                  "outcome", "done", "site", site->file ? site->file : "", "before", before,
                  "after", after, "owner", owner_of(site->file), "by", or_null(reason->body, "by"),
                  "reason", or_null(reason->body, "reason"), "whatif",
                  reason->body ? json_integer((json_int_t) reason->sequence) : json_null());

    if (body)
        set_changes(body, changes);
    if (body && kept == &kept_settings)
        set_silenced(body, changes);
    return body;
}

static davy_status note_change(davy_records *records, const struct kept *kept, const char *data,
                               const davy_site *site, const davy_buffer *text, const char *hash,
                               int64_t now_ns, const struct newest *last, davy_change_found *found)
{
    const char *before = text_of(last->body, "after");
    struct newest reason = {0};
    json_t *changes = NULL, *body = NULL;
    davy_status status = keep_text(data, hash, text);

    if (status == DAVY_OK && before) {
        changes = differences(kept, data, before, text);
        status = find_reason(records, kept, last->sequence, before, hash, &reason);
    }
    if (status == DAVY_OK) {
        body = json_incref(change_body(kept, site, before, hash, changes, &reason));
        status = append(records, kept->subject, body, now_ns);
    }
    *found =
        (davy_change_found){before != NULL, davy_change_is_flagged(body), json_array_size(changes)};
    json_decref(body);
    json_decref(changes);
    json_decref(reason.body);
    return status;
}

/* Compared with the newest record of its kind, and recorded when it is another one. */
static davy_status note_text(davy_records *records, const struct kept *kept, const char *data,
                             const davy_site *site, const davy_buffer *text, int64_t now_ns,
                             davy_change_found *found)
{
    char hash[DAVY_SETTINGS_HASH_MAX];
    struct newest last = {0};
    davy_status status =
        davy_records_scan(records, DAVY_RECORD_AUDIT, kept->subject, 0, 0, take_newest, &last);

    *found = (davy_change_found){0};
    davy_settings_hash(text->bytes, text->length, hash);
    if (status == DAVY_OK && !is_hash_at(last.body, "after", hash))
        status = note_change(records, kept, data, site, text, hash, now_ns, &last, found);
    json_decref(last.body);
    return status;
}

davy_status davy_change_note(davy_records *records, const char *data, const davy_site *site,
                             int64_t now_ns, davy_change_found *found)
{
    davy_buffer settings = {0};
    davy_status status = davy_settings_write(site, &settings);

    *found = (davy_change_found){0};
    if (status == DAVY_OK)
        status = note_text(records, &kept_settings, data, site, &settings, now_ns, found);
    davy_buffer_clear(&settings);
    return status;
}

davy_status davy_change_note_file(davy_records *records, const char *data, const davy_site *site,
                                  int64_t now_ns, davy_change_found *found)
{
    davy_buffer text = {0};
    davy_status status;

    *found = (davy_change_found){0};
    davy_lines_mask(site->text, site->text_length, &text);
    status = davy_buffer_ok(&text);
    if (status == DAVY_OK)
        status = note_text(records, &kept_file, data, site, &text, now_ns, found);
    davy_buffer_clear(&text);
    return status;
}

/* The list ---------------------------------------------------------------------------------- */

bool davy_change_is_flagged(const json_t *change)
{
    const json_t *changes = json_object_get(change, "changes");

    return text_of(change, "before") && !text_of(change, "reason") &&
           !(json_is_array(changes) && json_array_size(changes) == 0);
}

static davy_status take_change(void *context, const davy_record *record)
{
    json_t *list = context, *body = json_loads(record->body, 0, NULL);
    const char *of = strcmp(record->subject, DAVY_CHANGE_FILE) == 0 ? "file" : "alarms";
    char time[DAVY_TIMESTAMP_MAX];

    if (!json_is_object(body)) {
        json_decref(body);
        return DAVY_OK;
    }
    davy_timestamp_format(record->time_ns, 3, time);
    (void) json_object_del(body, "action");
    (void) json_object_del(body, "outcome");
    (void) json_object_del(body, "silenced"); /* for the figures; people have the sentences */
    (void) json_object_del(body, "silenced_more");
    (void) json_object_set_new(body, "of", json_string(of));
    (void) json_object_set_new(body, "sequence", json_integer((json_int_t) record->sequence));
    (void) json_object_set_new(body, "time", json_string(time));
    (void) json_object_set_new(body, "flagged", json_boolean(davy_change_is_flagged(body)));
    return json_array_append_new(list, body) == 0 ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "changes");
}

static json_int_t last_sequence(const json_t *list)
{
    const json_t *last = json_array_get(list, json_array_size(list) - 1);

    return json_integer_value(json_object_get(last, "sequence"));
}

/* The newest of both, from their ends. */
static json_t *join(json_t *settings, json_t *files, size_t limit)
{
    json_t *list = json_array();

    while (json_array_size(list) < limit &&
           json_array_size(settings) + json_array_size(files) > 0) {
        json_t *newer = last_sequence(settings) > last_sequence(files) ? settings : files;
        const size_t last = json_array_size(newer) - 1;

        (void) json_array_append(list, json_array_get(newer, last));
        (void) json_array_remove(newer, last);
    }
    return list;
}

davy_status davy_change_list(davy_records *records, size_t limit, json_t **out)
{
    json_t *settings = json_array(), *files = json_array();
    davy_status status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_SETTINGS, 0, 0,
                                           take_change, settings);

    if (status == DAVY_OK)
        status = davy_records_scan(records, DAVY_RECORD_AUDIT, DAVY_CHANGE_FILE, 0, 0, take_change,
                                   files);
    if (status == DAVY_OK)
        *out = join(settings, files, limit);
    json_decref(settings);
    json_decref(files);
    return status;
}
