/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time_format.h"

#include "../testing.h"
#include "core/timestamp.h"

/* 2026-02-01T03:04:05Z and its fractions, by `date -u -d 2026-02-01T03:04:05Z +%s`. */
#define MOMENT INT64_C(1769915045)
#define DAY    INT64_C(1769904000) /* of its midnight */
#define NS     INT64_C(1000000000)

static void reads_what_each_format_says(void **state)
{
    static const struct {
        davy_time_format format;
        const char *text;
        int64_t ns;
    } cases[] = {
        {DAVY_TIME_YMD, "2026-02-01T03:04:05Z", MOMENT * NS},
        {DAVY_TIME_YMD, " 2026-02-01 03:04:05.25 ", MOMENT * NS + NS / 4},
        {DAVY_TIME_YMD, "2026/2/1 3:04:05", MOMENT * NS},
        {DAVY_TIME_YMD, "2026-02-01T11:04:05+08:00", MOMENT * NS},
        {DAVY_TIME_YMD, "2026-02-01", DAY * NS},
        {DAVY_TIME_DMY, "01.02.2026 03:04:05", MOMENT * NS},
        {DAVY_TIME_DMY, "1/2/26 3:04:05 AM", MOMENT * NS},
        {DAVY_TIME_DMY, "01-Feb-26 03:04:05", MOMENT * NS},
        {DAVY_TIME_DMY, "1-february-2026", DAY * NS},
        {DAVY_TIME_MDY, "2/1/2026 12:00:00 AM", DAY * NS},
        {DAVY_TIME_MDY, "2/1/2026 12:00 pm", (DAY + 43200) * NS},
        {DAVY_TIME_COMPACT, "20260201", DAY * NS},
        {DAVY_TIME_COMPACT, "20260201T030405Z", MOMENT * NS},
        {DAVY_TIME_COMPACT, "20260201030405.5", MOMENT * NS + NS / 2},
        {DAVY_TIME_SECONDS, "1769915045", MOMENT * NS},
        {DAVY_TIME_SECONDS, "-1.5", -NS - NS / 2},
        {DAVY_TIME_MILLISECONDS, "1769915045250", MOMENT * NS + NS / 4},
        {DAVY_TIME_MICROSECONDS, "1769915045250000.5", MOMENT * NS + NS / 4 + 500},
        {DAVY_TIME_NANOSECONDS, "1769915045250000001", MOMENT * NS + NS / 4 + 1},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        int64_t ns = 0;

        if (!davy_time_read(cases[i].text, cases[i].format, &ns))
            fail_msg("'%s' was not read", cases[i].text);
        assert_int_equal(ns, cases[i].ns);
    }
}

static void refuses_what_is_no_time_of_the_format(void **state)
{
    static const struct {
        davy_time_format format;
        const char *text;
    } cases[] = {
        {DAVY_TIME_YMD, "2026-13-01"},
        {DAVY_TIME_YMD, "2026-02-29"},
        {DAVY_TIME_YMD, "2026-02/01"},
        {DAVY_TIME_YMD, "2026-02-01 24:00:00"},
        {DAVY_TIME_YMD, "2026-02-01T03:04x"},
        {DAVY_TIME_YMD, "1500-01-01"},
        {DAVY_TIME_DMY, "31/04/2026"},
        {DAVY_TIME_DMY, "01-Fob-26"},
        {DAVY_TIME_DMY, "1/2/026"},
        {DAVY_TIME_MDY, "13/1/2026"},
        {DAVY_TIME_MDY, "1/2/2026 13:00 PM"},
        {DAVY_TIME_COMPACT, "20261301"},
        {DAVY_TIME_COMPACT, "2026020103"},
        {DAVY_TIME_SECONDS, "1e9"},
        {DAVY_TIME_SECONDS, ""},
        {DAVY_TIME_SECONDS, "9300000000"},
        {DAVY_TIME_NANOSECONDS, "9300000000000000000"},
        {DAVY_TIME_FORMATS, "2026-02-01"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        int64_t ns;

        if (davy_time_read(cases[i].text, cases[i].format, &ns))
            fail_msg("'%s' was read", cases[i].text);
    }
}

static void tells_all_that_a_text_can_be(void **state)
{
    static const struct {
        const char *text;
        unsigned formats;
    } cases[] = {
        {"2026-02-01", DAVY_TIME_BIT(DAVY_TIME_YMD)},
        {"01/02/2026", DAVY_TIME_BIT(DAVY_TIME_DMY) | DAVY_TIME_BIT(DAVY_TIME_MDY)},
        {"13/02/2026", DAVY_TIME_BIT(DAVY_TIME_DMY)},
        {"02/13/2026", DAVY_TIME_BIT(DAVY_TIME_MDY)},
        {"01-Feb-2026", DAVY_TIME_BIT(DAVY_TIME_DMY)},
        {"20260201", DAVY_TIME_BIT(DAVY_TIME_COMPACT) | DAVY_TIME_BIT(DAVY_TIME_SECONDS)},
        {"0", DAVY_TIME_BIT(DAVY_TIME_SECONDS)},
        {"1769915045", DAVY_TIME_BIT(DAVY_TIME_SECONDS)},
        {"1769915045250", DAVY_TIME_BIT(DAVY_TIME_MILLISECONDS)},
        {"1769915045250000", DAVY_TIME_BIT(DAVY_TIME_MICROSECONDS)},
        {"1769915045250000000", DAVY_TIME_BIT(DAVY_TIME_NANOSECONDS)},
        {"soon", 0},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_int_equal(davy_time_formats(cases[i].text, DAVY_TIME_ALL), cases[i].formats);
    assert_int_equal(davy_time_formats("01/02/2026", DAVY_TIME_BIT(DAVY_TIME_MDY)),
                     DAVY_TIME_BIT(DAVY_TIME_MDY));
}

/* What RFC 3339 has is read as it always was. */
static void agrees_with_the_reader_of_single_times(void **state)
{
    static const char *const texts[] = {"2026-01-02T03:04:05.5+08:00",
                                        "2026-01-02 03:04:05",
                                        "1999-12-31T23:59:60Z",
                                        "2026-01-02",
                                        "1700000000.25",
                                        "-5"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++) {
        const davy_time_format format = i < 4 ? DAVY_TIME_YMD : DAVY_TIME_SECONDS;
        int64_t wanted, ns;

        assert_ok(davy_timestamp_parse(texts[i], &wanted));
        assert_true(davy_time_read(texts[i], format, &ns));
        assert_int_equal(ns, wanted);
    }
}

static void formats_have_names(void **state)
{
    davy_time_format format;

    (void) state;
    for (int i = 0; i < DAVY_TIME_FORMATS; i++) {
        assert_true(davy_time_format_find(davy_time_format_name((davy_time_format) i), &format));
        assert_int_equal(format, i);
    }
    assert_false(davy_time_format_find("american", &format));
    assert_string_equal(davy_time_format_look(DAVY_TIME_DMY), "day/month/year");
    assert_string_equal(davy_time_format_name(DAVY_TIME_FORMATS), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_each_format_says),
        cmocka_unit_test(refuses_what_is_no_time_of_the_format),
        cmocka_unit_test(tells_all_that_a_text_can_be),
        cmocka_unit_test(agrees_with_the_reader_of_single_times),
        cmocka_unit_test(formats_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
