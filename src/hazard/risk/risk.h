/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Individual risk: how often somebody at a place would die.
 *
 * Stage: hazard, room risk. Of somebody who stands there all the year, in the open and without
 * protection: it belongs to the place and not to a person. Frequencies are per year and are those
 * of an outcome (event_tree.h), so that ignition is already in them.
 *
 * Source: TNO Purple Book CPR 18E (1999), equations 6.1 and 6.2, as transcribed in
 * Petrolord/petrolord-suite; the limits name theirs.
 */

/** One outcome in one weather. Shares are from 0 to 1; NaN: not known. */
typedef struct davy_risk_term {
    double frequency; /* of the outcome, per year */
    double weather;   /* share of the year with this class and speed */
    double direction; /* share of that in which the wind carries it here; 1 for what goes all round
                       */
    double lethality; /* share of the people here that it kills */
} davy_risk_term;

/** Of no outcome yet: NO_DATA, because nothing known is no safety. */
davy_answer davy_individual_risk_none(void);
/** Add an outcome, per year. What is not known or not possible of one leaves no sum at all. */
void davy_individual_risk_add(davy_answer *risk, const davy_risk_term *term);

/** What is to be protected, as China's limits of individual risk have it. */
typedef enum davy_risk_target {
    DAVY_RISK_TARGET_SPARSE,    /* fewer than 30 people */
    DAVY_RISK_TARGET_DENSE,     /* 30 to 99 people: dwellings, offices, shops */
    DAVY_RISK_TARGET_SENSITIVE, /* schools, hospitals, prisons, places of importance; 100 people */
    DAVY_RISK_TARGETS
} davy_risk_target;

/** The target that so many people are. @param sensitive  a school, a hospital and the like */
davy_risk_target davy_risk_target_of(double people, bool sensitive);

/** Individual risk per year that is acceptable. @param in_service  otherwise a new plant */
davy_answer davy_individual_limit(davy_risk_target target, bool in_service);

/** Whether a risk is at most a limit; what rounding has put above it is on it, a NaN is not. */
bool davy_individual_is_within(double risk, double limit);
