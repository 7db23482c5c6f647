/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/advice/labels.h"
#include "app/dataset.h"

/**
 * @file
 * Labels of stored signals: what people answered to alarms.
 *
 * Stage: app. `--label PATTERN` beside `--signals`. Rows in a stretch that was judged "true" have
 * the label 1, all others 0: those of a "false" and those that nobody judged. Rows in a stretch of
 * known work are blanked: nothing is learnt from them and no verdict is counted on them, also where
 * another answer covers them.
 */

/** The answers to alarms that --label matches; none is fine. */
DAVY_MUST_CHECK davy_status davy_dataset_read_labels(const davy_dataset *dataset,
                                                     davy_labels *labels);

/**
 * Put the labels into a table of stored signals.
 *
 * @return DAVY_ERR_NOT_FOUND when nobody has answered an alarm that matches
 */
DAVY_MUST_CHECK davy_status davy_dataset_take_answers(const davy_dataset *dataset,
                                                      davy_table *table);
