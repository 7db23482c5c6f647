/* SPDX-License-Identifier: Apache-2.0 */
#include "core/quantity.h"
#include "site/unit_convert.h"
#include "site/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Values with a unit: "20 mm", "7 bar", "0.5/h". */

#define NUMBER_MAX ((size_t) 40)
#define UNIT_MAX   ((size_t) 40)

/* An e that no exponent follows belongs to the unit. */
static size_t number_length(const char *text)
{
    size_t length = strspn(text, "+-.0123456789eE");

    while (length > 0 && isalpha((unsigned char) text[length - 1]))
        length--;
    return length;
}

/* The number, and what its unit is in `unit`: value = number * scale + offset. */
static bool split(const char *text, const char *unit, char written[UNIT_MAX], double *number,
                  davy_unit_scale *scale)
{
    size_t length = number_length(text), end = strlen(text);
    char digits[NUMBER_MAX];

    if (length == 0 || length >= sizeof digits || end - length >= UNIT_MAX)
        return false;
    (void) snprintf(digits, sizeof digits, "%.*s", (int) length, text);
    (void) snprintf(written, UNIT_MAX, "%s", text + length + strspn(text + length, " "));
    return *written && davy_number_parse(digits, number) == DAVY_OK &&
           davy_unit_convert(written, unit, scale) == DAVY_OK;
}

bool davy_site_quantity(const char *text, const char *unit, double *value)
{
    char written[UNIT_MAX];
    davy_unit_scale scale;
    double number;

    if (!split(text, unit, written, &number, &scale))
        return false;
    *value = number * scale.scale + scale.offset;
    return true;
}

/* The bounds are told in the unit that was written, where it is one of the field's. */
static void refuse_bounds(davy_site_reader *reader, const davy_site_where *where,
                          const davy_yaml_node *node, const davy_site_field *field,
                          const char *text)
{
    char written[UNIT_MAX];
    davy_unit_scale scale;
    double number;

    if (!split(text, field->with, written, &number, &scale)) {
        scale = (davy_unit_scale){1, 0};
        (void) snprintf(written, sizeof written, "%s", (const char *) field->with);
    }
    davy_site_refuse_value(reader, where, node, field, "'%.60s' is not from %.6g to %.6g %s", text,
                           (field->low - scale.offset) / scale.scale,
                           (field->high - scale.offset) / scale.scale, written);
}

void davy_site_take_quantity(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field,
                             const char *text, double value, void *object)
{
    if (field->low < field->high && (value < field->low || value > field->high))
        refuse_bounds(reader, where, node, field, text);
    else
        *(double *) (void *) ((char *) object + field->offset) = value;
}

void davy_site_read_quantity(davy_site_reader *reader, const davy_site_where *where,
                             const davy_yaml_node *node, const davy_site_field *field, void *object)
{
    const char *text = davy_site_scalar(reader, where, node, field);
    const char *unit = field->with;
    double value;

    if (!text)
        return;
    if (davy_site_quantity(text, unit, &value))
        davy_site_take_quantity(reader, where, node, field, text, value, object);
    else
        davy_site_refuse_value(reader, where, node, field,
                               "'%.60s' is not a number with a unit like %s", text, unit);
}
