/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor_kind.h"

/**
 * @file
 * SMOTE: rare classes are filled up with samples between their own.
 *
 * Stage: models. A new sample lies at a random place between a sample of the class and one of its
 * nearest of the same class. They are added to what is learnt from, of a fold as of the whole
 * training, and to nothing else: what is watched or judged is never made up, and no synthetic
 * sample lies between two sides of a split. Nearness is measured in deviations of each number.
 *
 * Bad at: classes of several clusters, noise in the labels (it is spread), numbers that are words.
 * Probabilities come out as if the classes were as common as they were made; the temperature mends
 * part of that only. Class weights (`balance`) do much the same without new samples.
 *
 * Source: Chawla, Bowyer, Hall, Kegelmeyer, "SMOTE: Synthetic Minority Over-sampling Technique",
 * JAIR 16, 2002. There distances are taken as they are; here they are scaled.
 */

/** The settings `smote` and `smote_neighbours`, for a table. */
#define DAVY_SMOTE_SETTINGS                                                                      \
    {"smote", "0", "rare classes are filled up to this share of the commonest; 0: they are not", \
     0,       1,   NULL},                                                                        \
    {                                                                                            \
        "smote_neighbours", "5", "nearest samples of a class that new ones lie between", 1, 100, \
            NULL                                                                                 \
    }

/** Samples of a lesson and those that were added to them. Zeroed is none. */
typedef struct davy_smote {
    davy_sample_set samples; /* the lesson's, then the new ones */
    uint8_t *held;           /* [samples.count] */
    float *values;           /* of the new ones */
    const davy_sample_set *base;
    size_t made;
} davy_smote;

/**
 * Fill up the classes of a lesson, as its settings say.
 *
 * @param made  its samples and parts borrow those of the lesson
 * @return DAVY_ERR_INVALID for what is no row, has no classes, or a class of one sample
 */
DAVY_MUST_CHECK davy_status davy_smote_make(const davy_lesson *lesson, davy_smote *made);
/** Zeroed is fine. */
void davy_smote_clear(davy_smote *made);

/** Whether the settings of a lesson ask for it. */
bool davy_smote_wanted(const davy_lesson *lesson);
