/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static json_t *first_of(const reply *answer, const char *list)
{
    return json_array_get(json_object_get(answer->json, list), 0);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* One point of line protocol, now. */
static void write_point(const char *line)
{
    reply answer = ask(
        &(request){.path = "/api/v2/write", .key = plant_key(DAVY_ROLE_OPERATOR), .body = line});

    assert_code(answer, 204);
    reply_clear(&answer);
}

static void health_needs_no_key_and_says_why_it_is_not_ready(void **state)
{
    reply answer = ask(&(request){.path = "/health/live"});

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "status"), "ok");
    reply_clear(&answer);
    plant_set_unready("the disk failed");
    answer = ask(&(request){.path = "/health/ready"});
    assert_code(answer, 503);
    assert_string_equal(text_of(answer.json, "reason"), "the disk failed");
    assert_non_null(reply_header(&answer, "Retry-After"));
    reply_clear(&answer);
    plant_set_unready(NULL);
    answer = ask(&(request){.path = "/health/ready"});
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void me_tells_whose_key_it_is(void **state)
{
    reply answer = get("/api/v1/me");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "name"), "viewer");
    assert_string_equal(text_of(answer.json, "role"), "viewer");
    assert_string_equal(reply_header(&answer, "Content-Type"), "application/json");
    assert_string_equal(reply_header(&answer, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(reply_header(&answer, "Cache-Control"), "no-store");
    reply_clear(&answer);
    /* as Telegraf sends it */
    {
        char line[128];

        (void) snprintf(line, sizeof line, "Authorization: Token %s",
                        plant_key(DAVY_ROLE_ENGINEER));
        answer = ask(&(request){.path = "/api/v1/me", .headers = line});
        assert_code(answer, 200);
        assert_string_equal(text_of(answer.json, "role"), "engineer");
        reply_clear(&answer);
    }
}

static void the_site_and_its_assets_are_told(void **state)
{
    reply answer = get("/api/v1/sites");
    json_t *object = first_of(&answer, "sites");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_of(object, "name"), "Harbour");
    assert_string_equal(text_of(object, "timezone"), "Asia/Shanghai");
    assert_near(json_number_value(json_array_get(json_object_get(object, "location"), 1)), 104.066,
                1e-9);
    object = json_array_get(json_object_get(object, "positions"), 0);
    assert_string_equal(text_of(object, "name"), "site");
    reply_clear(&answer);
    answer = get("/api/v1/assets");
    assert_code(answer, 200);
    object = first_of(&answer, "assets");
    assert_string_equal(text_of(object, "name"), "T-101");
    assert_string_equal(text_of(json_object_get(object, "holds"), "chemical"), "chlorine");
    assert_near(json_number_value(json_object_get(json_object_get(object, "holds"), "amount_kg")),
                20000, 0);
    assert_int_equal(json_array_size(json_object_get(object, "signals")), 2);
    assert_string_equal(text_of(object, "position"), "site");
    reply_clear(&answer);
}

static void what_stands_on_the_ground_is_told(void **state)
{
    reply answer = get("/api/v1/site");
    const json_t *resource;

    (void) state;
    assert_code(answer, 200);
    assert_near(json_number_value(json_array_get(json_object_get(answer.json, "location"), 0)),
                30.657, 1e-9);
    assert_int_equal(json_array_size(json_object_get(answer.json, "places")), 1);
    assert_true(json_is_array(json_object_get(answer.json, "scenarios")));
    resource = json_array_get(json_object_get(answer.json, "resources"), 0);
    assert_string_equal(text_of(resource, "name"), "engine-1");
    assert_near(json_number_value(json_array_get(json_object_get(resource, "at"), 0)), 400, 0);
    reply_clear(&answer);
}

/* An ammonia release of 1 kg/s, class D, 3 m/s: AEGL-2 of an hour by Briggs is at some 1.2 km. */
static void scenario_is_computed_over_http(void **state)
{
    const char *body = "{\"scenario\":\"scenario: {name: leak, at: [0, 0], chemical: ammonia, "
                       "release: {kind: rate, "
                       "rate: 1 kg/s, temperature: 20 Cel}}\\nweather: {wind: 3 m/s, wind_from: "
                       "270, stability: D, "
                       "temperature: 20 Cel}\"}";
    reply answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, body);
    const json_t *zone;

    (void) state;
    assert_code(answer, 200);
    zone = first_of(&answer, "zones");
    assert_string_equal(text_of(zone, "effect"), "toxic");
    assert_string_equal(text_of(zone, "kind"), "value");
    assert_true(json_array_size(json_object_get(zone, "ring")) > 10);
    assert_true(json_array_size(json_object_get(zone, "models")) > 4);
    assert_string_equal(text_of(json_object_get(answer.json, "geojson"), "type"),
                        "FeatureCollection");
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_VIEWER, body);
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR,
                  "{\"scenario\":\"scenario: {name: leak, at: [0, 0], chemical: ammonia, release: "
                  "{kind: rate, "
                  "rate: -1 kg/s}}\"}");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "rate"));
    assert_string_equal(text_of(first_of(&answer, "faults"), "path"), "scenario.release.rate");
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, "{\"scenario\":\"{\"}");
    assert_code(answer, 400);
    reply_clear(&answer);
}

#define DRAWN(count)                                                                               \
    "{\"scenario\":\"scenario: {name: leak, at: [0, 0], chemical: ammonia, release: {kind: rate, " \
    "rate: 1 kg/s}}\\nuncertain: {rate: [1 kg/s, 4 kg/s]}\\nweather: {wind: 3 m/s, stability: D, " \
    "temperature: 20 Cel}\",\"draws\":" count "}"

/* The logarithm of the rate is uniform: a larger one reaches farther, in the order of the rates. */
static void what_is_uncertain_is_drawn_over_http(void **state)
{
    reply answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, DRAWN("100"));
    const json_t *zone, *move;

    (void) state;
    assert_code(answer, 200);
    zone = json_array_get(json_object_get(json_object_get(answer.json, "spread"), "zones"), 0);
    assert_string_equal(text_of(zone, "effect"), "toxic");
    move = json_array_get(json_object_get(zone, "moves"), 0);
    assert_string_equal(text_of(move, "figure"), "rate");
    assert_near(json_number_value(json_object_get(move, "correlation")), 1, 1e-9);
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, DRAWN("201"));
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "201"));
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, DRAWN("-1"));
    assert_code(answer, 400);
    reply_clear(&answer);
}

#define COUNTED(badges)                                                                            \
    "{\"scenario\":\"scenario: {name: leak, at: [0, 0], chemical: ammonia, release: {kind: rate, " \
    "rate: 1 kg/s}}\\nweather: {wind: 3 m/s, wind_from: 270, stability: D, temperature: 20 "       \
    "Cel}\",\"badges\":" badges "}"

/* The office is 60 m downwind of an ammonia release; the file says that it has 3 people. */
static void who_was_counted_goes_before_the_people_of_the_file(void **state)
{
    static const char *const refused[] = {COUNTED("[1]"), COUNTED("{\"attic\": 1}"),
                                          COUNTED("{\"office\": -1}"),
                                          COUNTED("{\"office\": \"x\"}")};
    reply answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, COUNTED("{}"));

    (void) state;
    assert_code(answer, 200);
    assert_near(json_number_value(json_object_get(first_of(&answer, "zones"), "people")), 3, 0);
    reply_clear(&answer);
    answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, COUNTED("{\"office\": 17}"));
    assert_code(answer, 200);
    assert_near(json_number_value(json_object_get(first_of(&answer, "zones"), "people")), 17, 0);
    assert_near(json_number_value(json_object_get(first_of(&answer, "places"), "people")), 17, 0);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(refused); i++) {
        answer = post("/api/v1/impact", DAVY_ROLE_OPERATOR, refused[i]);
        assert_code(answer, 400);
        assert_non_null(strstr(answer.body, "badges"));
        reply_clear(&answer);
    }
}

static void a_scenario_is_begun_and_ended_over_http(void **state)
{
    reply answer = get("/api/v1/zones");
    const json_t *zone;

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "zones")), 0);
    reply_clear(&answer);
    answer = post("/api/v1/zones", DAVY_ROLE_OPERATOR,
                  "{\"scenario\":\"T-101-leak\",\"action\":\"begin\",\"comment\":\"it smells\"}");
    assert_code(answer, 200);
    zone = first_of(&answer, "zones");
    assert_string_equal(text_of(zone, "scenario"), "T-101-leak");
    assert_string_equal(text_of(json_object_get(zone, "live"), "state"), "active");
    assert_non_null(text_of(json_object_get(zone, "live"), "hash"));
    assert_true(json_array_size(json_object_get(zone, "zones")) > 0);
    reply_clear(&answer);
    answer =
        post("/api/v1/zones", DAVY_ROLE_VIEWER, "{\"scenario\":\"T-101-leak\",\"action\":\"end\"}");
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = post("/api/v1/zones", DAVY_ROLE_OPERATOR,
                  "{\"scenario\":\"T-101-leak\",\"action\":\"stop\"}");
    assert_code(answer, 400);
    reply_clear(&answer);
    answer =
        post("/api/v1/zones", DAVY_ROLE_OPERATOR, "{\"scenario\":\"T-102\",\"action\":\"begin\"}");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = post("/api/v1/zones", DAVY_ROLE_OPERATOR,
                  "{\"scenario\":\"T-101-leak\",\"action\":\"end\",\"comment\":\"shut\"}");
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "zones")), 0);
    reply_clear(&answer);
}

static void chemicals_are_found_and_told_with_their_sources(void **state)
{
    reply answer = get("/api/v1/chemicals?query=chlorine");
    const json_t *row;

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "chemicals")), 1);
    assert_string_equal(text_of(first_of(&answer, "chemicals"), "cas"), "7782-50-5");
    reply_clear(&answer);
    answer = get("/api/v1/chemicals");
    assert_int_equal(json_array_size(json_object_get(answer.json, "chemicals")), 103);
    reply_clear(&answer);
    answer = get("/api/v1/chemicals/7782-50-5");
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "un"), "UN1017");
    row = first_of(&answer, "physical");
    assert_string_equal(text_of(row, "name"), "molar_mass");
    assert_near(json_number_value(json_object_get(row, "value")), 0.0709, 1e-9);
    assert_true(text_of(row, "source")[0] != '\0');
    reply_clear(&answer);
}

static void what_is_no_chemical_is_refused_with_a_reason(void **state)
{
    static const struct {
        const char *path;
        unsigned code;
        const char *words;
    } rows[] = {
        {"/api/v1/chemicals?query=7782-50-6", 400, "check digit"},
        {"/api/v1/chemicals/50-29-3", 404, "says nothing about its hazards"},
        {"/api/v1/chemicals/chlorine", 404, "CAS number"},
        {"/api/v1/structure?smiles=CCO", 503, "not read here"},
        {"/api/v1/structure", 400, "smiles"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        reply answer = get(rows[i].path);

        assert_code(answer, rows[i].code);
        assert_non_null(strstr(text_of(answer.json, "detail"), rows[i].words));
        reply_clear(&answer);
    }
}

static void signals_have_limits_and_their_newest_value(void **state)
{
    reply answer;
    json_t *object;

    (void) state;
    write_point("T-101 level=55.5");
    answer = get("/api/v1/signals?pattern=T-101/level");
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "signals")), 1);
    object = first_of(&answer, "signals");
    assert_string_equal(text_of(object, "signal"), "T-101/level");
    assert_string_equal(text_of(object, "unit"), "%");
    assert_near(json_number_value(json_object_get(json_object_get(object, "limits"), "lo")), 10, 0);
    assert_true(json_is_null(json_object_get(json_object_get(object, "limits"), "hi")));
    assert_near(json_number_value(json_object_get(json_object_get(object, "latest"), "value")),
                55.5, 0);
    reply_clear(&answer);
    answer = get("/api/v1/signals?pattern=T-101-health/*");
    object = first_of(&answer, "signals");
    assert_string_equal(text_of(object, "signal"), "T-101-health/score");
    assert_string_equal(text_of(object, "detector"), "T-101-health");
    reply_clear(&answer);
}

static void a_detector_without_a_model_says_so(void **state)
{
    reply answer = get("/api/v1/detectors/T-101-health");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "state"), "unavailable");
    assert_true(strlen(text_of(answer.json, "message")) > 0);
    assert_int_equal(json_array_size(json_object_get(answer.json, "signals")), 2);
    assert_string_equal(text_of(first_of(&answer, "contributions"), "signal"), "T-101/pressure");
    reply_clear(&answer);
    answer = get("/api/v1/detectors/none");
    assert_code(answer, 404);
    reply_clear(&answer);
}

/* -- Alarms ---------------------------------------------------------------------------------------
 */

/* Raise T-101/pressure:hihi, or find it raised; its id. */
static json_int_t raise_alarm(void)
{
    reply answer;
    json_int_t id = 0;
    size_t index;
    json_t *alarm;

    write_point("T-101 pressure=1213");
    answer = get("/api/v1/alarms");
    assert_code(answer, 200);
    json_array_foreach(json_object_get(answer.json, "alarms"), index, alarm)
    {
        if (strcmp(text_of(alarm, "key"), "T-101/pressure:hihi") == 0)
            id = json_integer_value(json_object_get(alarm, "id"));
    }
    reply_clear(&answer);
    assert_true(id > 0);
    return id;
}

static reply act(json_int_t id, const char *action, davy_role role, const char *json)
{
    char path[96];

    (void) snprintf(path, sizeof path, "/api/v1/alarms/%lld/%s", (long long) id, action);
    return post(path, role, json);
}

static void a_limit_becomes_an_alarm_that_says_why(void **state)
{
    json_int_t id = raise_alarm();
    char path[64];
    reply answer;

    (void) state;
    (void) snprintf(path, sizeof path, "/api/v1/alarms/%lld", (long long) id);
    answer = get(path);
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "signal"), "T-101/pressure");
    assert_string_equal(text_of(answer.json, "asset"), "T-101");
    assert_string_equal(text_of(answer.json, "priority"), "high");
    assert_true(json_is_true(json_object_get(answer.json, "active")));
    assert_non_null(strstr(text_of(json_object_get(answer.json, "reason"), "text"), "1200"));
    reply_clear(&answer);
    answer = get("/api/v1/assets");
    assert_string_equal(text_of(json_object_get(first_of(&answer, "assets"), "alarm"), "priority"),
                        "high");
    reply_clear(&answer);
}

static void an_operator_acts_and_the_state_follows(void **state)
{
    json_int_t id = raise_alarm();
    reply answer = act(id, "acknowledge", DAVY_ROLE_OPERATOR, "{\"comment\":\"seen\"}");

    (void) state;
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "state"), "acknowledged");
    assert_string_equal(text_of(answer.json, "by"), "operator");
    assert_string_equal(text_of(answer.json, "comment"), "seen");
    reply_clear(&answer);
    answer = act(id, "acknowledge", DAVY_ROLE_OPERATOR, "{}");
    assert_code(answer, 409);
    reply_clear(&answer);
    answer = act(id, "shelve", DAVY_ROLE_OPERATOR, "{\"duration\":\"30min\"}");
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "state"), "shelved");
    assert_non_null(text_of(answer.json, "shelved_until"));
    reply_clear(&answer);
    answer = get("/api/v1/alarms?state=shelved");
    assert_int_equal(json_array_size(json_object_get(answer.json, "alarms")), 1);
    reply_clear(&answer);
    answer = act(id, "unshelve", DAVY_ROLE_OPERATOR, "");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = act(id, "out-of-service", DAVY_ROLE_OPERATOR,
                 "{\"reason\":\"repair\",\"duration\":\"8h\"}");
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = act(id, "out-of-service", DAVY_ROLE_ENGINEER,
                 "{\"reason\":\"repair\",\"duration\":\"8h\"}");
    assert_code(answer, 200);
    assert_string_equal(text_of(answer.json, "state"), "out-of-service");
    reply_clear(&answer);
    answer = act(id, "return-to-service", DAVY_ROLE_ENGINEER, "{}");
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void a_wrong_action_is_told_and_changes_nothing(void **state)
{
    static const struct {
        const char *action, *body, *words;
    } cases[] = {
        {"acknowledge", "{\"coment\":\"x\"}", "coment"},
        {"acknowledge", "[]", "object"},
        {"acknowledge", "{", "JSON"},
        {"comment", "{}", "comment"},
        {"shelve", "{}", "duration"},
        {"shelve", "{\"duration\":\"13h\"}", "Bad_ShelvingTimeOutOfRange"},
        {"shelve", "{\"duration\":\"1h\",\"one_shot\":true}", "one shot"},
        {"shelve", "{\"one_shot\":\"yes\"}", "neither true nor false"},
        {"out-of-service", "{\"duration\":\"8h\"}", "reason"},
        {"out-of-service", "{\"reason\":\"repair\"}", "an end"},
        {"out-of-service", "{\"reason\":\"repair\",\"until\":\"soon\"}", "until"},
        {"out-of-service", "{\"reason\":\"repair\",\"until\":\"2001-01-01T00:00:00Z\"}",
         "in the past"},
        {"shelve", "{\"duration\":\"soon\"}", "duration"},
        {"shelve", "{\"duration\":30}", "text"},
    };
    json_int_t id = raise_alarm();
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        answer = act(id, cases[i].action, DAVY_ROLE_ENGINEER, cases[i].body);
        assert_code(answer, 400);
        assert_string_equal(reply_header(&answer, "Content-Type"), "application/problem+json");
        if (!strstr(text_of(answer.json, "detail"), cases[i].words))
            fail_msg("%s %s: %s", cases[i].action, cases[i].body, answer.body);
        reply_clear(&answer);
    }
    answer = act(999999, "acknowledge", DAVY_ROLE_OPERATOR, "{}");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = post("/api/v1/alarms/x/acknowledge", DAVY_ROLE_OPERATOR, "{}");
    assert_code(answer, 404);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/alarms/1/acknowledge",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .headers = "Content-Type: text/plain",
                            .body = "{}"});
    assert_code(answer, 415);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/alarms/1/acknowledge", /* as curl -d says nothing */
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "comment=x"});
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "not JSON"));
    reply_clear(&answer);
}

static void history_tells_who_did_what(void **state)
{
    json_int_t id = raise_alarm();
    reply answer = act(id, "comment", DAVY_ROLE_OPERATOR, "{\"comment\":\"note 77\"}");
    json_t *transition;
    size_t index;
    bool seen = false;

    (void) state;
    reply_clear(&answer);
    answer = get("/api/v1/alarms/history?from=0&to=2100-01-01T00:00:00Z&signal=T-101/pressure");
    assert_code(answer, 200);
    json_array_foreach(json_object_get(answer.json, "transitions"), index, transition)
    {
        const char *comment = text_of(transition, "comment");

        assert_string_equal(text_of(transition, "signal"), "T-101/pressure");
        seen = seen || (comment && strcmp(comment, "note 77") == 0 &&
                        strcmp(text_of(transition, "by"), "operator") == 0);
    }
    assert_true(seen);
    reply_clear(&answer);
    answer = get("/api/v1/alarms/history?from=0&to=4000000000&limit=1");
    assert_int_equal(json_array_size(json_object_get(answer.json, "transitions")), 1);
    reply_clear(&answer);
    answer = get("/api/v1/alarms/history?from=0&to=4000000000&limit=0");
    assert_code(answer, 400);
    reply_clear(&answer);
}

/* -- Keys -----------------------------------------------------------------------------------------
 */

static void a_key_is_bound_to_models_and_numbers(void **state)
{
    static const char *const wrong[] = {
        "{\"name\":\"x\",\"role\":\"viewer\",\"models\":\"\"}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"models\":[\"a\"]}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"rate\":0}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"rate\":\"10\"}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"rate\":4294967296}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"burst\":5}",
        "{\"name\":\"x\",\"role\":\"viewer\",\"certificate\":\"12\"}",
    };
    reply answer = post("/api/v1/keys", DAVY_ROLE_ADMIN,
                        "{\"name\":\"gate\",\"role\":\"viewer\",\"models\":\"t101,pump-*\","
                        "\"rate\":10,\"burst\":20,\"queries_per_day\":1000}");

    (void) state;
    assert_code(answer, 201);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/keys", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_non_null(strstr(answer.body, "\"models\":\"t101,pump-*\",\"rate\":10,\"burst\":20,"
                                        "\"queries_per_day\":1000,\"certificate\":null"));
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        answer = post("/api/v1/keys", DAVY_ROLE_ADMIN, wrong[i]);
        assert_code(answer, 400);
        reply_clear(&answer);
    }
    assert_ok(davy_keys_revoke(plant_system.keys, "gate"));
}

static void an_admin_makes_and_revokes_keys(void **state)
{
    reply answer =
        post("/api/v1/keys", DAVY_ROLE_ADMIN, "{\"name\":\"shift-b\",\"role\":\"operator\"}");
    char key[DAVY_KEY_MAX];

    (void) state;
    assert_code(answer, 201);
    assert_string_equal(reply_header(&answer, "Location"), "/api/v1/keys/shift-b");
    (void) snprintf(key, sizeof key, "%s", text_of(answer.json, "key"));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = key});
    assert_string_equal(text_of(answer.json, "name"), "shift-b");
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/keys", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_code(answer, 200);
    assert_null(strstr(answer.body, key + 5));
    assert_non_null(strstr(answer.body, "shift-b"));
    reply_clear(&answer);
    answer = post("/api/v1/keys", DAVY_ROLE_ADMIN, "{\"name\":\"shift-b\",\"role\":\"viewer\"}");
    assert_code(answer, 409);
    reply_clear(&answer);
    answer = post("/api/v1/keys", DAVY_ROLE_ADMIN, "{\"name\":\"x\",\"role\":\"root\"}");
    assert_code(answer, 400);
    reply_clear(&answer);
    answer = ask(&(request){
        .method = "DELETE", .path = "/api/v1/keys/shift-b", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_code(answer, 204);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = key, .from = "127.0.3.1"});
    assert_code(answer, 401);
    reply_clear(&answer);
    answer = ask(&(request){
        .method = "DELETE", .path = "/api/v1/keys/admin", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_code(answer, 409); /* the last one */
    reply_clear(&answer);
}

/* -- Audit ----------------------------------------------------------------------------------------
 */

struct audit {
    const char *words[4];
    bool found;
};

static davy_status look(void *context, const davy_record *record)
{
    struct audit *audit = context;
    bool all = true;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(audit->words) && audit->words[i]; i++)
        all = all && strstr(record->body, audit->words[i]);
    audit->found = audit->found || all;
    return DAVY_OK;
}

static bool audited(const char *a, const char *b, const char *c)
{
    struct audit audit = {{a, b, c, NULL}, false};

    assert_ok(davy_records_scan(plant_system.records, DAVY_RECORD_AUDIT, NULL, 0, 0, look, &audit));
    return audit.found;
}

static void every_action_and_denied_attempt_is_audited(void **state)
{
    json_int_t id = raise_alarm();
    uint64_t checked;
    reply answer = act(id, "comment", DAVY_ROLE_OPERATOR, "{\"comment\":\"note 88\"}");

    (void) state;
    reply_clear(&answer);
    assert_true(audited("\"alarm.comment\"", "note 88", "\"by\":\"operator\""));
    answer = act(id, "comment", DAVY_ROLE_VIEWER, "{\"comment\":\"note 99\"}");
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = "davy_wrong", .from = "127.0.3.2"});
    assert_code(answer, 401);
    reply_clear(&answer);
    /* denied attempts are recorded beside the answer: wait for them, not for a time */
    for (int i = 0; i < 2000 && !(audited("denied: role", "\"by\":\"viewer\"", "/comment") &&
                                  audited("denied: wrong key", "127.0.3.2", "/api/v1/me"));
         i++)
        (void) poll(NULL, 0, 5);
    assert_true(audited("denied: role", "\"by\":\"viewer\"", "/comment"));
    assert_true(audited("denied: wrong key", "127.0.3.2", "/api/v1/me"));
    assert_false(audited("davy_wrong", NULL, NULL));
    assert_ok(davy_records_verify(plant_system.records, &checked));
    assert_true(checked > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_needs_no_key_and_says_why_it_is_not_ready),
        cmocka_unit_test(me_tells_whose_key_it_is),
        cmocka_unit_test(the_site_and_its_assets_are_told),
        cmocka_unit_test(what_stands_on_the_ground_is_told),
        cmocka_unit_test(scenario_is_computed_over_http),
        cmocka_unit_test(what_is_uncertain_is_drawn_over_http),
        cmocka_unit_test(who_was_counted_goes_before_the_people_of_the_file),
        cmocka_unit_test(a_scenario_is_begun_and_ended_over_http),
        cmocka_unit_test(chemicals_are_found_and_told_with_their_sources),
        cmocka_unit_test(what_is_no_chemical_is_refused_with_a_reason),
        cmocka_unit_test(signals_have_limits_and_their_newest_value),
        cmocka_unit_test(a_detector_without_a_model_says_so),
        cmocka_unit_test(a_limit_becomes_an_alarm_that_says_why),
        cmocka_unit_test(an_operator_acts_and_the_state_follows),
        cmocka_unit_test(a_wrong_action_is_told_and_changes_nothing),
        cmocka_unit_test(history_tells_who_did_what),
        cmocka_unit_test(a_key_is_bound_to_models_and_numbers),
        cmocka_unit_test(an_admin_makes_and_revokes_keys),
        cmocka_unit_test(every_action_and_denied_attempt_is_audited),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
