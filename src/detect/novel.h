/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/delay.h"
#include "detect/record.h"
#include "detect/tail.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Has this series ever done such a thing? For signals without a clean history to learn from.
 *
 * Stage: detect. It looks at the distance of the value from the level of the series, at the step
 * from the sample before, and at the distance of the mean of the newest dozen from the level, and
 * asks two questions of each. Its tail says once in how many samples so large a number is to be
 * expected; its records say how long ago there were two as large. The smaller of the two answers
 * counts, so nothing is rare that was seen twice of late, and nothing is rare by a hair's breadth.
 * It has no unit, and is the limit's: once in so many samples. The level and the tails follow the
 * series and forget, so a new load is told once and becomes usual, and a counter or a drifting
 * level is usual from the beginning.
 *
 * The condition holds from a sample as rare as asked for until DAVY_NOVEL_QUIET samples in a row
 * were not.
 *
 * Bad at: small shifts and slow drifts (pair it with shift.h), a usual value at an unusual time,
 * values that are wrong and usual. It never learns what is good: a fault that lasts becomes usual.
 * After two large events a smaller one of the same sort is told only when they are as many samples
 * ago as the limit says.
 *
 * Zeroed is the valid start; 1.7 KiB; nothing is allocated.
 */

/** Samples before the first answer. */
#define DAVY_NOVEL_WARMUP 100
/** Usual samples in a row that end the condition. */
#define DAVY_NOVEL_QUIET 100
/** Weight of the newest sample in the short mean is one of so many. */
#define DAVY_NOVEL_SHORT 12
/** A value beyond it is taken for it, so that no square overflows. */
#define DAVY_NOVEL_VALUE_MAX 1e150

typedef enum davy_novelty {
    DAVY_NOVELTY_VALUE, /* far from the level */
    DAVY_NOVELTY_STEP,  /* far from the sample before */
    DAVY_NOVELTY_MEAN,  /* the newest dozen are far from the level */
    DAVY_NOVELTY_COUNT
} davy_novelty;

typedef struct davy_novel {
    double level;      /* mean of the series, forgetting */
    double short_mean; /* of the newest dozen */
    double newest;
    double rarity; /* of the newest sample: once in so many */
    davy_tail tails[DAVY_NOVELTY_COUNT];
    davy_records records[DAVY_NOVELTY_COUNT]; /* of what lies above the thresholds of the tails */
    davy_delay delay;
    uint64_t count; /* samples */
    uint8_t what;   /* davy_novelty that is rarest in the newest sample */
    uint8_t quiet;  /* usual samples until the condition ends; 0: it does not hold */
} davy_novel;

/**
 * Look at a value, learn it, and tell nothing: what came before the program started.
 *
 * @param limit  once in so many samples, > 1
 * @param value  a NaN or an infinity is passed over
 * @return how rare it is: once in so many samples, 1 to 10^12; 1 while it warms up
 */
double davy_novel_look(davy_novel *novel, double limit, double value);

/** Look at the next value. */
davy_change davy_novel_update(davy_novel *novel, double limit, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns);
