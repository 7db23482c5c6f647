/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "serve/http/target.h"

#include <stdlib.h>

static davy_target target;

static void a_path_is_split_and_decoded_once(void **state)
{
    (void) state;
    davy_target_parse("/api/v1/detectors/T-101%20h%C3%A9alth", &target);
    assert_true(target.canonical);
    assert_int_equal(target.segment_count, 4);
    assert_string_equal(target.segments[3], "T-101 h\xC3\xA9"
                                            "alth");
    davy_target_parse("/api/v1/%2565", &target); /* %25 is a percent sign, not the begin of %65 */
    assert_true(target.canonical);
    assert_string_equal(target.segments[2], "%65");
    davy_target_parse("/", &target);
    assert_true(target.canonical);
    assert_int_equal(target.segment_count, 0);
}

/* RFC 3986 6.2.2.2: an encoded letter is the letter. */
static void an_encoded_letter_names_the_same_path(void **state)
{
    (void) state;
    davy_target_parse("/api/v1/%6D%65", &target);
    assert_true(target.canonical);
    assert_string_equal(target.segments[2], "me");
}

/* RFC 9112 3.2.2: a server accepts the absolute form. */
static void the_absolute_form_is_its_path(void **state)
{
    (void) state;
    davy_target_parse("HTTP://plant.example:8080/api/v1/me?x=1", &target);
    assert_true(target.canonical);
    assert_int_equal(target.segment_count, 3);
    assert_string_equal(davy_target_parameter(&target, "x"), "1");
}

static void a_path_with_a_second_spelling_names_nothing(void **state)
{
    static const char *const paths[] = {
        "",
        "*",
        "api/v1/me",
        "//api/v1/me",
        "/api//v1/me",
        "/api/v1/me/",
        "/api/./v1/me",
        "/api/x/../v1/me",
        "/api/%2e/v1/me",
        "/api/%2E%2e/v1/me",
        "/api%2Fv1/me",
        "/api%5Cv1/me",
        "/api\\v1\\me",
        "/api/v1/me%00",
        "/api/v1/me%0d%0a",
        "/api/v1/%zz",
        "/api/v1/me%",
        "/api/v1/me%4",
        "/api/v1/%C0%AE",    /* an overlong dot */
        "/api/v1/%ED%A0%80", /* a surrogate */
        "http://host",       /* no path */
        "http://host?x=1",   /* no path */
        "ftp://host/api/v1/me",
        "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(paths); i++) {
        davy_target_parse(paths[i], &target);
        if (target.canonical)
            fail_msg("\"%s\" is taken", paths[i]);
    }
}

static void a_target_past_the_limit_names_nothing(void **state)
{
    char *long_path = malloc(DAVY_HTTP_TARGET_MAX + 2);

    (void) state;
    memset(long_path, 'a', DAVY_HTTP_TARGET_MAX + 1);
    long_path[0] = '/';
    long_path[DAVY_HTTP_TARGET_MAX + 1] = '\0';
    davy_target_parse(long_path, &target);
    assert_false(target.canonical);
    long_path[DAVY_HTTP_TARGET_MAX] = '\0';
    davy_target_parse(long_path, &target);
    assert_true(target.canonical);
    free(long_path);
}

static void parameters_are_decoded_and_plus_is_a_blank(void **state)
{
    (void) state;
    davy_target_parse("/x?signals=T-101%2F*,%E6%B3%B5&from=2026-01-01T00:00:00%2B08:00&a+b=c+d&e&",
                      &target);
    assert_null(target.query_fault);
    assert_string_equal(davy_target_parameter(&target, "signals"), "T-101/*,\xE6\xB3\xB5");
    assert_string_equal(davy_target_parameter(&target, "from"), "2026-01-01T00:00:00+08:00");
    assert_string_equal(davy_target_parameter(&target, "a b"), "c d");
    assert_string_equal(davy_target_parameter(&target, "e"), "");
    assert_null(davy_target_parameter(&target, "f"));
}

static void a_broken_query_is_told(void **state)
{
    (void) state;
    davy_target_parse("/x?a=%zz", &target);
    assert_non_null(target.query_fault);
    davy_target_parse("/x?a=%ff", &target);
    assert_non_null(target.query_fault);
    davy_target_parse("/x?a=1&a=2", &target);
    assert_non_null(strstr(target.query_fault, "twice"));
    davy_target_parse("/x?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", &target);
    assert_non_null(strstr(target.query_fault, "too many"));
    assert_true(target.canonical); /* the path is fine: who asks is looked at first */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_split_and_decoded_once),
        cmocka_unit_test(an_encoded_letter_names_the_same_path),
        cmocka_unit_test(the_absolute_form_is_its_path),
        cmocka_unit_test(a_path_with_a_second_spelling_names_nothing),
        cmocka_unit_test(a_target_past_the_limit_names_nothing),
        cmocka_unit_test(parameters_are_decoded_and_plus_is_a_blank),
        cmocka_unit_test(a_broken_query_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
