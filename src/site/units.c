/* SPDX-License-Identifier: Apache-2.0 */
#include "site/units.h"

#include "core/status.h"

#include <stdbool.h>
#include <string.h>

/* What plants write, and its code. */
static const struct spelling {
    const char *written, *code;
} spellings[] = {
    {"°C", "Cel"},
    {"℃", "Cel"},
    {"degC", "Cel"},
    {"C°", "Cel"},
    {"celsius", "Cel"},
    {"Celsius", "Cel"},
    {"°F", "[degF]"},
    {"degF", "[degF]"},
    {"Kelvin", "K"},
    {"psi", "[psi]"},
    {"PSI", "[psi]"},
    {"rpm", "/min"},
    {"RPM", "/min"},
    {"m³/h", "m3/h"},
    {"m^3/h", "m3/h"},
    {"m³/s", "m3/s"},
    {"m^3", "m3"},
    {"m³", "m3"},
    {"m²", "m2"},
    {"m^2", "m2"},
    {"m/s²", "m/s2"},
    {"m/s^2", "m/s2"},
    {"Nm3/h", "m3{norm}/h"},
    {"l/min.", "L/min"},
    {"µm", "um"},
    {"μm", "um"},
    {"µS/cm", "uS/cm"},
    {"μS/cm", "uS/cm"},
    {"ppm", "[ppm]"},
    {"ppb", "[ppb]"},
    {"kg/hr", "kg/h"},
    {"sec", "s"},
    {"hr", "h"},
    {"Amps", "A"},
    {"Volt", "V"},
    {"volts", "V"},
    {"mbarg", "mbar{gauge}"},
    {"barg", "bar{gauge}"},
    {"bara", "bar{absolute}"},
    {"Ω", "Ohm"},
    {"percent", "%"},
    {"pH", "[pH]"},
    {"none", "1"},
};

static bool brackets_match(const char *text, char open, char close)
{
    int depth = 0;

    for (; *text && depth >= 0; text++)
        depth += (*text == open) - (*text == close);
    return depth == 0;
}

const char *davy_unit_code(const char *text)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(spellings); i++)
        if (strcmp(text, spellings[i].written) == 0)
            return spellings[i].code;
    for (const char *c = text; *c; c++)
        if (*c < '!' || *c > '~' || strchr("\"\\<>=^|`,;:?@&$", *c))
            return NULL;
    return brackets_match(text, '[', ']') && brackets_match(text, '(', ')') &&
                   brackets_match(text, '{', '}')
               ? text
               : NULL;
}
