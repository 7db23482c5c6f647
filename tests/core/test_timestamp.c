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

/* By the rules of IANA's tz database: China has no summer time; Berlin's begins on 2026-03-29 and
 * ends on 2026-10-25, both at 01:00 UTC. */
static void a_time_without_an_offset_is_on_the_clock_of_its_zone(void **state)
{
    static const struct {
        const char *zone, *text, *utc;
    } rows[] = {
        {"Asia/Shanghai", "2026-11-14", "2026-11-13T16:00:00Z"},
        {"Asia/Shanghai", "2026-11-14T08:30:00", "2026-11-14T00:30:00Z"},
        {"Asia/Shanghai", "2026-11-14T08:30:00Z", "2026-11-14T08:30:00Z"},
        {"Asia/Shanghai", "2026-11-14T08:30:00+01:00", "2026-11-14T07:30:00Z"},
        {"Asia/Shanghai", "1763078400", "2025-11-14T00:00:00Z"},
        {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z"},
        {"Europe/Berlin", "2026-03-29 03:30", "2026-03-29T01:30:00Z"},
        {"Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z"},
        {"Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"},
    };
    char text[DAVY_TIMESTAMP_MAX];
    int64_t ns;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        davy_timezone *zone = NULL;

        if (davy_timezone_open(rows[i].zone, &zone) != DAVY_OK)
            davy_skip_test("this machine has no zones");
        assert_ok(davy_timestamp_parse_in(rows[i].text, zone, &ns));
        davy_timestamp_format(ns, 0, text);
        assert_string_equal(text, rows[i].utc);
        davy_timezone_close(zone);
    }
}

static void times_are_shown_on_the_clock_of_the_site(void **state)
{
    static const char *const rows[][2] = {
        {"2026-11-22T17:22:36Z", "2026-11-23 01:22:36 +08:00"},
        {"2026-11-22T17:22:36.999Z", "2026-11-23 01:22:36 +08:00"},
        {"1969-12-31T23:59:59.500Z", "1970-01-01 07:59:59 +08:00"},
        {"2026-11-22", "2026-11-22"},
        {"T-101/p:hi is Z", "T-101/p:hi is Z"},
        {"2026-11-22T17:22:36+01:00", "2026-11-22T17:22:36+01:00"},
    };
    char text[DAVY_TIMESTAMP_MAX];
    davy_timezone *zone = NULL;

    (void) state;
    if (davy_timezone_open("Asia/Shanghai", &zone) != DAVY_OK)
        davy_skip_test("this machine has no zones");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        assert_string_equal(davy_timestamp_show(rows[i][0], zone, text), rows[i][1]);
    assert_string_equal(davy_timestamp_show(rows[0][0], NULL, text), rows[0][0]);
    davy_timezone_close(zone);
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
        cmocka_unit_test(a_time_without_an_offset_is_on_the_clock_of_its_zone),
        cmocka_unit_test(times_are_shown_on_the_clock_of_the_site),
        cmocka_unit_test(times_are_written_in_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
