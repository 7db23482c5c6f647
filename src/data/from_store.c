/* SPDX-License-Identifier: Apache-2.0 */
#include "data/from_store.h"

#include "core/bulk.h"
#include "core/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INTERVALS_MAX 1000 /* of a signal, to find its usual one */
#define USUAL_TIMES   3

/* Signals found, and the table they become. */
typedef struct store_reading {
    davy_store *store;
    const davy_table_store_options *options;
    davy_signal_id *signals;
    char **names;
    size_t count, capacity;
    int64_t period_ns, first_ns; /* time of row 0 */
    size_t rows;
} store_reading;

static davy_status add_signal(store_reading *in, davy_signal_id id, const char *path)
{
    if (in->count == in->capacity) {
        const size_t capacity = in->capacity ? in->capacity * 2 : 16;
        davy_signal_id *signals = reallocarray(in->signals, capacity, sizeof *signals);
        char **names;

        if (signals)
            in->signals = signals;
        names = reallocarray((void *) in->names, capacity, sizeof *names);
        if (names)
            in->names = names;
        if (!signals || !names)
            return davy_fail(DAVY_ERR_NOMEM, "%zu signals", capacity);
        in->capacity = capacity;
    }
    in->names[in->count] = strdup(path);
    if (!in->names[in->count])
        return davy_fail(DAVY_ERR_NOMEM, "signal '%s'", path);
    in->signals[in->count++] = id;
    return DAVY_OK;
}

static davy_status add_matching(void *context, const davy_store_signal_info *info)
{
    store_reading *in = context;

    if (davy_path_is_proof(info->path) || !davy_pattern_matches(in->options->pattern, info->path))
        return DAVY_OK;
    return add_signal(in, info->id, info->path);
}

static davy_status find_signals(store_reading *in)
{
    const davy_table_store_options *options = in->options;
    davy_status status = DAVY_OK;

    for (size_t i = 0; options->paths && i < options->path_count && status == DAVY_OK; i++) {
        davy_signal_id id;

        status = davy_store_find(in->store, options->paths[i], &id);
        if (status == DAVY_OK)
            status = add_signal(in, id, options->paths[i]);
    }
    if (!options->paths)
        status = davy_store_signals(in->store, add_matching, in);
    if (status == DAVY_OK && in->count == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no stored signal matches '%s'",
                           options->pattern ? options->pattern : "");
    return status;
}

/* The first multiple of the period at or after a time. */
static int64_t grid_after(int64_t time_ns, int64_t period_ns)
{
    const int64_t rest = time_ns % period_ns;

    if (rest == 0)
        return time_ns;
    return rest > 0 ? time_ns - rest + period_ns : time_ns - rest;
}

static davy_status find_rows(store_reading *in)
{
    int64_t first, last, end;
    davy_status status = davy_store_extent(in->store, in->signals, in->count, &first, &last);

    if (status != DAVY_OK)
        return status;
    if (in->options->from_ns > first)
        first = in->options->from_ns;
    end = in->options->to_ns <= last ? in->options->to_ns : last + 1;
    in->period_ns = in->options->period_ns > 0 ? in->options->period_ns : DAVY_NS_PER_S;
    in->first_ns = grid_after(first, in->period_ns);
    if (in->first_ns >= end)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no sample of these %zu signals in that time",
                         in->count);
    in->rows = (size_t) ((uint64_t) (end - 1 - in->first_ns) / (uint64_t) in->period_ns) + 1;
    if ((double) in->rows * (double) in->count > (double) DAVY_TABLE_CELLS_MAX)
        return davy_fail(DAVY_ERR_FULL,
                         "%zu rows of %zu signals are more than %zu numbers: choose a longer "
                         "period or a shorter time",
                         in->rows, in->count, DAVY_TABLE_CELLS_MAX);
    return DAVY_OK;
}

/* The usual interval of a signal: the median of the first ones. */
typedef struct interval_walk {
    int64_t intervals[INTERVALS_MAX];
    size_t count;
    int64_t last_ns;
    bool has_last;
} interval_walk;

static davy_status note_intervals(void *context, const davy_store_run *run)
{
    interval_walk *walk = context;

    for (size_t i = 0; i < run->count && walk->count < INTERVALS_MAX; i++) {
        if (run->quality[i] == DAVY_QUALITY_BAD)
            continue;
        if (walk->has_last)
            walk->intervals[walk->count++] = run->times[i] - walk->last_ns;
        walk->last_ns = run->times[i];
        walk->has_last = true;
    }
    return DAVY_OK;
}

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

static int64_t end_of(const store_reading *in)
{
    return in->first_ns + (int64_t) (in->rows - 1) * in->period_ns + 1;
}

static davy_status find_staleness(const store_reading *in, davy_signal_id signal,
                                  int64_t *staleness_ns)
{
    interval_walk walk = {.count = 0};
    davy_status status;

    *staleness_ns = in->options->staleness_ns;
    if (*staleness_ns > 0)
        return DAVY_OK;
    *staleness_ns = USUAL_TIMES * in->period_ns;
    status = davy_store_scan(in->store, signal, in->first_ns, end_of(in), note_intervals, &walk);
    if (status != DAVY_OK || walk.count == 0)
        return status;
    qsort(walk.intervals, walk.count, sizeof *walk.intervals, by_length);
    if (walk.intervals[walk.count / 2] > in->period_ns)
        *staleness_ns = USUAL_TIMES * walk.intervals[walk.count / 2];
    return DAVY_OK;
}

/* Fills a column up to each sample with the one before it. */
typedef struct column_walk {
    const store_reading *in;
    double *column;
    size_t row; /* next to be filled */
    double value;
    int64_t time_ns, staleness_ns;
    bool has_value;
} column_walk;

/* Fill the rows before a time. */
static void fill_until(column_walk *walk, int64_t time_ns)
{
    const store_reading *in = walk->in;

    for (; walk->row < in->rows; walk->row++) {
        const int64_t at = in->first_ns + (int64_t) walk->row * in->period_ns;

        if (at >= time_ns)
            return;
        walk->column[walk->row] =
            walk->has_value && at - walk->time_ns <= walk->staleness_ns ? walk->value : NAN;
    }
}

static davy_status fill_run(void *context, const davy_store_run *run)
{
    column_walk *walk = context;

    for (size_t i = 0; i < run->count; i++) {
        if (run->quality[i] == DAVY_QUALITY_BAD || !isfinite(run->values[i]))
            continue;
        fill_until(walk, run->times[i]);
        walk->value = run->values[i];
        walk->time_ns = run->times[i];
        walk->has_value = true;
    }
    return DAVY_OK;
}

static davy_status fill_column(const store_reading *in, size_t column, davy_table *table)
{
    column_walk walk = {.in = in, .column = table->values + column * in->rows};
    davy_status status = find_staleness(in, in->signals[column], &walk.staleness_ns);

    if (status == DAVY_OK)
        status = davy_store_scan(in->store, in->signals[column], in->first_ns - walk.staleness_ns,
                                 end_of(in), fill_run, &walk);
    fill_until(&walk, INT64_MAX);
    return status;
}

static davy_status fill_table(store_reading *in, davy_table *table)
{
    davy_status status = DAVY_OK;

    table->rows = in->rows;
    table->values = davy_bulk_alloc(in->rows * in->count, sizeof *table->values);
    table->times = davy_bulk_alloc(in->rows, sizeof *table->times);
    table->runs = davy_bulk_alloc(in->rows, sizeof *table->runs);
    table->run_names = davy_bulk_alloc(1, sizeof *table->run_names);
    if (!table->values || !table->times || !table->runs || !table->run_names)
        return davy_fail_in(DAVY_ERR_NOMEM, "table of %zu rows", in->rows);
    table->run_names[0] = strdup("store");
    if (!table->run_names[0])
        return davy_fail(DAVY_ERR_NOMEM, "table");
    table->run_count = 1;
    for (size_t row = 0; row < in->rows; row++)
        table->times[row] = in->first_ns + (int64_t) row * in->period_ns;
    for (size_t c = 0; c < in->count && status == DAVY_OK; c++)
        status = fill_column(in, c, table);
    return status;
}

davy_status davy_table_from_store(davy_store *store, const davy_table_store_options *options,
                                  davy_table *out)
{
    store_reading in = {.store = store, .options = options};
    davy_table table = {0};
    davy_status status = find_signals(&in);

    if (status == DAVY_OK)
        status = find_rows(&in);
    table.names = in.names; /* the table owns them from here on */
    table.columns = in.count;
    if (status == DAVY_OK)
        status = fill_table(&in, &table);
    if (status == DAVY_OK)
        *out = table;
    else
        davy_table_clear(&table);
    free(in.signals);
    return status;
}
