/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"
#include "spelling.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve/limits.h"
#include "serve/route.h"

/**
 * @file
 * Who may ask what: every route of the table with every role, without a key and with a wrong one,
 * and every spelling of its path that a router might take for another.
 */

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

/* An own address for each wrong key, so that the limit per address is not what denies. */
static const char *next_address(void)
{
    static char address[32];
    static unsigned count;

    count++;
    (void) snprintf(address, sizeof address, "127.1.%u.%u", count / 250 + 1, count % 250 + 1);
    return address;
}

/* A path of the route that names something that is not there. */
static void example_path(const davy_route *route, char *path, size_t capacity)
{
    size_t length = 0;

    for (const char *at = route->path; *at; at++) {
        length +=
            (size_t) snprintf(path + length, capacity - length, *at == '{' ? "999" : "%c", *at);
        if (*at == '{')
            at = strchr(at, '}');
    }
}

static reply try_route(const davy_route *route, const char *path, const char *key)
{
    return ask(&(request){
        .method = route->method,
        .path = path,
        .key = key,
        .body = route->body == DAVY_BODY_NONE ? NULL : "{\"name\":\"-\",\"role\":\"-\"}",
        .headers = route->body == DAVY_BODY_FORM ? "Content-Type: multipart/form-data"
                   : route->body == DAVY_BODY_JSON || route->body == DAVY_BODY_DOCUMENT
                       ? "Content-Type: application/json"
                       : NULL,
        .from = key && strncmp(key, "davy_wrong", 10) == 0 ? next_address() : NULL,
    });
}

static void without_a_key_only_health_answers(void **state)
{
    char path[128];

    (void) state;
    for (size_t i = 0; i < davy_route_count(); i++) {
        const davy_route *route = davy_route_at(i);
        reply answer;

        example_path(route, path, sizeof path);
        answer = try_route(route, path, NULL);
        if (route->role == DAVY_ROLE_NONE) {
            assert_code(answer, 200);
        } else {
            assert_code(answer, 401);
            assert_string_equal(reply_header(&answer, "WWW-Authenticate"), "Bearer");
        }
        reply_clear(&answer);
        if (route->role == DAVY_ROLE_NONE)
            continue;
        answer = try_route(route, path, "davy_wrong");
        assert_code(answer, 401);
        reply_clear(&answer);
    }
}

/* With a role below the route's: 403. From it on: anything but 401 and 403. */
static void every_role_may_what_its_routes_say(void **state)
{
    char path[128];

    (void) state;
    for (size_t i = 0; i < davy_route_count(); i++)
        for (davy_role role = DAVY_ROLE_VIEWER; role <= DAVY_ROLE_ADMIN; role++) {
            const davy_route *route = davy_route_at(i);
            reply answer;

            if (strcmp(route->gives ? route->gives : "", "text/event-stream") == 0)
                continue; /* it has no end; test_events asks it */
            example_path(route, path, sizeof path);
            answer = try_route(route, path, plant_key(role));
            if (role < route->role)
                assert_code(answer, 403);
            else if (answer.code == 401 || answer.code == 403 || answer.code == 0)
                fail_msg("%s %s as %s: %ld", route->method, path, davy_role_name(role),
                         answer.code);
            reply_clear(&answer);
        }
}

/* Denied means 4xx; a page of the console is denied too: it has nothing of the plant. */
static void assert_denied(const char *method, const char *path, davy_role role, const reply *answer)
{
    bool page = answer->code == 200 && answer->body && strstr(answer->body, "<!doctype html>");

    if (!(answer->code >= 400 && answer->code < 500) && !page)
        fail_msg("%s %s as %s: %ld %.200s", method, path, davy_role_name(role), answer->code,
                 answer->body);
}

static void no_spelling_reaches_more(void **state)
{
    char path[512], example[128];

    (void) state;
    for (size_t i = 0; i < davy_route_count(); i++) {
        const davy_route *route = davy_route_at(i);

        example_path(route, example, sizeof example);
        for (size_t spelling = 0; spelling < spelling_count; spelling++)
            for (davy_role role = DAVY_ROLE_NONE; role < route->role; role++) {
                reply answer;

                if (!spell(spelling, example, path, sizeof path))
                    continue;
                answer = try_route(route, path, plant_key(role));
                assert_denied(route->method, path, role, &answer);
                reply_clear(&answer);
            }
    }
}

static void an_encoded_path_is_authorised_as_what_it_names(void **state)
{
    reply answer = ask(&(request){.path = "/%61pi/v1/%6Beys", .key = plant_key(DAVY_ROLE_VIEWER)});

    (void) state;
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/%61pi/v1/%6Beys", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void other_methods_are_told_what_there_is(void **state)
{
    static const char *const methods[] = {
        "PUT",   "PATCH", "DELETE",   "OPTIONS",
        "TRACE", "get",   "PROPFIND", "AVERYLONGMETHODNAMEINDEED"};
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(methods); i++) {
        answer = ask(&(request){
            .method = methods[i], .path = "/api/v1/keys", .key = plant_key(DAVY_ROLE_VIEWER)});
        assert_code(answer, 405);
        assert_string_equal(reply_header(&answer, "Allow"), "GET, HEAD, POST");
        reply_clear(&answer);
        answer = ask(&(request){.method = methods[i], .path = "/api/v1/keys"});
        assert_code(answer, 401);
        reply_clear(&answer);
    }
    answer = ask(
        &(request){.method = "DELETE", .path = "/api/v2/write", .key = plant_key(DAVY_ROLE_ADMIN)});
    assert_code(answer, 405);
    assert_string_equal(reply_header(&answer, "Allow"), "POST");
    reply_clear(&answer);
}

static void head_is_get_without_the_body(void **state)
{
    reply answer =
        ask(&(request){.method = "HEAD", .path = "/api/v1/me", .key = plant_key(DAVY_ROLE_VIEWER)});

    (void) state;
    assert_code(answer, 200);
    assert_int_equal(answer.length, 0);
    assert_true(atoi(reply_header(&answer, "Content-Length")) > 10);
    reply_clear(&answer);
    answer = ask(&(request){.method = "HEAD", .path = "/api/v1/me"});
    assert_code(answer, 401);
    reply_clear(&answer);
}

static void unknown_parameters_are_told_by_name(void **state)
{
    reply answer = get("/api/v1/samples?signals=T-101/*&form=0&to=1");

    (void) state;
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "form"));
    reply_clear(&answer);
    answer = get("/api/v1/samples?from=0&to=1");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "signals"));
    reply_clear(&answer);
    answer = get("/api/v1/me?x=%ff");
    assert_code(answer, 400);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/samples?form=0"}); /* but not before the key */
    assert_code(answer, 401);
    reply_clear(&answer);
}

static void wrong_keys_are_slowed_and_right_ones_are_not(void **state)
{
    const char *attacker = "127.0.4.1";
    reply answer;

    (void) state;
    for (int i = 0; i < DAVY_HTTP_WRONG_KEYS_PER_MINUTE; i++) {
        answer = ask(&(request){.path = "/api/v1/me", .key = "davy_guess", .from = attacker});
        assert_code(answer, 401);
        reply_clear(&answer);
    }
    for (int i = 0; i < 100; i++) {
        answer = ask(&(request){.path = "/api/v1/me", .key = "davy_guess", .from = attacker});
        assert_code(answer, 429);
        assert_in_range(atoi(reply_header(&answer, "Retry-After")), 1, 60);
        reply_clear(&answer);
    }
    answer =
        ask(&(request){.path = "/api/v1/me", .key = plant_key(DAVY_ROLE_VIEWER), .from = attacker});
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = "davy_guess", .from = "127.0.4.2"});
    assert_code(answer, 401);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .from = attacker}); /* none is not a wrong one */
    assert_code(answer, 401);
    reply_clear(&answer);
}

/* A bucket of two that fills with one a second: the third of three at once is one too many. */
static void a_key_asks_no_more_often_than_it_may(void **state)
{
    const davy_key_terms terms = {.rate = 1, .burst = 2};
    char key[DAVY_KEY_MAX];
    reply answer;

    (void) state;
    assert_ok(davy_keys_create(plant_system.keys, "slow", DAVY_ROLE_VIEWER, &terms, 1, key));
    for (int i = 0; i < 2; i++) {
        answer = ask(&(request){.path = "/api/v1/me", .key = key});
        assert_code(answer, 200);
        reply_clear(&answer);
    }
    for (int i = 0; i < 20 && answer.code != 429; i++) {
        answer = ask(&(request){.path = "/api/v1/me", .key = key});
        if (answer.code != 429)
            reply_clear(&answer); /* the machine was that slow */
    }
    assert_code(answer, 429);
    assert_string_equal(reply_header(&answer, "Retry-After"), "1");
    assert_non_null(strstr(answer.body, "this key"));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 200);
    reply_clear(&answer);
}

static void one_address_cannot_take_all_connections(void **state)
{
    int clients[DAVY_HTTP_CONNECTIONS_PER_ADDRESS_MAX + 20];
    size_t closed = 0;
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        clients[i] = connect_raw("127.0.5.1");
    answer = ask(&(request){.path = "/health/live", .from = "127.0.5.2"});
    assert_code(answer, 200);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++) {
        char *text = NULL;

        if (send_raw(clients[i], "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
            text = read_raw(clients[i], "\"ok\"");
        if (!text || !strstr(text, "200 OK"))
            closed++;
        free(text);
    }
    assert_in_range(closed, 1, 40);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        close(clients[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_key_only_health_answers),
        cmocka_unit_test(every_role_may_what_its_routes_say),
        cmocka_unit_test(no_spelling_reaches_more),
        cmocka_unit_test(an_encoded_path_is_authorised_as_what_it_names),
        cmocka_unit_test(other_methods_are_told_what_there_is),
        cmocka_unit_test(head_is_get_without_the_body),
        cmocka_unit_test(unknown_parameters_are_told_by_name),
        cmocka_unit_test(wrong_keys_are_slowed_and_right_ones_are_not),
        cmocka_unit_test(a_key_asks_no_more_often_than_it_may),
        cmocka_unit_test(one_address_cannot_take_all_connections),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
