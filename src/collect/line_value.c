/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/line_value.h"

#include "core/decimal.h"
#include "core/status.h"

#include <string.h>
#include <strings.h>

/* t, T, true, True, TRUE and their opposites; other cases are not line protocol. */
static bool read_boolean(const char *text, size_t length, double *value)
{
    static const char *const words[2][5] = {{"f", "F", "false", "False", "FALSE"},
                                            {"t", "T", "true", "True", "TRUE"}};

    for (size_t truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 5; i++)
            if (strlen(words[truth][i]) == length && memcmp(words[truth][i], text, length) == 0) {
                *value = (double) truth;
                return true;
            }
    return false;
}

davy_line_form davy_line_whole(const char *text, size_t length, uint64_t limit, bool *negative,
                               uint64_t *magnitude)
{
    const char *at = text, *end = text + length;
    uint64_t total = 0;
    bool past = false;

    *negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end)
        return DAVY_LINE_MALFORMED;
    for (; at < end; at++) {
        uint64_t digit = (uint64_t) (*at - '0');

        if (*at < '0' || *at > '9')
            return DAVY_LINE_MALFORMED;
        past = past || total > (limit - digit) / 10;
        total = total * 10 + digit;
    }
    *magnitude = total;
    return past ? DAVY_LINE_REFUSED : DAVY_LINE_TAKEN;
}

/* "42i" or "42u" without its last letter. */
static davy_line_form read_integer(const char *text, size_t length, bool is_signed, double *value,
                                   const char **reason)
{
    uint64_t limit = UINT64_MAX, magnitude;
    davy_line_form form;
    bool negative;

    if (is_signed)
        limit = (uint64_t) INT64_MAX + (length > 0 && text[0] == '-');
    form = davy_line_whole(text, length, limit, &negative, &magnitude);
    if (form == DAVY_LINE_MALFORMED || (negative && !is_signed))
        return DAVY_LINE_MALFORMED;
    if (form == DAVY_LINE_REFUSED)
        *reason = "an integer past 64 bits";
    else
        *value = negative ? -(double) magnitude : (double) magnitude;
    return form;
}

/* Forms that other systems write for numbers and the protocol does not know. */
static davy_line_form name_odd_number(const char *text, size_t length, const char **reason)
{
    static const char *const words[] = {"nan", "inf", "infinity"};

    if (length > 0 && (*text == '-' || *text == '+')) {
        text++;
        length--;
    }
    *reason = "not a finite number";
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strlen(words[i]) == length && strncasecmp(text, words[i], length) == 0)
            return DAVY_LINE_REFUSED;
    *reason = "a hexadecimal number";
    if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return DAVY_LINE_REFUSED;
    return DAVY_LINE_MALFORMED;
}

davy_line_form davy_line_number(const char *text, size_t length, double *value, const char **reason)
{
    if (length > 0 && (text[length - 1] == 'i' || text[length - 1] == 'u'))
        return read_integer(text, length - 1, text[length - 1] == 'i', value, reason);
    switch (davy_decimal_read(text, length, value)) {
    case DAVY_DECIMAL_OK:
        return DAVY_LINE_TAKEN;
    case DAVY_DECIMAL_LONG:
        *reason = "a number of more than 128 characters";
        return DAVY_LINE_REFUSED;
    case DAVY_DECIMAL_OUT_OF_RANGE:
        *reason = "a number past the largest double";
        return DAVY_LINE_REFUSED;
    case DAVY_DECIMAL_WRONG:
        break;
    }
    return read_boolean(text, length, value) ? DAVY_LINE_TAKEN
                                             : name_odd_number(text, length, reason);
}
