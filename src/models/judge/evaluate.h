/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/metrics.h"
#include "data/table.h"
#include "models/model.h"

/**
 * @file
 * A model run over a table, and how well its alarms agree with the labels.
 *
 * Stage: models. Rows go through the same scorer as live ones; its memory is cleared where a run
 * begins, where time steps back, and after a gap of ten periods.
 */

/** What a model says of every row. Zeroed is empty. */
typedef struct davy_run {
    size_t rows, signals;
    double *scores;        /* [rows] NaN where the model abstains */
    uint8_t *verdicts;     /* [rows] davy_verdict */
    const char **reasons;  /* [rows] why it abstains; NULL else */
    double *contributions; /* [rows * signals] NaN where it abstains; NULL when not asked for */
    double *expected;      /* the same */
} davy_run;

/**
 * Where each of the model's signals stands in a table.
 *
 * @param columns  [signal_count]
 * @return DAVY_ERR_NOT_FOUND, naming every signal that the table does not have
 */
DAVY_MUST_CHECK davy_status davy_model_bind(const davy_model *model, const davy_table *table,
                                            size_t *columns);

/** Score every row in order. @param explain  keep contributions and expected values */
DAVY_MUST_CHECK davy_status davy_model_run(const davy_model *model, const davy_table *table,
                                           bool explain, davy_run *out);
void davy_run_clear(davy_run *run);

/** Rows without an alarm that do not end an episode in an evaluation; data/metrics_events.h. */
#define DAVY_EVALUATE_MERGE 30

/** How a simple rule, or a model, does: areas are NaN where there is no score. */
typedef struct davy_figures {
    double auc_roc, average_precision;
    double f1, false_rate, missed_rate; /* NaN without labels */
} davy_figures;

typedef struct davy_evaluation {
    size_t rows, abstained, faulty; /* abstained rows are in none of the figures */
    double days;                    /* of the rows that were scored; by count without times */
    size_t episodes;                /* of alarms; false ones only when there are labels */
    double episodes_per_day;
    bool labelled;           /* labels of both kinds; else what follows is NaN or 0 */
    davy_figures model;      /* at the model's limit */
    davy_figures always;     /* alarm on every row */
    davy_figures clock;      /* alarm from the median start to the median end of the faults of the
                              * other runs; NaN with less than two runs */
    size_t events, detected; /* stretches of faulty rows, and those in which an alarm began */
    double delay_rows;       /* median from the start of a detected event to that alarm */
    double delay_seconds;    /* the same in time; NaN without times */
} davy_evaluation;

DAVY_MUST_CHECK davy_status davy_evaluate(const davy_table *table, const davy_run *run,
                                          davy_evaluation *out);

/**
 * The clock: alarm by the place in the run alone, as the other runs' faults lie.
 *
 * @param alarms  [rows] 1: alarm
 * @return DAVY_ERR_INVALID when less than two runs have a fault
 */
DAVY_MUST_CHECK davy_status davy_clock_alarms(const double *labels, const uint32_t *runs,
                                              size_t rows, size_t run_count, uint8_t *alarms);
