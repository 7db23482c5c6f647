/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"

/**
 * @file
 * Gaussian puff, and releases that end: what passes by instead of standing in the wind.
 *
 * Stage: hazard, room air. A release of seconds is a puff, one that lasts longer than the cloud
 * needs to arrive is a plume, and between them is the release of finite duration. In all of them
 * the wind is steady; train.h is for wind that changes.
 */
typedef struct davy_puff {
    const davy_sigma_set *sigma; /* a set for puffs */
    davy_stability stability;
    double mass;   /* kg */
    double wind;   /* m/s, at the height of the release */
    double height; /* m, of the release */
    double lid;    /* m, mixing height; 0: none */
} davy_puff;

/** Concentration in kg/m3. @param time  s since the release */
davy_answer davy_puff_concentration(const davy_puff *puff, davy_place at, double time);

typedef struct davy_finite {
    const davy_sigma_set *sigma; /* a set for puffs */
    davy_stability stability;
    double rate;     /* kg/s */
    double duration; /* s */
    double wind;     /* m/s, at the height of the release */
    double height;   /* m, of the release */
    double lid;      /* m, mixing height; 0: none */
} davy_finite;

/**
 * A release of finite duration as puffs without number, one behind the other. Across and upwards
 * the cloud is as wide as a puff at the place; its two ends are as long as theirs have become.
 *
 * @param time  s since the release began
 */
davy_answer davy_finite_concentration(const davy_finite *finite, davy_place at, double time);

/**
 * A release of finite duration by Palazzi: the plume, from when its front arrives until its end has
 * passed. With a long release it is the plume itself.
 *
 * @param plume     with a set for plumes
 * @param duration  s
 * @param time      s since the release began
 */
davy_answer davy_palazzi_concentration(const davy_plume *plume, davy_place at, double duration,
                                       double time);

/** How a release looks from a distance. */
typedef enum davy_regime {
    DAVY_REGIME_PUFF,    /* it was over long before: a puff */
    DAVY_REGIME_FINITE,  /* between: the release of finite duration */
    DAVY_REGIME_PLUME,   /* it still goes on: a plume */
    DAVY_REGIME_UNKNOWN, /* an input is missing or impossible */
} davy_regime;

/**
 * Which model applies, by u t / x.
 *
 * @param answer  the ratio; may be NULL
 */
davy_regime davy_regime_of(double wind, double duration, double distance, davy_answer *answer);
