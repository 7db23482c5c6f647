/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"

#include "core/sample.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three hundred years: the longest span nanoseconds in 64 bits hold is 292 years. */
#define DURATION_MAX_NS 9.2e18

struct unit {
    const char *name;
    double factor;
};

static const struct unit duration_units[] = {
    {"ns", 1},         {"us", 1e3},       {"ms", 1e6},        {"s", 1e9},
    {"sec", 1e9},      {"min", 60e9},     {"m", 60e9},        {"h", 3600e9},
    {"hour", 3600e9},  {"hours", 3600e9}, {"d", 86400e9},     {"day", 86400e9},
    {"days", 86400e9}, {"w", 604800e9},   {"week", 604800e9}, {"weeks", 604800e9},
};

/* Events per day for one event in the named span. A month is 30 days. */
static const struct unit rate_units[] = {
    {"s", 86400},        {"second", 86400}, {"min", 1440}, {"minute", 1440}, {"h", 24},
    {"hour", 24},        {"d", 1},          {"day", 1},    {"w", 1.0 / 7},   {"week", 1.0 / 7},
    {"month", 1.0 / 30},
};

static const struct unit mass_units[] = {{"t", 1000}, {"kg", 1}, {"g", 1e-3}, {"mg", 1e-6}};

/* Only plain decimals: strtod alone would also take "inf", "nan" and hexadecimal. */
static bool read_number(const char **cursor, double *value)
{
    const char *start = *cursor;
    char *end;

    while (isspace((unsigned char) *start))
        start++;
    if (!isdigit((unsigned char) start[*start == '-' || *start == '+']) && *start != '.' &&
        !(start[0] && start[1] == '.'))
        return false;
    if (strspn(start, "+-.0123456789eE") == 0 || start[strspn(start, "+-0")] == 'x')
        return false;
    *value = strtod(start, &end);
    if (end == start || !isfinite(*value))
        return false;
    *cursor = end;
    return true;
}

static bool read_unit(const char *cursor, const struct unit *units, size_t count, double *factor)
{
    size_t length;

    while (isspace((unsigned char) *cursor))
        cursor++;
    length = strlen(cursor);
    while (length > 0 && isspace((unsigned char) cursor[length - 1]))
        length--;
    for (size_t i = 0; i < count; i++)
        if (strlen(units[i].name) == length && memcmp(units[i].name, cursor, length) == 0) {
            *factor = units[i].factor;
            return true;
        }
    return false;
}

davy_status davy_duration_parse(const char *text, int64_t *ns)
{
    const char *cursor = text;
    double value, factor;

    if (!read_number(&cursor, &value) ||
        !read_unit(cursor, duration_units, DAVY_ARRAY_LENGTH(duration_units), &factor) ||
        value * factor < 1.0 || value * factor > DURATION_MAX_NS)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%.60s' is not a duration; write a number and ms, s, min, h, d or week",
                         text);
    *ns = (int64_t) llround(value * factor);
    return DAVY_OK;
}

void davy_duration_format(int64_t ns, char *text, size_t capacity)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"d", 86400 * DAVY_NS_PER_S},
                 {"h", 3600 * DAVY_NS_PER_S},
                 {"min", 60 * DAVY_NS_PER_S},
                 {"s", DAVY_NS_PER_S},
                 {"ms", DAVY_NS_PER_MS},
                 {"us", DAVY_NS_PER_US},
                 {"ns", 1}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(units); i++)
        if (ns % units[i].ns == 0 && (ns != 0 || units[i].ns == DAVY_NS_PER_S)) {
            (void) snprintf(text, capacity, "%lld%s", (long long) (ns / units[i].ns),
                            units[i].name);
            return;
        }
}

davy_status davy_rate_parse(const char *text, double *per_day)
{
    const char *cursor = text;
    double value, factor;

    if (!read_number(&cursor, &value))
        goto fail;
    while (isspace((unsigned char) *cursor))
        cursor++;
    if (*cursor != '/' ||
        !read_unit(cursor + 1, rate_units, DAVY_ARRAY_LENGTH(rate_units), &factor) || value <= 0.0)
        goto fail;
    *per_day = value * factor;
    return DAVY_OK;

fail:
    return davy_fail(DAVY_ERR_INVALID,
                     "'%.60s' is not a rate; write for example 1/week, 2/day or 6/hour", text);
}

davy_status davy_mass_parse(const char *text, double *kg)
{
    const char *cursor = text;
    double value, factor;

    if (!read_number(&cursor, &value) || value < 0.0 ||
        !read_unit(cursor, mass_units, DAVY_ARRAY_LENGTH(mass_units), &factor))
        return davy_fail(DAVY_ERR_INVALID, "'%.60s' is not a mass; write a number and t, kg or g",
                         text);
    *kg = value * factor;
    return DAVY_OK;
}

davy_status davy_number_parse(const char *text, double *value)
{
    const char *cursor = text;

    if (read_number(&cursor, value)) {
        while (isspace((unsigned char) *cursor))
            cursor++;
        if (*cursor == '\0')
            return DAVY_OK;
    }
    return davy_fail(DAVY_ERR_INVALID, "'%.60s' is not a number", text);
}
