/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/table_stream_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table above this is told of before it is read. */
#define LARGE ((uint64_t) 1 << 30)

/* Rows stand as they were read until they stand in the table. */
#define READ_TWICE 2.0

/* What each row has a part in. */
enum { VALUES, TIMES, LABELS, RUNS, PARTS };

/* Rows as they were read; made a table at the end. */
typedef struct spool {
    void *parts[PARTS];  /* blocks; the values piece after piece, of each column after column */
    size_t sizes[PARTS]; /* bytes of a row; 0: there is none */
    size_t rows, capacity;
    size_t piece; /* rows of every piece but the last */
} spool;

static spool spool_of(const davy_table_stream *in)
{
    return (spool){.sizes = {[VALUES] = in->column_count * sizeof(double),
                             [TIMES] = in->chunk.times ? sizeof(int64_t) : 0,
                             [LABELS] = in->chunk.labels ? sizeof(double) : 0,
                             [RUNS] = sizeof(uint32_t)}};
}

static void spool_clear(spool *all)
{
    for (size_t p = 0; p < PARTS; p++)
        davy_bulk_free(all->parts[p]);
    *all = (spool){0};
}

static davy_status spool_grow(spool *all, size_t rows)
{
    const size_t half = all->capacity + all->capacity / 2, capacity = rows > half ? rows : half;

    for (size_t p = 0; p < PARTS; p++) {
        void *part = all->sizes[p] == 0 ? NULL
                                        : davy_bulk_grow(all->parts[p], all->rows * all->sizes[p],
                                                         capacity, all->sizes[p]);

        if (all->sizes[p] > 0 && !part)
            return davy_fail_in(DAVY_ERR_NOMEM, "%zu rows", capacity);
        all->parts[p] = part;
    }
    all->capacity = capacity;
    return DAVY_OK;
}

static davy_status spool_add(spool *all, const davy_table *chunk)
{
    const void *const from[PARTS] = {chunk->values, chunk->times, chunk->labels, chunk->runs};
    davy_status status = DAVY_OK;

    if (all->rows + chunk->rows > all->capacity)
        status = spool_grow(all, all->rows + chunk->rows);
    if (status != DAVY_OK)
        return status;
    for (size_t p = 0; p < PARTS; p++)
        if (all->sizes[p] > 0)
            memcpy((char *) all->parts[p] + all->rows * all->sizes[p], from[p],
                   chunk->rows * all->sizes[p]);
    all->piece = all->rows == 0 ? chunk->rows : all->piece;
    all->rows += chunk->rows;
    return DAVY_OK;
}

/* Said and refused before room is taken, by the size of the files and of the first rows. */
static davy_status check_room(const davy_table_stream *in)
{
    const davy_table_facts *facts = &in->facts;
    const double share = facts->bytes > 0 ? (double) facts->bytes_total / (double) facts->bytes : 1;
    const double rows = (double) facts->rows * (facts->whole ? 1 : share);
    const double bytes = rows * (double) (in->column_count + 2) * sizeof(double);
    const double room = (double) in->options->room_max;
    char text[200];

    if (room > 0 && bytes * READ_TWICE > room)
        return davy_fail(DAVY_ERR_FULL,
                         "%s%s: about %.3g rows of %zu columns take %.3g GB of disk while they are "
                         "read, and %.3g GB may be taken; name fewer columns with --columns, read "
                         "fewer files at a time, or name a folder on a larger disk in TMPDIR",
                         facts->files[0], facts->file_count > 1 ? " and others" : "", rows,
                         in->column_count, bytes * READ_TWICE / 1e9, room / 1e9);
    if (bytes < (double) LARGE || !in->options->note)
        return DAVY_OK;
    (void) snprintf(text, sizeof text, "about %.3g rows of %zu columns take %.3g GB", rows,
                    in->column_count, bytes / 1e9);
    in->options->note(in->options->note_context, text);
    return DAVY_OK;
}

/* Words that were few in the first rows may hardly come again in all of them. */
static davy_status check_words(davy_table_stream *in)
{
    for (size_t c = 0; c < in->column_count; c++) {
        const stream_column *column = &in->columns[c];

        if (column->type == DAVY_COLUMN_CATEGORY && !column->known && !column->kin &&
            !in->facts.whole && column->words.count > DAVY_LEVELS_FEW &&
            column->words.count * 2 > column->cells) {
            in->contradicted = true;
            return davy_fail(DAVY_ERR_INVALID, "column '%s' is no category", column->name);
        }
    }
    return DAVY_OK;
}

static davy_status read_pieces(davy_table_stream *in, spool *all)
{
    const davy_table *chunk = NULL;
    davy_status status = check_room(in);

    while (status == DAVY_OK) {
        status = davy_table_stream_next(in, &chunk);
        if (status != DAVY_OK || !chunk)
            break;
        status = spool_add(all, chunk);
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
static size_t *order_rows(const spool *all, size_t run_count)
{
    const uint32_t *runs = all->parts[RUNS];
    size_t *next = davy_bulk_alloc(run_count + 1, sizeof *next);
    size_t *order = davy_bulk_alloc(all->rows, sizeof *order);

    for (size_t i = 0; next && order && i < all->rows; i++)
        next[runs[i] + 1]++;
    for (size_t r = 1; next && r <= run_count; r++)
        next[r] += next[r - 1];
    for (size_t i = 0; next && order && i < all->rows; i++)
        order[i] = next[runs[i]]++;
    if (!next) {
        davy_bulk_free(order);
        order = NULL;
    }
    davy_bulk_free(next);
    return order;
}

static davy_status table_init(const davy_table_stream *in, const spool *all, davy_table *table)
{
    const size_t columns = in->column_count, rows = all->rows;

    *table = (davy_table){.rows = rows, .columns = columns, .independent = in->chunk.independent};
    table->names = davy_bulk_alloc(columns, sizeof *table->names);
    table->values = davy_bulk_alloc(columns * rows, sizeof *table->values);
    table->runs = davy_bulk_alloc(rows, sizeof *table->runs);
    table->places = davy_bulk_alloc(rows, sizeof *table->places);
    if (all->parts[TIMES])
        table->times = davy_bulk_alloc(rows, sizeof *table->times);
    if (all->parts[LABELS])
        table->labels = davy_bulk_alloc(rows, sizeof *table->labels);
    if (!table->names || !table->values || !table->runs || !table->places ||
        (all->parts[TIMES] && !table->times) || (all->parts[LABELS] && !table->labels))
        return davy_fail_in(DAVY_ERR_NOMEM, "table of %zu rows of %zu columns", rows, columns);
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

/* Numbers of 8 bytes go to their rows. */
static void move_numbers(void *to, const void *from, const size_t *order, size_t rows, bool stretch)
{
    if (stretch)
        memcpy((uint64_t *) to + order[0], from, rows * sizeof(uint64_t));
    for (size_t i = 0; i < rows && !stretch; i++)
        memcpy((uint64_t *) to + order[i], (const uint64_t *) from + i, sizeof(uint64_t));
}

/* The rows [first, first + rows), which are a piece, go to their rows. */
static void move_piece(davy_table *table, const spool *all, const size_t *order, size_t first,
                       size_t rows)
{
    const double *values = (const double *) all->parts[VALUES] + first * table->columns;
    const uint32_t *runs = all->parts[RUNS];
    const bool stretch = is_stretch(order + first, rows);

    order += first;
    for (size_t c = 0; c < table->columns; c++)
        move_numbers(table->values + c * table->rows, values + c * rows, order, rows, stretch);
    if (table->times)
        move_numbers(table->times, (const int64_t *) all->parts[TIMES] + first, order, rows,
                     stretch);
    if (table->labels)
        move_numbers(table->labels, (const double *) all->parts[LABELS] + first, order, rows,
                     stretch);
    for (size_t i = 0; i < rows; i++) {
        table->runs[order[i]] = runs[first + i];
        table->places[order[i]] = first + i;
    }
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

static davy_status make_table(davy_table_stream *in, const spool *all, davy_table *out)
{
    davy_table table = {0};
    size_t *order = order_rows(all, in->chunk.run_count);
    davy_status status = order ? table_init(in, all, &table)
                               : davy_fail_in(DAVY_ERR_NOMEM, "table of %zu rows", all->rows);

    for (size_t first = 0; first < all->rows && status == DAVY_OK; first += all->piece)
        move_piece(&table, all, order, first,
                   all->rows - first < all->piece ? all->rows - first : all->piece);
    davy_bulk_free(order);
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
    spool all = {0};
    davy_status status = davy_table_inspect(files, file_count, options, rows, &facts);

    *again = false;
    if (status == DAVY_OK && !davy_table_facts_settled(&facts, options)) {
        davy_table_facts_clear(&facts);
        *again = true;
        return DAVY_ERR_INVALID;
    }
    if (status == DAVY_OK)
        status = davy_table_stream_begin(options, &facts, &in);
    if (status == DAVY_OK) {
        all = spool_of(in);
        status = read_pieces(in, &all);
    }
    if (status == DAVY_OK)
        status = make_table(in, &all, out);
    if (status == DAVY_OK)
        tell_types(in, out);
    *again = in && in->contradicted;
    spool_clear(&all);
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
