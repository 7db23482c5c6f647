/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>

#include "serve/limits.h"

/**
 * @file
 * Which models a key may use, how often, and what the audit has of it: over HTTP, with the models
 * of oip_models.h.
 */

static const char infer_body[] =
    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}]}";
static const char watch_body[] = "{\"instances\":[[1,2]]}";

static int start(void **state)
{
    (void) state;
    plant_serve_models();
    plant_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

static void make_key(const char *name, const char *models, uint32_t queries, char key[DAVY_KEY_MAX])
{
    davy_key_terms terms = {.queries_per_day = queries};

    if (models)
        assert_ok(davy_key_set_models(&terms, models));
    assert_ok(davy_keys_create(plant_system.keys, name, DAVY_ROLE_VIEWER, &terms, 1, key));
}

static long ask_as(const char *key, const char *path, const char *body)
{
    reply answer = ask(&(request){
        .path = path, .key = key, .body = body, .headers = "Content-Type: application/json"});
    long code = answer.code;

    reply_clear(&answer);
    return code;
}

/* One row a protocol and spelling; "scale" is permitted, "simple" is not. */
static void a_bound_key_uses_its_models_by_every_protocol_and_no_other(void **state)
{
    static const struct {
        const char *path, *body;
        bool may;
    } cases[] = {
        {"/v2/models/scale", NULL, true},
        {"/v2/models/scale/infer", infer_body, true},
        {"/v2/models/scale/versions/2/infer", infer_body, true},
        {"/v2/models/%73cale/infer", infer_body, true},
        {"/v1/models/scale:predict", watch_body, true},
        {"/v2/models/simple", NULL, false},
        {"/v2/models/simple/ready", NULL, false},
        {"/v2/models/simple/config", NULL, false},
        {"/v2/models/simple/stats", NULL, false},
        {"/v2/models/simple/infer", infer_body, false},
        {"/v2/models/%73imple/infer", infer_body, false},
        {"/v2/models/simple/versions/1", NULL, false},
        {"/v2/models/simple/versions/1/infer", infer_body, false},
        {"/v1/models/simple", NULL, false},
        {"/v1/models/simple:predict", watch_body, false},
        {"/v1/models/simple:explain", watch_body, false},
        {"/v1/models/simple/versions/1:predict", watch_body, false},
        {"/v1/models/simple/labels/champion:predict", watch_body, false},
        {"/v2/models/nothing", NULL, false}, /* no telling which names there are */
    };
    char key[DAVY_KEY_MAX];

    (void) state;
    make_key("bound", "scale,pump-*", 0, key);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        long code = ask_as(key, cases[i].path, cases[i].body);

        if ((code == 403) == cases[i].may || (cases[i].may && code != 200))
            fail_msg("%s: %ld", cases[i].path, code);
        if (!cases[i].may) /* and a key that is not bound is not kept out */
            assert_int_not_equal(ask_as(plant_key(DAVY_ROLE_VIEWER), cases[i].path, cases[i].body),
                                 403);
    }
}

static void lists_tell_a_bound_key_of_its_models_alone(void **state)
{
    static const char *const paths[] = {"/v1/models", "/v2/models/stats"};
    char key[DAVY_KEY_MAX];
    reply answer;

    (void) state;
    make_key("lists", "scale", 0, key);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++) {
        answer = ask(&(request){.path = paths[i], .key = key});
        assert_code(answer, 200);
        assert_null(strstr(answer.body, "simple"));
        assert_non_null(strstr(answer.body, "scale"));
        reply_clear(&answer);
    }
    answer = ask(&(request){.path = "/metrics", .key = key});
    assert_code(answer, 200);
    assert_null(strstr(answer.body, "model=\"simple\""));
    assert_non_null(strstr(answer.body, "model=\"scale\""));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/metrics", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_non_null(strstr(answer.body, "model=\"simple\""));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/v2/repository/index", .key = key, .body = "{}"});
    assert_code(answer, 200);
    assert_null(strstr(answer.body, "simple"));
    assert_non_null(strstr(answer.body, "scale"));
    reply_clear(&answer);
}

static void a_day_has_so_many_answers_and_looking_is_free(void **state)
{
    char key[DAVY_KEY_MAX];
    reply answer;

    (void) state;
    make_key("daily", NULL, 2, key);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask_as(key, "/v2/models/scale", NULL), 200);
    assert_int_equal(ask_as(key, "/v2/models/scale/infer", infer_body), 200);
    assert_int_equal(ask_as(key, "/v1/models/scale:predict", watch_body), 200);
    answer = ask(&(request){.path = "/v2/models/scale/infer",
                            .key = key,
                            .body = infer_body,
                            .headers = "Content-Type: application/json"});
    assert_code(answer, 429);
    assert_in_range(atoi(reply_header(&answer, "Retry-After")), 1, 86400);
    assert_non_null(json_object_get(answer.json, "error"));
    reply_clear(&answer);
    assert_int_equal(ask_as(key, "/v2/models/scale", NULL), 200);
}

/* -- The audit --------------------------------------------------------------------------------- */

typedef struct seen {
    size_t single, more;
    char body[1024]; /* of the first */
} seen;

static davy_status see(void *context, const davy_record *record)
{
    seen *all = context;

    if (!strstr(record->body, "\"action\":\"inference\""))
        return DAVY_OK;
    if (strstr(record->body, "\"count\":")) {
        all->more += strtoul(strstr(record->body, "\"count\":") + 8, NULL, 10);
        return DAVY_OK;
    }
    if (all->single++ == 0)
        (void) snprintf(all->body, sizeof all->body, "%s", record->body);
    return DAVY_OK;
}

static seen see_all(void)
{
    seen all = {0};

    assert_ok(davy_records_scan(plant_system.records, DAVY_RECORD_AUDIT, NULL, 0, 0, see, &all));
    return all;
}

/* BLAKE2b-256 of infer_body, by python3 -c "import hashlib; hashlib.blake2b(..., digest_size=32)"
 */
#define BODY_HASH "a367fd5fc0b19eff76c50e534d86e3e26062a550fc31e99e2ae312f57ceeb616"

typedef struct told {
    const char *subject, *outcome;
    bool found;
} told;

static davy_status find(void *context, const davy_record *record)
{
    told *wanted = context;

    wanted->found = wanted->found || (strcmp(record->subject, wanted->subject) == 0 &&
                                      strstr(record->body, wanted->outcome));
    return DAVY_OK;
}

static void every_question_is_in_the_audit_where_that_is_wanted(void **state)
{
    const davy_server_options options = {.listen = "127.0.0.1:0", .audit_inference = true};
    davy_server *plain = plant_server;
    const char *viewer = plant_key(DAVY_ROLE_VIEWER);
    seen all;

    (void) state;
    assert_int_equal(ask_as(viewer, "/v2/models/scale/infer", infer_body), 200);
    assert_int_equal(see_all().single, 0); /* not wanted */
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    plant_serve_on(plant_server);
    assert_int_equal(ask_as(viewer, "/v2/models/scale/infer", infer_body), 200);
    assert_int_equal(ask_as(viewer, "/v2/models/scale/infer", "{\"inputs\":[]}"), 400);
    davy_server_stop(plant_server); /* writes what waits */
    plant_server = plain;
    all = see_all();
    assert_in_range(all.single, 1, 2); /* what is no question at all asked no model */
    assert_non_null(strstr(all.body, "\"by\":\"viewer\""));
    assert_non_null(strstr(all.body, "\"subject\":\"scale\""));
    assert_non_null(strstr(all.body, "\"outcome\":\"answered\""));
    assert_non_null(strstr(all.body, "\"version\":1"));
    assert_non_null(strstr(all.body, "\"request_hash\":\"" BODY_HASH "\""));
    assert_null(strstr(all.body, "\"model_hash\":null"));
}

static bool is_told(const char *subject, const char *outcome)
{
    told wanted = {subject, outcome, false};

    assert_ok(
        davy_records_scan(plant_system.records, DAVY_RECORD_AUDIT, NULL, 0, 0, find, &wanted));
    return wanted.found;
}

/* Rows of three, x = 0 but one at a place; softmax says that place's label. A plane without all of
 * its signals says nothing. */
static void the_audit_has_what_was_said(void **state)
{
    const davy_server_options options = {.listen = "127.0.0.1:0", .audit_inference = true};
    davy_server *plain = plant_server;
    const char *viewer = plant_key(DAVY_ROLE_VIEWER);
    davy_buffer rows = {0};

    (void) state;
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    plant_serve_on(plant_server);
    assert_int_equal(
        ask_as(viewer, "/v1/models/classes:predict", "{\"instances\":[[0,0,9],[9,0,0],[0,9,0]]}"),
        200);
    assert_int_equal(
        ask_as(viewer, "/v1/models/pump:predict", "{\"instances\":[[100,110,120,130,null]]}"), 200);
    davy_buffer_append_text(&rows, "{\"instances\":[[null,1,1,1,1]");
    for (size_t i = 1; i < 40; i++)
        davy_buffer_append_text(&rows, ",[null,1,1,1,1]");
    davy_buffer_append(&rows, "]}", 3);
    assert_int_equal(ask_as(viewer, "/v1/models/pump:predict", rows.bytes), 200);
    davy_buffer_clear(&rows);
    davy_server_stop(plant_server);
    plant_server = plain;
    assert_true(is_told("classes", "\"alarm,calm,busy\""));
    assert_true(is_told("pump", "\"abstain\""));
    assert_true(is_told("pump", "abstain and 30 more\""));
}

/* None is lost from the number, and the disk gets so many a second and no more. */
static void a_flood_of_questions_is_counted(void **state)
{
    const davy_server_options options = {.listen = "127.0.0.1:0", .audit_inference = true};
    davy_server *plain = plant_server;
    const char *viewer = plant_key(DAVY_ROLE_VIEWER);
    seen before = see_all(), after;
    size_t asked = 3 * DAVY_HTTP_INFERENCES_RECORDED_PER_SECOND;

    (void) state;
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    plant_serve_on(plant_server);
    for (size_t i = 0; i < asked; i++)
        assert_int_equal(ask_as(viewer, "/v2/models/scale/infer", infer_body), 200);
    davy_server_stop(plant_server);
    plant_server = plain;
    after = see_all();
    assert_int_equal(after.single - before.single + after.more - before.more, asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_key_uses_its_models_by_every_protocol_and_no_other),
        cmocka_unit_test(lists_tell_a_bound_key_of_its_models_alone),
        cmocka_unit_test(a_day_has_so_many_answers_and_looking_is_free),
        cmocka_unit_test(every_question_is_in_the_audit_where_that_is_wanted),
        cmocka_unit_test(the_audit_has_what_was_said),
        cmocka_unit_test(a_flood_of_questions_is_counted),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
