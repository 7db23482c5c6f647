/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "respond/dispatch/board.h"
#include "respond/incident/fold.h"
#include "site/load.h"

#include <stdlib.h>

/*
 * Roads of 600 m at 36 km/h (10 m/s, 60 s each): gate - x - farm, and gate - south - farm round the
 * corner (2 x 848.5 m, 84.85 s each).
 */
static const char site_text[] =
    "site: {name: a}\n"
    "assets:\n"
    "- {name: T-101, at: [1200, 0], holds: {chemical: chlorine, amount: 20 t}}\n"
    "places:\n"
    "- {name: yard, kind: open, outline: [[590, -10], [610, -10], [610, 10], [590, 10]], people: "
    "3}\n"
    "roads:\n"
    "  junctions: [{name: gate, at: [0, 0]}, {name: x, at: [600, 0]}, {name: farm, at: [1200, "
    "0]},\n"
    "              {name: south, at: [600, -600]}]\n"
    "  stretches:\n"
    "  - {from: gate, to: x, speed: 36 km/h}\n"
    "  - {from: x, to: farm, speed: 36 km/h}\n"
    "  - {from: gate, to: south, speed: 36 km/h}\n"
    "  - {from: south, to: farm, speed: 36 km/h}\n"
    "resources:\n"
    "- {name: engine-1, type: foam engine, at: [0, 0], crew: 6, capabilities: [foam], ppe: B}\n"
    "- {name: engine-2, type: foam engine, at: [600, 0], crew: 6, capabilities: [foam], ppe: D}\n"
    "- {name: hazmat-1, type: hazmat team, at: [0, 0], crew: 4, capabilities: [hazmat], ppe: A}\n";

/* A square around T-101, severity 3, and a wider one of discomfort that closes nothing. */
#define IMPACT                                                                              \
    "{\"chemical\": {\"name\": \"chlorine\", \"cas\": \"7782-50-5\"}, \"weather\": "        \
    "{\"wind_from\": 270}, \"zones\": ["                                                    \
    "{\"id\": 1, \"effect\": \"toxic\", \"endpoint\": \"AEGL-1 60 min\", \"severity\": 1, " \
    "\"kind\": \"value\","                                                                  \
    " \"ring\": [[-500, -900], [2000, -900], [2000, 900], [-500, 900]]},"                   \
    "{\"id\": 2, \"effect\": \"toxic\", \"endpoint\": \"AEGL-3 60 min\", \"severity\": 3, " \
    "\"kind\": \"value\","                                                                  \
    " \"ring\": [[1100, -100], [1300, -100], [1300, 100], [1100, 100]]}]}"

/* Over the road x - farm, later. */
#define ON_X_FARM                                                                             \
    "{\"zones\": [{\"effect\": \"toxic\", \"endpoint\": \"AEGL-2 60 min\", \"severity\": 2, " \
    "\"kind\": \"value\","                                                                    \
    " \"ring\": [[800, -50], [900, -50], [900, 50], [800, 50]]}]}"

#define NOW_NS INT64_C(1767225600000000000)

typedef struct desk {
    davy_site *site;
    davy_incident incident;
    davy_board board;
    uint64_t sequence;
} desk;

static void happen(desk *d, const char *text)
{
    json_t *body = json_loads(text, 0, NULL);
    davy_incident_event event;

    assert_non_null(body);
    assert_ok(davy_incident_event_read(body, &event));
    assert_ok(davy_incident_apply(&d->incident, &event, ++d->sequence, NOW_NS));
    json_decref(body);
}

static int set_up(void **state)
{
    desk *d = calloc(1, sizeof *d);
    davy_site_faults faults = {0};

    if (!d ||
        davy_site_parse("site.yaml", site_text, sizeof site_text - 1, &faults, &d->site) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    happen(d, "{\"name\": \"T-101 leaks\", \"asset\": \"T-101\"}");
    *state = d;
    return 0;
}

static int tear_down(void **state)
{
    desk *d = *state;

    davy_board_clear(&d->board);
    davy_incident_clear(&d->incident);
    davy_site_destroy(d->site);
    free(d);
    return 0;
}

static json_t *plan(desk *d, const char *order)
{
    json_t *body = order ? json_loads(order, 0, NULL) : NULL, *answer;
    davy_buffer out = {0};

    davy_board_clear(&d->board);
    assert_ok(davy_board_read(&d->board, d->site, &d->incident, NOW_NS));
    d->board.question.limit_s = 5.0;
    assert_ok(davy_board_order(&d->board, body));
    assert_ok(davy_board_answer(&d->board, &out));
    answer = json_loads(out.bytes, 0, NULL);
    assert_non_null(answer);
    davy_buffer_clear(&out);
    json_decref(body);
    return answer;
}

static const json_t *at(const json_t *object, const char *list, size_t index)
{
    return json_array_get(json_object_get(object, list), index);
}

static const char *word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "null";
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* engine-2 stands at the yard, 0 s away; the task is found by the name of its place. */
static void tasks_and_resources_become_a_plan(void **state)
{
    desk *d = *state;
    json_t *answer;

    happen(d, "{\"type\": \"task\", \"what\": \"lay foam\", \"place\": \"yard\", \"capability\": "
              "\"foam\", \"crew\": 5}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "assignments")), 1);
    assert_string_equal(word(at(answer, "assignments", 0), "resource"), "engine-2");
    assert_string_equal(word(at(answer, "assignments", 0), "task"), "lay foam (#1)");
    assert_int_equal(json_integer_value(json_object_get(at(answer, "assignments", 0), "task_id")),
                     1);
    assert_string_equal(word(answer, "method"), "optimal");
    assert_string_equal(word(at(answer, "notes", 0), "key"), "note.no-impact");
    json_decref(answer);
}

/*
 * Chlorine around T-101. The task is silent about protection: chlorine is corrosive to the skin in
 * the authority's table, so A, and hazmat-1 is sent to the junction x, upwind in a wind from the
 * west; foam for the same place has nobody with A.
 */
static void a_task_in_a_toxic_zone_asks_for_protection(void **state)
{
    desk *d = *state;
    const json_t *sent;
    json_t *answer;

    happen(d, "{\"type\": \"impact\", \"impact\": " IMPACT "}");
    happen(d, "{\"type\": \"task\", \"what\": \"close the valve\", \"place\": \"T-101\", "
              "\"capability\": \"hazmat\"}");
    happen(
        d,
        "{\"type\": \"task\", \"what\": \"foam\", \"place\": \"T-101\", \"capability\": \"foam\"}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "assignments")), 1);
    sent = at(answer, "assignments", 0);
    assert_string_equal(word(sent, "resource"), "hazmat-1");
    assert_string_equal(word(sent, "staging"), "x");
    assert_string_equal(word(sent, "zone"), "AEGL-3 60 min");
    assert_true(json_is_true(json_object_get(sent, "upwind")));
    assert_near(number(sent, "arrival"), 60.0, 1e-6);
    assert_near(number(sent, "on_foot"), 600.0, 1e-6);
    assert_string_equal(word(at(answer, "uncovered", 0), "key"), "lack.ppe");
    assert_string_equal(word(at(answer, "notes", 0), "key"), "note.ppe-a");
    json_decref(answer);
}

/*
 * A zone comes over x - farm in 100 s. hazmat-1 is through it at 120 s in the plan of now: it goes
 * around by the south, 2 x 84.85 s; the change says so.
 */
static void a_forecast_closes_roads_before_the_zone_is_there(void **state)
{
    desk *d = *state;
    json_t *before, *after;
    char *text, order[8192];

    happen(d, "{\"type\": \"task\", \"what\": \"close the valve\", \"place\": \"T-101\", "
              "\"capability\": \"hazmat\"}");
    before = plan(d, "{\"reserve\": 0}");
    assert_near(number(at(before, "assignments", 0), "arrival"), 120.0, 1e-6);
    text = json_dumps(before, JSON_COMPACT);
    (void) snprintf(
        order, sizeof order,
        "{\"reserve\": 0, \"before\": %s, \"forecast\": {\"from\": 100, \"impact\": %s}}", text,
        ON_X_FARM);
    after = plan(d, order);
    assert_near(number(at(after, "assignments", 0), "arrival"), 2.0 * sqrt(720000.0) / 10.0, 1e-3);
    assert_int_equal(json_array_size(json_object_get(after, "changes")), 1);
    assert_string_equal(word(at(after, "changes", 0), "key"), "rerouted.detour");
    assert_near(number(at(after, "changes", 0), "seconds"), 2.0 * sqrt(720000.0) / 10.0 - 120.0,
                1e-3);
    /* After 150 s it is of no use: nobody else has hazmat. */
    (void) snprintf(order, sizeof order,
                    "{\"reserve\": 0, \"within\": 150, \"before\": %s, \"forecast\": {\"from\": "
                    "100, \"impact\": %s}}",
                    text, ON_X_FARM);
    json_decref(after);
    after = plan(d, order);
    assert_string_equal(word(at(after, "changes", 0), "key"), "removed.detour");
    assert_string_equal(word(at(after, "changes", 0), "zone"), "AEGL-2 60 min");
    assert_string_equal(word(at(after, "uncovered", 0), "key"), "lack.late");
    free(text);
    json_decref(after);
    json_decref(before);
}

/* The plan stands, then the zone is known: the same unit stops at x. */
static void a_zone_that_comes_over_the_place_is_a_change(void **state)
{
    desk *d = *state;
    json_t *before, *after;
    char *text, order[4096];

    happen(d, "{\"type\": \"task\", \"what\": \"close the valve\", \"place\": \"T-101\", "
              "\"capability\": \"hazmat\"}");
    before = plan(d, NULL);
    text = json_dumps(before, JSON_COMPACT);
    (void) snprintf(order, sizeof order, "{\"before\": %s}", text);
    happen(d, "{\"type\": \"impact\", \"impact\": " IMPACT "}");
    after = plan(d, order);
    assert_int_equal(json_array_size(json_object_get(after, "changes")), 1);
    assert_string_equal(
        word(json_object_get(at(after, "changes", 0), "text"), "en"),
        "close the valve (#1) lies in the AEGL-3 60 min zone now: hazmat-1 stops at x");
    free(text);
    json_decref(after);
    json_decref(before);
}

static void states_of_the_board_decide_who_may_be_sent(void **state)
{
    desk *d = *state;
    davy_incident other = d->incident;
    davy_incident_resource held = {.name = "engine-2", .state = DAVY_RESOURCE_ON_SCENE};
    json_t *answer;

    happen(d, "{\"type\": \"task\", \"what\": \"lay foam\", \"place\": \"yard\", \"capability\": "
              "\"foam\"}");
    /* committed: may still be told otherwise; nearer engine-2 goes */
    happen(
        d,
        "{\"type\": \"resource\", \"name\": \"engine-1\", \"state\": \"committed\", \"task\": 1}");
    answer = plan(d, NULL);
    assert_string_equal(word(at(answer, "assignments", 0), "resource"), "engine-2");
    json_decref(answer);
    /* another incident has engine-2 */
    other.resources = &held;
    other.resource_count = 1;
    davy_board_clear(&d->board);
    assert_ok(davy_board_read(&d->board, d->site, &d->incident, NOW_NS));
    davy_board_hold(&d->board, &other);
    assert_int_equal(d->board.units[1].state, DAVY_UNIT_BOUND);
    /* on its way: it counts */
    happen(d, "{\"type\": \"resource\", \"name\": \"engine-1\", \"state\": \"en-route\"}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "assignments")), 1);
    assert_string_equal(word(at(answer, "assignments", 0), "resource"), "engine-1");
    assert_true(json_is_true(json_object_get(at(answer, "assignments", 0), "bound")));
    json_decref(answer);
    happen(d, "{\"type\": \"resource\", \"name\": \"engine-1\", \"state\": \"out-of-service\"}");
    answer = plan(d, NULL);
    assert_string_equal(word(at(answer, "assignments", 0), "resource"), "engine-2");
    json_decref(answer);
}

static void a_task_that_names_nothing_is_noted(void **state)
{
    desk *d = *state;
    json_t *answer;

    happen(d, "{\"type\": \"task\", \"what\": \"look\", \"place\": \"yard\"}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "assignments")), 0);
    assert_string_equal(word(at(answer, "notes", 0), "key"), "note.needs-nothing");
    assert_string_equal(word(at(answer, "notes", 0), "task"), "look (#1)");
    json_decref(answer);
}

/* A reach that a model could not tell closes nothing, and the plan says so. */
static void what_is_not_known_is_noted(void **state)
{
    desk *d = *state;
    json_t *answer;

    happen(d, "{\"type\": \"impact\", \"impact\": {\"zones\": [{\"effect\": \"toxic\", "
              "\"endpoint\": \"AEGL-3 60 min\", "
              "\"severity\": 3, \"kind\": \"no data\", \"ring\": []}, {\"effect\": \"pool-fire\", "
              "\"endpoint\": \"12.5 kW/m2\", "
              "\"severity\": 3, \"kind\": \"not reached\", \"ring\": []}, {\"effect\": "
              "\"pool-fire\", \"endpoint\": \"4 kW/m2\", "
              "\"severity\": 2, \"kind\": \"value\", \"ring\": [[590, -50], [610, -50], [610, 50], "
              "[590, 50]]}]}}");
    happen(
        d,
        "{\"type\": \"task\", \"what\": \"cool\", \"place\": \"yard\", \"capability\": \"foam\"}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "notes")), 2);
    assert_string_equal(word(at(answer, "notes", 0), "key"), "note.zone-unknown");
    assert_string_equal(word(at(answer, "notes", 1), "key"), "note.fire");
    assert_string_equal(word(at(answer, "notes", 1), "zone"), "4 kW/m2");
    /* engine-1 stays outside: nobody wears what is made for fire */
    assert_string_equal(word(at(answer, "uncovered", 0), "key"), "lack.inside");
    json_decref(answer);
}

static void bad_orders_are_refused_with_their_key(void **state)
{
    static const char *const rows[][2] = {
        {"{\"reserv\": 1}", "'reserv' is none of"},
        {"{\"reserve\": -1}", "'reserve' is not a number from 0"},
        {"{\"within\": 1e99}", "'within' is not a number"},
        {"{\"before\": {\"assignments\": [{\"resource\": \"x\"}]}}", "no 'resource' or no 'task'"},
        {"{\"forecast\": {\"impact\": 7}}", "'forecast': an impact has 'zones'"},
        {"{\"forecast\": {\"from\": 0, \"impact\": {\"zones\": []}}}", "'from' is not a number"},
        {"{\"forecast\": {\"impact\": {\"zones\": [{\"effect\": \"toxic\", \"ring\": [[0, 0], [1, "
         "1]]}]}}}",
         "3 to 512 points"},
        {"{\"forecast\": {\"impact\": {\"zones\": [{\"effect\": \"toxic\", \"ring\": [[0, 0], [1, "
         "1], [1e99, 0]]}]}}}",
         "point 3 of 'ring'"},
        {"{\"forecast\": {\"impact\": {\"zones\": [{\"effect\": \"odour\", \"ring\": []}]}}}",
         "no 'effect'"},
    };
    desk *d = *state;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        json_t *body = json_loads(rows[i][0], 0, NULL);

        davy_board_clear(&d->board);
        assert_ok(davy_board_read(&d->board, d->site, &d->incident, NOW_NS));
        assert_fails(davy_board_order(&d->board, body), DAVY_ERR_INVALID, rows[i][1]);
        json_decref(body);
    }
}

/* A place that the site does not have is not the incident's: nobody is sent to the wrong one, and
 * the other task is planned. */
static void a_task_that_nobody_can_place_is_noted(void **state)
{
    desk *d = *state;
    json_t *answer;

    happen(d, "{\"type\": \"task\", \"what\": \"search\", \"place\": \"somewhere\", "
              "\"capability\": \"foam\"}");
    happen(d, "{\"type\": \"task\", \"what\": \"cool\", \"place\": \"yard\", "
              "\"capability\": \"foam\"}");
    answer = plan(d, NULL);
    assert_string_equal(word(at(answer, "notes", 0), "key"), "note.nowhere");
    assert_string_equal(word(at(answer, "notes", 0), "task"), "search (#1)");
    assert_int_equal(json_array_size(json_object_get(answer, "assignments")), 1);
    assert_string_equal(word(at(answer, "assignments", 0), "task"), "cool (#2)");
    json_decref(answer);
}

/* "engine1" is no engine-1, which may be sent all the same: a person is told. */
static void a_resource_that_the_site_does_not_have_is_noted(void **state)
{
    desk *d = *state;
    json_t *answer;

    happen(d, "{\"type\": \"resource\", \"name\": \"engine1\", \"state\": \"committed\"}");
    happen(d, "{\"type\": \"resource\", \"name\": \"engine-2\", \"state\": \"committed\"}");
    answer = plan(d, NULL);
    assert_int_equal(json_array_size(json_object_get(answer, "notes")), 2); /* and no impact */
    assert_string_equal(word(at(answer, "notes", 1), "key"), "note.stranger");
    assert_string_equal(word(at(answer, "notes", 1), "resource"), "engine1");
    assert_non_null(strstr(
        json_string_value(json_object_get(json_object_get(at(answer, "notes", 1), "text"), "en")),
        "engine1 is not in the site file"));
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tasks_and_resources_become_a_plan, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_task_in_a_toxic_zone_asks_for_protection, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_forecast_closes_roads_before_the_zone_is_there, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_zone_that_comes_over_the_place_is_a_change, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(states_of_the_board_decide_who_may_be_sent, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_task_that_names_nothing_is_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_orders_are_refused_with_their_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_resource_that_the_site_does_not_have_is_noted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_task_that_nobody_can_place_is_noted, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
