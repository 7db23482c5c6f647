/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/cusum.h"
#include "detect/delay.h"
#include "detect/ewma.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Has the mean of a series moved? CUSUM decides, EWMA tells where the mean is now.
 *
 * Stage: detect. The first DAVY_SHIFT_BASELINE samples give mean and standard deviation (Welford).
 * Then sigma stays as it is, and the target follows the series very slowly (weight DAVY_SHIFT_ADAPT
 * a sample, each sample cut to three sigmas, and not at all while the condition holds), so that a
 * season is no alarm. The condition begins when the CUSUM passes its decision or the EWMA is the
 * whole shift away from the target; it ends when the EWMA has come back to less than half of it for
 * the off-delay. The weight of the EWMA is chosen so that half a shift is three of its own standard
 * deviations: its noise neither begins nor ends the condition.
 *
 * Bad at: series that wander or cycle (their samples are not independent), baselines taken while
 * something was wrong. A constant series has no sigma; its baseline waits until it moves.
 */
#define DAVY_SHIFT_BASELINE 300
#define DAVY_SHIFT_ADAPT    1e-5
/** Mean samples between false alarms of the CUSUM on independent samples: 11 days at 1 Hz. */
#define DAVY_SHIFT_RUN_LENGTH 1e6

/** Zeroed is the valid start. */
typedef struct davy_shift {
    davy_ewma ewma;
    davy_cusum cusum;
    double mean, squares; /* Welford's sums while the baseline is learnt */
    davy_delay delay;
    uint32_t learnt; /* samples of the baseline so far */
    bool ready;
} davy_shift;

/**
 * Look at the next value, which must be a number.
 *
 * @param size  of the shift to find, in sigmas, > 0
 */
davy_change davy_shift_update(davy_shift *shift, double size, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns);

/** Distance of the present mean from the target, in sigmas of the series; 0 while learning. */
double davy_shift_distance(const davy_shift *shift);
