/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table_stream_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table above this is told of before it is read. */
#define LARGE ((uint64_t) 1 << 30)

/* Pieces of a table as they were read; made one at the end. */
typedef struct pieces {
    davy_table *items; /* values, times, labels, runs; no names */
    size_t count, capacity;
    size_t rows;
} pieces;

static void piece_clear(davy_table *piece)
{
    free(piece->values);
    free(piece->times);
    free(piece->labels);
    free(piece->runs);
    *piece = (davy_table){0};
}

static void pieces_clear(pieces *all)
{
    for (size_t i = 0; i < all->count; i++)
        piece_clear(&all->items[i]);
    free(all->items);
    *all = (pieces){0};
}

/* NULL for nothing to copy, or without memory. */
static void *copy(const void *bytes, size_t count, size_t size)
{
    void *to = bytes ? malloc(count * size + 1) : NULL;

    if (to)
        memcpy(to, bytes, count * size);
    return to;
}

static davy_status add_piece(pieces *all, const davy_table *chunk)
{
    davy_table *piece;

    if (all->count == all->capacity) {
        const size_t capacity = all->capacity ? all->capacity * 2 : 64;
        davy_table *items = reallocarray(all->items, capacity, sizeof *items);

        if (!items)
            return davy_fail(DAVY_ERR_NOMEM, "%zu rows", all->rows);
        all->items = items;
        all->capacity = capacity;
    }
    piece = &all->items[all->count++];
    *piece = (davy_table){
        .rows = chunk->rows,
        .values = copy(chunk->values, chunk->rows * chunk->columns, sizeof *chunk->values),
        .times = copy(chunk->times, chunk->rows, sizeof *chunk->times),
        .labels = copy(chunk->labels, chunk->rows, sizeof *chunk->labels),
        .runs = copy(chunk->runs, chunk->rows, sizeof *chunk->runs)};
    all->rows += chunk->rows;
    if (!piece->values || !piece->runs || (chunk->times && !piece->times) ||
        (chunk->labels && !piece->labels))
        return davy_fail(DAVY_ERR_NOMEM, "%zu rows", all->rows);
    return DAVY_OK;
}

/* Bytes of a row in a table. */
static size_t row_size(const davy_table_stream *in)
{
    return in->column_count * sizeof(double) + sizeof(uint32_t) + sizeof(size_t) +
           (in->chunk.times ? sizeof(int64_t) : 0) + (in->chunk.labels ? sizeof(double) : 0);
}

static davy_status fail_large(const davy_table_stream *in, double rows)
{
    return davy_fail(
        DAVY_ERR_FULL,
        "%s%s: about %.3g rows of %zu columns take %.3g GB of memory, and %.3g GB may be taken; "
        "name fewer columns with --columns, or read fewer files at a time",
        in->facts.files[0], in->facts.file_count > 1 ? " and others" : "", rows, in->column_count,
        rows * (double) row_size(in) / 1e9, (double) in->options->memory_max / 1e9);
}

/* Said and refused before it is taken, by the size of the files and of the first rows. */
static davy_status check_memory(const davy_table_stream *in)
{
    const davy_table_facts *facts = &in->facts;
    const double share = facts->bytes > 0 ? (double) facts->bytes_total / (double) facts->bytes : 1;
    const double rows = (double) facts->rows * (facts->whole ? 1 : share);
    const double bytes = rows * (double) row_size(in);
    char text[200];

    if (in->options->memory_max > 0 && bytes > (double) in->options->memory_max)
        return fail_large(in, rows);
    if (bytes < (double) LARGE || !in->options->note)
        return DAVY_OK;
    (void) snprintf(text, sizeof text, "about %.3g rows of %zu columns take %.3g GB of memory",
                    rows, in->column_count, bytes / 1e9);
    in->options->note(in->options->note_context, text);
    return DAVY_OK;
}

/* An estimate may be wrong; the limit is not. */
static davy_status check_pieces(const davy_table_stream *in, const pieces *all)
{
    if (in->options->memory_max > 0 &&
        (double) all->rows * (double) row_size(in) > (double) in->options->memory_max)
        return fail_large(in, (double) all->rows);
    return DAVY_OK;
}

/* Words that were few in the first rows may hardly come again in all of them. */
static davy_status check_words(davy_table_stream *in)
{
    for (size_t c = 0; c < in->column_count; c++) {
        const stream_column *column = &in->columns[c];

        if (column->type == DAVY_COLUMN_CATEGORY && !column->known && !in->facts.whole &&
            column->words.count > DAVY_LEVELS_FEW && column->words.count * 2 > column->cells) {
            in->contradicted = true;
            return davy_fail(DAVY_ERR_INVALID, "column '%s' is no category", column->name);
        }
    }
    return DAVY_OK;
}

static davy_status read_pieces(davy_table_stream *in, pieces *all)
{
    const davy_table *chunk = NULL;
    davy_status status = check_memory(in);

    while (status == DAVY_OK) {
        status = davy_table_stream_next(in, &chunk);
        if (status != DAVY_OK || !chunk)
            break;
        status = add_piece(all, chunk);
        if (status == DAVY_OK)
            status = check_pieces(in, all);
    }
    if (status == DAVY_OK)
        status = check_words(in);
    if (status == DAVY_OK && (all->rows == 0 || in->column_count == 0))
        status = davy_fail(DAVY_ERR_INVALID, "%s: %s", in->facts.files[0],
                           all->rows == 0 ? "no rows" : "no column holds numbers only");
    return status;
}

/* Where each row goes, by run, as read within a run: of row i of all, its row in the table. NULL
 * without memory. */
static size_t *order_rows(const pieces *all, size_t run_count)
{
    size_t *next = calloc(run_count + 1, sizeof *next);
    size_t *order = calloc(all->rows + 1, sizeof *order), row = 0;

    if (!next || !order) {
        free(next);
        free(order);
        return NULL;
    }
    for (size_t p = 0; p < all->count; p++)
        for (size_t i = 0; i < all->items[p].rows; i++)
            next[all->items[p].runs[i] + 1]++;
    for (size_t r = 1; r <= run_count; r++)
        next[r] += next[r - 1];
    for (size_t p = 0; p < all->count; p++)
        for (size_t i = 0; i < all->items[p].rows; i++)
            order[row++] = next[all->items[p].runs[i]]++;
    free(next);
    return order;
}

static davy_status table_init(const davy_table_stream *in, size_t rows, davy_table *table)
{
    const size_t columns = in->column_count;

    *table = (davy_table){.rows = rows, .columns = columns, .independent = in->chunk.independent};
    table->names = calloc(columns, sizeof *table->names);
    table->values = calloc(columns * rows, sizeof *table->values);
    table->runs = calloc(rows, sizeof *table->runs);
    table->places = calloc(rows, sizeof *table->places);
    table->times = in->chunk.times ? calloc(rows, sizeof *table->times) : NULL;
    table->labels = in->chunk.labels ? calloc(rows, sizeof *table->labels) : NULL;
    if (!table->names || !table->values || !table->runs || !table->places ||
        (in->chunk.times && !table->times) || (in->chunk.labels && !table->labels))
        return davy_fail(DAVY_ERR_NOMEM, "table of %zu rows", rows);
    return DAVY_OK;
}

/* Rows that stand together in the table, as they mostly do, are copied as one. */
static bool is_stretch(const size_t *order, size_t rows)
{
    for (size_t i = 1; i < rows; i++)
        if (order[i] != order[0] + i)
            return false;
    return true;
}

/* A piece goes to its rows, and its memory goes back. */
static void move_piece(davy_table *table, davy_table *piece, const size_t *order, size_t first)
{
    const bool stretch = is_stretch(order, piece->rows);

    for (size_t c = 0; c < table->columns; c++) {
        double *to = table->values + c * table->rows;
        const double *from = piece->values + c * piece->rows;

        if (stretch)
            memcpy(to + order[0], from, piece->rows * sizeof *to);
        for (size_t i = 0; i < piece->rows && !stretch; i++)
            to[order[i]] = from[i];
    }
    for (size_t i = 0; i < piece->rows; i++) {
        table->runs[order[i]] = piece->runs[i];
        table->places[order[i]] = first + i;
        if (table->times)
            table->times[order[i]] = piece->times[i];
        if (table->labels)
            table->labels[order[i]] = piece->labels[i];
    }
    piece_clear(piece);
}

/* The words of a column in the order of their bytes, and its values with them. A model's are in the
 * order that it knows. */
static davy_status sort_words(stream_column *column, double *values, size_t rows, davy_levels *out)
{
    size_t *places = calloc(column->words.count + 1, sizeof *places);
    davy_status status = DAVY_OK;

    if (!places)
        return davy_fail(DAVY_ERR_NOMEM, "column '%s'", column->name);
    if (!column->known)
        status = davy_word_list_sort(&column->words, places);
    for (size_t row = 0; row < rows && status == DAVY_OK && !column->known; row++)
        if (!isnan(values[row]))
            values[row] = (double) places[(size_t) values[row]];
    free(places);
    if (status != DAVY_OK)
        return status;
    *out = (davy_levels){column->words.names, column->words.count};
    column->words.names = NULL;
    column->words.count = 0;
    return DAVY_OK;
}

static davy_status take_levels(davy_table_stream *in, davy_table *table)
{
    davy_status status = DAVY_OK;
    size_t categories = 0;

    for (size_t c = 0; c < in->column_count; c++)
        categories += in->columns[c].type == DAVY_COLUMN_CATEGORY;
    if (categories == 0)
        return DAVY_OK;
    table->levels = calloc(table->columns, sizeof *table->levels);
    if (!table->levels)
        return davy_fail(DAVY_ERR_NOMEM, "words of %zu columns", categories);
    for (size_t c = 0; c < in->column_count && status == DAVY_OK; c++)
        if (in->columns[c].type == DAVY_COLUMN_CATEGORY)
            status = sort_words(&in->columns[c], table->values + c * table->rows, table->rows,
                                &table->levels[c]);
    return status;
}

/* What the stream holds of all rows becomes the table's. */
static void take_texts(davy_table_stream *in, davy_table *table)
{
    for (size_t c = 0; c < table->columns; c++) {
        table->names[c] = in->chunk.names[c];
        in->chunk.names[c] = NULL;
    }
    table->run_names = in->chunk.run_names;
    table->run_count = in->chunk.run_count;
    in->chunk.run_names = NULL;
    in->chunk.run_count = 0;
    davy_class_list_sort(&in->classes, table->labels, table->rows);
    table->classes = in->classes.names;
    table->class_count = in->classes.count;
    in->classes = (davy_class_list){0};
}

static davy_status make_table(davy_table_stream *in, pieces *all, davy_table *out)
{
    davy_table table = {0};
    size_t *order = order_rows(all, in->chunk.run_count), first = 0;
    davy_status status = order ? table_init(in, all->rows, &table)
                               : davy_fail(DAVY_ERR_NOMEM, "table of %zu rows", all->rows);

    for (size_t p = 0; p < all->count && status == DAVY_OK; p++) {
        const size_t rows = all->items[p].rows;

        move_piece(&table, &all->items[p], order + first, first);
        first += rows;
    }
    free(order);
    if (status == DAVY_OK) {
        take_texts(in, &table);
        status = take_levels(in, &table);
    }
    if (status == DAVY_OK)
        *out = table;
    else
        davy_table_clear(&table);
    return status;
}

/* What was found, for people: "38 numbers, 3 categories (flag 11 words, ...); left out: ...". */
static void tell_types(const davy_table_stream *in, const davy_table *table)
{
    char text[512];
    size_t used = 0, words = 0;

    if (!in->options->note || (!table->levels && in->options->columns))
        return;
    for (size_t c = 0; table->levels && c < table->columns; c++)
        if (table->levels[c].count > 0 && used + 80 < sizeof text) {
            used +=
                (size_t) snprintf(text + used, sizeof text - used, "%s%.40s (%zu)",
                                  words++ ? ", " : "categories with their words: ", table->names[c],
                                  table->levels[c].count);
        }
    for (size_t i = 0; i < in->facts.column_count && !in->options->columns; i++) {
        const davy_column_facts *column = &in->facts.columns[i];

        if (column->set || column->type == DAVY_COLUMN_NUMBER || used + 200 > sizeof text ||
            (column->type == DAVY_COLUMN_CATEGORY && in->options->categories))
            continue;
        used += (size_t) snprintf(text + used, sizeof text - used, "%sleft out '%.40s': %.120s",
                                  used ? "; " : "", column->name, column->why);
    }
    if (used > 0)
        in->options->note(in->options->note_context, text);
}

/* @param rows  that the types are told from; 0: all
 * @param again  the first rows told something else than a later one: all must be looked at */
static davy_status read_table(const char *const *files, size_t file_count,
                              const davy_table_csv_options *options, uint64_t rows, bool *again,
                              davy_table *out)
{
    davy_table_stream *in = NULL;
    davy_table_facts facts = {0};
    pieces all = {0};
    davy_status status = davy_table_inspect(files, file_count, options, rows, &facts);

    *again = false;
    if (status == DAVY_OK && !davy_table_facts_settled(&facts, options)) {
        davy_table_facts_clear(&facts);
        *again = true;
        return DAVY_ERR_INVALID;
    }
    if (status == DAVY_OK)
        status = davy_table_stream_begin(options, &facts, &in);
    if (status == DAVY_OK)
        status = read_pieces(in, &all);
    if (status == DAVY_OK)
        status = make_table(in, &all, out);
    if (status == DAVY_OK)
        tell_types(in, out);
    *again = in && in->contradicted;
    pieces_clear(&all);
    davy_table_stream_close(in);
    return status;
}

davy_status davy_table_read_csv(const char *const *files, size_t file_count,
                                const davy_table_csv_options *options, davy_table *out)
{
    bool again;
    davy_status status = read_table(files, file_count, options, DAVY_INSPECT_ROWS, &again, out);

    if (status != DAVY_OK && again)
        status = read_table(files, file_count, options, 0, &again, out);
    return status;
}
