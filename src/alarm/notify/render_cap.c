/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/cap.h"
#include "alarm/notify/cap_words.h"
#include "alarm/notify/render.h"
#include "core/timestamp.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How a message of davy is said in CAP: docs/site.md tells people. */

/* An alert without an end is dropped whenever its reader likes. One of an alarm ends when the alarm
 * does, by a Cancel; this is for a reader whom the Cancel never reaches. */
#define STANDS_NS (7LL * 86400 * DAVY_NS_PER_S)

/* What is over, a drill or a test need not be seen for long. */
#define PASSES_NS (3600 * DAVY_NS_PER_S)

/* A sign of life is missed when the next but one is late. */
#define HEARTBEATS 2

#define LANGUAGES 2

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

static int64_t time_of(const json_t *object, const char *key)
{
    int64_t time_ns = 0;

    return davy_timestamp_parse(or_else(text_of(object, key), "1970-01-01"), &time_ns) == DAVY_OK
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

/* Who has acknowledged an alarm, or silenced it, has it in hand. */
static const struct pair responses[] = {
    {"normal", "AllClear"},        {"unacknowledged", "Assess"},
    {"acknowledged", "Monitor"},   {"returned", "Monitor"},
    {"latched", "Monitor"},        {"latched-acknowledged", "Monitor"},
    {"shelved", "Monitor"},        {"suppressed", "Monitor"},
    {"out-of-service", "Monitor"}, {NULL}};

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
    davy_cap_time(time_of(raised, "timestamp"), sent);
    (void) snprintf(out, capacity, "%s,%s,%s", sender, id, sent);
    return true;
}

static bool is_over(const json_t *alarm)
{
    return strcmp(or_else(text_of(alarm, "state"), ""), "normal") == 0;
}

/* "Cancel" when the alarm is normal, "Update" for what happens between, both only when the message
 * that they are about is known. */
static const char *type_of(const json_t *message, const char *references)
{
    if (!references)
        return "Alert";
    return is_over(json_object_get(message, "data")) ? "Cancel" : "Update";
}

static int64_t lasts_ns(const json_t *message)
{
    const json_t *alarm = json_object_get(message, "data");
    const double every_s = json_number_value(json_object_get(alarm, "every_s"));

    if (every_s > 0)
        return (int64_t) (HEARTBEATS * every_s * (double) DAVY_NS_PER_S);
    return !text_of(alarm, "state") || is_over(alarm) ||
                   json_is_true(json_object_get(message, "exercise"))
               ? PASSES_NS
               : STANDS_NS;
}

/* "Execute" is for what stands in `instruction` (3.2.2). */
static const char *response_of(const json_t *alarm)
{
    const char *response = say(responses, text_of(alarm, "state"), "None");

    return strcmp(response, "Assess") == 0 && json_array_size(json_object_get(alarm, "actions")) > 0
               ? "Execute"
               : response;
}

/* All of an info that is the same in every language. */
static davy_cap_info info_of(const json_t *message)
{
    const json_t *alarm = json_object_get(message, "data");
    const char *priority = text_of(alarm, "priority");

    return (davy_cap_info){
        .category = "Safety",
        .event = or_else(text_of(alarm, "key"), or_else(text_of(message, "type"), "message")),
        .response = response_of(alarm),
        .urgency = is_over(alarm) ? "Past" : say(urgencies, priority, "Unknown"),
        .severity = say(severities, priority, "Unknown"),
        .certainty = say(certainties, text_of(alarm, "kind"), "Observed"),
        .onset_ns = time_of(alarm, "since"),
        .expires_ns = time_of(message, "timestamp") + lasts_ns(message),
        .sender_name = or_else(text_of(message, "title"), "davy")};
}

/* What an info says in a language, and the memory of it. */
struct told {
    char headline[DAVY_CAP_HEADLINE_MAX];
    davy_buffer description, instruction;
};

static davy_status tell(const davy_cap_words *words, const json_t *message, struct told *told,
                        davy_cap_info *info)
{
    davy_status status;

    davy_cap_headline(words, message, told->headline);
    davy_cap_describe(words, message, &told->description);
    if (!is_over(json_object_get(message, "data")))
        davy_cap_instruct(message, &told->instruction);
    status = davy_buffer_ok(&told->description);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&told->instruction);
    info->language = davy_cap_language(words);
    info->headline = told->headline;
    info->description = or_else(told->description.bytes, told->headline);
    info->instruction = told->instruction.length > 0 ? told->instruction.bytes : NULL;
    return status;
}

/* The languages of a plant: a Chinese one reads Chinese first, and who stands by reads English. */
static size_t list_languages(const json_t *message, const davy_cap_words *list[LANGUAGES])
{
    const char *language = or_else(text_of(message, "language"), "");
    size_t count = 0;

    if (strcmp(language, davy_cap_language(&davy_cap_chinese)) == 0)
        list[count++] = &davy_cap_chinese;
    list[count++] = &davy_cap_english;
    return count;
}

/* The head of the alert, around its infos. */
static davy_status write_alert(const json_t *message, const davy_cap_info *infos, size_t count,
                               davy_buffer *out)
{
    char sender[160], references[320], site[128];
    davy_cap cap = {.identifier = text_of(message, "id"),
                    .sender = sender,
                    .sent_ns = time_of(message, "timestamp"),
                    .status = status_of(message),
                    .scope = "Restricted",
                    .restriction = "for the operation of the plant",
                    .infos = infos,
                    .info_count = count};

    davy_cap_plain(or_else(text_of(message, "site"), "site"), site, sizeof site);
    (void) snprintf(sender, sizeof sender, "davy@%s", site);
    if (refer(message, sender, references, sizeof references))
        cap.references = references;
    cap.type = type_of(message, cap.references);
    if (json_is_true(json_object_get(message, "exercise")))
        cap.note = "EXERCISE: this is a drill";
    return davy_cap_write(&cap, out);
}

davy_status davy_render_cap(const json_t *message, davy_buffer *out)
{
    const json_t *alarm = json_object_get(message, "data");
    const davy_cap_area area = {.description = or_else(text_of(alarm, "asset"),
                                                       or_else(text_of(message, "title"), "site"))};
    const davy_cap_words *languages[LANGUAGES];
    const size_t count = list_languages(message, languages);
    struct told told[LANGUAGES] = {0};
    davy_cap_info infos[LANGUAGES];
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        infos[i] = info_of(message);
        infos[i].areas = &area;
        infos[i].area_count = 1;
        status = tell(languages[i], message, &told[i], &infos[i]);
    }
    if (status == DAVY_OK)
        status = write_alert(message, infos, count, out);
    for (size_t i = 0; i < LANGUAGES; i++) {
        davy_buffer_clear(&told[i].description);
        davy_buffer_clear(&told[i].instruction);
    }
    return status;
}
