/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * A recipe of cleaning from a command line or a stranger's model.json, up to a line end, and rows
 * out of the bytes behind it. Whatever the recipe says, live rows are cleaned as the table is.
 */
#include "data/cleaning.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX   ((size_t) 200)
#define RECIPE_MAX ((size_t) 4000)
#define COLUMNS    2

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A byte for each row: high ones are holes, steps of time, runs. */
static davy_table make_table(const uint8_t *bytes, size_t rows)
{
    static const char *const names[COLUMNS] = {"a", "b"};
    davy_table table = {.rows = rows, .columns = COLUMNS, .run_count = 1};
    int64_t time_ns = 0;

    table.names = calloc(COLUMNS, sizeof *table.names);
    table.values = calloc(COLUMNS * rows + 1, sizeof *table.values);
    table.times = calloc(rows + 1, sizeof *table.times);
    table.runs = calloc(rows + 1, sizeof *table.runs);
    table.run_names = calloc(1, sizeof *table.run_names);
    for (size_t c = 0; c < COLUMNS; c++)
        table.names[c] = strdup(names[c]);
    table.run_names[0] = strdup("run");
    for (size_t row = 0; row < rows; row++) {
        table.values[row] = bytes[row] > 250 ? INFINITY : bytes[row] > 220 ? NAN : bytes[row] / 8;
        table.values[rows + row] = bytes[row] % 7;
        table.times[row] = time_ns += bytes[row] == 200 ? 60000000000 : 1000000000;
    }
    return table;
}

static bool same(double x, double y)
{
    return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
}

static void check_live(const davy_cleaning *cleaning, const davy_table *raw,
                       const davy_table *cleaned, int64_t period_ns)
{
    davy_cleaner *cleaner = NULL;

    if (davy_cleaner_create(cleaning, &cleaner) != DAVY_OK)
        return;
    assert(raw->rows == cleaned->rows);
    for (size_t row = 0; row < raw->rows; row++) {
        double now[COLUMNS];

        if (davy_clean_begins(raw, row, period_ns))
            davy_cleaner_reset(cleaner);
        for (size_t c = 0; c < COLUMNS; c++)
            now[c] = davy_table_at(raw, row, c);
        davy_cleaner_push(cleaner, now);
        for (size_t c = 0; c < COLUMNS; c++)
            assert(same(now[c], davy_table_at(cleaned, row, c)));
    }
    davy_cleaner_destroy(cleaner);
}

static void run(const char *recipe, const uint8_t *bytes, size_t rows)
{
    davy_table table = make_table(bytes, rows), raw = {0};
    davy_cleaning cleaning = {0};
    davy_clean_tally tally = {0};
    int64_t period_ns = 0;

    if (davy_cleaning_parse(recipe, &cleaning) == DAVY_OK) {
        assert(strcmp(cleaning.text, recipe) == 0);
        if (davy_cleaning_learn(&cleaning, &table, NULL) == DAVY_OK &&
            davy_table_copy(&table, &raw) == DAVY_OK &&
            davy_clean_period(&table, &period_ns) == DAVY_OK &&
            davy_cleaning_apply(&cleaning, &table, period_ns, &tally) == DAVY_OK) {
            assert(davy_cleaning_fits(&cleaning) && tally.rows_after == table.rows);
            check_live(&cleaning, &raw, &table, period_ns);
        }
    }
    davy_clean_tally_clear(&tally);
    davy_cleaning_clear(&cleaning);
    davy_table_clear(&raw);
    davy_table_clear(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    const size_t length = end ? (size_t) (end - data) : size;
    const size_t left = end ? size - length - 1 : 0;
    char recipe[RECIPE_MAX + 1];

    if (length > RECIPE_MAX || memchr(data, '\0', length))
        return 0;
    if (length > 0)
        memcpy(recipe, data, length);
    recipe[length] = '\0';
    run(recipe, end ? end + 1 : data, left < ROWS_MAX ? left : ROWS_MAX);
    return 0;
}
