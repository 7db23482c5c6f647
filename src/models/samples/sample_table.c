/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/sample_set.h"

#include "core/bulk.h"
#include "core/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * All rows stand as floats, step after step, and a sample is a block of them: where it begins and
 * how many steps it has. Windows overlap without being copied.
 */
typedef struct blocks {
    float *values;
    size_t *offset;            /* [count] of the first number */
    size_t *length;            /* [count] steps; a shorter block goes on with its last step */
    davy_sample_place *places; /* [count] */
    float *early; /* [count * channels] step that stands before the block; NULL: none does */
} blocks;

/* Steps of a table before samples are cut: after resampling. */
typedef struct steps {
    const davy_table *table;
    const davy_cut *cut;
    size_t channels; /* numbers in a step of the float array */
    size_t factor;   /* rows that make a step */
    size_t count;
    size_t *row;   /* [count] newest row of the step */
    bool *whole;   /* [count] no value is missing but what the model fills */
    float *values; /* [count * channels] */
    size_t *ends;  /* [run_count] step after the last of each run */
    double *usual; /* [channels] scratch: movement from step to step */
} steps;

static davy_status read_block(const davy_sample_set *samples, size_t sample, float *values)
{
    const blocks *own = samples->own;
    const size_t channels = samples->form.channels;
    const size_t have = own->length[sample], want = samples->form.steps - (own->early != NULL);
    const float *from = own->values + own->offset[sample];

    if (own->early) {
        memcpy(values, own->early + sample * channels, channels * sizeof *values);
        values += channels;
    }
    memcpy(values, from, have * channels * sizeof *values);
    for (size_t t = have; t < want; t++)
        memcpy(values + t * channels, from + (have - 1) * channels, channels * sizeof *values);
    return DAVY_OK;
}

static void clear_blocks(davy_sample_set *samples)
{
    blocks *own = samples->own;

    if (!own)
        return;
    davy_bulk_free(own->values);
    davy_bulk_free(own->offset);
    davy_bulk_free(own->length);
    davy_bulk_free(own->places);
    davy_bulk_free(own->early);
    free(own);
}

static davy_sample_place where_block(const davy_sample_set *samples, size_t sample)
{
    return ((const blocks *) samples->own)->places[sample];
}

static const davy_sample_source table_source = {
    .read = read_block, .clear = clear_blocks, .where = where_block};

static void steps_clear(steps *s)
{
    davy_bulk_free(s->row);
    davy_bulk_free(s->whole);
    davy_bulk_free(s->values);
    davy_bulk_free(s->ends);
    davy_bulk_free(s->usual);
}

/* Rows a second as the table has them, from the median step of its first run; 0 without times. */
static double rate_of(const davy_table *table)
{
    size_t last = 0;

    while (last + 1 < table->rows && table->runs[last + 1] == table->runs[0])
        last++;
    if (!table->times || last == 0 || table->times[last] <= table->times[0])
        return 0;
    return (double) last * DAVY_NS_PER_S / (double) (table->times[last] - table->times[0]);
}

davy_status davy_form_factor(const davy_form *form, const davy_table *table, size_t *factor)
{
    const double rate = rate_of(table);

    *factor = 1;
    if (form->rate <= 0 || form->kind == DAVY_FORM_WAVE)
        return DAVY_OK;
    if (rate <= 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "rate=%g needs times: name their column, or say with --period how far the "
                         "rows are apart",
                         form->rate);
    if (rate < 0.99 * form->rate)
        return davy_fail(DAVY_ERR_INVALID, "the rows come %.4g times a second, not rate=%g", rate,
                         form->rate);
    /* Beyond the table there is no step, however seldom steps are to be. */
    *factor = (size_t) fmin(rate / form->rate + 0.5, (double) table->rows + 1);
    return DAVY_OK;
}

static double value_at(const steps *s, size_t row, size_t channel)
{
    const size_t column = s->cut->columns[channel];

    return column == DAVY_CUT_LABEL ? s->table->labels[row] : davy_table_at(s->table, row, column);
}

/* The last value of each channel and for how many rows it has been missing. */
typedef struct held {
    double *last;
    size_t *absent;
} held;

static double hold(held *h, size_t channel, double value, size_t rows)
{
    if (isfinite(value)) {
        h->last[channel] = value;
        h->absent[channel] = 0;
        return value;
    }
    h->absent[channel]++;
    return h->absent[channel] <= rows ? h->last[channel] : NAN;
}

/* Average `factor` rows into the next step. */
static void add_step(steps *s, held *h, size_t first, size_t rows)
{
    float *values = s->values + s->count * s->channels;
    bool whole = true;

    for (size_t j = 0; j < s->channels; j++) {
        double sum = 0;

        for (size_t row = first; row < first + rows; row++)
            sum += hold(h, j, value_at(s, row, j), s->cut->hold);
        values[j] = (float) (sum / (double) rows);
        if (!isfinite(values[j])) {
            values[j] = NAN;
            whole = whole && s->cut->imputed && s->cut->imputed[j];
        }
    }
    s->row[s->count] = first + rows - 1;
    s->whole[s->count++] = whole;
}

static void add_run(steps *s, held *h, size_t from, size_t to)
{
    for (size_t j = 0; j < s->channels; j++) {
        h->last[j] = NAN;
        h->absent[j] = 0;
    }
    for (size_t row = from; row + s->factor <= to; row += s->factor)
        add_step(s, h, row, s->factor);
}

static davy_status make_steps(steps *s)
{
    const davy_table *table = s->table;
    const bool lone = table->independent || s->cut->form.kind == DAVY_FORM_WAVE;
    held h = {calloc(s->channels, sizeof(double)), calloc(s->channels, sizeof(size_t))};
    size_t from = 0;

    s->row = davy_bulk_alloc(table->rows + 1, sizeof *s->row);
    s->whole = davy_bulk_alloc(table->rows + 1, sizeof *s->whole);
    s->values = davy_bulk_alloc((table->rows + 1) * s->channels, sizeof *s->values);
    s->ends = davy_bulk_alloc(table->run_count + 1, sizeof *s->ends);
    s->usual = davy_bulk_alloc(s->channels, sizeof *s->usual);
    if (!h.last || !h.absent || !s->row || !s->whole || !s->values || !s->ends || !s->usual) {
        davy_bulk_free(h.last);
        davy_bulk_free(h.absent);
        return davy_fail_in(DAVY_ERR_NOMEM, "samples of %zu rows", table->rows);
    }
    for (size_t row = 1; row <= table->rows; row++)
        if (row == table->rows || lone || table->runs[row] != table->runs[from]) {
            add_run(s, &h, from, row);
            s->ends[table->runs[from]] = s->count;
            from = row;
        }
    davy_bulk_free(h.last);
    davy_bulk_free(h.absent);
    return DAVY_OK;
}

/* What the answer should be for a sample whose newest step this is. */
static double target_of(const steps *s, size_t step, size_t run_end)
{
    const davy_table *table = s->table;
    const davy_form *form = &s->cut->form;
    const size_t row = s->row[step];

    if (s->cut->task == DAVY_TASK_FORECAST) {
        const size_t later = step + form->horizon;

        return table->labels && later < run_end ? table->labels[s->row[later]] : NAN;
    }
    if (s->cut->task == DAVY_TASK_LIFE) {
        const double left = table->labels ? table->labels[row] : (double) (run_end - 1 - step);

        return form->cap > 0 && left > form->cap ? form->cap : left;
    }
    return table->labels ? table->labels[row] : NAN;
}

/* A forecast knows the row that it was taught, too. */
static davy_sample_place place_of(const steps *s, size_t first, size_t last)
{
    const davy_table *table = s->table;
    const size_t ahead = s->cut->task == DAVY_TASK_FORECAST ? s->cut->form.horizon : 0;
    const size_t taught = last + ahead < s->count ? last + ahead : last;
    const uint32_t run = table->runs[s->row[last]];

    return (davy_sample_place){.run = run,
                               .first = s->row[first] + 1 - s->factor,
                               .last = s->row[taught],
                               .time_ns =
                                   table->times ? table->times[s->row[last]] : DAVY_PLACE_NO_TIME,
                               .part = table->run_parts ? table->run_parts[run] : -1};
}

static void add_sample(davy_sample_set *samples, const steps *s, size_t first, size_t length,
                       double target)
{
    blocks *own = samples->own;
    const size_t row = s->row[first + length - 1];

    own->places[samples->count] = place_of(s, first, first + length - 1);
    own->offset[samples->count] = first * s->channels;
    own->length[samples->count] = samples->form.kind == DAVY_FORM_WAVE ? s->channels : length;
    samples->targets[samples->count] = target;
    samples->groups[samples->count] = s->table->runs[row];
    samples->places[samples->count] = s->table->places ? s->table->places[row] : row;
    samples->count++;
}

static bool all_whole(const steps *s, size_t first, size_t length)
{
    for (size_t t = first; t < first + length; t++)
        if (!s->whole[t])
            return false;
    return true;
}

/* How many values of steps that may have holes are missing. */
static size_t count_holes(const steps *s, size_t first, size_t length)
{
    const float *values = s->values + first * s->channels;
    size_t holes = 0;

    for (size_t i = 0; s->cut->imputed && i < length * s->channels; i++)
        holes += isnan(values[i]);
    return holes;
}

static void take(davy_sample_set *samples, const steps *s, size_t first, size_t length,
                 double target)
{
    const size_t holes = count_holes(s, first, length);

    if (s->cut->training && isnan(target)) {
        /* That the last rows of a run have nothing ahead of them is no fault. */
        samples->unlabelled += s->cut->task != DAVY_TASK_FORECAST;
        return;
    }
    if (all_whole(s, first, length) && holes < length * s->channels) {
        add_sample(samples, s, first, length, target);
        samples->holed += holes > 0;
    } else {
        samples->left_out++;
    }
}

/* Mean of what is known of the whole steps among the first of a run, as far as they were there at
 * `end`. */
static void average_early(const steps *s, size_t from, size_t end, float *mean)
{
    const size_t early = s->cut->form.early;
    const size_t to = end - from < early ? end : from + early;

    for (size_t j = 0; j < s->channels; j++) {
        double sum = 0;
        size_t count = 0;

        for (size_t t = from; t < to; t++)
            if (s->whole[t] && !isnan(s->values[t * s->channels + j])) {
                sum += (double) s->values[t * s->channels + j];
                count++;
            }
        mean[j] =
            count > 0 ? (float) (sum / (double) count) : s->values[(end - 1) * s->channels + j];
    }
}

/* Steps [from, to) of one run: a window ends at every stride-th. */
static void cut_windows(davy_sample_set *samples, const steps *s, size_t from, size_t to)
{
    const davy_form *form = &s->cut->form;
    const size_t stride = s->cut->training ? form->stride : 1;
    const size_t rows = form->steps - (form->early > 0);
    const blocks *own = samples->own;

    for (size_t end = from + rows; end <= to; end += stride) {
        if (own->early)
            average_early(s, from, end, own->early + samples->count * s->channels);
        take(samples, s, end - rows, rows, target_of(s, end - 1, to));
    }
}

static double movement(const steps *s, size_t step, size_t channel)
{
    const float *at = s->values + step * s->channels + channel;

    const double moved = fabs((double) at[0] - (double) *(at - s->channels));

    return isnan(moved) ? 0 : moved;
}

/* The `length` steps around the largest movement, each channel in units of its usual one. */
static size_t most_moving(const steps *s, size_t from, size_t to, size_t length)
{
    double largest = -1;
    size_t best = from;

    memset(s->usual, 0, s->channels * sizeof *s->usual);
    for (size_t t = from + 1; t < to; t++)
        for (size_t j = 0; j < s->channels; j++)
            s->usual[j] += movement(s, t, j);
    for (size_t t = from + 1; t < to; t++) {
        double moved = 0;

        for (size_t j = 0; j < s->channels; j++)
            if (s->usual[j] > 0)
                moved += movement(s, t, j) / s->usual[j];
        if (moved > largest) {
            largest = moved;
            best = t;
        }
    }
    best = best > from + length / 2 ? best - length / 2 : from;
    return best + length <= to ? best : to - length;
}

static void cut_recording(davy_sample_set *samples, const steps *s, size_t from, size_t to)
{
    const size_t most = s->cut->form.steps;
    const size_t length = to - from < most ? to - from : most;

    if (to > from)
        take(samples, s, to - from > most ? most_moving(s, from, to, most) : from, length,
             target_of(s, to - 1, to));
}

static void cut_runs(davy_sample_set *samples, const steps *s)
{
    size_t from = 0;

    for (size_t run = 0; run < s->table->run_count; run++) {
        if (s->ends[run] <= from)
            continue;
        if (s->cut->form.kind == DAVY_FORM_RECORDING)
            cut_recording(samples, s, from, s->ends[run]);
        else if (s->cut->form.kind == DAVY_FORM_WINDOW)
            cut_windows(samples, s, from, s->ends[run]);
        else
            for (size_t t = from; t < s->ends[run]; t++)
                take(samples, s, t, 1, target_of(s, t, s->ends[run]));
        from = s->ends[run];
    }
}

static char **copy_texts(char *const *texts, size_t count)
{
    char **copy = calloc(count + 1, sizeof *copy);

    for (size_t i = 0; copy && i < count; i++)
        copy[i] = strdup(texts[i]);
    return copy;
}

static davy_status init_samples(davy_sample_set *samples, const steps *s)
{
    const davy_table *table = s->table;
    blocks *own = calloc(1, sizeof *own);

    *samples = (davy_sample_set){.form = s->cut->form, .source = &table_source, .own = own};
    samples->targets = davy_bulk_alloc(s->count + 1, sizeof *samples->targets);
    samples->groups = davy_bulk_alloc(s->count + 1, sizeof *samples->groups);
    samples->places = davy_bulk_alloc(s->count + 1, sizeof *samples->places);
    samples->group_names = copy_texts(table->run_names, table->run_count);
    samples->classes = table->classes ? copy_texts(table->classes, table->class_count) : NULL;
    if (own) {
        own->offset = davy_bulk_alloc(s->count + 1, sizeof *own->offset);
        own->length = davy_bulk_alloc(s->count + 1, sizeof *own->length);
        own->places = davy_bulk_alloc(s->count + 1, sizeof *own->places);
        if (s->cut->form.early > 0)
            own->early = davy_bulk_alloc((s->count + 1) * s->channels, sizeof *own->early);
    }
    if (!own || (s->cut->form.early > 0 && !own->early) || !samples->targets || !samples->groups ||
        !samples->places || !samples->group_names || (table->classes && !samples->classes) ||
        !own->offset || !own->length || !own->places)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", s->count);
    samples->group_count = table->run_count;
    samples->class_count = samples->classes ? table->class_count : 0;
    return DAVY_OK;
}

/* Rows that have nothing to do with each other are groups of their own. */
static void part_groups(davy_sample_set *samples, const davy_table *table)
{
    if (table->independent) {
        uint32_t *groups = samples->groups;

        for (size_t i = 0; i < samples->group_count; i++)
            free(samples->group_names[i]);
        free((void *) samples->group_names);
        samples->group_names = NULL;
        for (size_t i = 0; i < samples->count; i++)
            groups[i] = (uint32_t) i;
        samples->group_count = samples->count;
    }
    samples->in_order = !table->independent && table->run_count == 1;
}

davy_status davy_sample_set_cut(const davy_table *table, const davy_cut *cut, davy_sample_set *out)
{
    steps s = {.table = table, .cut = cut, .channels = cut->column_count};
    davy_sample_set samples = {0};
    davy_status status = davy_form_factor(&cut->form, table, &s.factor);

    /* Groups and orders are counted in 32 bits. */
    if (status == DAVY_OK && table->rows >= UINT32_MAX)
        status = davy_fail(DAVY_ERR_FULL,
                           "%zu rows are too many to cut samples from: read fewer files at a time",
                           table->rows);
    if (status == DAVY_OK)
        status = make_steps(&s);
    if (status == DAVY_OK)
        status = init_samples(&samples, &s);
    if (status == DAVY_OK) {
        blocks *own = samples.own;

        cut_runs(&samples, &s);
        own->values = s.values;
        s.values = NULL;
        part_groups(&samples, table);
        if (cut->by_scaffold)
            status = davy_sample_set_group_by_scaffold(&samples, table, cut->scaffold);
        else
            status = cut->training ? davy_sample_set_merge_groups(&samples) : DAVY_OK;
    }
    steps_clear(&s);
    if (status != DAVY_OK) {
        davy_sample_set_clear(&samples);
        return status;
    }
    *out = samples;
    return DAVY_OK;
}
