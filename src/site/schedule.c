/* SPDX-License-Identifier: Apache-2.0 */
#include "site/schedule.h"

#include <string.h>

#define DAY_MIN   (24 * 60)
#define DAY_S     86400
#define MINUTE_S  60
#define DAYS      7
#define EVERY_DAY 0x7fU

/* 1970-01-01 was a Thursday, day 3 of a week that begins with Monday. */
#define FIRST_DAY 3

/* Cut a day's name off; false, and nothing cut, when there is none. */
static bool take_day(const char **text, unsigned *day)
{
    static const char names[DAYS][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    for (*day = 0; *day < DAYS; ++*day)
        if (strncmp(*text, names[*day], 3) == 0) {
            *text += 3;
            return true;
        }
    return false;
}

/* Cut "08:00" off. */
static bool take_time(const char **text, int *minute)
{
    const char *t = *text;

    if (strspn(t, "0123456789") != 2 || t[2] != ':' || strspn(t + 3, "0123456789") != 2)
        return false;
    *minute = ((t[0] - '0') * 10 + t[1] - '0') * 60 + (t[3] - '0') * 10 + t[4] - '0';
    *text += 5;
    return t[3] < '6' && *minute <= DAY_MIN;
}

static bool take_sign(const char **text, char sign)
{
    if (**text != sign)
        return false;
    ++*text;
    return true;
}

static bool take_days(const char **text, unsigned *days)
{
    unsigned first, last;

    *days = EVERY_DAY;
    if (!take_day(text, &first))
        return true;
    last = first;
    if (take_sign(text, '-') && !take_day(text, &last))
        return false;
    *days = 0;
    for (unsigned day = first;; day = (day + 1) % DAYS) {
        *days |= 1U << day;
        if (day == last)
            break;
    }
    return take_sign(text, ' ');
}

static bool take_span(const char **text, davy_site_span *span)
{
    *text += strspn(*text, " ");
    return take_days(text, &span->days) && take_time(text, &span->from_min) &&
           span->from_min < DAY_MIN && take_sign(text, '-') && take_time(text, &span->to_min);
}

davy_status davy_site_schedule_parse(const char *text, davy_site_span spans[DAVY_SITE_SPANS_MAX],
                                     size_t *count)
{
    const char *at = text;

    *count = 0;
    do {
        if (*count == DAVY_SITE_SPANS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "a schedule has at most %zu stretches",
                             DAVY_SITE_SPANS_MAX);
        if (!take_span(&at, &spans[*count]))
            return davy_fail(DAVY_ERR_INVALID, "'%.60s' is not DAYS HH:MM-HH:MM", text);
        ++*count;
    } while (take_sign(&at, ','));
    return *at ? davy_fail(DAVY_ERR_INVALID, "'%.60s' is not DAYS HH:MM-HH:MM", text) : DAVY_OK;
}

bool davy_site_minute_parse(const char *text, int *minute)
{
    return take_time(&text, minute) && !*text && *minute < DAY_MIN;
}

int64_t davy_site_latest_minute(int minute, int64_t local_s)
{
    int64_t since_s = (local_s - (int64_t) minute * MINUTE_S) % DAY_S;

    return local_s - since_s - (since_s < 0 ? DAY_S : 0);
}

static bool span_holds(const davy_site_span *span, unsigned day, int minute)
{
    bool today = span->days & (1U << day);
    bool yesterday = span->days & (1U << (day + DAYS - 1) % DAYS);

    if (span->from_min < span->to_min)
        return today && minute >= span->from_min && minute < span->to_min;
    return (today && minute >= span->from_min) || (yesterday && minute < span->to_min);
}

bool davy_site_schedule_holds(const davy_site_span *spans, size_t count, int64_t local_s)
{
    int64_t days = local_s / DAY_S - (local_s % DAY_S < 0);
    int minute = (int) ((local_s - days * DAY_S) / 60);
    unsigned day = (unsigned) (((days + FIRST_DAY) % DAYS + DAYS) % DAYS);
    bool holds = count == 0;

    for (size_t i = 0; i < count && !holds; i++)
        holds = span_holds(&spans[i], day, minute);
    return holds;
}
