/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/training/training.h"

/**
 * @file
 * What a training leaves behind: the sentences, model.onnx, model.json and report.html.
 *
 * Stage: models.
 */

/** Fill training->said and training->summary: rows used, the promise, and what falls short. */
void davy_training_summarise(davy_training *training);

/** Write the files of a version into a folder, synced. Sets the model's file hash. */
DAVY_MUST_CHECK davy_status davy_training_write(davy_training *training, const char *folder);

/** The report of a training that became this version. */
void davy_train_tell(const davy_train_options *options, unsigned version, const char *summary,
                     davy_train_report *report);
