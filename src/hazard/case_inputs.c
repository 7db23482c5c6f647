/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case_inputs.h"

#include "core/decimal.h"
#include "hazard/constants.h"

#include <math.h>
#include <string.h>

/* The text behind "name=", and its length up to the next semicolon; NULL when it is not there. */
static const char *find(const davy_case_inputs *inputs, const char *name, size_t *length)
{
    size_t name_length = strlen(name);

    for (const char *at = inputs->text; at; at = strchr(at, ';')) {
        at += *at == ';';
        at += strspn(at, " ");
        if (strncmp(at, name, name_length) == 0 && at[name_length] == '=') {
            *length = strcspn(at + name_length + 1, ";");
            return at + name_length + 1;
        }
    }
    return NULL;
}

size_t davy_case_list(const davy_case_inputs *inputs, const char *name, double *values,
                      size_t capacity)
{
    size_t count = 0, length = 0;
    const char *at = find(inputs, name, &length);
    const char *end = at ? at + length : NULL;

    while (at && at < end && count < capacity) {
        size_t piece = strcspn(at, ",;");

        if (davy_decimal_read(at, piece, &values[count]) != DAVY_DECIMAL_OK)
            return 0;
        count++;
        at += piece + 1;
    }
    return count;
}

double davy_case_number(const davy_case_inputs *inputs, const char *name)
{
    double value;

    return davy_case_list(inputs, name, &value, 1) == 1 ? value : NAN;
}

double davy_case_number_or(const davy_case_inputs *inputs, const char *name, double otherwise)
{
    size_t length;

    return find(inputs, name, &length) ? davy_case_number(inputs, name) : otherwise;
}

davy_stability davy_case_class(const davy_case_inputs *inputs)
{
    size_t length;
    const char *text = find(inputs, "class", &length);

    return text && length == 1 ? davy_stability_of(text[0]) : DAVY_STABILITIES;
}

double davy_case_unit_factor(const char *unit)
{
    static const double degrees = 57.29577951308232; /* in a radian */
    const struct {
        const char *name;
        double factor;
    } units[] = {
        {"-", 1},
        {"m", 1},
        {"m/s", 1},
        {"kg", 1},
        {"kg/s", 1},
        {"kg/m2/s", 1},
        {"kg/m3", 1},
        {"g/m3", 1e3},
        {"mg/m3", 1e6},
        {"mg/m3 (peak)", 1e6},
        {"vol fraction", 1},
        {"ppm", 1e6},
        {"s", 1},
        {"ms", 1e3},
        {"W/m2", 1},
        {"kW/m2", 1e-3},
        {"Pa", 1},
        {"kPa", 1e-3},
        {"psig", 1 / DAVY_PSI},
        {"kJ", 1e-3},
        {"%", 100},
        {"1/a", 1},
        {"deg", degrees},
        {"kPa.ms/kg^(1/3)", 1},
        {"(kW/m2)^(4/3) s", 1},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(units); i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].factor;
    return NAN;
}
