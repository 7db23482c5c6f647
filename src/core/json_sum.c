/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json_sum.h"

#include "core/buffer.h"
#include "core/file.h"

#include <stdio.h>
#include <string.h>

#define DIGITS (sizeof DAVY_JSON_SUM_NONE - 1)

static const char name[] = "\"checksum\"";

/* The last that is called so; within a string the quotes would have a backslash before them. */
static size_t find_name(const char *text, size_t length)
{
    for (size_t at = length; at >= sizeof name - 1; at--)
        if (memcmp(text + at - (sizeof name - 1), name, sizeof name - 1) == 0)
            return at;
    return 0;
}

/* Where its digits begin; 0: there are none. */
static size_t find_digits(const char *text, size_t length)
{
    size_t at = find_name(text, length);

    if (at == 0 || at >= length || text[at] != ':')
        return 0;
    at++;
    at += at < length && text[at] == ' ';
    if (length - at < DIGITS + 2 || text[at] != '"' || text[at + 1 + DIGITS] != '"')
        return 0;
    return at + 1;
}

static void sum_up(char *text, size_t length, size_t digits, char sum[DIGITS + 1])
{
    memset(text + digits, '0', DIGITS);
    (void) snprintf(sum, DIGITS + 1, "%016llx", (unsigned long long) davy_checksum(text, length));
}

void davy_json_sum_set(char *text, size_t length)
{
    const size_t digits = find_digits(text, length);
    char sum[DIGITS + 1];

    if (digits == 0)
        return;
    sum_up(text, length, digits, sum);
    memcpy(text + digits, sum, DIGITS);
}

davy_status davy_json_sum_check(const char *text, size_t length, bool *has)
{
    const size_t digits = find_digits(text, length);
    char sum[DIGITS + 1];
    davy_buffer copy = {0};
    davy_status status;

    if (has)
        *has = digits > 0;
    if (digits == 0)
        return DAVY_OK;
    davy_buffer_append(&copy, text, length);
    status = davy_buffer_ok(&copy);
    if (status == DAVY_OK) {
        sum_up(copy.bytes, length, digits, sum);
        if (memcmp(text + digits, sum, DIGITS) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT,
                               "its checksum does not fit: it is not as it was written");
    }
    davy_buffer_clear(&copy);
    return status;
}
