/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/comparison.h"
#include "models/task.h"

/**
 * @file
 * Which figures of numbers a task is judged by.
 *
 * Stage: models. The first is the main one.
 */

/** What a figure is taken of. */
typedef enum davy_aspect {
    DAVY_ON_TARGETS, /* as the model was taught: a life that is capped, capped */
    DAVY_ON_RAW,     /* lives as they are */
    DAVY_ON_LAST,    /* the last sample of each run, raw */
    DAVY_ASPECTS
} davy_aspect;

/** Where a figure is found. */
typedef struct davy_number_place {
    davy_aspect aspect;
    size_t offset; /* in davy_number_figures */
    bool scaled;   /* divided by the error of the naive forecast */
} davy_number_place;

typedef struct davy_number_kinds {
    const davy_figure_kind *kinds;   /* [count] */
    const davy_number_place *places; /* [count] */
    size_t count;
} davy_number_kinds;

davy_number_kinds davy_number_kinds_of(davy_task task);
