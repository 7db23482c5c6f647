/* SPDX-License-Identifier: Apache-2.0 */

/* Offsets of zones, against GNU date: TZ=Europe/Berlin date -d @1774746000 +%z. */
#include "../testing.h"

#include "core/buffer.h"
#include "core/zone.h"

#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *name;
    int64_t utc_s;
    int offset_s;
} moments[] = {
    {"Europe/Berlin", 1774745999, 3600},
    {"Europe/Berlin", 1774746000, 7200},
    {"Europe/Berlin", 1792889999, 7200},
    {"Europe/Berlin", 1792890000, 3600},
    {"Europe/Berlin", 2500000000, 3600},
    {"Europe/Berlin", 2515000000, 7200},
    {"Europe/Berlin", -1000000000, 3600},
    {"Asia/Shanghai", 1795392000, 28800},
    {"Asia/Shanghai", 0, 28800},
    {"Australia/Sydney", 1795392000, 39600},
    {"Australia/Sydney", 1780000000, 36000},
    {"Australia/Sydney", 2530000000, 39600},
    {"Australia/Sydney", 2515000000, 36000},
    {"America/St_Johns", 1795392000, -12600},
    {"America/St_Johns", 1780000000, -9000},
    {"Asia/Kathmandu", 1795392000, 20700},
    {"America/Sao_Paulo", 1795392000, -10800},
};

static void offsets_are_those_of_gnu_date(void **state)
{
    (void) state;
    if (access(DAVY_ZONE_FOLDER "/Europe/Berlin", R_OK) != 0)
        davy_skip_test("no time zones here (tzdata)");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(moments); i++) {
        davy_timezone *zone;

        assert_ok(davy_timezone_open(moments[i].name, &zone));
        if (davy_timezone_offset_s(zone, moments[i].utc_s) != moments[i].offset_s)
            fail_msg("%s at %lld: %d instead of %d", moments[i].name, (long long) moments[i].utc_s,
                     davy_timezone_offset_s(zone, moments[i].utc_s), moments[i].offset_s);
        davy_timezone_close(zone);
    }
}

/* A file of version 2 with nothing in its blocks but one type, and a rule at its end. */
static size_t make_file(const char *tail, char file[256])
{
    static const char header[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 1};
    size_t length = 0;

    for (int block = 0; block < 2; block++) {
        memcpy(file + length, header, sizeof header);
        memset(file + length + sizeof header, 0, 7);
        length += sizeof header + 7;
    }
    return length + (size_t) snprintf(file + length, 256 - length, "\n%s\n", tail);
}

static void the_rule_at_the_end_is_read(void **state)
{
    /* POSIX.1-2017, 8.3; the moments by hand: the last Sunday of March 2040 is the 25th. */
    static const struct {
        const char *tail;
        int64_t utc_s;
        int offset_s;
    } cases[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", 2216250000 - 1, 3600}, /* 2040-03-25 01:00 UTC */
        {"CET-1CEST,M3.5.0,M10.5.0/3", 2216250000, 7200},
        {"<+0330>-3:30", 2216250000, 12600},
        {"EST5", 2216250000, -18000},
        {"CET-1CEST,J60,J300", 2216250000, 0}, /* not read: the only type of the file goes on */
        {"rubbish", 2216250000, 0},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        char file[256];
        davy_timezone *zone;

        assert_ok(davy_timezone_parse(file, make_file(cases[i].tail, file), &zone));
        if (davy_timezone_offset_s(zone, cases[i].utc_s) != cases[i].offset_s)
            fail_msg("%s: %d", cases[i].tail, davy_timezone_offset_s(zone, cases[i].utc_s));
        davy_timezone_close(zone);
    }
}

static void what_is_no_zone_is_refused(void **state)
{
    char file[256];
    davy_timezone *zone;
    size_t length = make_file("UTC0", file);

    (void) state;
    for (size_t i = 0; i < length - 6; i++) /* the rule at the end may be missing */
        assert_fails(davy_timezone_parse(file, i, &zone), DAVY_ERR_CORRUPT, "not a time zone");
    file[0] = 'X';
    assert_fails(davy_timezone_parse(file, length, &zone), DAVY_ERR_CORRUPT, "not a time zone");
    assert_fails(davy_timezone_open("Nowhere/Here", &zone), DAVY_ERR_NOT_FOUND, "Nowhere/Here");
    assert_fails(davy_timezone_open("../../etc/passwd", &zone), DAVY_ERR_NOT_FOUND, "no time zone");
    assert_ok(davy_timezone_open("UTC", &zone));
    assert_int_equal(davy_timezone_offset_s(zone, 1795392000), 0);
    davy_timezone_close(zone);
    davy_timezone_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_gnu_date),
        cmocka_unit_test(the_rule_at_the_end_is_read),
        cmocka_unit_test(what_is_no_zone_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
