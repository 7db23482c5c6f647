/* SPDX-License-Identifier: Apache-2.0 */
#include "core/zone.h"

#include "core/file.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t) 1024 * 1024)
#define HEADER_BYTES   44
#define TYPE_BYTES     6
#define COUNT_MAX      100000U

/* RFC 8536, 3.2: an offset is more than a day from nowhere on earth. */
#define OFFSET_MAX_S (26 * 3600)
#define DAY_S        86400

/* "Mm.w.d/time" of POSIX: the day of the week `weekday` in the `week`th week of a month. */
struct rule {
    int month, week, weekday; /* 1 to 12, 1 to 5 (5: the last), 0 (Sunday) to 6 */
    int second;               /* of the day, on the clock before the change; may leave the day */
};

struct davy_timezone {
    int64_t *moments; /* [count], rising: when an offset begins */
    int *offsets;     /* [count] */
    size_t count;
    int first; /* offset before all of them */
    /* What holds after the last moment. */
    bool has_tail, has_summer;
    int winter, summer;
    struct rule begin, end; /* of summer time */
};

void davy_timezone_close(davy_timezone *zone)
{
    if (!zone)
        return;
    free(zone->moments);
    free(zone->offsets);
    free(zone);
}

/* The file --------------------------------------------------------------------------------- */

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 | (uint32_t) bytes[2] << 8 |
           bytes[3];
}

static int64_t read_time(const uint8_t *bytes, size_t width)
{
    return width == 4 ? (int32_t) read_u32(bytes)
                      : (int64_t) ((uint64_t) read_u32(bytes) << 32 | read_u32(bytes + 4));
}

/* One of the two blocks of a file. */
struct block {
    const uint8_t *times, *indices, *types, *end;
    size_t time_count, type_count, width;
};

/* Where the parts of a block lie; false when they are not all inside the bytes. */
static bool lay_out(const uint8_t *bytes, size_t length, size_t width, struct block *block)
{
    uint32_t counts[6]; /* isutc, isstd, leap, time, type, char */
    size_t size = 0;

    if (length < HEADER_BYTES || memcmp(bytes, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < 6; i++) {
        counts[i] = read_u32(bytes + 20 + 4 * i);
        if (counts[i] > COUNT_MAX)
            return false;
    }
    block->width = width;
    block->time_count = counts[3];
    block->type_count = counts[4];
    block->times = bytes + HEADER_BYTES;
    block->indices = block->times + counts[3] * width;
    block->types = block->indices + counts[3];
    size = counts[3] * (width + 1) + counts[4] * (size_t) TYPE_BYTES + counts[5] +
           counts[2] * (width + 4) + counts[1] + counts[0];
    block->end = bytes + HEADER_BYTES + size;
    return size <= length - HEADER_BYTES && counts[4] > 0;
}

static bool take_offset(const struct block *block, size_t type, int *offset)
{
    *offset = type < block->type_count ? (int32_t) read_u32(block->types + type * TYPE_BYTES)
                                       : OFFSET_MAX_S + 1;
    return *offset >= -OFFSET_MAX_S && *offset <= OFFSET_MAX_S;
}

static bool take_block(davy_timezone *zone, const struct block *block)
{
    if (!take_offset(block, 0, &zone->first))
        return false;
    for (size_t i = 0; i < block->time_count; i++) {
        zone->moments[i] = read_time(block->times + i * block->width, block->width);
        if ((i > 0 && zone->moments[i] <= zone->moments[i - 1]) ||
            !take_offset(block, block->indices[i], &zone->offsets[i]))
            return false;
    }
    zone->count = block->time_count;
    return true;
}

/* The rule at the end ---------------------------------------------------------------------- */

static bool take_number(const char **text, int low, int high, int *number)
{
    char *end;
    long value;

    if (!isdigit((unsigned char) **text))
        return false;
    value = strtol(*text, &end, 10);
    *text = end;
    *number = (int) value;
    return value >= low && value <= high;
}

static bool take_sign(const char **text, char sign)
{
    if (**text != sign)
        return false;
    ++*text;
    return true;
}

/* "CET" or "<+03>". */
static bool take_zone_name(const char **text)
{
    bool quoted = take_sign(text, '<');
    const char *begin = *text;

    while (isalpha((unsigned char) **text) || (quoted && **text && strchr("+-0123456789", **text)))
        ++*text;
    return *text > begin && (!quoted || take_sign(text, '>'));
}

/* "[+-]hh[:mm[:ss]]" */
static bool take_clock(const char **text, int hours_max, int *seconds)
{
    int sign = take_sign(text, '-') ? -1 : 1;
    int hours, minutes = 0, rest = 0;

    (void) take_sign(text, '+');
    if (!take_number(text, 0, hours_max, &hours))
        return false;
    if (take_sign(text, ':') && !take_number(text, 0, 59, &minutes))
        return false;
    if (take_sign(text, ':') && !take_number(text, 0, 59, &rest))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60 + rest);
    return true;
}

static bool take_rule(const char **text, struct rule *rule)
{
    rule->second = 2 * 3600;
    return take_sign(text, ',') && take_sign(text, 'M') && take_number(text, 1, 12, &rule->month) &&
           take_sign(text, '.') && take_number(text, 1, 5, &rule->week) && take_sign(text, '.') &&
           take_number(text, 0, 6, &rule->weekday) &&
           (!take_sign(text, '/') || take_clock(text, 167, &rule->second));
}

/* POSIX counts west of UTC, everyone else east. A tail that is not understood is none: the last
 * offset goes on. */
static void take_tail(davy_timezone *zone, const char *text)
{
    int west;

    if (!take_zone_name(&text) || !take_clock(&text, 24, &west))
        return;
    zone->winter = -west;
    zone->summer = zone->winter + 3600;
    if (*text == '\0') {
        zone->has_tail = true;
        return;
    }
    if (!take_zone_name(&text))
        return;
    if (*text != ',' && take_clock(&text, 24, &west))
        zone->summer = -west;
    zone->has_summer = take_rule(&text, &zone->begin) && take_rule(&text, &zone->end) && !*text;
    zone->has_tail = zone->has_summer;
}

static int64_t days_of(int64_t year, int month, int day)
{
    /* Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* When a rule strikes, on a clock that shows `offset`. */
static int64_t moment_of(const struct rule *rule, int64_t year, int offset)
{
    int64_t first = days_of(year, rule->month, 1);
    int64_t next = rule->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, rule->month + 1, 1);
    int weekday = (int) (((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    int64_t day = first + (rule->weekday - weekday + 7) % 7 + 7 * (rule->week - 1);

    while (day >= next)
        day -= 7;
    return day * DAY_S + rule->second - offset;
}

static int tail_offset(const davy_timezone *zone, int64_t utc_s)
{
    int64_t local_days = (utc_s + zone->winter) / DAY_S;
    int64_t year = 1970 + local_days * 400 / 146097;
    int64_t begin, end;

    if (!zone->has_summer)
        return zone->winter;
    while (days_of(year + 1, 1, 1) <= local_days)
        year++;
    while (days_of(year, 1, 1) > local_days)
        year--;
    begin = moment_of(&zone->begin, year, zone->winter);
    end = moment_of(&zone->end, year, zone->summer);
    if (begin < end)
        return utc_s >= begin && utc_s < end ? zone->summer : zone->winter;
    return utc_s >= end && utc_s < begin ? zone->winter : zone->summer; /* south of the equator */
}

/* ------------------------------------------------------------------------------------------ */

static davy_status fill(davy_timezone *zone, const struct block *block, const uint8_t *end)
{
    char tail[128] = "";

    zone->moments = calloc(block->time_count + 1, sizeof *zone->moments);
    zone->offsets = calloc(block->time_count + 1, sizeof *zone->offsets);
    if (!zone->moments || !zone->offsets)
        return davy_fail(DAVY_ERR_NOMEM, "time zone");
    if (!take_block(zone, block))
        return davy_fail(DAVY_ERR_CORRUPT, "not a time zone");
    if (block->width == 8 && end - block->end > 2 && *block->end == '\n') {
        size_t room = (size_t) (end - block->end) - 1;
        size_t length = room < sizeof tail ? room : sizeof tail - 1;

        memcpy(tail, block->end + 1, length);
        tail[strcspn(tail, "\n")] = '\0';
        take_tail(zone, tail);
    }
    return DAVY_OK;
}

davy_status davy_timezone_parse(const void *bytes, size_t length, davy_timezone **out)
{
    const uint8_t *begin = bytes, *end = begin + length;
    davy_timezone *zone;
    struct block block;
    davy_status status;

    if (!lay_out(begin, length, 4, &block))
        return davy_fail(DAVY_ERR_CORRUPT, "not a time zone");
    if (begin[4] >= '2' && !lay_out(block.end, (size_t) (end - block.end), 8, &block))
        return davy_fail(DAVY_ERR_CORRUPT, "not a time zone");
    zone = calloc(1, sizeof *zone);
    if (!zone)
        return davy_fail(DAVY_ERR_NOMEM, "time zone");
    status = fill(zone, &block, end);
    if (status != DAVY_OK) {
        davy_timezone_close(zone);
        return status;
    }
    *out = zone;
    return DAVY_OK;
}

static davy_status make_utc(davy_timezone **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "time zone");
}

davy_status davy_timezone_open(const char *name, davy_timezone **out)
{
    davy_buffer bytes = {0};
    char path[256];
    davy_status status;

    if (strcmp(name, "UTC") == 0)
        return make_utc(out);
    if (strstr(name, "..") || strlen(name) > 128)
        return davy_fail(DAVY_ERR_NOT_FOUND, "'%.60s' is no time zone", name);
    (void) snprintf(path, sizeof path, DAVY_ZONE_FOLDER "/%s", name);
    status = davy_file_read(path, FILE_MAX_BYTES, &bytes);
    if (status == DAVY_OK)
        status = davy_timezone_parse(bytes.bytes, bytes.length, out);
    davy_buffer_clear(&bytes);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "time zone '%s'", name);
}

int davy_timezone_offset_s(const davy_timezone *zone, int64_t utc_s)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (zone->moments[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->has_tail)
        return tail_offset(zone, utc_s);
    return low == 0 ? zone->first : zone->offsets[low - 1];
}
