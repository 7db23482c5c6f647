/* SPDX-License-Identifier: Apache-2.0 */
#include "models/evaluate.h"

#include "models/scaling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_PER_DAY_TIMELESS 86400.0

/* The rows that were scored, packed: what every figure is made of. */
typedef struct scored_rows {
    size_t count;
    size_t *rows; /* in the table */
    double *scores, *labels;
    uint8_t *alarms, *other; /* other: of a baseline */
    uint32_t *runs;
} scored_rows;

static void scored_clear(scored_rows *packed)
{
    free(packed->rows);
    free(packed->scores);
    free(packed->labels);
    free(packed->alarms);
    free(packed->other);
    free(packed->runs);
}

static davy_status pack_rows(const davy_table *table, const davy_run *run, scored_rows *packed)
{
    const size_t rows = run->rows + 1;

    packed->rows = calloc(rows, sizeof *packed->rows);
    packed->scores = calloc(rows, sizeof *packed->scores);
    packed->labels = calloc(rows, sizeof *packed->labels);
    packed->alarms = calloc(rows, 1);
    packed->other = calloc(rows, 1);
    packed->runs = calloc(rows, sizeof *packed->runs);
    if (!packed->rows || !packed->scores || !packed->labels || !packed->alarms || !packed->other ||
        !packed->runs)
        return davy_fail(DAVY_ERR_NOMEM, "evaluation of %zu rows", run->rows);
    for (size_t row = 0; row < run->rows; row++) {
        const size_t i = packed->count;

        if (run->verdicts[row] == DAVY_VERDICT_ABSTAIN)
            continue;
        packed->rows[i] = row;
        packed->scores[i] = run->scores[row];
        packed->labels[i] = table->labels ? table->labels[row] : NAN;
        packed->alarms[i] = run->verdicts[row] == DAVY_VERDICT_ALARM;
        packed->runs[i] = table->runs[row];
        packed->count++;
    }
    return DAVY_OK;
}

/* First and last faulty row of every run, counted from the run's first row; SIZE_MAX: none. */
static void find_faults(const double *labels, const uint32_t *runs, size_t rows, size_t *first,
                        size_t *last)
{
    size_t place = 0;

    for (size_t i = 0; i < rows; i++) {
        place = i > 0 && runs[i] == runs[i - 1] ? place + 1 : 0;
        if (!(labels[i] > 0))
            continue;
        if (first[runs[i]] == SIZE_MAX)
            first[runs[i]] = place;
        last[runs[i]] = place;
    }
}

/* Median over the runs that have a fault, but one. */
static double median_of_others(const size_t *places, size_t run_count, size_t but, double *spare)
{
    size_t count = 0;

    for (size_t r = 0; r < run_count; r++)
        if (r != but && places[r] != SIZE_MAX)
            spare[count++] = (double) places[r];
    return count > 0 ? davy_select(spare, count, count / 2) : NAN;
}

static void clock_rows(const uint32_t *runs, size_t rows, size_t run_count, const size_t *first,
                       const size_t *last, double *spare, uint8_t *alarms)
{
    double from = 0, to = 0;
    size_t place = 0;

    for (size_t i = 0; i < rows; i++) {
        const bool begins = i == 0 || runs[i] != runs[i - 1];

        place = begins ? 0 : place + 1;
        if (begins) {
            from = median_of_others(first, run_count, runs[i], spare);
            to = median_of_others(last, run_count, runs[i], spare);
        }
        alarms[i] = (double) place >= from && (double) place <= to;
    }
}

davy_status davy_clock_alarms(const double *labels, const uint32_t *runs, size_t rows,
                              size_t run_count, uint8_t *alarms)
{
    size_t *first = malloc((2 * run_count + 1) * sizeof *first);
    double *spare = calloc(run_count + 1, sizeof *spare);
    size_t faulty = 0;
    davy_status status = DAVY_OK;

    if (!first || !spare) {
        status = davy_fail(DAVY_ERR_NOMEM, "clock of %zu runs", run_count);
        goto done;
    }
    memset(first, 0xff, (2 * run_count + 1) * sizeof *first);
    find_faults(labels, runs, rows, first, first + run_count);
    for (size_t r = 0; r < run_count; r++)
        faulty += first[r] != SIZE_MAX;
    if (faulty < 2)
        status = davy_fail(DAVY_ERR_INVALID, "%zu runs with a fault; a clock needs two", faulty);
    else
        clock_rows(runs, rows, run_count, first, first + run_count, spare, alarms);
done:
    free(first);
    free(spare);
    return status;
}

static davy_figures figures_of(const scored_rows *packed, const uint8_t *alarms)
{
    davy_confusion confusion = {0};

    davy_confusion_add(&confusion, alarms, packed->labels, packed->count);
    return (davy_figures){.auc_roc = NAN,
                          .average_precision = NAN,
                          .f1 = davy_confusion_f1(&confusion),
                          .false_rate = davy_confusion_false_rate(&confusion),
                          .missed_rate = davy_confusion_missed_rate(&confusion)};
}

static const davy_figures no_figures = {NAN, NAN, NAN, NAN, NAN};

/* Figures of the model and of the two rules that look at no signal. */
static davy_status compare(const davy_table *table, scored_rows *packed, davy_evaluation *out)
{
    davy_status status =
        davy_auc_roc(packed->scores, packed->labels, packed->count, &out->model.auc_roc);
    double area = out->model.auc_roc, precision = NAN;

    if (status == DAVY_ERR_INVALID)
        return DAVY_OK; /* one kind of rows only: nothing to tell apart */
    if (status == DAVY_OK)
        status = davy_average_precision(packed->scores, packed->labels, packed->count, &precision);
    if (status != DAVY_OK)
        return status;
    out->labelled = true;
    out->model = figures_of(packed, packed->alarms);
    out->model.auc_roc = area;
    out->model.average_precision = precision;
    memset(packed->other, 1, packed->count);
    out->always = figures_of(packed, packed->other);
    status = davy_clock_alarms(packed->labels, packed->runs, packed->count, table->run_count,
                               packed->other);
    if (status == DAVY_OK)
        out->clock = figures_of(packed, packed->other);
    return status == DAVY_ERR_INVALID ? DAVY_OK : status;
}

/* Episodes of alarms in which no row is faulty. */
static size_t count_false_episodes(const scored_rows *packed)
{
    size_t false_episodes = 0, last = SIZE_MAX;
    bool is_false = false;

    for (size_t i = 0; i < packed->count; i++) {
        if (!packed->alarms[i])
            continue;
        if (last == SIZE_MAX || packed->runs[last] != packed->runs[i] ||
            i - last - 1 > DAVY_EVALUATE_MERGE) {
            false_episodes += is_false;
            is_false = true;
        }
        is_false = is_false && !(packed->labels[i] > 0);
        last = i;
    }
    return false_episodes + is_false;
}

/* Events, those detected, and how long that took. `delays` has room for one per row. */
static void measure_events(const davy_table *table, const scored_rows *packed, double *delays,
                           double *seconds, davy_evaluation *out)
{
    size_t begin = SIZE_MAX;
    bool found = false;

    for (size_t i = 0; i < packed->count; i++) {
        const bool fresh = i == 0 || packed->runs[i] != packed->runs[i - 1];

        if (fresh || !(packed->labels[i] > 0))
            begin = SIZE_MAX;
        if (!(packed->labels[i] > 0))
            continue;
        if (begin == SIZE_MAX) {
            begin = i;
            found = false;
            out->events++;
        }
        if (found || !packed->alarms[i])
            continue;
        found = true;
        delays[out->detected] = (double) (i - begin);
        seconds[out->detected++] =
            table->times
                ? (double) (table->times[packed->rows[i]] - table->times[packed->rows[begin]]) / 1e9
                : NAN;
    }
}

static davy_status measure_delays(const davy_table *table, const scored_rows *packed,
                                  davy_evaluation *out)
{
    double *delays = calloc(2 * packed->count + 1, sizeof *delays);
    double *seconds = delays ? delays + packed->count : NULL;

    if (!delays)
        return davy_fail(DAVY_ERR_NOMEM, "events");
    measure_events(table, packed, delays, seconds, out);
    if (out->detected > 0) {
        out->delay_rows = davy_select(delays, out->detected, out->detected / 2);
        out->delay_seconds =
            table->times ? davy_select(seconds, out->detected, out->detected / 2) : NAN;
    }
    free(delays);
    return DAVY_OK;
}

static double days_of(const davy_table *table, const scored_rows *packed)
{
    double ns = 0;

    if (!table->times)
        return (double) packed->count / ROWS_PER_DAY_TIMELESS;
    for (size_t i = 1; i < packed->count; i++)
        if (packed->runs[i] == packed->runs[i - 1] && packed->rows[i] == packed->rows[i - 1] + 1)
            ns += (double) (table->times[packed->rows[i]] - table->times[packed->rows[i - 1]]);
    return ns / 86400e9;
}

davy_status davy_evaluate(const davy_table *table, const davy_run *run, davy_evaluation *out)
{
    davy_evaluation made = {.rows = run->rows,
                            .model = no_figures,
                            .always = no_figures,
                            .clock = no_figures,
                            .delay_rows = NAN,
                            .delay_seconds = NAN};
    scored_rows packed = {0};
    davy_status status = pack_rows(table, run, &packed);

    if (status == DAVY_OK && table->labels)
        status = compare(table, &packed, &made);
    if (status == DAVY_OK && made.labelled)
        status = measure_delays(table, &packed, &made);
    if (status == DAVY_OK) {
        made.abstained = run->rows - packed.count;
        for (size_t i = 0; i < packed.count; i++)
            made.faulty += packed.labels[i] > 0;
        made.days = days_of(table, &packed);
        made.episodes = count_false_episodes(&packed);
        made.episodes_per_day = made.days > 0 ? (double) made.episodes / made.days : NAN;
        *out = made;
    }
    scored_clear(&packed);
    return status;
}
