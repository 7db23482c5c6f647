/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/side.h"

#include <jansson.h>
#include <string.h>

/* What both sides made of the labelled events. */

static double delay_s(const davy_event *event, const davy_whatif_find *find)
{
    return (double) (find->at_ns - event->from_ns) * 1e-9;
}

/* What lies outside of the samples was not looked at. */
static bool is_inside(const davy_whatif_answer *answer, const davy_event *event)
{
    return event->to_ns > answer->from_ns && event->from_ns < answer->to_ns;
}

static void count_one(json_t *object, const char *name)
{
    json_int_t count = json_integer_value(json_object_get(object, name));

    (void) json_object_set_new(object, name, json_integer(count + 1));
}

/* Name, asset and stretch. */
static json_t *begin_json(const davy_event *event, const char *verdict)
{
    return json_pack("{s:s, s:s?, s:o, s:o, s:s}", "name", event->name, "asset", event->asset,
                     "from", davy_whatif_time_json(event->from_ns), "to",
                     davy_whatif_time_json(event->to_ns), "verdict", verdict);
}

/* Takes the object. Calls for the events that are nuisances, or for those that are none. */
static json_t *add_all(const davy_whatif_answer *answer, bool nuisance, json_t *object,
                       void (*add)(const davy_whatif_answer *, size_t, json_t *))
{
    const davy_event_list *events = answer->before->events;

    for (size_t i = 0; object && i < events->count; i++) {
        if (davy_event_is_nuisance(&events->items[i]) != nuisance)
            continue;
        count_one(object, is_inside(answer, &events->items[i]) ? "count" : "outside");
        if (is_inside(answer, &events->items[i]))
            add(answer, i, object);
    }
    return object;
}

/* Without samples nothing was tried. */
static bool has_any(const davy_whatif_answer *answer, bool nuisance)
{
    const davy_event_list *events = answer->before->events;

    for (size_t i = 0; i < events->count && answer->samples > 0; i++)
        if (davy_event_is_nuisance(&events->items[i]) == nuisance)
            return true;
    return false;
}

/* What must be found ------------------------------------------------------------------------ */

static json_t *find_json(const davy_whatif_side *side, size_t event)
{
    const davy_whatif_find *find = &side->finds[event];

    return json_pack(
        "{s:o, s:o, s:b}", "delay_s",
        find->at_ns ? json_real(delay_s(&side->events->items[event], find)) : json_null(),
        "condition", find->at_ns ? json_string(side->conditions[find->condition].key) : json_null(),
        "stood", find->stood);
}

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

static void add_event(const davy_whatif_answer *answer, size_t i, json_t *object)
{
    const davy_event *event = &answer->before->events->items[i];
    const davy_whatif_find *before = &answer->before->finds[i], *after = &answer->after->finds[i];
    const char *verdict = verdict_of(before, after);
    json_t *item = begin_json(event, verdict);

    if (before->at_ns && after->at_ns)
        count_one(object, "kept");
    if (strcmp(verdict, "same") != 0)
        count_one(object, verdict);
    (void) json_object_set_new(
        item, "source", json_string(event->answer == DAVY_ALARM_UNJUDGED ? "file" : "answer"));
    (void) json_object_set_new(item, "before", find_json(answer->before, i));
    (void) json_object_set_new(item, "after", find_json(answer->after, i));
    (void) json_array_append_new(json_object_get(object, "list"), item);
}

/* Null when none was found. One that was found before it began has a delay below zero. */
static json_t *worst_delay(const davy_whatif_answer *answer, const davy_whatif_side *side)
{
    json_t *worst = json_null();

    for (size_t i = 0; i < side->events->count; i++) {
        const davy_event *event = &side->events->items[i];

        if (!side->finds[i].at_ns || davy_event_is_nuisance(event) || !is_inside(answer, event) ||
            (json_is_real(worst) && json_real_value(worst) >= delay_s(event, &side->finds[i])))
            continue;
        json_decref(worst);
        worst = json_real(delay_s(event, &side->finds[i]));
    }
    return worst;
}

json_t *davy_whatif_events_json(const davy_whatif_answer *answer)
{
    if (!has_any(answer, false))
        return json_null();
    return add_all(answer, false,
                   json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:{s:o, s:o}, s:[]}",
                             "count", 0, "outside", 0, "kept", 0, "missed", 0, "gained", 0,
                             "unfound", 0, "earlier", 0, "later", 0, "worst_delay_s", "before",
                             worst_delay(answer, answer->before), "after",
                             worst_delay(answer, answer->after), "list"),
                   add_event);
}

/* What must not ring ------------------------------------------------------------------------ */

static bool rings(const davy_whatif_find *find)
{
    return find->at_ns || find->stood;
}

static void add_nuisance(const davy_whatif_answer *answer, size_t i, json_t *object)
{
    const davy_event *event = &answer->before->events->items[i];
    const bool before = rings(&answer->before->finds[i]), after = rings(&answer->after->finds[i]);
    const char *verdict = before ? after ? "stays" : "spared" : after ? "new" : "quiet";
    json_t *item = begin_json(event, verdict);

    count_one(object, verdict);
    (void) json_object_set_new(item, "answer", json_string(davy_alarm_verdict_name(event->answer)));
    (void) json_array_append_new(json_object_get(object, "list"), item);
}

json_t *davy_whatif_nuisance_json(const davy_whatif_answer *answer)
{
    if (!has_any(answer, true))
        return json_null();
    return add_all(answer, true,
                   json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:[]}", "count", 0, "outside", 0,
                             "spared", 0, "stays", 0, "new", 0, "quiet", 0, "list"),
                   add_nuisance);
}
