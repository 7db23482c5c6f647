/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time_format.h"

#include "core/sample.h"
#include "core/timestamp.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A text that is read from the left. */
typedef struct cursor {
    const char *at;
} cursor;

/* Between `least` and `most` digits. */
static bool take_digits(cursor *c, int least, int most, int *value)
{
    int count = 0;

    *value = 0;
    for (; count < most && isdigit((unsigned char) *c->at); count++)
        *value = *value * 10 + (*c->at++ - '0');
    return count >= least;
}

static bool take(cursor *c, char wanted)
{
    if (*c->at != wanted)
        return false;
    c->at++;
    return true;
}

static void take_blanks(cursor *c)
{
    while (isspace((unsigned char) *c->at))
        c->at++;
}

/* '-', '/' or '.', the same one as before. */
static bool take_separator(cursor *c, char *separator)
{
    if (*c->at == '\0' || !strchr("-/.", *c->at) || (*separator && *separator != *c->at))
        return false;
    *separator = *c->at++;
    return true;
}

static bool take_fraction(cursor *c, int64_t *ns)
{
    int64_t scale = DAVY_NS_PER_S / 10;

    *ns = 0;
    if (!take(c, '.') && !take(c, ','))
        return true;
    if (!isdigit((unsigned char) *c->at))
        return false;
    for (; isdigit((unsigned char) *c->at); c->at++, scale /= 10)
        *ns += (*c->at - '0') * scale; /* digits past the ninth add nothing */
    return true;
}

/* "PM" makes an hour of 1 to 12 one of the afternoon. */
static bool take_half(cursor *c, int *hour)
{
    cursor behind = *c;
    bool afternoon;

    take_blanks(&behind);
    if (strncasecmp(behind.at, "am", 2) != 0 && strncasecmp(behind.at, "pm", 2) != 0)
        return true;
    afternoon = tolower((unsigned char) *behind.at) == 'p';
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (afternoon ? 12 : 0);
    c->at = behind.at + 2;
    return true;
}

static bool take_offset(cursor *c, int64_t *seconds)
{
    const int sign = *c->at == '-' ? -1 : 1;
    int hours, minutes = 0;

    if (take(c, 'Z') || take(c, 'z'))
        return true;
    if (!take(c, '+') && !take(c, '-'))
        return true;
    if (!take_digits(c, 2, 2, &hours))
        return false;
    (void) take(c, ':');
    if (isdigit((unsigned char) *c->at) && !take_digits(c, 2, 2, &minutes))
        return false;
    *seconds -= (int64_t) sign * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59;
}

/* " 3:04:05.5 PM", or nothing: the seconds of the day, less the offset to UTC. */
static bool take_time_of_day(cursor *c, int64_t *seconds, int64_t *ns)
{
    int hour, minute, second = 0;

    *seconds = *ns = 0;
    if (*c->at != 'T' && *c->at != 't' && *c->at != ' ')
        return true;
    c->at++;
    take_blanks(c);
    if (*c->at == '\0')
        return true;
    if (!take_digits(c, 1, 2, &hour) || !take(c, ':') || !take_digits(c, 2, 2, &minute))
        return false;
    if (take(c, ':') && !take_digits(c, 2, 2, &second))
        return false;
    if (!take_fraction(c, ns) || !take_half(c, &hour))
        return false;
    if (hour > 23 || minute > 59 || second > 60) /* 60 is a leap second */
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return take_offset(c, seconds);
}

/* A year of two digits is of POSIX's century: 69 is 1969, 68 is 2068. */
static bool take_year(cursor *c, int *year)
{
    const char *begin = c->at;

    if (!take_digits(c, 2, 4, year) || c->at - begin == 3)
        return false;
    if (c->at - begin == 2)
        *year += *year < 69 ? 2000 : 1900;
    return true;
}

static bool finish(cursor *c, int year, int month, int day, int64_t *time_ns)
{
    int64_t seconds, ns;

    if (!take_time_of_day(c, &seconds, &ns))
        return false;
    take_blanks(c);
    return *c->at == '\0' && davy_timestamp_make(year, month, day, seconds, ns, time_ns);
}

static bool read_ymd(cursor c, int64_t *time_ns)
{
    int year, month, day;
    char separator = '\0';

    return take_digits(&c, 4, 4, &year) && take_separator(&c, &separator) &&
           take_digits(&c, 1, 2, &month) && take_separator(&c, &separator) &&
           take_digits(&c, 1, 2, &day) && finish(&c, year, month, day, time_ns);
}

/* A month as a number or by the first three letters of its English name. */
static bool take_month(cursor *c, int *month)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    if (isdigit((unsigned char) *c->at))
        return take_digits(c, 1, 2, month);
    for (*month = 1; *month <= 12; ++*month)
        if (strncasecmp(c->at, names + (*month - 1) * (ptrdiff_t) 3, 3) == 0)
            break;
    while (isalpha((unsigned char) *c->at))
        c->at++;
    return *month <= 12;
}

static bool read_dmy(cursor c, int64_t *time_ns)
{
    int year, month, day;
    char separator = '\0';

    return take_digits(&c, 1, 2, &day) && take_separator(&c, &separator) &&
           take_month(&c, &month) && take_separator(&c, &separator) && take_year(&c, &year) &&
           finish(&c, year, month, day, time_ns);
}

static bool read_mdy(cursor c, int64_t *time_ns)
{
    int year, month, day;
    char separator = '\0';

    return take_digits(&c, 1, 2, &month) && take_separator(&c, &separator) &&
           take_digits(&c, 1, 2, &day) && take_separator(&c, &separator) && take_year(&c, &year) &&
           finish(&c, year, month, day, time_ns);
}

static bool read_compact(cursor c, int64_t *time_ns)
{
    int year, month, day, hour = 0, minute = 0, second = 0;
    int64_t ns = 0;

    if (!take_digits(&c, 4, 4, &year) || !take_digits(&c, 2, 2, &month) ||
        !take_digits(&c, 2, 2, &day))
        return false;
    if (*c.at && strchr("T_ ", *c.at))
        c.at++;
    if (isdigit((unsigned char) *c.at) &&
        (!take_digits(&c, 2, 2, &hour) || !take_digits(&c, 2, 2, &minute) ||
         !take_digits(&c, 2, 2, &second) || !take_fraction(&c, &ns)))
        return false;
    (void) take(&c, 'Z');
    take_blanks(&c);
    return *c.at == '\0' && year >= 1900 && year < 2200 && hour < 24 && minute < 60 &&
           second <= 60 &&
           davy_timestamp_make(year, month, day, hour * 3600 + minute * 60 + second, ns, time_ns);
}

/* A number of units since 1970. Whole units and the fraction are read apart: a double has no room
 * for nanoseconds of today. */
static bool read_count(cursor c, int64_t unit_ns, int64_t *time_ns)
{
    const bool negative = take(&c, '-');
    int64_t whole = 0, ns;

    if (!isdigit((unsigned char) *c.at))
        return false;
    for (; isdigit((unsigned char) *c.at); c.at++) {
        const int digit = *c.at - '0';

        if (whole > (INT64_MAX / unit_ns - digit - 1) / 10)
            return false;
        whole = whole * 10 + digit;
    }
    if (!take_fraction(&c, &ns))
        return false;
    take_blanks(&c);
    *time_ns = whole * unit_ns + ns / (DAVY_NS_PER_S / unit_ns);
    if (negative)
        *time_ns = -*time_ns;
    return *c.at == '\0';
}

static const struct {
    const char *name, *look;
    bool (*read)(cursor c, int64_t *time_ns); /* NULL: a count of units */
    int64_t unit_ns;
    int64_t least; /* a count below is one of larger units */
} formats[DAVY_TIME_FORMATS] = {
    [DAVY_TIME_YMD] = {"ymd", "year-month-day", read_ymd, 0, 0},
    [DAVY_TIME_DMY] = {"dmy", "day/month/year", read_dmy, 0, 0},
    [DAVY_TIME_MDY] = {"mdy", "month/day/year", read_mdy, 0, 0},
    [DAVY_TIME_COMPACT] = {"compact", "20260102T030405", read_compact, 0, 0},
    [DAVY_TIME_SECONDS] = {"s", "seconds since 1970", NULL, DAVY_NS_PER_S, INT64_MIN},
    [DAVY_TIME_MILLISECONDS] = {"ms", "milliseconds since 1970", NULL, DAVY_NS_PER_MS,
                                100000000000},
    [DAVY_TIME_MICROSECONDS] = {"us", "microseconds since 1970", NULL, 1000, 100000000000000},
    [DAVY_TIME_NANOSECONDS] = {"ns", "nanoseconds since 1970", NULL, 1, 100000000000000000},
};

const char *davy_time_format_name(davy_time_format format)
{
    return format < DAVY_TIME_FORMATS ? formats[format].name : "unknown";
}

const char *davy_time_format_look(davy_time_format format)
{
    return format < DAVY_TIME_FORMATS ? formats[format].look : "unknown";
}

bool davy_time_format_find(const char *name, davy_time_format *out)
{
    for (int i = 0; i < DAVY_TIME_FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *out = (davy_time_format) i;
            return true;
        }
    return false;
}

bool davy_time_read(const char *text, davy_time_format format, int64_t *time_ns)
{
    cursor c = {text};

    take_blanks(&c);
    if (format >= DAVY_TIME_FORMATS)
        return false;
    return formats[format].read ? formats[format].read(c, time_ns)
                                : read_count(c, formats[format].unit_ns, time_ns);
}

unsigned davy_time_formats(const char *text, unsigned among)
{
    unsigned set = 0;
    int64_t ns;

    for (int i = 0; i < DAVY_TIME_FORMATS; i++) {
        if (!(among & DAVY_TIME_BIT(i)) || !davy_time_read(text, (davy_time_format) i, &ns))
            continue;
        if (formats[i].read || formats[i].least == INT64_MIN ||
            ns / formats[i].unit_ns >= formats[i].least)
            set |= DAVY_TIME_BIT(i);
    }
    return set;
}
