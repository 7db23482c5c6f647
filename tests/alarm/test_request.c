/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

static davy_status check(davy_alarm_action action, const char *by, const char *comment,
                         int64_t duration_ns)
{
    const davy_alarm_request request = {
        .action = action, .by = by, .comment = comment, .duration_ns = duration_ns};

    return davy_alarm_request_check(&request);
}

static void plain_requests_are_in_order(void **state)
{
    (void) state;
    assert_ok(check(DAVY_ALARM_ACKNOWLEDGE, "jan", NULL, 0));
    assert_ok(check(DAVY_ALARM_COMMENT, "张伟", "阀门已检修, back to normal", 0));
    assert_ok(check(DAVY_ALARM_SHELVE, "jan", "", DAVY_ALARM_SHELVE_MAX_NS));
    assert_ok(check(DAVY_ALARM_TAKE_OUT_OF_SERVICE, "jan", "permit 4711", DAVY_ALARM_OUT_MAX_NS));
    assert_ok(check(DAVY_ALARM_RESET, "jan", NULL, 0));
    assert_ok(check(DAVY_ALARM_RETURN_TO_SERVICE, "jan", NULL, 0));
}

static void a_comment_is_asked_for_where_somebody_will_ask_why(void **state)
{
    (void) state;
    assert_fails(check(DAVY_ALARM_COMMENT, "jan", NULL, 0), DAVY_ERR_INVALID, "comment");
    assert_fails(check(DAVY_ALARM_TAKE_OUT_OF_SERVICE, "jan", "", S), DAVY_ERR_INVALID,
                 "out of service needs a reason");
}

static void a_shelf_has_a_length_and_a_longest_one(void **state)
{
    (void) state;
    assert_fails(check(DAVY_ALARM_SHELVE, "jan", NULL, 0), DAVY_ERR_INVALID, "duration");
    assert_fails(check(DAVY_ALARM_SHELVE, "jan", NULL, -1), DAVY_ERR_INVALID, "duration");
    assert_fails(check(DAVY_ALARM_SHELVE, "jan", NULL, DAVY_ALARM_SHELVE_MAX_NS + 1),
                 DAVY_ERR_INVALID, "at most 12h");
    assert_fails(check(DAVY_ALARM_SHELVE, "jan", NULL, INT64_MAX), DAVY_ERR_INVALID, "at most 12h");
}

static void a_shelf_lasts_for_a_time_or_for_one_shot(void **state)
{
    davy_alarm_request request = {.action = DAVY_ALARM_SHELVE, .by = "jan", .one_shot = true};

    (void) state;
    assert_ok(davy_alarm_request_check(&request));
    request.duration_ns = 60 * S;
    assert_fails(davy_alarm_request_check(&request), DAVY_ERR_INVALID, "or one shot");
}

static void a_shelf_of_a_nanosecond_is_none(void **state)
{
    (void) state;
    assert_fails(check(DAVY_ALARM_SHELVE, "jan", NULL, 1), DAVY_ERR_INVALID, "at least 1s");
    assert_ok(check(DAVY_ALARM_SHELVE, "jan", NULL, 1000000000));
}

static void out_of_service_has_a_reason_and_an_end(void **state)
{
    davy_alarm_request request = {
        .action = DAVY_ALARM_TAKE_OUT_OF_SERVICE, .by = "jan", .comment = "permit 4711"};

    (void) state;
    assert_fails(davy_alarm_request_check(&request), DAVY_ERR_INVALID, "needs an end");
    request.until_ns = NEW_YEAR;
    assert_ok(davy_alarm_request_check(&request));
    request.duration_ns = 60 * S;
    assert_fails(davy_alarm_request_check(&request), DAVY_ERR_INVALID, "needs an end");
    request.until_ns = INT64_MIN;
    assert_ok(davy_alarm_request_check(&request));
    request.duration_ns = DAVY_ALARM_OUT_MAX_NS + 1;
    assert_fails(davy_alarm_request_check(&request), DAVY_ERR_INVALID, "at most 90d");
}

static void hostile_texts_are_refused(void **state)
{
    static const char *const wrong[] = {"bell \a",
                                        "new\nline",
                                        "escape \x1b[2J",
                                        "delete \x7f",
                                        "c1 \xc2\x9b",
                                        "\xc3(",
                                        "\xed\xa0\x80 x",
                                        "\xff\xfe x",
                                        "cut \xe4\xbd",
                                        "evil \xe2\x80\xae txt",
                                        "\xe2\x81\xa6 isolated"};
    char long_text[DAVY_ALARM_COMMENT_MAX + 1];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        assert_int_equal(check(DAVY_ALARM_COMMENT, "jan", wrong[i], 0), DAVY_ERR_INVALID);
        assert_int_equal(check(DAVY_ALARM_ACKNOWLEDGE, wrong[i], NULL, 0), DAVY_ERR_INVALID);
    }
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    assert_fails(check(DAVY_ALARM_COMMENT, "jan", long_text, 0), DAVY_ERR_INVALID,
                 "longer than 1023");
    long_text[sizeof long_text - 2] = '\0';
    assert_ok(check(DAVY_ALARM_COMMENT, "jan", long_text, 0));
}

/* Blanks, an ideographic one and one without width: U+3000, U+200B. */
static void a_reason_of_blanks_is_none(void **state)
{
    static const char *const blanks[] = {"   ", "\xe3\x80\x80", " \xe2\x80\x8b "};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(blanks); i++)
        assert_fails(check(DAVY_ALARM_COMMENT, "jan", blanks[i], 0), DAVY_ERR_INVALID, "is blank");
    assert_ok(check(DAVY_ALARM_COMMENT, "jan", "\xe6\xb8\xa9 ", 0));
}

static void somebody_acts_and_does_something(void **state)
{
    (void) state;
    assert_fails(check(DAVY_ALARM_ACKNOWLEDGE, NULL, NULL, 0), DAVY_ERR_INVALID, "name");
    assert_fails(check(DAVY_ALARM_ACKNOWLEDGE, "", NULL, 0), DAVY_ERR_INVALID, "name");
    assert_fails(check((davy_alarm_action) 77, "jan", NULL, 0), DAVY_ERR_INVALID, "77");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_requests_are_in_order),
        cmocka_unit_test(a_comment_is_asked_for_where_somebody_will_ask_why),
        cmocka_unit_test(a_shelf_has_a_length_and_a_longest_one),
        cmocka_unit_test(a_shelf_lasts_for_a_time_or_for_one_shot),
        cmocka_unit_test(a_shelf_of_a_nanosecond_is_none),
        cmocka_unit_test(out_of_service_has_a_reason_and_an_end),
        cmocka_unit_test(hostile_texts_are_refused),
        cmocka_unit_test(a_reason_of_blanks_is_none),
        cmocka_unit_test(somebody_acts_and_does_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
