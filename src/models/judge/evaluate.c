/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/evaluate.h"

#include "core/bulk.h"
#include "data/metrics_events.h"
#include "models/judge/evaluate_rows.h"
#include "models/kinds/scaling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static davy_figures figures_of(const davy_scored_rows *packed, const uint8_t *alarms)
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
static davy_status compare(const davy_table *table, davy_scored_rows *packed, davy_evaluation *out)
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

/* Memory for counting alarms. */
typedef struct alarm_memory {
    davy_alarm_counts *counts; /* [runs] */
    davy_alarm_delay *delays;  /* [rows] */
    uint8_t *faulty;           /* [rows] */
    int64_t *times;            /* [rows] */
} alarm_memory;

static void take_counts(const davy_table *table, const alarm_memory *m, size_t found,
                        davy_evaluation *out)
{
    for (size_t r = 0; r < table->run_count; r++) {
        out->events += (size_t) m->counts[r].events;
        out->detected += (size_t) m->counts[r].found;
        out->episodes += (size_t) m->counts[r].false_episodes;
    }
    davy_alarm_delay_sort(m->delays, found, 0);
    out->delay_rows = davy_alarm_delay_quantile(m->delays, found, 0.5, NULL, 0);
    davy_alarm_delay_sort(m->delays, found, 1);
    out->delay_seconds = davy_alarm_delay_quantile(m->delays, found, 0.5, NULL, 1);
}

/* Alarms at the model's limit, counted by the rule of data/metrics_events.h. */
static davy_status count_alarms(const davy_table *table, const davy_scored_rows *packed,
                                davy_evaluation *out)
{
    const size_t rows = packed->count;
    alarm_memory m = {.counts = davy_bulk_alloc(table->run_count + 1, sizeof *m.counts),
                      .delays = davy_bulk_alloc(rows + 1, sizeof *m.delays),
                      .faulty = davy_bulk_alloc(rows + 1, 1),
                      .times = davy_bulk_alloc(rows + 1, sizeof *m.times)};
    const davy_alarm_input input = {.scores = packed->scores,
                                    .faulty = m.faulty,
                                    .runs = packed->runs,
                                    .times = packed->times ? m.times : NULL,
                                    .rows = packed->rows,
                                    .count = rows,
                                    .merge = DAVY_EVALUATE_MERGE};
    davy_status status = DAVY_OK;
    size_t found = 0;

    if (m.counts && m.delays && m.faulty && m.times) {
        for (size_t i = 0; i < rows; i++) {
            m.faulty[i] = packed->labels[i] > 0;
            m.times[i] = packed->times ? packed->times[packed->rows[i]] : 0;
        }
        davy_alarm_count(&input, 1, m.counts, m.delays, &found);
        take_counts(table, &m, found, out);
    } else {
        status = davy_fail_in(DAVY_ERR_NOMEM, "alarms of %zu rows", rows);
    }
    davy_bulk_free(m.counts);
    davy_bulk_free(m.delays);
    davy_bulk_free(m.faulty);
    davy_bulk_free(m.times);
    return status;
}

davy_status davy_evaluate(const davy_table *table, const davy_run *run, davy_evaluation *out)
{
    davy_evaluation made = {.rows = run->rows,
                            .model = no_figures,
                            .always = no_figures,
                            .clock = no_figures,
                            .delay_rows = NAN,
                            .delay_seconds = NAN};
    davy_scored_rows packed = {0};
    davy_status status = davy_scored_rows_pack(table, run, &packed);

    if (status == DAVY_OK && table->labels)
        status = compare(table, &packed, &made);
    if (status == DAVY_OK)
        status = count_alarms(table, &packed, &made);
    if (status == DAVY_OK) {
        made.abstained = run->rows - packed.count;
        for (size_t i = 0; i < packed.count; i++)
            made.faulty += packed.labels[i] > 0;
        made.days = davy_scored_rows_days(&packed, NULL, NULL);
        made.episodes_per_day = made.days > 0 ? (double) made.episodes / made.days : NAN;
        *out = made;
    }
    davy_scored_rows_clear(&packed);
    return status;
}
