/* SPDX-License-Identifier: Apache-2.0 */
#include "site/unit_convert.h"

#include "site/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPONENT_MAX   12
#define ANNOTATION_MAX ((size_t) 64)
#define DIMENSIONS     8 /* m kg s K A mol cd rad: an angle is no share */

/* What a unit is in SI: si = scale * value + offset. */
typedef struct quantity {
    double scale, offset;
    int dimensions[DIMENSIONS];
    char annotations[ANNOTATION_MAX];
} quantity;

struct atom {
    const char *name;
    bool metric; /* takes a prefix */
    double scale;
    int dimensions[DIMENSIONS];
};

static const struct atom atoms[] = {
    {"m", true, 1, {1}},
    {"g", true, 1e-3, {0, 1}},
    {"s", true, 1, {0, 0, 1}},
    {"K", true, 1, {0, 0, 0, 1}},
    {"A", true, 1, {0, 0, 0, 0, 1}},
    {"mol", true, 1, {0, 0, 0, 0, 0, 1}},
    {"cd", true, 1, {0, 0, 0, 0, 0, 0, 1}},
    {"%", false, 1e-2, {0}},
    {"[ppth]", false, 1e-3, {0}},
    {"[ppm]", false, 1e-6, {0}},
    {"[ppb]", false, 1e-9, {0}},
    {"rad", true, 1, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"deg", false, 0.017453292519943295, {0, 0, 0, 0, 0, 0, 0, 1}},
    {"min", false, 60, {0, 0, 1}},
    {"h", false, 3600, {0, 0, 1}},
    {"d", false, 86400, {0, 0, 1}},
    {"wk", false, 604800, {0, 0, 1}},
    {"a", false, 31557600, {0, 0, 1}},
    {"Hz", true, 1, {0, 0, -1}},
    {"L", true, 1e-3, {3}},
    {"l", true, 1e-3, {3}},
    {"t", true, 1e3, {0, 1}},
    {"N", true, 1, {1, 1, -2}},
    {"Pa", true, 1, {-1, 1, -2}},
    {"bar", true, 1e5, {-1, 1, -2}},
    {"atm", false, 101325, {-1, 1, -2}},
    {"m[Hg]", true, 133322, {-1, 1, -2}},
    {"m[H2O]", true, 9806.65, {-1, 1, -2}},
    {"[psi]", false, 6894.757293168361, {-1, 1, -2}},
    {"J", true, 1, {2, 1, -2}},
    {"cal", true, 4.184, {2, 1, -2}},
    {"[Btu_IT]", false, 1055.05585262, {2, 1, -2}},
    {"W", true, 1, {2, 1, -3}},
    {"[HP]", false, 745.6998715822702, {2, 1, -3}},
    {"C", true, 1, {0, 0, 1, 0, 1}},
    {"V", true, 1, {2, 1, -3, 0, -1}},
    {"F", true, 1, {-2, -1, 4, 0, 2}},
    {"Ohm", true, 1, {2, 1, -3, 0, -2}},
    {"S", true, 1, {-2, -1, 3, 0, 2}},
    {"T", true, 1, {0, 1, -2, 0, -1}},
    {"H", true, 1, {2, 1, -2, 0, -2}},
    {"Wb", true, 1, {2, 1, -2, 0, -1}},
    {"lm", true, 1, {0, 0, 0, 0, 0, 0, 1}},
    {"lx", true, 1, {-2, 0, 0, 0, 0, 0, 1}},
    {"P", true, 0.1, {-1, 1, -1}},
    {"St", true, 1e-4, {2, 0, -1}},
    {"[in_i]", false, 0.0254, {1}},
    {"[ft_i]", false, 0.3048, {1}},
    {"[mi_i]", false, 1609.344, {1}},
    {"[gal_us]", false, 3.785411784e-3, {3}},
    {"[lb_av]", false, 0.45359237, {0, 1}},
    {"[lbf_av]", false, 4.4482216152605, {1, 1, -2}},
};

static const struct prefix {
    const char *name;
    double scale;
} prefixes[] = {
    {"da", 1e1}, {"Y", 1e24}, {"Z", 1e21}, {"E", 1e18},  {"P", 1e15},  {"T", 1e12},
    {"G", 1e9},  {"M", 1e6},  {"k", 1e3},  {"h", 1e2},   {"d", 1e-1},  {"c", 1e-2},
    {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9}, {"p", 1e-12}, {"f", 1e-15}, {"a", 1e-18},
};

static const struct atom *find_atom(const char *text, size_t length)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(atoms); i++)
        if (strlen(atoms[i].name) == length && memcmp(atoms[i].name, text, length) == 0)
            return &atoms[i];
    return NULL;
}

/* "kPa": an atom goes before a prefix and an atom, so that "min" is no milli-inch. */
static const struct atom *find_symbol(const char *text, size_t length, double *scale)
{
    const struct atom *atom = find_atom(text, length);

    *scale = 1;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(prefixes) && !atom; i++) {
        const size_t skip = strlen(prefixes[i].name);

        if (length <= skip || memcmp(text, prefixes[i].name, skip) != 0)
            continue;
        atom = find_atom(text + skip, length - skip);
        atom = atom && atom->metric ? atom : NULL;
        *scale = prefixes[i].scale;
    }
    return atom;
}

/* How long the letters of a symbol are; digits inside of brackets are letters. */
static size_t symbol_length(const char *text)
{
    bool inside = false;
    size_t length = 0;

    for (; text[length] && (inside || !strchr("./{+-0123456789", text[length])); length++)
        inside = text[length] == '[' || (inside && text[length] != ']');
    return length;
}

/* "{gauge}" goes to the annotations of the unit. */
static bool read_annotation(const char **text, quantity *out)
{
    const char *end = strchr(*text, '}');
    const size_t used = strlen(out->annotations), length = end ? (size_t) (end - *text) + 1 : 0;

    if (length == 0 || used + length >= ANNOTATION_MAX)
        return false;
    memcpy(out->annotations + used, *text, length);
    out->annotations[used + length] = '\0';
    *text = end + 1;
    return true;
}

static bool read_exponent(const char **text, int *exponent)
{
    char *end;
    const long value = strtol(*text, &end, 10);

    *exponent = 1;
    if (end == *text)
        return **text != '+' && **text != '-';
    *text = end;
    *exponent = (int) value;
    return value >= -EXPONENT_MAX && value <= EXPONENT_MAX && value != 0;
}

/* A symbol with its exponent, or a plain number. */
static bool read_component(const char **text, bool divides, quantity *out)
{
    const size_t length = symbol_length(*text);
    const struct atom *atom;
    double prefix;
    int exponent;
    char *end;

    if (length == 0 && **text >= '0' && **text <= '9') {
        const double number = strtod(*text, &end);

        *text = end;
        out->scale *= divides ? 1 / number : number;
        return number > 0;
    }
    atom = find_symbol(*text, length, &prefix);
    *text += length;
    if (!atom || !read_exponent(text, &exponent))
        return false;
    exponent = divides ? -exponent : exponent;
    out->scale *= pow(prefix * atom->scale, exponent);
    for (size_t i = 0; i < DIMENSIONS; i++)
        out->dimensions[i] += exponent * atom->dimensions[i];
    return true;
}

/* "m3{norm}/h", from left to right. */
static bool read_terms(const char *text, quantity *out)
{
    bool divides = *text == '/';

    text += divides;
    while (*text) {
        if (*text != '{' && !read_component(&text, divides, out))
            return false;
        while (*text == '{')
            if (!read_annotation(&text, out))
                return false;
        if (*text && *text != '.' && *text != '/')
            return false;
        divides = *text == '/';
        if (*text && !*++text)
            return false;
    }
    return true;
}

static bool read_unit(const char *code, quantity *out)
{
    static const quantity special[] = {{1, 273.15, {0, 0, 0, 1}, ""},
                                       {5.0 / 9.0, 459.67 * 5.0 / 9.0, {0, 0, 0, 1}, ""}};

    *out = (quantity){.scale = 1};
    if (strcmp(code, "Cel") == 0 || strcmp(code, "[degF]") == 0) {
        *out = special[code[0] == '['];
        return true;
    }
    return read_terms(code, out) && isfinite(out->scale) && out->scale > 0;
}

/* To 15 digits, so that L/min is 0.06 m3/h and not a rounding error more. */
static double rounded(double value)
{
    char text[32];

    (void) snprintf(text, sizeof text, "%.15g", value);
    return strtod(text, NULL);
}

davy_status davy_unit_convert(const char *from, const char *to, davy_unit_scale *out)
{
    const char *from_code = davy_unit_code(from), *to_code = davy_unit_code(to);
    quantity a, b;

    if (!from_code || !to_code)
        return davy_fail(DAVY_ERR_INVALID, "'%.40s' is no unit", from_code ? to : from);
    if (strcmp(from_code, to_code) == 0) {
        *out = (davy_unit_scale){1, 0};
        return DAVY_OK;
    }
    if (!read_unit(from_code, &a) || !read_unit(to_code, &b))
        return davy_fail(DAVY_ERR_INVALID, "'%.40s' is a unit that davy cannot convert",
                         read_unit(from_code, &a) ? to : from);
    if (memcmp(a.dimensions, b.dimensions, sizeof a.dimensions) != 0 ||
        strcmp(a.annotations, b.annotations) != 0)
        return davy_fail(DAVY_ERR_INVALID, "'%.40s' is not what '%.40s' is a unit of", from, to);
    *out = (davy_unit_scale){rounded(a.scale / b.scale), rounded((a.offset - b.offset) / b.scale)};
    return DAVY_OK;
}
