/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/ubj.h"

#include <stdbool.h>
#include <string.h>

/* Values in values that are looked into. XGBoost writes six. */
#define NESTING 32

/* Bytes behind the letter of a type, and 1; 0: another kind of value. */
static const uint8_t sizes[128] = {
    ['Z'] = 1, ['N'] = 1, ['T'] = 1, ['F'] = 1, ['i'] = 2, ['U'] = 2,
    ['C'] = 2, ['I'] = 3, ['l'] = 5, ['d'] = 5, ['L'] = 9, ['D'] = 9};

static size_t left(davy_ubj value)
{
    return value.at ? (size_t) (value.end - value.at) : 0;
}

/* Beyond so many bytes. */
static davy_ubj beyond(davy_ubj value, size_t bytes)
{
    return (davy_ubj){bytes <= left(value) ? value.at + bytes : NULL, value.end};
}

static bool is(davy_ubj value, char letter)
{
    return left(value) > 0 && *value.at == (uint8_t) letter;
}

static uint8_t size_of(davy_ubj value)
{
    return left(value) > 0 && *value.at < sizeof sizes ? sizes[*value.at] : 0;
}

/* Numbers stand with their highest byte first. */
static uint64_t bits_of(const uint8_t *bytes, size_t count)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++)
        bits = bits << 8 | bytes[i];
    return bits;
}

/* What follows a length, which is not more than there are bytes left. */
static davy_ubj length(davy_ubj value, size_t *out)
{
    uint64_t bits;

    *out = 0;
    if (!is(value, 'L') || left(value) < 9)
        return (davy_ubj){NULL, value.end};
    bits = bits_of(value.at + 1, 8);
    value = beyond(value, 9);
    if (bits > left(value))
        return (davy_ubj){NULL, value.end};
    *out = (size_t) bits;
    return value;
}

/* An array's beginning. @param type  of all its values; 0: each says its own */
static davy_ubj open_array(davy_ubj array, size_t *count, char *type)
{
    davy_ubj value = is(array, '[') ? beyond(array, 1) : (davy_ubj){NULL, array.end};

    *count = 0;
    *type = 0;
    if (is(value, '$') && size_of(beyond(value, 1)) > 1) {
        *type = (char) value.at[1];
        value = beyond(value, 2);
    }
    return is(value, '#') ? length(beyond(value, 1), count) : (davy_ubj){NULL, array.end};
}

/* ---------------------------------------------------------------------------------------- skip */

static davy_ubj skip(davy_ubj value, size_t nesting);

static davy_ubj skip_array(davy_ubj array, size_t nesting)
{
    size_t count;
    char type;
    davy_ubj value = open_array(array, &count, &type);

    if (type)
        return count <= left(value) / (sizes[(size_t) type] - 1U)
                   ? beyond(value, count * (sizes[(size_t) type] - 1U))
                   : (davy_ubj){NULL, array.end};
    for (size_t i = 0; i < count && value.at; i++)
        value = skip(value, nesting);
    return value;
}

static davy_ubj skip_text(davy_ubj value)
{
    size_t bytes;

    value = length(value, &bytes);
    return beyond(value, bytes);
}

static davy_ubj skip_object(davy_ubj value, size_t nesting)
{
    while (value.at && !is(value, '}'))
        value = skip(skip_text(value), nesting);
    return beyond(value, 1);
}

static davy_ubj skip(davy_ubj value, size_t nesting)
{
    if (size_of(value) > 0)
        return beyond(value, size_of(value));
    if (nesting > 0 && is(value, '['))
        return skip_array(value, nesting - 1);
    if (nesting > 0 && is(value, '{'))
        return skip_object(beyond(value, 1), nesting - 1);
    return is(value, 'S') ? skip_text(beyond(value, 1)) : (davy_ubj){NULL, value.end};
}

/* ---------------------------------------------------------------------------------------- read */

davy_ubj davy_ubj_member(davy_ubj object, const char *name)
{
    davy_ubj value = is(object, '{') ? beyond(object, 1) : (davy_ubj){NULL, object.end};

    while (value.at && !is(value, '}')) {
        size_t bytes;
        const davy_ubj text = length(value, &bytes);

        value = beyond(text, bytes);
        if (value.at && bytes == strlen(name) && memcmp(text.at, name, bytes) == 0)
            return value;
        value = skip(value, NESTING);
    }
    return (davy_ubj){NULL, object.end};
}

davy_ubj davy_ubj_first(davy_ubj array, size_t *count)
{
    char type;
    const davy_ubj value = open_array(array, count, &type);

    if (value.at && !type)
        return value;
    *count = 0;
    return (davy_ubj){NULL, array.end};
}

davy_ubj davy_ubj_next(davy_ubj value)
{
    return skip(value, NESTING);
}

static int64_t integer(char type, const uint8_t *bytes)
{
    const uint64_t bits = bits_of(bytes, sizes[(size_t) type] - 1U);

    switch (type) {
    case 'i':
        return (int8_t) bits;
    case 'I':
        return (int16_t) bits;
    case 'l':
        return (int32_t) bits;
    default: /* U, L */
        return (int64_t) bits;
    }
}

int64_t davy_ubj_integer(davy_ubj value, int64_t otherwise)
{
    const bool whole = left(value) >= size_of(value) && left(value) > 0 && *value.at != 0 &&
                       strchr("iUIlL", *value.at) != NULL;

    return whole ? integer((char) *value.at, value.at + 1) : otherwise;
}

davy_ubj_list davy_ubj_numbers(davy_ubj array)
{
    davy_ubj_list list = {0};
    const davy_ubj value = open_array(array, &list.count, &list.type);

    if (list.type && skip(array, 1).at)
        list.numbers = value.at;
    else
        list.count = 0;
    return list;
}

double davy_ubj_number(const davy_ubj_list *list, size_t i)
{
    const size_t size = sizes[(size_t) list->type] - 1U;
    const uint8_t *bytes = list->numbers + i * size;
    uint32_t bits;
    float number;

    if (list->type != 'd')
        return (double) integer(list->type, bytes);
    bits = (uint32_t) bits_of(bytes, size);
    memcpy(&number, &bits, sizeof number);
    return (double) number;
}
