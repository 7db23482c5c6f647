/* SPDX-License-Identifier: Apache-2.0 */
#include "app/replay_whatif.h"

#include "app/table_print.h"

#include <jansson.h>
#include <stdio.h>

/* The answer of a what-if for people: a table of each list, and the sums below. */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static long long count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void print_changes(const json_t *answer)
{
    const json_t *change;
    size_t index;

    (void) printf("changes:\n");
    json_array_foreach(json_object_get(answer, "changes"), index, change)(void)
        printf("  %s\n", text_of(change, "text"));
    (void) printf("\n");
}

/* Alarms of each `name` before and after. */
static davy_status print_counts(const json_t *answer, const char *list, const char *name)
{
    const davy_print_field fields[] = {
        {name, name, false, NULL},
        {"before", "before", true, NULL},
        {"after", "after", true, NULL},
        {"a day before", "before_per_day", true, NULL},
        {"a day after", "after_per_day", true, NULL},
    };
    davy_status status =
        davy_print_objects(list, fields, DAVY_ARRAY_LENGTH(fields), json_object_get(answer, list));

    (void) printf("\n");
    return status;
}

/* Of a whole site alone. */
static davy_status print_floods(const json_t *answer)
{
    static const davy_print_field fields[] = {
        {"position", "position", false, NULL},
        {"floods before", "before.count", true, NULL},
        {"after", "after.count", true, NULL},
        {"in flood before (s)", "before.seconds", true, NULL},
        {"after", "after.seconds", true, NULL},
        {"most in 10 min before", "before.peak", true, NULL},
        {"after", "after.peak", true, NULL},
    };
    const json_t *floods = json_object_get(answer, "floods");
    davy_status status;

    if (!json_is_array(floods))
        return DAVY_OK;
    status = davy_print_objects("floods", fields, DAVY_ARRAY_LENGTH(fields), floods);
    (void) printf("\n");
    return status;
}

static davy_status print_event_list(const json_t *events)
{
    static const davy_print_field fields[] = {
        {"event", "name", false, NULL},
        {"from", "from", false, NULL},
        {"verdict", "verdict", false, NULL},
        {"delay before (s)", "before.delay_s", true, NULL},
        {"delay after (s)", "after.delay_s", true, NULL},
        {"found by", "after.condition", false, NULL},
    };

    return davy_print_objects("events", fields, DAVY_ARRAY_LENGTH(fields),
                              json_object_get(events, "list"));
}

static davy_status print_events(const json_t *answer)
{
    const json_t *events = json_object_get(answer, "events");
    const json_t *worst = json_object_get(events, "worst_delay_s");
    char before[DAVY_PRINT_CELL_MAX], after[DAVY_PRINT_CELL_MAX];
    davy_status status;

    if (!json_is_object(events))
        return DAVY_OK;
    status = print_event_list(events);
    (void) printf("\n%lld events: %lld kept (%lld earlier, %lld later), %lld missed, %lld gained, "
                  "%lld found by neither\n",
                  count_of(events, "count"), count_of(events, "kept"), count_of(events, "earlier"),
                  count_of(events, "later"), count_of(events, "missed"), count_of(events, "gained"),
                  count_of(events, "unfound"));
    (void) printf("worst delay: %s s before, %s s after\n\n",
                  davy_print_value(worst, "before", before),
                  davy_print_value(worst, "after", after));
    return status;
}

static davy_status print_nuisance_list(const json_t *nuisance)
{
    static const davy_print_column columns[] = {
        {"no event", false, false},
        {"from", false, false},
        {"answer", false, false},
        {"verdict", false, false},
    };
    const json_t *event;
    davy_print *print;
    size_t index;
    davy_status status =
        davy_print_create("nuisance", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    json_array_foreach(json_object_get(nuisance, "list"), index, event)
    {
        const char *texts[] = {text_of(event, "name"), text_of(event, "from"),
                               text_of(event, "answer"), text_of(event, "verdict")};

        if (status == DAVY_OK)
            status = davy_print_row(print, texts);
    }
    davy_print_finish(print);
    return status;
}

/* What people have answered "false" or "known work". */
static davy_status print_nuisance(const json_t *answer)
{
    const json_t *nuisance = json_object_get(answer, "nuisance");
    davy_status status;

    if (!json_is_object(nuisance))
        return DAVY_OK;
    status = print_nuisance_list(nuisance);
    (void) printf("\n%lld stretches with nothing to find: %lld spared, %lld ring still, %lld ring "
                  "anew, %lld quiet in both\n\n",
                  count_of(nuisance, "count"), count_of(nuisance, "spared"),
                  count_of(nuisance, "stays"), count_of(nuisance, "new"),
                  count_of(nuisance, "quiet"));
    return status;
}

davy_status davy_replay_print(const json_t *answer)
{
    const json_t *alarms = json_object_get(answer, "alarms"), *note;
    char before[DAVY_PRINT_CELL_MAX], after[DAVY_PRINT_CELL_MAX];
    davy_status status;
    size_t index;

    if (json_array_size(json_object_get(answer, "changes")) == 0) {
        (void) printf("the proposed file changes no alarm\n");
        return DAVY_OK;
    }
    print_changes(answer);
    status = print_counts(answer, "conditions", "condition");
    if (status == DAVY_OK)
        status = print_counts(answer, "priorities", "priority");
    if (status == DAVY_OK)
        status = print_counts(answer, "positions", "position");
    if (status == DAVY_OK)
        status = print_floods(answer);
    if (status == DAVY_OK)
        status = print_events(answer);
    if (status == DAVY_OK)
        status = print_nuisance(answer);
    (void) printf("alarms a day: %s before, %s after, in %.4g days from %s to %s%s\n",
                  davy_print_value(alarms, "before_per_day", before),
                  davy_print_value(alarms, "after_per_day", after),
                  json_number_value(json_object_get(answer, "days")), text_of(answer, "from"),
                  text_of(answer, "to"),
                  json_is_true(json_object_get(answer, "whole"))
                      ? ""
                      : "; what both files say alike is left out");
    json_array_foreach(json_object_get(answer, "notes"), index, note)(void)
        fprintf(stderr, "davy replay: %s\n", json_string_value(note));
    return status;
}
