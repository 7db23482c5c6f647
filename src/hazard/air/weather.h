/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/stability.h"
#include "hazard/answer.h"

/**
 * @file
 * Pasquill's class from what a weather station says.
 *
 * Stage: hazard, room air. Three published methods, which ask for different instruments and often
 * differ by a class: Pasquill's own table with the sun as strong, moderate or slight; EPA's with
 * the sun and the gradient of the temperature; Turner's with the height of the sun and the clouds.
 *
 * Calm clear nights are the worst case of a toxic cloud, and the methods do not agree about them:
 * Pasquill's table is empty below 2 m/s, others continue it with F, Turner's has a seventh class G.
 * There are no coefficients for G here: the answer is F, OUTSIDE, and `beyond` says why.
 */

/** What is known of the weather; NaN: not known. */
typedef struct davy_weather {
    double wind;      /* m/s, 10 m above the ground */
    double radiation; /* W/m2, of the sun on level ground */
    double cloud;     /* of the sky, 0 to 1 */
    double ceiling;   /* m, height of the clouds; INFINITY: there are none */
    double gradient;  /* K/m, of the temperature from 2 m to 10 m, warmer above is positive */
    double sun;       /* rad above the horizon */
    bool night;       /* from one hour before sunset to one hour after sunrise */
} davy_weather;

typedef struct davy_stability_estimate {
    davy_stability stability; /* the more stable of two, with which a cloud at the ground reaches
                                 further; DAVY_STABILITIES: not known */
    davy_stability other;     /* the less stable one of a pair such as A-B; otherwise the same */
    bool beyond;              /* some call it G: more stable than anything that was measured */
    davy_answer answer;       /* 1 for A to 6 for F; TWO: a pair */
} davy_stability_estimate;

/** Pasquill's table. By day: wind and radiation; by night, or when it is overcast: wind and cloud.
 */
davy_stability_estimate davy_weather_pasquill(const davy_weather *weather);
/** EPA's solar radiation and delta-T: wind and radiation by day, wind and gradient by night. */
davy_stability_estimate davy_weather_srdt(const davy_weather *weather);
/** Turner's: wind, cloud and, when most of the sky is covered, ceiling; by day sun too. */
davy_stability_estimate davy_weather_turner(const davy_weather *weather);
