/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model_private.h"
#include "models/samples/data_quality.h"
#include "models/training/calibrate.h"
#include "models/training/train.h"

/**
 * @file
 * A training under way, shared by the files that learn, write and report.
 *
 * Stage: models.
 */
typedef struct davy_training {
    const davy_table *table; /* a copy of the caller's, in the order of time, cleaned */
    const davy_table *head;  /* its first rows before they were cleaned, to check the model on */
    davy_data_quality quality;
    const davy_train_options *options;
    size_t lags, hold;
    int64_t period_ns;
    uint8_t *skip; /* [rows] 1: labelled as a fault, not learnt from */
    size_t skipped;
    size_t split; /* first row of the calibration part */
    davy_model *model;
    davy_calibration calibration;
    const char *author;  /* public key of who signs the version */
    davy_sentences note; /* of the kind */
    davy_sentences said; /* for the page, whose other sections tell of the data */
    char summary[8192];  /* the same and what was wrong with the rows, for all else */
} davy_training;

/** Say how far it is to whoever asked to be told. */
void davy_training_tell(const davy_training *training, const char *what, uint64_t done,
                        uint64_t total);

/** A setting as it is used: as given, else its default, which depends on whether rows have time. */
const char *davy_training_setting_text(const davy_training *training, const char *key);

/** The same as a number. */
double davy_training_setting(const davy_training *training, const char *key);

/** Split, fit, and calibrate: makes training->model, without its texts, and its calibration. */
DAVY_MUST_CHECK davy_status davy_training_learn(davy_training *training);

/** Score rows [from, to) from a fresh start; NaN where the model abstains or the row is faulty. */
DAVY_MUST_CHECK davy_status davy_training_score(const davy_training *training, size_t from,
                                                size_t to, double *scores);
