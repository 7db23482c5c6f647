/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdint.h>

/**
 * @file
 * Schedule: by what the learning rate is multiplied at a step.
 *
 * Stage: nn. A factor is a function of the number of steps taken so far, t = 0, 1, ..., and of
 * nothing else, so a training resumes with the rate it had. With n steps in all after the warm-up
 *
 *     constant   1
 *     step       gamma^floor(t / every)
 *     cosine     low + (1 - low) (1 + cos(pi t / n)) / 2
 *     one cycle  from 1/25 up to 1 over the first 3 tenths, then down to 1 / 250,000, by cosines
 *
 * and the first `warmup` steps rise to it: (t + 1) / (warmup + 1). After the last step the factor
 * stays where it is.
 *
 * Sources: Loshchilov, Hutter, "SGDR", arXiv:1608.03983, equation 5, without restarts; Smith,
 * Topin, "Super-Convergence", arXiv:1708.07120, with the numbers of PyTorch's OneCycleLR (its
 * momentum stays constant here); Goyal et al., arXiv:1706.02677, section 2.2 (gradual warm-up).
 */
typedef enum davy_schedule_kind {
    DAVY_SCHEDULE_CONSTANT,
    DAVY_SCHEDULE_STEP,
    DAVY_SCHEDULE_COSINE,
    DAVY_SCHEDULE_ONE_CYCLE
} davy_schedule_kind;

/** Zeroed: constant. */
typedef struct davy_schedule {
    davy_schedule_kind kind;
    uint64_t steps;  /* cosine, one cycle: of the whole training, warm-up included; > warmup */
    uint64_t warmup; /* steps to rise over; 0: none */
    uint64_t every;  /* step: steps between two cuts; > 0 */
    double gamma;    /* step: what a cut leaves of the rate; 0: 0.1 */
    double low;      /* cosine: where it ends, 0 .. 1 */
} davy_schedule;

/** DAVY_ERR_INVALID, naming the field, when a schedule makes no sense. */
DAVY_MUST_CHECK davy_status davy_schedule_check(const davy_schedule *schedule);

/** The factor of step t, counted from 0; in [0, 1] for a schedule that was checked. */
double davy_schedule_factor(const davy_schedule *schedule, uint64_t t);

/** Name as in settings ("constant", "step", "cosine", "one-cycle"); NULL: not a kind. */
const char *davy_schedule_name(davy_schedule_kind kind);
/** DAVY_ERR_NOT_FOUND, with the names there are, for another name. */
DAVY_MUST_CHECK davy_status davy_schedule_find(const char *name, davy_schedule_kind *out);
