/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * How well scores or alarms agree with labels, row by row.
 *
 * Stage: data. A row is faulty when its label is above 0. Nothing here adjusts points: an alarm
 * counts for the row it stands on. data/metrics_rank.h says how the areas are defined.
 */

/**
 * Area under the ROC curve: the chance that a faulty row scores above a normal one, ties half.
 *
 * @return DAVY_ERR_INVALID when one of the two kinds of rows is missing or a score is NaN
 */
DAVY_MUST_CHECK davy_status davy_auc_roc(const double *scores, const double *labels, size_t count,
                                         double *area);

/** Average precision; rows of equal score are taken together. Errors like davy_auc_roc(). */
DAVY_MUST_CHECK davy_status davy_average_precision(const double *scores, const double *labels,
                                                   size_t count, double *precision);

/** Rows by label and alarm. */
typedef struct davy_confusion {
    size_t true_alarms, false_alarms, missed, quiet;
} davy_confusion;

/** Add rows; @param alarms  [count] 1: alarm */
void davy_confusion_add(davy_confusion *confusion, const uint8_t *alarms, const double *labels,
                        size_t count);
/** Harmonic mean of precision and recall; 0 without true alarms. */
double davy_confusion_f1(const davy_confusion *confusion);
/** Share of the normal rows with an alarm; NaN without normal rows. */
double davy_confusion_false_rate(const davy_confusion *confusion);
/** Share of the faulty rows without an alarm; NaN without faulty rows. */
double davy_confusion_missed_rate(const davy_confusion *confusion);

/** Episodes: stretches of alarms whose gaps are at most `merge` rows and which stay in a run. */
size_t davy_count_episodes(const uint8_t *alarms, const uint32_t *runs, size_t count, size_t merge);
