/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/sigma.h"

#include <stddef.h>

/**
 * @file
 * Train of puffs: a release cut into puffs that each go where the wind of their time takes them.
 *
 * Stage: hazard, room air. For winds that change while the cloud is on its way. A puff grows with
 * the way it has gone, in one class of stability; calms are not for it. The memory for the puffs is
 * the caller's. Places are in m to the east and north of the source.
 */

/** The wind from a time on, until the next; the last one stays. */
typedef struct davy_wind_step {
    double start; /* s since the release began; that of the first is at most 0 */
    double speed; /* m/s, at the height of the release */
    double from;  /* rad clockwise from north: where it comes from, as weather stations say */
} davy_wind_step;

typedef struct davy_train {
    const davy_sigma_set *sigma; /* a set for puffs */
    davy_stability stability;
    double rate;     /* kg/s */
    double duration; /* s */
    double height;   /* m, of the release */
    double lid;      /* m, mixing height; 0: none */
    const davy_wind_step *winds;
    size_t wind_count;
    size_t puffs; /* into how many the whole release is cut, at most DAVY_TRAIN_PUFFS_MAX */
} davy_train;

#define DAVY_TRAIN_PUFFS_MAX ((size_t) 1000)

/** Where one puff is, and how large. */
typedef struct davy_train_puff {
    double mass;                        /* kg */
    double east, north;                 /* m, its middle */
    double heading_east, heading_north; /* where it goes, of length 1 */
    double travelled;                   /* m, along its way */
    double along, side, up;             /* m, sigma x, y and z */
} davy_train_puff;

/**
 * Place the puffs that have left by a time.
 *
 * @param time   s since the release began
 * @param puffs  room for train->puffs of them
 * @param count  how many there are; 0 when the answer has no value
 * @return how far the oldest one has gone, m
 */
davy_answer davy_train_place(const davy_train *train, double time, davy_train_puff *puffs,
                             size_t *count);

/**
 * Concentration in kg/m3 of puffs that were placed.
 *
 * @return OUTSIDE when the puff that gives most is shorter than half the way to the next: then the
 *         sum is of separate puffs, and the train needs more of them
 */
davy_answer davy_train_concentration(const davy_train *train, const davy_train_puff *puffs,
                                     size_t count, double east, double north, double height);
