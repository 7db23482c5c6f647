/* SPDX-License-Identifier: Apache-2.0 */
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

static json_t *time_json(int64_t time_ns)
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

/* Those in force, then those that are new. */
static json_t *positions_json(const davy_whatif_answer *answer)
{
    const davy_site *before = answer->before->site, *after = answer->after->site;
    json_t *list = json_array();
    size_t known;

    for (size_t i = 0; i < before->position_count; i++)
        add_position(answer, list, davy_site_position_name(before, i));
    for (size_t i = 0; i < after->position_count; i++) {
        const char *name = davy_site_position_name(after, i);

        if (!davy_site_find_position(before, name, &known))
            add_position(answer, list, name);
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

/* Events ------------------------------------------------------------------------------------ */

static double delay_s(const davy_event *event, const davy_whatif_find *find)
{
    return (double) (find->at_ns - event->from_ns) * 1e-9;
}

static json_t *find_json(const davy_whatif_side *side, size_t event)
{
    const davy_whatif_find *find = &side->finds[event];

    return json_pack(
        "{s:o, s:o, s:b}", "delay_s",
        find->at_ns ? json_real(delay_s(&side->events->items[event], find)) : json_null(),
        "condition", find->at_ns ? json_string(side->conditions[find->condition].key) : json_null(),
        "stood", find->stood);
}

/* "kept": found by both at the same moment. */
static const char *verdict_of(const davy_whatif_find *before, const davy_whatif_find *after)
{
    if (!before->at_ns)
        return after->at_ns ? "gained" : "unfound";
    if (!after->at_ns)
        return "missed";
    if (before->at_ns == after->at_ns)
        return "same";
    return after->at_ns < before->at_ns ? "earlier" : "later";
}

static json_t *event_json(const davy_whatif_answer *answer, size_t i, const char *verdict)
{
    const davy_event *event = &answer->before->events->items[i];

    return json_pack("{s:s, s:s?, s:o, s:o, s:s, s:o, s:o}", "name", event->name, "asset",
                     event->asset, "from", time_json(event->from_ns), "to", time_json(event->to_ns),
                     "verdict", verdict, "before", find_json(answer->before, i), "after",
                     find_json(answer->after, i));
}

static json_t *worst_delay(const davy_whatif_side *side)
{
    double worst = -1.0;

    for (size_t i = 0; i < side->events->count; i++)
        if (side->finds[i].at_ns && delay_s(&side->events->items[i], &side->finds[i]) > worst)
            worst = delay_s(&side->events->items[i], &side->finds[i]);
    return worst >= 0.0 ? json_real(worst) : json_null();
}

static void count_one(json_t *object, const char *name)
{
    json_int_t count = json_integer_value(json_object_get(object, name));

    (void) json_object_set_new(object, name, json_integer(count + 1));
}

static json_t *events_json(const davy_whatif_answer *answer)
{
    const size_t count = answer->before->events->count;
    json_t *list = json_array(), *object;

    if (count == 0 || !answer->before->finds)
        return json_decref(list), json_null();
    object =
        json_pack("{s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:{s:o, s:o}, s:o}", "count",
                  (json_int_t) count, "kept", 0, "missed", 0, "gained", 0, "unfound", 0, "earlier",
                  0, "later", 0, "worst_delay_s", "before", worst_delay(answer->before), "after",
                  worst_delay(answer->after), "list", list);
    for (size_t i = 0; object && i < count; i++) {
        const davy_whatif_find *before = &answer->before->finds[i];
        const davy_whatif_find *after = &answer->after->finds[i];
        const char *verdict = verdict_of(before, after);

        if (before->at_ns && after->at_ns)
            count_one(object, "kept");
        if (strcmp(verdict, "same") != 0)
            count_one(object, verdict);
        (void) json_array_append_new(list, event_json(answer, i, verdict));
    }
    return object;
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

json_t *davy_whatif_answer_json(const davy_whatif_answer *answer)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:O, s:b, s:I, s:o, s:o, s:o, s:o, s:o}", "before", answer->before->hash,
        "after", answer->after->hash, "changes", answer->changes, "whole", answer->whole, "samples",
        (json_int_t) answer->samples, "alarms", all_json(answer), "conditions",
        conditions_json(answer), "priorities", priorities_json(answer), "positions",
        positions_json(answer), "events", events_json(answer));

    if (!object)
        return NULL;
    (void) json_object_set_new(object, "days", json_real(days_of(answer)));
    (void) json_object_set_new(object, "from",
                               answer->samples ? time_json(answer->from_ns) : json_null());
    (void) json_object_set_new(object, "to",
                               answer->samples ? time_json(answer->to_ns) : json_null());
    (void) json_object_set_new(object, "notes", notes_json(answer));
    return object;
}
