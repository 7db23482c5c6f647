/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/cap.h"
#include "alarm/notify/render.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How a message of davy is said in CAP. */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

static int64_t time_of(const json_t *message)
{
    int64_t time_ns = 0;

    return davy_timestamp_parse(or_else(text_of(message, "timestamp"), "1970-01-01"), &time_ns) ==
                   DAVY_OK
               ? time_ns
               : 0;
}

/* What is said by one word, found by another. */
struct pair {
    const char *word, *says;
};

static const char *say(const struct pair *pairs, const char *word, const char *otherwise)
{
    for (; word && pairs->word; pairs++)
        if (strcmp(pairs->word, word) == 0)
            return pairs->says;
    return otherwise;
}

static const struct pair severities[] = {
    {"critical", "Extreme"}, {"high", "Severe"}, {"medium", "Moderate"}, {"low", "Minor"}, {NULL}};

/* Critical and high ask for a person now. */
static const struct pair urgencies[] = {{"critical", "Immediate"},
                                        {"high", "Immediate"},
                                        {"medium", "Expected"},
                                        {"low", "Expected"},
                                        {NULL}};

/* A model or a statistic says that something is likely; a limit has been seen to be passed. */
static const struct pair certainties[] = {
    {"model", "Likely"}, {"shift", "Likely"}, {"novel", "Likely"}, {NULL}};

/* "Cancel" when the alarm is normal, "Update" for what happens between, both only when the message
 * that they are about is known. */
static const char *type_of(const json_t *message, const char *references)
{
    const char *state = text_of(json_object_get(message, "data"), "state");

    if (!references)
        return "Alert";
    return state && strcmp(state, "normal") == 0 ? "Cancel" : "Update";
}

static const char *status_of(const json_t *message)
{
    const char *type = text_of(message, "type");

    if (json_is_true(json_object_get(message, "exercise")))
        return "Exercise";
    return type && strcmp(type, "heartbeat") == 0 ? "System" : "Actual";
}

static bool refer(const json_t *message, const char *sender, char *out, size_t capacity)
{
    const json_t *raised = json_object_get(message, "raised");
    const char *id = text_of(raised, "id");
    char sent[DAVY_CAP_TIME_MAX];

    if (!id)
        return false;
    davy_cap_time(time_of(raised), sent);
    (void) snprintf(out, capacity, "%s,%s,%s", sender, id, sent);
    return true;
}

static void fill_info(const json_t *message, const char *headline, davy_cap_info *info)
{
    const json_t *alarm = json_object_get(message, "data");
    const char *priority = text_of(alarm, "priority"), *state = text_of(alarm, "state");
    bool over = state && strcmp(state, "normal") == 0;

    info->category = "Safety";
    info->event = or_else(text_of(alarm, "key"), or_else(text_of(message, "type"), "message"));
    info->response = over ? "AllClear" : "Assess";
    info->urgency = over ? "Past" : say(urgencies, priority, "Unknown");
    info->severity = say(severities, priority, "Unknown");
    info->certainty = say(certainties, text_of(alarm, "kind"), "Observed");
    info->sender_name = or_else(text_of(message, "title"), "davy");
    info->headline = headline;
    info->description = or_else(text_of(message, "text"), headline);
}

davy_status davy_render_cap(const json_t *message, davy_buffer *out)
{
    const json_t *alarm = json_object_get(message, "data");
    char headline[161], sender[160], references[320], site[128];
    davy_cap_area area = {.description = or_else(text_of(alarm, "asset"),
                                                 or_else(text_of(message, "title"), "site"))};
    davy_cap_info info = {.areas = &area, .area_count = 1};
    davy_cap cap = {.identifier = text_of(message, "id"),
                    .sender = sender,
                    .sent_ns = time_of(message),
                    .status = status_of(message),
                    .scope = "Restricted",
                    .restriction = "for the operation of the plant",
                    .infos = &info,
                    .info_count = 1};

    davy_cap_plain(or_else(text_of(message, "site"), "site"), site, sizeof site);
    (void) snprintf(sender, sizeof sender, "davy@%s", site);
    davy_render_line(message, headline, sizeof headline); /* 160 characters at most */
    fill_info(message, headline, &info);
    if (refer(message, sender, references, sizeof references))
        cap.references = references;
    cap.type = type_of(message, cap.references);
    if (json_is_true(json_object_get(message, "exercise")))
        cap.note = "EXERCISE: this is a drill";
    return davy_cap_write(&cap, out);
}
