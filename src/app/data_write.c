/* SPDX-License-Identifier: Apache-2.0 */
#include "app/data_look.h"
#include "app/infer_answers.h"
#include "core/sample.h"
#include "core/timestamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void write_header(FILE *file, const davy_dataset *dataset, const davy_table *table)
{
    if (dataset->group_column)
        davy_infer_field(file, dataset->group_column, ',');
    if (table->times)
        davy_infer_field(file, dataset->time_column ? dataset->time_column : DAVY_TIME_COLUMN, ',');
    for (size_t c = 0; c < table->columns; c++)
        davy_infer_field(file, table->names[c],
                         c + 1 < table->columns || table->labels ? ',' : '\n');
    if (table->labels)
        davy_infer_field(file, dataset->label_column, '\n');
}

/* As few digits as give the same number again. */
static void write_number(FILE *file, double value, char end)
{
    char text[32];

    for (int digits = 15; digits <= 17; digits++) {
        (void) snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    (void) fprintf(file, "%s%c", text, end);
}

/* A value as it was read: its word, or its digits; nothing for a missing one. */
static void write_value(FILE *file, const davy_table *table, size_t row, size_t column, char end)
{
    const davy_levels *levels = table->levels ? &table->levels[column] : NULL;
    const double value = davy_table_at(table, row, column);

    if (isfinite(value) && levels && levels->count > 0 && value < (double) levels->count)
        davy_infer_field(file, levels->names[(size_t) value], end);
    else if (isfinite(value) && !(levels && levels->count > 0))
        write_number(file, value, end);
    else
        (void) fputc(end, file);
}

static void write_label(FILE *file, const davy_table *table, size_t row)
{
    const double label = table->labels[row];

    if (isfinite(label) && table->classes)
        davy_infer_field(file, table->classes[(size_t) label], '\n');
    else if (isfinite(label))
        write_number(file, label, '\n');
    else
        (void) fputc('\n', file);
}

static void write_row(FILE *file, const davy_dataset *dataset, const davy_table *table, size_t row)
{
    char time[DAVY_TIMESTAMP_MAX];

    if (dataset->group_column)
        davy_infer_field(file, table->run_names[table->runs[row]], ',');
    if (table->times) {
        davy_timestamp_format(table->times[row], table->times[row] % DAVY_NS_PER_S == 0 ? 0 : 9,
                              time);
        (void) fprintf(file, "%s,", time);
    }
    for (size_t c = 0; c < table->columns; c++)
        write_value(file, table, row, c, c + 1 < table->columns || table->labels ? ',' : '\n');
    if (table->labels)
        write_label(file, table, row);
}

davy_status davy_data_write(const char *path, const davy_dataset *dataset, const davy_table *table)
{
    FILE *file = fopen(path, "we");
    bool failed;

    if (!file)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", path);
    write_header(file, dataset, table);
    for (size_t row = 0; row < table->rows; row++)
        write_row(file, dataset, table, row);
    failed = ferror(file) != 0;
    failed = fclose(file) != 0 || failed;
    return failed ? davy_fail(DAVY_ERR_IO, "cannot write '%s'", path) : DAVY_OK;
}
