/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "hazard/risk/risk.h"
#include "hazard/risk/societal.h"
#include "site/site.h"

/**
 * @file
 * Site risk: the individual risk at the places of a site and the F-N curve of its scenarios, over
 * a year of weather.
 *
 * Stage: hazard, room impact. Every scenario that has a frequency is computed in every weather and
 * from every direction; its outcomes (outcomes.h) kill in their zones, by this screening rule:
 *
 *     fire, explosion, flash fire   all in a zone of severity 3 (12.5 kW/m2, 13.8 kPa, LEL)
 *     toxic cloud                   the greatest share of the substance's probits at the edge of
 *                                   the place, for at most half an hour; without a probit all in a
 *                                   zone of severity 3
 *
 * The F-N curve is of the people outside the fence: the plant's own are neither in the societal
 * risk of GB 36894-2018 (people around it) nor held to the limits of its places (2.3, outside the
 * plant). People are taken as in the open. It errs towards more risk in what it counts, and towards
 * less in what it leaves out and tells: scenarios without a frequency, outcomes without a
 * probability.
 *
 * Source: TNO Purple Book CPR 18E (1999), equations 6.1 to 6.6, as transcribed in
 * Petrolord/petrolord-suite; half an hour of exposure: AQ/T 3046-2013, as a program quotes it.
 */

/** A weather of the year. */
typedef struct davy_risk_weather {
    char stability; /* 'A' to 'F' */
    double wind;    /* m/s, 10 m above the ground */
    double from;    /* degrees from north, where it comes from: the middle of the sector */
    double sector;  /* degrees that the row stands for; it is taken in steps of 5 at most */
    bool night;     /* the people of the night are there */
    double kelvin, humidity;
    double share; /* of the year; all add up to 1 */
} davy_risk_weather;

typedef struct davy_place_risk {
    const davy_site_place *place;
    double day, night;      /* people that no place within it counts */
    davy_answer individual; /* per year; NO_DATA where the frequency of no outcome is known */
    davy_risk_target target;
    double limit_new, limit_in_service; /* per year, of China's notice 13 of 2014; for places
                                           outside the fence */
} davy_place_risk;

typedef struct davy_site_risk {
    davy_arena arena;
    davy_place_risk *places;
    size_t place_count;
    davy_risk_event *events; /* that kill people outside the fence */
    size_t event_count;
    size_t scenario_count;    /* that were computed */
    size_t without_frequency; /* scenarios that say none */
    size_t unknown;           /* outcomes of the others that no table has a probability of */
} davy_site_risk;

/**
 * Compute. The site is borrowed until davy_site_risk_destroy().
 *
 * @param risk  zeroed
 * @return DAVY_ERR_INVALID for weather that is none, with its row; DAVY_ERR_NOT_FOUND for a site
 *         without a place or without a scenario that has a frequency
 */
DAVY_MUST_CHECK davy_status davy_site_risk_compute(const davy_site *site,
                                                   const davy_risk_weather *weather, size_t count,
                                                   davy_site_risk *risk);
/** A zeroed one is fine. */
void davy_site_risk_destroy(davy_site_risk *risk);
