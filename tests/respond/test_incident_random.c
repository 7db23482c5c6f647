/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_testing.h"

#include "core/random.h"

#define ROUNDS 4
#define EVENTS 800

/* Any event, lawful or not: most of what is drawn here is refused. */
static json_t *draw_event(uint64_t seed, uint64_t n)
{
    static const char *const kinds[] = {"update", "note",    "person",   "person",   "task",
                                        "task",   "task",    "resource", "resource", "publish",
                                        "lesson", "contain", "reopen",   "close",    "impact"};
    static const char *const messages[] = {"Alert", "Update", "Cancel"};
    static const char *const names[] = {"engine-1", "engine-2", "medic-1"};
    const char *kind = kinds[davy_random_below(seed, 0, n, DAVY_ARRAY_LENGTH(kinds))];
    const uint32_t a = davy_random_below(seed, 1, n, 6), b = davy_random_below(seed, 2, n, 6);
    const char *name = names[davy_random_below(seed, 3, n, 3)];

    if (strcmp(kind, "person") == 0 && a > 0)
        return json_pack("{s:s, s:i, s:s, s:s}", "type", kind, "id", (int) a, "state",
                         davy_state_name(DAVY_STATES_PERSON, (int) b), "comment", "c");
    if (strcmp(kind, "person") == 0)
        return json_pack("{s:s, s:i, s:s}", "type", kind, "count", (int) b + 1, "state",
                         davy_state_name(DAVY_STATES_PERSON, (int) b));
    if (strcmp(kind, "task") == 0 && a > 0)
        return json_pack("{s:s, s:i, s:s, s:[s]}", "type", kind, "id", (int) a, "state",
                         davy_state_name(DAVY_STATES_TASK, (int) b), "resources", name);
    if (strcmp(kind, "task") == 0)
        return json_pack("{s:s, s:s}", "type", kind, "what", "w");
    if (strcmp(kind, "resource") == 0)
        return json_pack("{s:s, s:s, s:s}", "type", kind, "name", name, "state",
                         davy_state_name(DAVY_STATES_RESOURCE, (int) b));
    if (strcmp(kind, "publish") == 0)
        return json_pack("{s:s, s:s}", "type", kind, "message", messages[a % 3]);
    if (strcmp(kind, "impact") == 0)
        return json_pack("{s:s, s:{s:[{s:i, s:i}]}}", "type", kind, "impact", "zones", "severity",
                         (int) a, "people", (int) b);
    if (strcmp(kind, "update") == 0)
        return json_pack("{s:s, s:i}", "type", kind, "scale", (int) a + 1);
    if (strcmp(kind, "contain") == 0 || strcmp(kind, "reopen") == 0)
        return json_pack("{s:s, s:s}", "type", kind, "comment", "c");
    return json_pack("{s:s, s:s}", "type", kind, "text", "t");
}

/* Invariants of one that is there, whatever happened to it. */
static davy_status hold(void *context, const davy_incident *incident)
{
    const davy_toll toll = davy_incident_toll(incident);
    uint32_t people = 0;

    (void) context;
    for (size_t i = 0; i < incident->person_count; i++) {
        assert_true(incident->people[i].count >= 1);
        people +=
            incident->people[i].state == DAVY_PERSON_WITHDRAWN ? 0 : incident->people[i].count;
    }
    assert_int_equal(people, toll.missing + toll.safe + toll.injured + toll.severe + toll.dead);
    assert_true(davy_incident_scale_now(incident) >= davy_incident_scale(&toll));
    if (incident->state == DAVY_INCIDENT_CLOSED) {
        for (size_t i = 0; i < incident->task_count; i++)
            assert_true(davy_state_is_settled(DAVY_STATES_TASK, incident->tasks[i].state));
        for (size_t i = 0; i < incident->resource_count; i++)
            assert_true(davy_state_is_settled(DAVY_STATES_RESOURCE, incident->resources[i].state));
        assert_null(davy_incident_standing_alert(incident));
        assert_true(incident->lesson_count > 0);
    }
    for (size_t i = 0; i < incident->task_count; i++)
        assert_int_equal(incident->tasks[i].ended_ns != 0,
                         davy_state_is_settled(DAVY_STATES_TASK, incident->tasks[i].state));
    return DAVY_OK;
}

static void any_row_of_events_folds_to_the_same_incident(void **state)
{
    size_t taken = 0, refused = 0;

    (void) state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct incident_bench *bench = bench_create();
        const uint64_t ids[2] = {begin(bench, "{\"name\":\"a\"}"),
                                 begin(bench, "{\"name\":\"b\"}")};
        char *before, *after;

        for (uint64_t n = 0; n < EVENTS; n++) {
            const uint64_t id = ids[davy_random_below(round, 4, n, 2)];
            json_t *event = draw_event(round, n);
            char *was = text_of(bench, id), *is;
            uint64_t sequence;
            davy_status status = davy_incidents_add(bench->book, id, "jan", event, &sequence);

            is = text_of(bench, id);
            assert_true(status == DAVY_OK || status == DAVY_ERR_EXISTS ||
                        status == DAVY_ERR_INVALID);
            assert_int_equal(status == DAVY_OK, strcmp(was, is) != 0);
            taken += status == DAVY_OK;
            refused += status != DAVY_OK;
            assert_ok(davy_incidents_get(bench->book, id, hold, NULL));
            json_decref(event);
            free(was);
            free(is);
        }
        before = text_of(bench, ids[0]);
        bench_shut(bench);
        bench_open(bench);
        after = text_of(bench, ids[0]);
        assert_string_equal(before, after);
        assert_int_equal(davy_incidents_unreadable(bench->book), 0);
        free(before);
        free(after);
        bench_destroy(bench);
    }
    /* Both happen often, or the test looks at nothing. */
    assert_true(taken > EVENTS / 2 && refused > EVENTS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_row_of_events_folds_to_the_same_incident),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
