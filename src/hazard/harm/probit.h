/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * Probits: which share of the people, or of the buildings, a dose harms.
 *
 * Stage: hazard, room harm. Pr = a + b ln(C^n t), and the share is Phi(Pr - 5): 50 % at Pr = 5. The
 * intensity C is a concentration, a heat flux or an overpressure; each author has coefficients of
 * his own for the unit he used, and one substance has several probits that differ by far. A probit
 * is therefore named by its origin, and all that are known are computed side by side.
 *
 * Where the intensity varies, the load is the integral of C^n over time: the mean of C before the
 * power is wrong.
 *
 * Source: D. J. Finney, "Probit Analysis", Cambridge 1971; the rows name theirs.
 */
typedef enum davy_harm {
    DAVY_HARM_TOXIC,    /* death by inhalation; intensity as the formula's first input says */
    DAVY_HARM_THERMAL,  /* death or burns by heat; W/m2 */
    DAVY_HARM_PRESSURE, /* harm by overpressure; Pa, no time */
    DAVY_HARMS
} davy_harm;

typedef struct davy_probit {
    davy_harm harm;
    const char *cas;      /* of the substance of a toxic one; "" */
    double a, b, n;       /* as published */
    double scale;         /* what an SI intensity is multiplied by to be in the author's unit */
    double per_second;    /* the same for time; 0: time does not count */
    davy_formula formula; /* inputs: the intensity, and the time in s unless it does not count */
} davy_probit;

/** The rows of a kind of harm. @param cas  of the substance; NULL: all */
const davy_probit *davy_probit_next(davy_harm harm, const char *cas, const davy_probit *after);
/** The row of a formula's name, or NULL. */
const davy_probit *davy_probit_find(const char *name);

/** Pr. @param time  in s; not looked at where time does not count */
davy_answer davy_probit_value(const davy_probit *probit, double intensity, double time);
/**
 * Pr of a load that varied.
 *
 * @param load  integral of intensity^n over time, in SI units
 */
davy_answer davy_probit_value_of_load(const davy_probit *probit, double load);
/** The intensity that harms a share. @param share  between 0 and 1, without either */
davy_answer davy_probit_intensity(const davy_probit *probit, double share, double time);
/** The load that harms a share, in SI units. */
davy_answer davy_probit_load(const davy_probit *probit, double share);

/** The share that a probit harms: Phi(Pr - 5), between 0 and 1. */
davy_answer davy_probit_share(double pr);

/**
 * Pr of damage by a blast wave that has a pressure and an impulse: collapse of buildings, by TNO.
 *
 * @param pressure  overpressure in Pa
 * @param impulse   in Pa s
 */
davy_answer davy_collapse_probit(double pressure, double impulse);
