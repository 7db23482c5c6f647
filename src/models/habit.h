/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model_reader.h"
#include "models/signal_range.h"
#include "models/window.h"

/**
 * @file
 * How a signal behaved while a model that watches learnt: where it was, and how long it rested.
 *
 * Stage: models. An all-clear about a transmitter that is frozen is worth nothing, and whether one
 * is frozen depends on the plant: a valve that is open rests, and a coarse instrument shows one
 * number for minutes. So what training had is kept in model.json, and vitals.h holds rows against
 * it.
 */
typedef struct davy_habit {
    davy_signal_range range;
    size_t still;  /* most rows in a row with one number within the range */
    size_t at_end; /* the same at an end that training hardly reached */
    double gaps;   /* share of the rows without a number */
} davy_habit;

/** Whether the signal has more than one usual number. */
bool davy_habit_moves(const davy_habit *habit);

/** Whether a value lies at, or beyond, an end that training hardly reached. */
bool davy_habit_is_end(const davy_signal_range *range, double value);

/**
 * Learn the habits of all columns over the rows of a walk.
 *
 * @param out  [columns] in the arena
 */
DAVY_MUST_CHECK davy_status davy_habits_of(const davy_walk *walk, davy_arena *arena,
                                           const davy_habit **out);

/** For model.json: a list in the order of the signals; NULL without memory. */
json_t *davy_habits_json(const davy_habit *habits, size_t signals);

/** Read them back; NULL for a model.json without them. A fault is the reader's. */
const davy_habit *davy_habits_read(davy_model_reader *in, const json_t *root, size_t signals);
