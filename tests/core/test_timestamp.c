/* SPDX-License-Identifier: Apache-2.0 */
#include "core/timestamp.h"

#include "../testing.h"

/* Examples of RFC 3339, section 5.8; the seconds are those of `date -u -d ... +%s`. */
static void the_examples_of_rfc_3339_are_read(void **state)
{
    int64_t ns;

    (void) state;
    assert_ok(davy_timestamp_parse("1985-04-12T23:20:50.52Z", &ns));
    assert_true(ns == 482196050520000000LL);
    assert_ok(davy_timestamp_parse("1996-12-19T16:39:57-08:00", &ns));
    assert_true(ns == 851042397000000000LL);
    assert_ok(davy_timestamp_parse("1937-01-01T12:00:27.87+00:20", &ns));
    assert_true(ns == -1041337172130000000LL);
}

static void plant_forms_are_read(void **state)
{
    int64_t ns;

    (void) state;
    assert_ok(davy_timestamp_parse("2020-03-09 10:14:33", &ns));
    assert_true(ns == 1583748873000000000LL);
    assert_ok(davy_timestamp_parse("2020-03-09", &ns));
    assert_true(ns == 1583712000000000000LL);
    assert_ok(davy_timestamp_parse("1583748873.000000001", &ns));
    assert_true(ns == 1583748873000000001LL);
    assert_ok(davy_timestamp_parse(" 2024-02-29T00:00:00Z ", &ns));
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "yesterday",
                                        "2023-02-29",
                                        "2020-13-01",
                                        "2020-03-09T25:00:00Z",
                                        "2020-03-09T10:00:00Zx",
                                        "9999-01-01",
                                        "99999999999999999999",
                                        "1e9",
                                        "2020-03-09T10:00:00.Z"};
    int64_t ns;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_timestamp_parse(wrong[i], &ns), DAVY_ERR_INVALID, "not a time");
}

static void times_are_written_in_utc(void **state)
{
    char text[DAVY_TIMESTAMP_MAX];

    (void) state;
    davy_timestamp_format(482196050520000000LL, 3, text);
    assert_string_equal(text, "1985-04-12T23:20:50.520Z");
    davy_timestamp_format(-1, 9, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999999Z");
    davy_timestamp_format(0, 0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_rfc_3339_are_read),
        cmocka_unit_test(plant_forms_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(times_are_written_in_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
