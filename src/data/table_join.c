/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table.h"

#include "core/bulk.h"

#include <stdlib.h>
#include <string.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static bool holds(char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

/* Words of both lists, sorted. NULL without memory. */
static char **unite(char *const *a, size_t a_count, char *const *b, size_t b_count, size_t *count)
{
    char **both = calloc(a_count + b_count + 1, sizeof *both);
    bool failed = !both;

    *count = 0;
    for (size_t i = 0; i < a_count + b_count && !failed; i++) {
        const char *word = i < a_count ? a[i] : b[i - a_count];

        if (holds(both, *count, word))
            continue;
        both[*count] = strdup(word);
        failed = !both[*count];
        *count += !failed;
    }
    if (!failed) {
        qsort((void *) both, *count, sizeof *both, by_bytes);
        return both;
    }
    for (size_t i = 0; i < *count; i++)
        free(both[i]);
    free((void *) both);
    return NULL;
}

/* Numbers of words become numbers in a longer list; one beyond the list stays beyond. */
static void renumber(double *values, size_t rows, char *const *from, size_t from_count,
                     char *const *to, size_t to_count)
{
    for (size_t row = 0; row < rows; row++) {
        size_t word = 0;

        if (!(values[row] >= 0))
            continue;
        if (values[row] >= (double) from_count) {
            values[row] = (double) to_count;
            continue;
        }
        while (strcmp(to[word], from[(size_t) values[row]]) != 0)
            word++;
        values[row] = (double) word;
    }
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free((void *) texts);
}

/* Both lists of words become one, and the values of both follow. */
static davy_status unite_words(char ***a, size_t *a_count, double *a_values, size_t a_rows,
                               char ***b, size_t *b_count, double *b_values, size_t b_rows)
{
    size_t count, copied;
    char **both = unite(*a, *a_count, *b, *b_count, &count);
    char **copy = both ? unite(both, count, NULL, 0, &copied) : NULL;

    if (!copy) {
        free_texts(both, both ? count : 0);
        return davy_fail(DAVY_ERR_NOMEM, "words of two tables");
    }
    renumber(a_values, a_rows, *a, *a_count, both, count);
    renumber(b_values, b_rows, *b, *b_count, both, count);
    free_texts(*a, *a_count);
    free_texts(*b, *b_count);
    *a = both;
    *b = copy;
    *a_count = *b_count = count;
    return DAVY_OK;
}

static davy_status check(const davy_table *table, const davy_table *other)
{
    if (table->columns != other->columns)
        return davy_fail(DAVY_ERR_INVALID, "files of one training have %zu and %zu columns",
                         table->columns, other->columns);
    for (size_t j = 0; j < table->columns; j++) {
        const bool words = table->levels && table->levels[j].count > 0;
        const bool others = other->levels && other->levels[j].count > 0;

        if (strcmp(table->names[j], other->names[j]) != 0)
            return davy_fail(DAVY_ERR_INVALID,
                             "files of one training have other columns: '%s' where '%s' was "
                             "expected",
                             other->names[j], table->names[j]);
        if (words != others)
            return davy_fail(DAVY_ERR_INVALID,
                             "column '%s' holds words in some files and numbers in others",
                             table->names[j]);
    }
    if (!table->times != !other->times || !table->labels != !other->labels)
        return davy_fail(DAVY_ERR_INVALID, "some files of one training have %s and others none",
                         !table->times != !other->times ? "times" : "labels");
    if (!table->classes != !other->classes)
        return davy_fail(DAVY_ERR_INVALID, "labels are words in some files and numbers in others");
    return DAVY_OK;
}

static davy_status unite_all(davy_table *table, davy_table *other)
{
    davy_status status = DAVY_OK;

    if (table->classes)
        status = unite_words(&table->classes, &table->class_count, table->labels, table->rows,
                             &other->classes, &other->class_count, other->labels, other->rows);
    for (size_t j = 0; j < table->columns && status == DAVY_OK; j++)
        if (table->levels && table->levels[j].count > 0)
            status =
                unite_words(&table->levels[j].names, &table->levels[j].count,
                            table->values + j * table->rows, table->rows, &other->levels[j].names,
                            &other->levels[j].count, other->values + j * other->rows, other->rows);
    return status;
}

/* A longer array with the other's behind. NULL without memory, or of none. */
static void *append(const void *a, size_t a_count, const void *b, size_t b_count, size_t size,
                    bool *failed)
{
    char *both;

    if (!a)
        return NULL;
    both = davy_bulk_alloc(a_count + b_count, size);
    *failed = *failed || !both;
    if (both) {
        memcpy(both, a, a_count * size);
        memcpy(both + a_count * size, b, b_count * size);
    }
    return both;
}

/* Places of rows as they were read: those of the second table come behind all of the first. */
static size_t *join_places(const davy_table *table, const davy_table *other, bool *failed)
{
    const size_t rows = table->rows + other->rows;
    size_t *places;

    if (!table->places && !other->places)
        return NULL;
    places = davy_bulk_alloc(rows, sizeof *places);
    *failed = *failed || !places;
    for (size_t row = 0; places && row < rows; row++) {
        const davy_table *of = row < table->rows ? table : other;
        const size_t at = row < table->rows ? row : row - table->rows;

        places[row] = (of->places ? of->places[at] : at) + (row - at);
    }
    return places;
}

/* The runs of both; run names of `other` move over. False, and a sentence, without memory. */
static bool join_runs(davy_table *table, davy_table *other)
{
    const size_t count = table->run_count + other->run_count;
    char **names = reallocarray((void *) table->run_names, count + 1, sizeof *names);
    uint8_t *parts;

    if (names)
        table->run_names = names;
    parts = names ? calloc(count + 1, 1) : NULL;
    if (!parts) {
        (void) davy_fail(DAVY_ERR_NOMEM, "no memory for %zu runs", count);
        return false;
    }
    for (size_t r = 0; r < count; r++) {
        const davy_table *of = r < table->run_count ? table : other;
        const size_t at = r < table->run_count ? r : r - table->run_count;

        parts[r] = of->run_parts ? of->run_parts[at] : 0;
    }
    davy_bulk_free(table->run_parts);
    table->run_parts = parts;
    memcpy((void *) (names + table->run_count), (void *) other->run_names,
           other->run_count * sizeof *names);
    free((void *) other->run_names);
    other->run_names = NULL;
    for (size_t row = 0; row < other->rows; row++)
        other->runs[row] += (uint32_t) table->run_count;
    table->run_count = count;
    other->run_count = 0;
    return true;
}

static davy_status join(davy_table *table, davy_table *other)
{
    const size_t a = table->rows, b = other->rows, rows = a + b;
    bool failed = !join_runs(table, other);
    size_t *places = join_places(table, other, &failed);
    double *values = davy_bulk_alloc(rows * table->columns, sizeof *values);
    int64_t *times = append(table->times, a, other->times, b, sizeof *times, &failed);
    double *labels = append(table->labels, a, other->labels, b, sizeof *labels, &failed);
    uint32_t *runs = append(table->runs, a, other->runs, b, sizeof *runs, &failed);

    if (failed || !values) {
        davy_bulk_free(places);
        davy_bulk_free(values);
        davy_bulk_free(times);
        davy_bulk_free(labels);
        davy_bulk_free(runs);
        return davy_fail_in(DAVY_ERR_NOMEM, "a table of %zu rows", rows);
    }
    for (size_t j = 0; j < table->columns; j++) {
        memcpy(values + j * rows, table->values + j * a, a * sizeof *values);
        memcpy(values + j * rows + a, other->values + j * b, b * sizeof *values);
    }
    davy_bulk_free(table->places);
    davy_bulk_free(table->values);
    davy_bulk_free(table->times);
    davy_bulk_free(table->labels);
    davy_bulk_free(table->runs);
    table->places = places;
    table->values = values;
    table->times = times;
    table->labels = labels;
    table->runs = runs;
    table->rows = rows;
    table->independent = table->independent && other->independent;
    return DAVY_OK;
}

davy_status davy_table_join(davy_table *table, davy_table *other)
{
    davy_status status = check(table, other);

    if (status == DAVY_OK)
        status = unite_all(table, other);
    if (status == DAVY_OK)
        status = join(table, other);
    davy_table_clear(other);
    return status;
}
