/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"
#include "spelling.h"

#include <stdio.h>
#include <stdlib.h>

/**
 * @file
 * Who is denied what, taken from the running server: its own description (/api/openapi.json) gives
 * the routes and the least role of each; here every method, every way to say who one is, and every
 * spelling is tried against it. What must be denied is denied in every cell; test_access has what
 * is allowed.
 */

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};

typedef struct identity {
    davy_role role;
    const char *name, *key;
    char headers[256]; /* of a browser */
    bool csrf;
} identity;

static identity identities[16];
static size_t identity_count;
static char bound_key[DAVY_KEY_MAX];
static json_t *paths; /* of the description */
static size_t tried;

static void add_key(const char *name, davy_role role, const char *key)
{
    identities[identity_count++] = (identity){.role = role, .name = name, .key = key, .csrf = true};
}

/* A browser's session of a role, with and without its second token. */
static void add_sessions(davy_role role)
{
    reply answer =
        ask(&(request){.method = "POST", .path = "/api/v1/session", .key = plant_key(role)});
    const char *cookie = reply_header(&answer, "Set-Cookie");
    const char *csrf = json_string_value(json_object_get(answer.json, "csrf"));
    char head[128];

    assert_code(answer, 201);
    (void) snprintf(head, sizeof head, "Cookie: %.*s", (int) strcspn(cookie, ";"), cookie);
    for (int with = 0; with <= 1; with++) {
        identity *made = &identities[identity_count++];

        *made = (identity){.role = role, .name = with ? "session" : "bare cookie", .csrf = with};
        (void) snprintf(made->headers, sizeof made->headers, "%s%s%s", head,
                        with ? "\nX-CSRF-Token: " : "", with ? csrf : "");
    }
    reply_clear(&answer);
}

static int start(void **state)
{
    davy_key_terms terms = {0};
    reply answer;

    (void) state;
    plant_start(NULL);
    add_key("nobody", DAVY_ROLE_NONE, NULL);
    for (davy_role role = DAVY_ROLE_VIEWER; role <= DAVY_ROLE_ADMIN; role++) {
        add_key("key", role, plant_key(role));
        add_sessions(role);
    }
    assert_ok(davy_key_set_models(&terms, "another-*"));
    assert_ok(davy_keys_create(plant_system.keys, "bound", DAVY_ROLE_ADMIN, &terms, 1, bound_key));
    answer = get("/api/openapi.json");
    assert_code(answer, 200);
    paths = json_incref(json_object_get(answer.json, "paths"));
    assert_true(json_object_size(paths) > 20);
    reply_clear(&answer);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    print_message("%zu requests were denied\n", tried);
    json_decref(paths);
    plant_stop();
    return 0;
}

/* The description's path with "999" for what it names. */
static void example_path(const char *template, char *path, size_t capacity)
{
    size_t length = 0;

    while (*template && length + 8 < capacity) {
        if (*template == '{') {
            length += (size_t) snprintf(path + length, capacity - length, "999");
            template = strchr(template, '}') + 1;
        } else {
            path[length++] = *template ++;
        }
    }
    path[length] = '\0';
}

/* The route that answers a method; HEAD is GET's. NULL when the path has none. */
static const json_t *operation(const json_t *path, const char *method)
{
    char name[16];

    (void) snprintf(name, sizeof name, "%s", strcmp(method, "HEAD") == 0 ? "GET" : method);
    for (char *at = name; *at; at++)
        *at = (char) (*at | 0x20);
    return json_object_get(path, name);
}

static bool is_unsafe(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

static reply try_as(const identity *who, const char *method, const char *path)
{
    return ask(&(request){.method = method,
                          .path = path,
                          .key = who->key,
                          .headers = who->headers[0] ? who->headers : NULL});
}

/* Denied: 4xx, or a page of the console, which has nothing of the plant. */
static void assert_denied(const identity *who, const char *method, const char *path)
{
    reply answer = try_as(who, method, path);
    const char *type = answer.headers ? reply_header(&answer, "Content-Type") : NULL;
    bool page = answer.code == 200 && type && strncmp(type, "text/html", 9) == 0;

    if (!(answer.code >= 400 && answer.code < 500) && !page)
        fail_msg("%s %s as %s %s: %ld %.200s", method, path, davy_role_name(who->role), who->name,
                 answer.code, answer.body);
    reply_clear(&answer);
    tried++;
}

/* The cell of one route, method and identity: must it be denied? */
static bool must_be_denied(const json_t *route, const identity *who, const char *method)
{
    davy_role least = davy_role_parse(json_string_value(json_object_get(route, "x-davy-role")));

    return !route || who->role < least || (is_unsafe(method) && least > 0 && !who->csrf);
}

static void every_denied_cell_is_denied(void **state)
{
    const char *template;
    const json_t *path;
    char example[256];

    (void) state;
    json_object_foreach(paths, template, path)
    {
        example_path(template, example, sizeof example);
        for (size_t m = 0; m < DAVY_ARRAY_LENGTH(methods); m++)
            for (size_t i = 0; i < identity_count; i++)
                if (must_be_denied(operation(path, methods[m]), &identities[i], methods[m]))
                    assert_denied(&identities[i], methods[m], example);
    }
}

/* By every spelling, for the strongest who must still be denied by key, and by a bare cookie. */
static void no_spelling_opens_a_denied_cell(void **state)
{
    const char *template;
    const json_t *path;
    char example[256], other[512];

    (void) state;
    json_object_foreach(paths, template, path)
    {
        example_path(template, example, sizeof example);
        for (size_t m = 0; m < DAVY_ARRAY_LENGTH(methods); m++) {
            const json_t *route = operation(path, methods[m]);
            const identity *strongest = NULL;

            if (!route)
                continue;
            for (size_t i = 0; i < identity_count; i++)
                if (must_be_denied(route, &identities[i], methods[m]))
                    strongest = &identities[i];
            for (size_t s = 0; strongest && s < spelling_count; s++)
                if (spell(s, example, other, sizeof other))
                    assert_denied(strongest, methods[m], other);
        }
    }
}

/* An administrator's key that is bound to other models, by every spelling. */
static void no_spelling_opens_a_model_to_a_key_of_others(void **state)
{
    const identity bound = {.role = DAVY_ROLE_ADMIN, .name = "bound key", .key = bound_key};
    const char *template;
    const json_t *path;
    char example[256], other[512];
    size_t models = 0;

    (void) state;
    json_object_foreach(paths, template, path)
    {
        if (!strstr(template, "{model}"))
            continue;
        models++;
        example_path(template, example, sizeof example);
        for (size_t m = 0; m < DAVY_ARRAY_LENGTH(methods); m++) {
            if (!operation(path, methods[m]))
                continue;
            assert_denied(&bound, methods[m], example);
            for (size_t s = 0; s < spelling_count; s++)
                if (spell(s, example, other, sizeof other))
                    assert_denied(&bound, methods[m], other);
        }
    }
    assert_true(models > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_denied_cell_is_denied),
        cmocka_unit_test(no_spelling_opens_a_denied_cell),
        cmocka_unit_test(no_spelling_opens_a_model_to_a_key_of_others),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
