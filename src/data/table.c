/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table.h"

#include "core/bulk.h"

#include <stdlib.h>
#include <string.h>

static void clear_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count && texts; i++)
        free(texts[i]);
    free((void *) texts);
}

void davy_table_clear(davy_table *table)
{
    clear_texts(table->names, table->columns);
    for (size_t i = 0; table->levels && i < table->columns; i++)
        clear_texts(table->levels[i].names, table->levels[i].count);
    davy_bulk_free(table->levels);
    clear_texts(table->run_names, table->run_count);
    clear_texts(table->classes, table->class_count);
    davy_bulk_free(table->values);
    davy_bulk_free(table->times);
    davy_bulk_free(table->runs);
    davy_bulk_free(table->run_parts);
    davy_bulk_free(table->labels);
    davy_bulk_free(table->places);
    *table = (davy_table){0};
}

/* NULL for nothing to copy; `failed` is set when there was something and no memory for it. */
static void *copy_bytes(const void *bytes, size_t count, size_t size, bool *failed)
{
    void *copy;

    if (!bytes)
        return NULL;
    copy = davy_bulk_alloc(count, size);
    if (copy)
        memcpy(copy, bytes, count * size);
    *failed = *failed || !copy;
    return copy;
}

static char **copy_texts(char *const *texts, size_t count, bool *failed)
{
    char **copy = texts ? calloc(count + 1, sizeof *copy) : NULL;

    *failed = *failed || (texts && !copy);
    for (size_t i = 0; i < count && copy; i++) {
        copy[i] = strdup(texts[i]);
        *failed = *failed || !copy[i];
    }
    if (*failed)
        (void) davy_fail(DAVY_ERR_NOMEM, "no memory for %zu names", count);
    return copy;
}

static davy_levels *copy_levels(const davy_levels *levels, size_t count, bool *failed)
{
    davy_levels *copy = copy_bytes(levels, count, sizeof *levels, failed);

    for (size_t i = 0; i < count && copy; i++)
        copy[i].names = copy_texts(levels[i].names, levels[i].count, failed);
    return copy;
}

davy_status davy_table_copy(const davy_table *table, davy_table *out)
{
    bool failed = false;
    davy_table copy = {
        .rows = table->rows,
        .columns = table->columns,
        .names = copy_texts(table->names, table->columns, &failed),
        .levels = copy_levels(table->levels, table->columns, &failed),
        .values = copy_bytes(table->values, table->columns * table->rows, sizeof(double), &failed),
        .times = copy_bytes(table->times, table->rows, sizeof(int64_t), &failed),
        .runs = copy_bytes(table->runs, table->rows, sizeof(uint32_t), &failed),
        .run_names = copy_texts(table->run_names, table->run_count, &failed),
        .run_count = table->run_count,
        .run_parts = copy_bytes(table->run_parts, table->run_count, 1, &failed),
        .labels = copy_bytes(table->labels, table->rows, sizeof(double), &failed),
        .classes = copy_texts(table->classes, table->class_count, &failed),
        .class_count = table->class_count,
        .independent = table->independent,
    };

    if (failed) {
        davy_table_clear(&copy);
        return davy_fail_in(DAVY_ERR_NOMEM, "copy of a table of %zu rows", table->rows);
    }
    *out = copy;
    return DAVY_OK;
}
