/* SPDX-License-Identifier: Apache-2.0 */
#include "app/units.h"

#include "core/pattern.h"
#include "site/unit_convert.h"
#include "site/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_MAX ((size_t) 512)

/* "COL=UNIT"; a column's name may hold '=', a unit does not. */
static davy_status read_word(const char *word, char column[COLUMN_MAX], const char **unit)
{
    const char *equals = strrchr(word, '=');

    if (!equals || equals == word || (size_t) (equals - word) >= COLUMN_MAX)
        return davy_fail(DAVY_ERR_INVALID, "--units %.100s: say COL=UNIT, as T-101/level=%%", word);
    *unit = davy_unit_code(equals + 1);
    if (!*unit)
        return davy_fail(DAVY_ERR_INVALID, "--units %.100s: '%.40s' is no unit", word, equals + 1);
    memcpy(column, word, (size_t) (equals - word));
    column[equals - word] = '\0';
    return DAVY_OK;
}

static const char *site_unit(const davy_site *site, const char *column)
{
    const davy_site_signal *signal = site ? davy_site_find_signal(site, column) : NULL;

    return signal && signal->unit ? signal->unit : "";
}

/* The unit that a column is to have; "" when it may stay as it is. */
static davy_status find_target(const davy_site *site, const davy_known_units *known,
                               const char *column, const char **unit)
{
    *unit = site_unit(site, column);
    for (size_t i = 0; i < known->count; i++) {
        if (strcmp(known->signals[i], column) != 0)
            continue;
        *unit = known->units && known->units[i] ? known->units[i] : "";
        if (!(*unit)[0])
            return davy_fail(DAVY_ERR_INVALID,
                             "model '%s' does not know the unit of '%s', so nothing can be "
                             "converted: train it with --units or --site",
                             known->model, column);
    }
    return DAVY_OK;
}

static davy_status convert_column(const davy_site *site, const davy_known_units *known,
                                  const char *unit, size_t column, davy_table *table)
{
    double *values = table->values + column * table->rows;
    const char *target;
    davy_unit_scale by;
    davy_status status = find_target(site, known, table->names[column], &target);

    if (status != DAVY_OK || !target[0])
        return status;
    status = davy_unit_convert(unit, target, &by);
    for (size_t row = 0; row < table->rows && status == DAVY_OK; row++)
        values[row] = values[row] * by.scale + by.offset;
    return status;
}

static davy_status convert_word(const char *word, const davy_site *site,
                                const davy_known_units *known, davy_table *table)
{
    char column[COLUMN_MAX];
    const char *unit;
    size_t matched = 0;
    davy_status status = read_word(word, column, &unit);

    for (size_t j = 0; j < table->columns && status == DAVY_OK; j++) {
        if (!davy_pattern_matches(column, table->names[j]))
            continue;
        matched++;
        if (table->levels && table->levels[j].count > 0)
            status = davy_fail(DAVY_ERR_INVALID, "column '%s' holds words", table->names[j]);
        else
            status = convert_column(site, known, unit, j, table);
        if (status != DAVY_OK)
            status = davy_fail_in(status, "--units %.100s", word);
    }
    if (status == DAVY_OK && matched == 0)
        return davy_fail(DAVY_ERR_INVALID, "--units %.100s: there is no column '%s'", word, column);
    return status;
}

/* What the words say of a column; "" when they say nothing. */
static const char *said_unit(const davy_option_list *words, const char *name)
{
    const char *said = "", *unit;
    char column[COLUMN_MAX];

    for (size_t i = 0; i < words->count; i++)
        if (read_word(words->items[i], column, &unit) == DAVY_OK &&
            davy_pattern_matches(column, name))
            said = unit;
    return said;
}

/* A site may have another unit than the one that the model learnt, also where no word says so. */
static davy_status convert_from_site(const davy_option_list *words, const davy_site *site,
                                     const davy_known_units *known, davy_table *table)
{
    davy_status status = DAVY_OK;

    for (size_t j = 0; j < table->columns && known->units && status == DAVY_OK; j++) {
        const char *unit = site_unit(site, table->names[j]), *target = "";

        for (size_t i = 0; i < known->count; i++)
            if (strcmp(known->signals[i], table->names[j]) == 0 && known->units[i])
                target = known->units[i];
        if (unit[0] && target[0] && strcmp(unit, target) != 0 &&
            !said_unit(words, table->names[j])[0]) {
            status = convert_column(site, known, unit, j, table);
            if (status != DAVY_OK)
                status = davy_fail_in(status, "signal '%s' of this site", table->names[j]);
        }
    }
    return status;
}

davy_status davy_units_convert(const davy_option_list *words, const davy_site *site,
                               const davy_known_units *known, davy_table *table)
{
    davy_status status = convert_from_site(words, site, known, table);

    for (size_t i = 0; i < words->count && status == DAVY_OK; i++)
        status = convert_word(words->items[i], site, known, table);
    return status;
}

davy_status davy_units_tell(const davy_option_list *words, const davy_table *table,
                            const char *const *units, davy_buffer *said)
{
    for (size_t j = 0; j < table->columns; j++) {
        const char *from = said_unit(words, table->names[j]);
        size_t values = 0;

        if (!from[0] || strcmp(from, units[j]) == 0)
            continue;
        for (size_t row = 0; row < table->rows; row++)
            values += !isnan(davy_table_at(table, row, j));
        davy_buffer_printf(said, "%s%s from %s into %s (%zu values)", said->length > 0 ? "; " : "",
                           table->names[j], from, units[j], values);
    }
    return davy_buffer_ok(said);
}

const char **davy_units_of(const davy_option_list *words, const davy_site *site,
                           const davy_table *table)
{
    const char **units = calloc(table->columns + 1, sizeof *units);

    for (size_t j = 0; units && j < table->columns; j++) {
        units[j] = site_unit(site, table->names[j]);
        if (!units[j][0])
            units[j] = said_unit(words, table->names[j]);
    }
    return units;
}
