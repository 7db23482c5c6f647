/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/promql.h"

#include <ctype.h>
#include <string.h>

/* The longest first of those that begin alike. */
static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"ms", INT64_C(1000000)},          {"s", INT64_C(1000000000)},
    {"m", INT64_C(60000000000)},       {"h", INT64_C(3600000000000)},
    {"d", INT64_C(86400000000000)},    {"w", INT64_C(604800000000000)},
    {"y", INT64_C(31536000000000000)},
};

davy_status davy_promql_duration(const char *text, size_t length, int64_t *out)
{
    const char *end = text + length;
    int64_t sum = 0;

    while (text < end) {
        int64_t number = 0;
        size_t unit = 0;

        if (!isdigit((unsigned char) *text))
            return davy_fail(DAVY_ERR_INVALID, "a duration is like 5m, 1h30m or 100ms");
        for (; text < end && isdigit((unsigned char) *text); text++)
            if (number < INT64_MAX / 16)
                number = 10 * number + (*text - '0');
        while (unit < DAVY_ARRAY_LENGTH(units) &&
               ((size_t) (end - text) < strlen(units[unit].name) ||
                strncmp(text, units[unit].name, strlen(units[unit].name)) != 0))
            unit++;
        if (unit == DAVY_ARRAY_LENGTH(units))
            return davy_fail(DAVY_ERR_INVALID, "a duration has one of ms s m h d w y");
        if (number > (DAVY_PROMQL_DURATION_MAX_NS - sum) / units[unit].ns)
            return davy_fail(DAVY_ERR_INVALID, "a duration is 100 years at most");
        sum += number * units[unit].ns;
        text += strlen(units[unit].name);
    }
    if (sum == 0)
        return davy_fail(DAVY_ERR_INVALID, "a duration is longer than 0");
    *out = sum;
    return DAVY_OK;
}
