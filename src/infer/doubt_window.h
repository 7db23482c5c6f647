/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/background.h"
#include "models/predictor.h"

#include <stdatomic.h>

/**
 * @file
 * Windows of a signal that does not live: one that stands still, or lies at an end of its range.
 *
 * Stage: infer. Whether that is a fault depends on the plant: a valve that is open stands still,
 * and a coarse instrument does so for minutes. So the samples that a model keeps of its training
 * are looked at first, and what was there is usual.
 */
typedef enum davy_window_look {
    DAVY_WINDOW_MOVES,
    DAVY_WINDOW_STANDS, /* every step has the same number */
    DAVY_WINDOW_CLIPPED /* it stays at, or beyond, the last number of training that is rare there */
} davy_window_look;

/** How signals behaved in training. */
typedef struct davy_habits {
    bool sees;         /* the model looks at windows, and where its signals were is known */
    bool known;        /* enough samples of training are there */
    bool *moves;       /* [channels] it has more than one usual number */
    bool *stands;      /* [channels] a window of training stood still */
    bool *clipped;     /* [channels] one lay at an end */
    atomic_int *hangs; /* [channels] whether answers hang on it: 0 not known yet, 1 yes, -1 no */
} davy_habits;

/** @param background  may be empty */
DAVY_MUST_CHECK davy_status davy_habits_learn(const davy_predictor_info *info,
                                              const davy_background *background, davy_arena *arena,
                                              davy_habits *out);

/**
 * Whether the answers of a model hang on a channel: samples of training are asked again with that
 * channel from other samples of training, and their answers move by a twentieth or more of what
 * they move when the whole sample is another. Asked once a channel, then known; may be called by
 * several threads.
 *
 * @return true as well when it cannot be found out
 */
bool davy_habits_hang_on(const davy_habits *habits, const davy_predictor *predictor,
                         const davy_background *background, size_t channel);

/** @param level  where it stands or lies */
davy_window_look davy_window_look_at(const davy_predictor_info *info, const float *numbers,
                                     size_t channel, double *level);
