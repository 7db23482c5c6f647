/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/lines.h"
#include "alarm/whatif/side.h"

#include "core/timestamp.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_DAY (86400.0 * (double) DAVY_NS_PER_S)

/* How often something rang, on both sides. */
struct pair {
    uint64_t before, after;
};

static double days_of(const davy_whatif_answer *answer)
{
    return (double) (answer->to_ns - answer->from_ns) / NS_PER_DAY;
}

static json_t *per_day(const davy_whatif_answer *answer, uint64_t count)
{
    double days = days_of(answer);

    return days > 0.0 ? json_real((double) count / days) : json_null();
}

static json_t *pair_json(const davy_whatif_answer *answer, const char *name, const char *value,
                         struct pair pair)
{
    json_t *object =
        json_pack("{s:I, s:I, s:o, s:o}", "before", (json_int_t) pair.before, "after",
                  (json_int_t) pair.after, "before_per_day", per_day(answer, pair.before),
                  "after_per_day", per_day(answer, pair.after));

    if (object && name)
        json_object_set_new(object, name, json_string(value));
    return object;
}

json_t *davy_whatif_time_json(int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, 3, text);
    return json_string(text);
}

/* Sums -------------------------------------------------------------------------------------- */

static json_t *all_json(const davy_whatif_answer *answer)
{
    struct pair pair = {0};

    for (size_t i = 0; i < answer->before->condition_count; i++)
        pair.before += answer->before->heard[i];
    for (size_t i = 0; i < answer->after->condition_count; i++)
        pair.after += answer->after->heard[i];
    return pair_json(answer, NULL, NULL, pair);
}

static uint64_t of_priority(const davy_whatif_side *side, davy_priority priority)
{
    uint64_t count = 0;

    for (size_t i = 0; i < side->condition_count; i++)
        count += side->conditions[i].priority == priority ? side->heard[i] : 0;
    return count;
}

static json_t *priorities_json(const davy_whatif_answer *answer)
{
    json_t *list = json_array();

    for (int i = DAVY_PRIORITY_CRITICAL; i >= DAVY_PRIORITY_LOW; i--)
        (void) json_array_append_new(list, pair_json(answer, "priority",
                                                     davy_priority_name((davy_priority) i),
                                                     (struct pair){of_priority(answer->before, i),
                                                                   of_priority(answer->after, i)}));
    return list;
}

static uint64_t of_position(const davy_whatif_side *side, const char *name)
{
    uint64_t count = 0;

    for (size_t i = 0; i < side->condition_count; i++)
        if (strcmp(davy_site_position_name(side->site, side->conditions[i].position), name) == 0)
            count += side->heard[i];
    return count;
}

static void add_position(const davy_whatif_answer *answer, json_t *list, const char *name)
{
    (void) json_array_append_new(list, pair_json(answer, "position", name,
                                                 (struct pair){of_position(answer->before, name),
                                                               of_position(answer->after, name)}));
}

json_t *davy_whatif_by_position(const davy_whatif_answer *answer,
                                void (*add)(const davy_whatif_answer *, json_t *, const char *))
{
    const davy_site *before = answer->before->site, *after = answer->after->site;
    json_t *list = json_array();
    size_t known;

    for (size_t i = 0; i < before->position_count; i++)
        add(answer, list, davy_site_position_name(before, i));
    for (size_t i = 0; i < after->position_count; i++) {
        const char *name = davy_site_position_name(after, i);

        if (!davy_site_find_position(before, name, &known))
            add(answer, list, name);
    }
    return list;
}

/* Conditions -------------------------------------------------------------------------------- */

static void note_heard(json_t *heard, const davy_whatif_side *side, bool is_after)
{
    for (size_t i = 0; i < side->condition_count; i++) {
        json_t *both = json_object_get(heard, side->conditions[i].key);

        if (!both) {
            both = json_pack("[i, i]", 0, 0);
            (void) json_object_set_new(heard, side->conditions[i].key, both);
        }
        (void) json_array_set_new(both, is_after, json_integer((json_int_t) side->heard[i]));
    }
}

static bool is_changed(const json_t *changed, const char *key, struct pair pair)
{
    return pair.before != pair.after || json_object_get(changed, key);
}

/* What was changed, and what rings more or less often because of it. */
static json_t *conditions_json(const davy_whatif_answer *answer)
{
    json_t *heard = json_object(), *changed = json_object(), *list = json_array();
    const json_t *change, *both;
    const char *key;
    size_t index;

    json_array_foreach(answer->changes, index, change)(void) json_object_set_new(
        changed, json_string_value(json_object_get(change, "condition")), json_true());
    note_heard(heard, answer->before, false);
    note_heard(heard, answer->after, true);
    json_object_foreach(heard, key, both)
    {
        const struct pair pair = {(uint64_t) json_integer_value(json_array_get(both, 0)),
                                  (uint64_t) json_integer_value(json_array_get(both, 1))};

        if (is_changed(changed, key, pair))
            (void) json_array_append_new(list, pair_json(answer, "condition", key, pair));
    }
    json_decref(heard);
    json_decref(changed);
    return list;
}

/* All --------------------------------------------------------------------------------------- */

static json_t *notes_json(const davy_whatif_answer *answer)
{
    json_t *notes = json_array();

    (void) json_array_append_new(
        notes, json_string("nobody acts in a rehearsal: nothing is acknowledged, shelved or reset, "
                           "so a change of the longest shelf alone changes no figure"));
    (void) json_array_append_new(
        notes, json_string("it begins without a past: an alarm that stood at its begin rings "
                           "there, and checks that learn begin to learn"));
    if (answer->before->site->source_count > 0)
        (void) json_array_append_new(
            notes, json_string("alarms of sources are left out: the store does not hold when a "
                               "peer was away"));
    return notes;
}

static void hash_file(const davy_site *site, char hash[DAVY_SETTINGS_HASH_MAX])
{
    davy_buffer text = {0};

    davy_lines_mask(site->text, site->text_length, &text);
    davy_settings_hash(text.bytes, text.length, hash);
    davy_buffer_clear(&text);
}

/* By these a reason is known to be for just this file, also for what rings no alarm. */
static json_t *files_json(const davy_whatif_answer *answer)
{
    char before[DAVY_SETTINGS_HASH_MAX], after[DAVY_SETTINGS_HASH_MAX];

    hash_file(answer->before->site, before);
    hash_file(answer->after->site, after);
    return json_pack("{s:s, s:s}", "before", before, "after", after);
}

json_t *davy_whatif_answer_json(const davy_whatif_answer *answer)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:O, s:b, s:I, s:o, s:o, s:o, s:o, s:o}", "before", answer->before->hash,
        "after", answer->after->hash, "changes", answer->changes, "whole", answer->whole, "samples",
        (json_int_t) answer->samples, "alarms", all_json(answer), "conditions",
        conditions_json(answer), "priorities", priorities_json(answer), "positions",
        davy_whatif_by_position(answer, add_position), "events", davy_whatif_events_json(answer));

    if (!object)
        return NULL;
    (void) json_object_set_new(object, "files", files_json(answer));
    davy_whatif_add_days(answer, object);
    (void) json_object_set_new(object, "floods", davy_whatif_floods_json(answer));
    (void) json_object_set_new(object, "nuisance", davy_whatif_nuisance_json(answer));
    (void) json_object_set_new(object, "days", json_real(days_of(answer)));
    (void) json_object_set_new(
        object, "from", answer->samples ? davy_whatif_time_json(answer->from_ns) : json_null());
    (void) json_object_set_new(
        object, "to", answer->samples ? davy_whatif_time_json(answer->to_ns) : json_null());
    (void) json_object_set_new(object, "notes", notes_json(answer));
    return object;
}
