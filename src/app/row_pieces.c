/* SPDX-License-Identifier: Apache-2.0 */
#include "app/row_pieces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The last rows of a run, oldest first. */
typedef struct run_past {
    double *values; /* [before * (columns + 1)] row after row, the label last; NULL: no run yet */
    int64_t *times; /* [before] */
    size_t count;
    size_t begin, end; /* its rows in the piece, after its past */
} run_past;

struct davy_row_pieces {
    davy_dataset_reading reading;
    davy_table_stream *stream;
    size_t before, seen;
    run_past *runs; /* [run_capacity] */
    size_t run_capacity;
    size_t first;     /* the first run that may go on */
    davy_table piece; /* texts are those of the stream */
    size_t capacity;  /* rows that it has room for */
};

davy_status davy_row_pieces_open(const davy_dataset *dataset, const davy_dataset_columns *columns,
                                 size_t before, davy_row_pieces **out)
{
    davy_row_pieces *pieces = calloc(1, sizeof *pieces);
    davy_status status;

    if (!pieces)
        return davy_fail(DAVY_ERR_NOMEM, "rows");
    pieces->before = before;
    status = davy_dataset_reading_begin(&pieces->reading, dataset, columns);
    if (status == DAVY_OK)
        status = davy_table_stream_open(dataset->csv.items, dataset->csv.count,
                                        &pieces->reading.options, &pieces->stream);
    if (status != DAVY_OK) {
        davy_row_pieces_close(pieces);
        return status;
    }
    *out = pieces;
    return DAVY_OK;
}

static void forget(run_past *run)
{
    free(run->values);
    free(run->times);
    *run = (run_past){0};
}

void davy_row_pieces_close(davy_row_pieces *pieces)
{
    if (!pieces)
        return;
    for (size_t r = 0; r < pieces->run_capacity; r++)
        forget(&pieces->runs[r]);
    free(pieces->runs);
    free(pieces->piece.values);
    free(pieces->piece.times);
    free(pieces->piece.labels);
    free(pieces->piece.runs);
    free(pieces->piece.places);
    davy_table_stream_close(pieces->stream);
    davy_dataset_reading_end(&pieces->reading);
    free(pieces);
}

static davy_status grow_runs(davy_row_pieces *pieces, size_t count)
{
    run_past *runs;

    if (count <= pieces->run_capacity)
        return DAVY_OK;
    runs = reallocarray(pieces->runs, count * 2, sizeof *runs);
    if (!runs)
        return davy_fail(DAVY_ERR_NOMEM, "%zu runs", count);
    memset(runs + pieces->run_capacity, 0, (count * 2 - pieces->run_capacity) * sizeof *runs);
    pieces->runs = runs;
    pieces->run_capacity = count * 2;
    return DAVY_OK;
}

static davy_status grow_piece(davy_row_pieces *pieces, const davy_table *chunk, size_t rows)
{
    davy_table *piece = &pieces->piece;
    const size_t columns = chunk->columns > 0 ? chunk->columns : 1;

    if (rows <= pieces->capacity)
        return DAVY_OK;
    free(piece->values);
    free(piece->times);
    free(piece->labels);
    free(piece->runs);
    free(piece->places);
    pieces->capacity = rows;
    piece->values = calloc(rows * columns, sizeof *piece->values);
    piece->times = chunk->times ? calloc(rows, sizeof *piece->times) : NULL;
    piece->labels = chunk->labels ? calloc(rows, sizeof *piece->labels) : NULL;
    piece->runs = calloc(rows, sizeof *piece->runs);
    piece->places = calloc(rows, sizeof *piece->places);
    if (!piece->values || !piece->runs || !piece->places || (chunk->times && !piece->times) ||
        (chunk->labels && !piece->labels)) {
        pieces->capacity = 0;
        return davy_fail(DAVY_ERR_NOMEM, "%zu rows", rows);
    }
    return DAVY_OK;
}

/* Where each run of the chunk goes. @return rows of the piece */
static size_t lay_out(davy_row_pieces *pieces, const davy_table *chunk)
{
    size_t rows = 0;

    for (size_t r = pieces->first; r < chunk->run_count; r++)
        pieces->runs[r].end = 0;
    for (size_t i = 0; i < chunk->rows; i++)
        pieces->runs[chunk->runs[i]].end++;
    for (size_t r = pieces->first; r < chunk->run_count; r++) {
        run_past *run = &pieces->runs[r];
        const size_t count = run->end;

        if (count == 0)
            continue;
        run->begin = rows + run->count;
        run->end = run->begin;
        rows = run->begin + count;
    }
    return rows;
}

/* @return place of the next row that is not new */
static size_t put_past(davy_table *piece, const run_past *run, uint32_t number, size_t place)
{
    const size_t stride = piece->columns + 1;

    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run->begin - run->count + i;

        for (size_t c = 0; c < piece->columns; c++)
            piece->values[c * piece->rows + row] = run->values[i * stride + c];
        if (piece->labels)
            piece->labels[row] = run->values[i * stride + piece->columns];
        if (piece->times)
            piece->times[row] = run->times[i];
        piece->runs[row] = number;
        piece->places[row] = place++;
    }
    return place;
}

static void put_row(davy_table *piece, const davy_table *chunk, size_t i, size_t row)
{
    for (size_t c = 0; c < piece->columns; c++)
        piece->values[c * piece->rows + row] = chunk->values[c * chunk->rows + i];
    if (piece->labels)
        piece->labels[row] = chunk->labels[i];
    if (piece->times)
        piece->times[row] = chunk->times[i];
    piece->runs[row] = chunk->runs[i];
    piece->places[row] = chunk->places[i];
}

static davy_status keep_room(davy_row_pieces *pieces, run_past *run, size_t columns)
{
    if (run->values || pieces->before == 0)
        return DAVY_OK;
    run->values = calloc(pieces->before * (columns + 1), sizeof *run->values);
    run->times = calloc(pieces->before, sizeof *run->times);
    return run->values && run->times ? DAVY_OK
                                     : davy_fail(DAVY_ERR_NOMEM, "%zu rows", pieces->before);
}

/* The last rows of a run in the piece become its past. */
static davy_status keep_past(davy_row_pieces *pieces, run_past *run)
{
    const davy_table *piece = &pieces->piece;
    const size_t stride = piece->columns + 1, have = run->end - (run->begin - run->count);
    davy_status status = keep_room(pieces, run, piece->columns);

    if (status != DAVY_OK)
        return status;
    run->count = have < pieces->before ? have : pieces->before;
    for (size_t i = 0; i < run->count; i++) {
        const size_t row = run->end - run->count + i;

        for (size_t c = 0; c < piece->columns; c++)
            run->values[i * stride + c] = piece->values[c * piece->rows + row];
        run->values[i * stride + piece->columns] = piece->labels ? piece->labels[row] : NAN;
        run->times[i] = piece->times ? piece->times[row] : 0;
    }
    return DAVY_OK;
}

/* Runs of files that were read to their end never go on. */
static davy_status keep_pasts(davy_row_pieces *pieces, const davy_table *chunk)
{
    const size_t first = davy_table_stream_first_run(pieces->stream);
    davy_status status = DAVY_OK;

    for (size_t r = pieces->first; r < chunk->run_count && status == DAVY_OK; r++) {
        run_past *run = &pieces->runs[r];

        if (r < first)
            forget(run);
        else if (run->end > 0)
            status = keep_past(pieces, run);
    }
    pieces->first = first;
    return status;
}

static davy_status make_piece(davy_row_pieces *pieces, const davy_table *chunk)
{
    davy_table *piece = &pieces->piece;
    davy_status status = grow_runs(pieces, chunk->run_count);
    size_t rows, place = pieces->seen + chunk->rows;

    if (status != DAVY_OK)
        return status;
    rows = lay_out(pieces, chunk);
    status = grow_piece(pieces, chunk, rows);
    if (status != DAVY_OK)
        return status;
    piece->rows = rows;
    piece->columns = chunk->columns;
    piece->names = chunk->names;
    piece->run_names = chunk->run_names;
    piece->run_count = chunk->run_count;
    piece->independent = chunk->independent;
    for (size_t r = pieces->first; r < chunk->run_count; r++)
        if (pieces->runs[r].end > 0)
            place = put_past(piece, &pieces->runs[r], (uint32_t) r, place);
    for (size_t i = 0; i < chunk->rows; i++)
        put_row(piece, chunk, i, pieces->runs[chunk->runs[i]].end++);
    return keep_pasts(pieces, chunk);
}

davy_status davy_row_pieces_next(davy_row_pieces *pieces, davy_row_piece *piece)
{
    const davy_table *chunk = NULL;
    davy_status status = davy_table_stream_next(pieces->stream, &chunk);

    *piece = (davy_row_piece){.first = pieces->seen};
    if (status != DAVY_OK || !chunk)
        return status;
    status = make_piece(pieces, chunk);
    piece->table = &pieces->piece;
    piece->rows = chunk->rows;
    pieces->seen += chunk->rows;
    return status;
}
