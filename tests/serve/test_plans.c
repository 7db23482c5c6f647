/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "respond/incident/book.h"

#include <stdlib.h>

/**
 * @file
 * A plan for an incident over HTTP: who may ask, what is refused, and that an impact as davy prints
 * it goes in. What plans are is for tests/respond.
 */

/* Nested as davy_impact_json() nests it: GeoJSON is the deepest. */
#define IMPACT                                                                                \
    "{\"scenario\": \"leak\", \"zones\": [{\"id\": 1, \"effect\": \"toxic\", \"endpoint\": "  \
    "\"AEGL-3 60 min\", "                                                                     \
    "\"severity\": 3, \"kind\": \"value\", \"ring\": [[100, 0], [200, 0], [200, 100], [100, " \
    "100]]}], "                                                                               \
    "\"geojson\": {\"type\": \"FeatureCollection\", \"features\": [{\"type\": \"Feature\", "  \
    "\"properties\": {}, "                                                                    \
    "\"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[104.0, 30.0], [104.1, 30.0], " \
    "[104.0, 30.1], "                                                                         \
    "[104.0, 30.0]]]}}]}}"

static int start(void **state)
{
    static const char *const events[] = {
        "{\"type\": \"impact\", \"impact\": " IMPACT "}",
        "{\"type\": \"task\", \"what\": \"close the valve\", \"place\": \"T-101\", \"capability\": "
        "\"foam engine\"}",
    };
    reply answer;

    (void) state;
    plant_start(NULL);
    answer = post("/api/v1/incidents", DAVY_ROLE_OPERATOR, "{\"name\": \"T-101 leaks\"}");
    assert_code(answer, 201);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++) {
        answer = post("/api/v1/incidents/1/events", DAVY_ROLE_OPERATOR, events[i]);
        assert_code(answer, 201);
        reply_clear(&answer);
    }
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static const char *key_of(const json_t *plan, const char *list, size_t index)
{
    const char *key = json_string_value(
        json_object_get(json_array_get(json_object_get(plan, list), index), "key"));

    return key ? key : "null";
}

/* The site of these tests has an engine without protection and no roads. */
static void a_plan_says_what_it_lacks(void **state)
{
    reply answer = post("/api/v1/incidents/1/dispatch", DAVY_ROLE_OPERATOR, "");

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "assignments")), 0);
    assert_string_equal(key_of(answer.json, "uncovered", 0), "lack.ppe");
    assert_string_equal(key_of(answer.json, "notes", 0), "note.no-roads");
    assert_string_equal(key_of(answer.json, "notes", 1), "note.ppe-a");
    reply_clear(&answer);
}

static void a_forecast_is_as_deep_as_an_impact_and_one_more(void **state)
{
    reply answer = post("/api/v1/incidents/1/dispatch", DAVY_ROLE_OPERATOR,
                        "{\"reserve\": 0, \"forecast\": {\"from\": 600, \"impact\": " IMPACT "}}");

    (void) state;
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void wrong_questions_are_refused(void **state)
{
    static const struct {
        const char *path, *body;
        davy_role role;
        int code;
    } rows[] = {
        {"/api/v1/incidents/1/dispatch", "{}", DAVY_ROLE_VIEWER, 403},
        {"/api/v1/incidents/9/dispatch", "{}", DAVY_ROLE_OPERATOR, 404},
        {"/api/v1/incidents/x/dispatch", "{}", DAVY_ROLE_OPERATOR, 404},
        {"/api/v1/incidents/1/dispatch", "{\"reserve\": \"all\"}", DAVY_ROLE_OPERATOR, 400},
        {"/api/v1/incidents/1/dispatch", "[]", DAVY_ROLE_OPERATOR, 400},
        {"/api/v1/incidents/1/dispatch", "{", DAVY_ROLE_OPERATOR, 400},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        reply answer = post(rows[i].path, rows[i].role, rows[i].body);

        assert_code(answer, rows[i].code);
        reply_clear(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_says_what_it_lacks),
        cmocka_unit_test(a_forecast_is_as_deep_as_an_impact_and_one_more),
        cmocka_unit_test(wrong_questions_are_refused),
    };

    return cmocka_run_group_tests_name("dispatch over HTTP", tests, start, stop);
}
