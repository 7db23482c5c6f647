/* SPDX-License-Identifier: Apache-2.0 */
#include "core/timestamp.h"

#include "core/sample.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds around which int64_t nanoseconds stay whole: 1678-01-01 and 2261-12-31. */
#define SECONDS_MIN (-9214560000LL)
#define SECONDS_MAX 9214559999LL

/* Days since 1970-01-01 of a civil date. Source: H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", days_from_civil. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    int64_t era, year_of_era, day_of_year, day_of_era;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    year_of_era = year - era * 400;
    day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool read_digits(const char **cursor, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, (*cursor)++) {
        if (!isdigit((unsigned char) **cursor))
            return false;
        *value = *value * 10 + (**cursor - '0');
    }
    return true;
}

static bool skip(const char **cursor, char wanted)
{
    if (**cursor != wanted)
        return false;
    (*cursor)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool davy_timestamp_make(int year, int month, int day, int64_t seconds, int64_t ns,
                         int64_t *time_ns)
{
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    seconds += days_from_civil(year, month, day) * 86400;
    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX)
        return false;
    *time_ns = seconds * DAVY_NS_PER_S + ns;
    return true;
}

static bool read_date(const char **cursor, int64_t *days)
{
    int year, month, day;

    if (!read_digits(cursor, 4, &year) || !skip(cursor, '-') || !read_digits(cursor, 2, &month) ||
        !skip(cursor, '-') || !read_digits(cursor, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

static bool read_fraction(const char **cursor, int64_t *ns)
{
    int64_t scale = DAVY_NS_PER_S / 10;

    *ns = 0;
    if (!skip(cursor, '.') && !skip(cursor, ','))
        return true;
    if (!isdigit((unsigned char) **cursor))
        return false;
    for (; isdigit((unsigned char) **cursor); (*cursor)++, scale /= 10)
        *ns += (**cursor - '0') * scale; /* digits past the ninth add nothing */
    return true;
}

static bool read_time_of_day(const char **cursor, int64_t *seconds, int64_t *ns)
{
    int hour, minute, second = 0;

    if (!read_digits(cursor, 2, &hour) || !skip(cursor, ':') || !read_digits(cursor, 2, &minute))
        return false;
    if (skip(cursor, ':') && !read_digits(cursor, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60) /* 60 is a leap second */
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return read_fraction(cursor, ns);
}

static bool read_offset(const char **cursor, int64_t *seconds, bool *is_local)
{
    int hours, minutes = 0, sign;

    *seconds = 0;
    *is_local = false;
    if (skip(cursor, 'Z') || skip(cursor, 'z'))
        return true;
    *is_local = **cursor != '+' && **cursor != '-';
    if (*is_local)
        return true;
    sign = **cursor == '-' ? -1 : 1;
    (*cursor)++;
    if (!read_digits(cursor, 2, &hours))
        return false;
    skip(cursor, ':');
    if (isdigit((unsigned char) **cursor) && !read_digits(cursor, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *seconds = (int64_t) sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool at_end(const char *cursor)
{
    while (isspace((unsigned char) *cursor))
        cursor++;
    return *cursor == '\0';
}

/* From a clock's time to UTC. The offset is that of the moment, which is not known before it. */
static int64_t local_to_utc(const davy_timezone *zone, int64_t local_s)
{
    const int64_t about_s = local_s - davy_timezone_offset_s(zone, local_s);

    return local_s - davy_timezone_offset_s(zone, about_s);
}

/* @param zone  of a time without an offset; NULL: UTC */
static bool read_calendar(const char *cursor, const davy_timezone *zone, int64_t *time_ns)
{
    int64_t days, seconds = 0, ns = 0, offset = 0;
    bool is_local = true;

    if (!read_date(&cursor, &days))
        return false;
    if (*cursor == 'T' || *cursor == 't' ||
        (*cursor == ' ' && isdigit((unsigned char) cursor[1]))) {
        cursor++;
        if (!read_time_of_day(&cursor, &seconds, &ns) || !read_offset(&cursor, &offset, &is_local))
            return false;
    }
    seconds += days * 86400 - offset;
    if (zone && is_local)
        seconds = local_to_utc(zone, seconds);
    if (!at_end(cursor) || seconds < SECONDS_MIN || seconds > SECONDS_MAX)
        return false;
    *time_ns = seconds * DAVY_NS_PER_S + ns;
    return true;
}

/* Whole seconds and the fraction are read apart: a double has no room for nanoseconds of today. */
static bool read_seconds(const char *cursor, int64_t *time_ns)
{
    bool negative = skip(&cursor, '-');
    int64_t seconds = 0, ns;

    if (!isdigit((unsigned char) *cursor))
        return false;
    for (; isdigit((unsigned char) *cursor); cursor++) {
        seconds = seconds * 10 + (*cursor - '0');
        if (seconds > SECONDS_MAX)
            return false;
    }
    if (!read_fraction(&cursor, &ns) || !at_end(cursor))
        return false;
    *time_ns = seconds * DAVY_NS_PER_S + ns;
    if (negative)
        *time_ns = -*time_ns;
    return true;
}

davy_status davy_timestamp_parse(const char *text, int64_t *time_ns)
{
    return davy_timestamp_parse_in(text, NULL, time_ns);
}

davy_status davy_timestamp_parse_in(const char *text, const davy_timezone *zone, int64_t *time_ns)
{
    const char *start = text;

    while (isspace((unsigned char) *start))
        start++;
    if (read_calendar(start, zone, time_ns) || read_seconds(start, time_ns))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "'%.60s' is not a time; write 2026-01-02T03:04:05Z or seconds since 1970",
                     text);
}

void davy_timestamp_format(int64_t time_ns, int digits, char text[DAVY_TIMESTAMP_MAX])
{
    int64_t fraction = ((time_ns % DAVY_NS_PER_S) + DAVY_NS_PER_S) % DAVY_NS_PER_S;
    time_t seconds = (time_t) ((time_ns - fraction) / DAVY_NS_PER_S);
    struct tm utc;
    size_t length;

    gmtime_r(&seconds, &utc);
    length = strftime(text, DAVY_TIMESTAMP_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
    if (digits > 0) {
        for (int i = digits; i < 9; i++)
            fraction /= 10;
        length += (size_t) snprintf(text + length, DAVY_TIMESTAMP_MAX - length, ".%0*lld", digits,
                                    (long long) fraction);
    }
    (void) snprintf(text + length, DAVY_TIMESTAMP_MAX - length, "Z");
}

const char *davy_timestamp_show(const char *text, const davy_timezone *zone,
                                char shown[DAVY_TIMESTAMP_MAX])
{
    const size_t length = strlen(text);
    int64_t time_ns, seconds;
    int offset;

    if (!zone || length >= DAVY_TIMESTAMP_MAX || length < strlen("2026-01-02T03:04:05Z") ||
        text[10] != 'T' || text[length - 1] != 'Z' || !read_calendar(text, NULL, &time_ns))
        return text;
    seconds = time_ns / DAVY_NS_PER_S - (time_ns % DAVY_NS_PER_S < 0 ? 1 : 0);
    offset = davy_timezone_offset_s(zone, seconds);
    davy_timestamp_format((seconds + offset) * DAVY_NS_PER_S, 0, shown);
    shown[10] = ' ';
    (void) snprintf(shown + 19, DAVY_TIMESTAMP_MAX - 19, " %c%02d:%02d", offset < 0 ? '-' : '+',
                    abs(offset) / 3600, abs(offset) / 60 % 60);
    return shown;
}
