/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/sample.h"
#include "serve/access/session.h"
#include "serve/limits.h"

/**
 * @file
 * Sessions of browsers: their life, and what a cookie alone may and may not.
 */

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

/* -- Their life -------------------------------------------------------------------------------- */

#define IDLE_NS  (DAVY_HTTP_SESSION_IDLE_MS * DAVY_NS_PER_MS)
#define SHIFT_NS (DAVY_HTTP_SESSION_MS * DAVY_NS_PER_MS)

static const davy_key viewer = {.name = "viewer", .role = DAVY_ROLE_VIEWER};
static const davy_key desk_key = {.name = "operator", .role = DAVY_ROLE_OPERATOR};

static void a_token_is_random_and_stands_for_its_key(void **state)
{
    davy_sessions *sessions;
    char one[DAVY_SESSION_TOKEN_MAX], two[DAVY_SESSION_TOKEN_MAX];
    davy_key key;
    uint64_t id = 0;

    (void) state;
    assert_ok(davy_sessions_create(&sessions));
    assert_ok(davy_sessions_open(sessions, &viewer, 1, 0, one));
    assert_ok(davy_sessions_open(sessions, &desk_key, 1, 0, two));
    assert_int_equal(strlen(one), 43); /* 256 bits of base64 */
    assert_string_not_equal(one, two);
    assert_true(davy_sessions_find(sessions, two, 2, &key, &id));
    assert_string_equal(key.name, "operator");
    assert_false(davy_sessions_find(sessions, "", 2, &key, &id));
    one[7] = one[7] == 'A' ? 'B' : 'A';
    assert_false(davy_sessions_find(sessions, one, 2, &key, &id));
    davy_sessions_close(sessions, id);
    assert_false(davy_sessions_find(sessions, two, 2, &key, &id));
    davy_sessions_destroy(sessions);
}

static void one_that_nobody_uses_ends(void **state)
{
    davy_sessions *sessions;
    char token[DAVY_SESSION_TOKEN_MAX];
    davy_key key;
    uint64_t id;

    (void) state;
    assert_ok(davy_sessions_create(&sessions));
    assert_ok(davy_sessions_open(sessions, &viewer, 0, 0, token));
    assert_true(davy_sessions_find(sessions, token, IDLE_NS - 1, &key, &id));
    assert_true(davy_sessions_touch(sessions, id, 2 * IDLE_NS - 2)); /* an event stream */
    assert_true(davy_sessions_find(sessions, token, 3 * IDLE_NS - 3, &key, &id));
    assert_false(davy_sessions_find(sessions, token, 4 * IDLE_NS - 3, &key, &id));
    assert_false(davy_sessions_touch(sessions, id, 4 * IDLE_NS - 3));
    davy_sessions_destroy(sessions);
}

/* Used once a minute for two shifts. */
static void who_may_act_signs_in_for_each_shift_and_a_viewer_does_not(void **state)
{
    davy_sessions *sessions;
    char wall[DAVY_SESSION_TOKEN_MAX], desk[DAVY_SESSION_TOKEN_MAX];
    davy_key key;
    uint64_t id;

    (void) state;
    assert_ok(davy_sessions_create(&sessions));
    assert_ok(davy_sessions_open(sessions, &viewer, 0, 0, wall));
    assert_ok(davy_sessions_open(sessions, &desk_key, 0, 0, desk));
    for (int64_t now_ns = 0; now_ns < 2 * SHIFT_NS; now_ns += 60 * DAVY_NS_PER_S) {
        assert_true(davy_sessions_find(sessions, wall, now_ns, &key, &id));
        assert_int_equal(davy_sessions_find(sessions, desk, now_ns, &key, &id), now_ns < SHIFT_NS);
    }
    davy_sessions_destroy(sessions);
}

static void a_key_has_a_few_and_its_oldest_makes_room(void **state)
{
    davy_sessions *sessions;
    char tokens[DAVY_HTTP_SESSIONS_PER_KEY_MAX + 1][DAVY_SESSION_TOKEN_MAX];
    char other[DAVY_SESSION_TOKEN_MAX];
    davy_key key;
    uint64_t id;

    (void) state;
    assert_ok(davy_sessions_create(&sessions));
    assert_ok(davy_sessions_open(sessions, &desk_key, 0, 0, other));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tokens); i++)
        assert_ok(davy_sessions_open(sessions, &viewer, (int64_t) i, 0, tokens[i]));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tokens); i++)
        assert_int_equal(davy_sessions_find(sessions, tokens[i], 100, &key, &id), i > 0);
    assert_true(davy_sessions_find(sessions, other, 100, &key, &id));
    davy_sessions_destroy(sessions);
}

static void when_all_places_are_taken_a_new_one_is_refused(void **state)
{
    davy_sessions *sessions;
    char token[DAVY_SESSION_TOKEN_MAX];
    davy_key key = viewer;

    (void) state;
    assert_ok(davy_sessions_create(&sessions));
    for (size_t i = 0; i < DAVY_HTTP_SESSIONS_MAX; i++) {
        (void) snprintf(key.name, sizeof key.name, "k%zu", i);
        assert_ok(davy_sessions_open(sessions, &key, 0, 0, token));
    }
    assert_fails(davy_sessions_open(sessions, &viewer, 0, 0, token), DAVY_ERR_UNAVAILABLE, "1024");
    assert_ok(davy_sessions_open(sessions, &viewer, IDLE_NS, 0, token));
    davy_sessions_destroy(sessions);
}

/* -- By HTTP ----------------------------------------------------------------------------------- */

typedef struct browser {
    char cookie[80], csrf[DAVY_SESSION_TOKEN_MAX];
} browser;

static browser sign_in(const char *key)
{
    reply answer = ask(&(request){.method = "POST", .path = "/api/v1/session", .key = key});
    browser made = {{0}, {0}};
    const char *cookie;

    assert_code(answer, 201);
    (void) snprintf(made.csrf, sizeof made.csrf, "%s",
                    json_string_value(json_object_get(answer.json, "csrf")));
    cookie = reply_header(&answer, "Set-Cookie");
    assert_non_null(cookie);
    assert_non_null(strstr(cookie, "; HttpOnly"));
    assert_non_null(strstr(cookie, "; SameSite=Strict"));
    assert_non_null(strstr(cookie, "; Path=/"));
    assert_null(strstr(cookie, "; Secure")); /* this server is plain HTTP */
    (void) snprintf(made.cookie, sizeof made.cookie, "%.*s", (int) strcspn(cookie, ";"), cookie);
    assert_null(strstr(answer.body, made.cookie + strlen("davy_session="))); /* no script sees it */
    reply_clear(&answer);
    return made;
}

/* As a browser: the cookie, and what its page adds. */
static long visit(const char *method, const char *path, const char *cookie, const char *more)
{
    char headers[400];
    reply answer;
    long code;

    (void) snprintf(headers, sizeof headers, "Cookie: %s%s%s", cookie, more ? "\n" : "",
                    more ? more : "");
    answer = ask(&(request){.method = method, .path = path, .headers = headers});
    code = answer.code;
    reply_clear(&answer);
    return code;
}

static const char *csrf_of(const browser *who)
{
    static char line[96];

    (void) snprintf(line, sizeof line, "X-CSRF-Token: %s", who->csrf);
    return line;
}

static void a_cookie_looks_and_acts_only_with_the_second_token(void **state)
{
    browser one = sign_in(plant_key(DAVY_ROLE_ADMIN)), two = sign_in(plant_key(DAVY_ROLE_ADMIN));
    char both[200], quoted[120];

    (void) state;
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 200);
    assert_int_equal(visit("DELETE", "/api/v1/keys/nobody", one.cookie, NULL), 403);
    assert_int_equal(visit("DELETE", "/api/v1/keys/nobody", one.cookie, "X-CSRF-Token: "), 403);
    assert_int_equal(visit("DELETE", "/api/v1/keys/nobody", one.cookie, csrf_of(&two)), 403);
    assert_int_equal(visit("DELETE", "/api/v1/keys/nobody", one.cookie, csrf_of(&one)), 404);
    (void) snprintf(both, sizeof both, "theme=dark; %s; x=1", one.cookie);
    assert_int_equal(visit("GET", "/api/v1/me", both, NULL), 200);
    (void) snprintf(both, sizeof both, "%s; %s", one.cookie, two.cookie); /* one was planted */
    assert_int_equal(visit("GET", "/api/v1/me", both, NULL), 401);
    (void) snprintf(quoted, sizeof quoted, "x%s", one.cookie);
    assert_int_equal(visit("GET", "/api/v1/me", quoted, NULL), 401);
}

static void it_gives_its_second_token_to_a_page_that_is_loaded_again(void **state)
{
    browser one = sign_in(plant_key(DAVY_ROLE_VIEWER));
    char headers[120];
    reply answer;

    (void) state;
    (void) snprintf(headers, sizeof headers, "Cookie: %s", one.cookie);
    answer = ask(&(request){.path = "/api/v1/session", .headers = headers});
    assert_code(answer, 200);
    assert_string_equal(json_string_value(json_object_get(answer.json, "csrf")), one.csrf);
    assert_string_equal(json_string_value(json_object_get(answer.json, "role")), "viewer");
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/session", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 200); /* a key has none */
    assert_true(json_is_null(json_object_get(answer.json, "csrf")));
    reply_clear(&answer);
}

static void signing_out_ends_it(void **state)
{
    browser one = sign_in(plant_key(DAVY_ROLE_VIEWER)), two = sign_in(plant_key(DAVY_ROLE_VIEWER));

    (void) state;
    assert_int_equal(visit("DELETE", "/api/v1/session", one.cookie, NULL), 403);
    assert_int_equal(visit("DELETE", "/api/v1/session", one.cookie, csrf_of(&one)), 204);
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 401);
    assert_int_equal(visit("GET", "/api/v1/me", two.cookie, NULL), 200);
}

static void it_ends_with_its_key_also_when_one_of_that_name_is_made_again(void **state)
{
    char text[DAVY_KEY_MAX];
    browser one;

    (void) state;
    assert_ok(davy_keys_create(plant_system.keys, "guest", DAVY_ROLE_VIEWER, NULL, 1, text));
    one = sign_in(text);
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 200);
    assert_ok(davy_keys_revoke(plant_system.keys, "guest"));
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 401);
    assert_ok(davy_keys_create(plant_system.keys, "guest", DAVY_ROLE_ADMIN, NULL, 2000000, text));
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 401);
    assert_ok(davy_keys_revoke(plant_system.keys, "guest"));
}

/* The file of keys is written and read again when another key is made. */
static void it_goes_on_when_other_keys_are_made(void **state)
{
    char text[DAVY_KEY_MAX];
    browser one;

    (void) state;
    assert_ok(davy_keys_create(plant_system.keys, "desk", DAVY_ROLE_VIEWER, NULL,
                               1700000000123456789, text));
    one = sign_in(text);
    assert_ok(davy_keys_create(plant_system.keys, "other", DAVY_ROLE_VIEWER, NULL, 2, text));
    assert_int_equal(visit("GET", "/api/v1/me", one.cookie, NULL), 200);
    assert_ok(davy_keys_revoke(plant_system.keys, "desk"));
    assert_ok(davy_keys_revoke(plant_system.keys, "other"));
}

static void opening_one_needs_a_key(void **state)
{
    reply answer = ask(&(request){.method = "POST", .path = "/api/v1/session"});

    (void) state;
    assert_code(answer, 401);
    assert_null(reply_header(&answer, "Set-Cookie"));
    reply_clear(&answer);
    /* what is said outweighs what a browser sends by itself */
    {
        browser admin = sign_in(plant_key(DAVY_ROLE_ADMIN));
        char headers[120];

        (void) snprintf(headers, sizeof headers, "Cookie: %s", admin.cookie);
        answer = ask(&(request){
            .path = "/api/v1/keys", .key = plant_key(DAVY_ROLE_VIEWER), .headers = headers});
        assert_code(answer, 403);
        reply_clear(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_random_and_stands_for_its_key),
        cmocka_unit_test(one_that_nobody_uses_ends),
        cmocka_unit_test(who_may_act_signs_in_for_each_shift_and_a_viewer_does_not),
        cmocka_unit_test(a_key_has_a_few_and_its_oldest_makes_room),
        cmocka_unit_test(when_all_places_are_taken_a_new_one_is_refused),
        cmocka_unit_test(a_cookie_looks_and_acts_only_with_the_second_token),
        cmocka_unit_test(it_gives_its_second_token_to_a_page_that_is_loaded_again),
        cmocka_unit_test(signing_out_ends_it),
        cmocka_unit_test(it_ends_with_its_key_also_when_one_of_that_name_is_made_again),
        cmocka_unit_test(it_goes_on_when_other_keys_are_made),
        cmocka_unit_test(opening_one_needs_a_key),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
