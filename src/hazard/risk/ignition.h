/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stdbool.h>

/**
 * @file
 * Ignition: how likely a flammable release burns at once, and how likely it burns later.
 *
 * Stage: hazard, room risk. Tables by the size of a release, not by the plant around it: they know
 * nothing of hot work, of a road beside the tank or of zones that are kept free of sources. The
 * delayed one is always told for a release that has not burnt at once, so that it can stand in an
 * event tree as it is.
 *
 * Source: TNO Purple Book CPR 18E (1999), table 4.5, as transcribed in Petrolord/petrolord-suite;
 * HyRAM+ of sandialabs/hyram, whose rows for other gases than hydrogen add up to the 0.01, 0.07 and
 * 0.3 of A. W. Cox, F. P. Lees, M. L. Ang, Classification of Hazardous Locations, 1990.
 */

/** The columns of table 4.5. Which gas is of which reactivity, its table 4.7 says. */
typedef enum davy_ignition_substance {
    DAVY_IGNITION_K1_LIQUID,    /* flammable liquid of the Dutch class K1 */
    DAVY_IGNITION_LOW_REACTIVE, /* gas of low reactivity */
    DAVY_IGNITION_REACTIVE,     /* gas of average or high reactivity */
    DAVY_IGNITION_SUBSTANCES    /* as an input: not known */
} davy_ignition_substance;

/** At once, of a fixed installation that releases so much. @param rate  kg/s */
davy_answer davy_ignition_of_rate(davy_ignition_substance substance, double rate);
/** The same of a release all at once. @param mass  kg */
davy_answer davy_ignition_of_mass(davy_ignition_substance substance, double mass);

/** At once, by HyRAM+. @param hydrogen  otherwise any other fuel gas @param rate  kg/s */
davy_answer davy_ignition_hyram(bool hydrogen, double rate);
/** Later, of a release that has not burnt at once, by HyRAM+. */
davy_answer davy_ignition_hyram_delayed(bool hydrogen, double rate);

/**
 * Later, by the sources that the cloud covers.
 *
 * @param sources  how many the cloud covers
 * @param rate     of ignitions of one of them, 1/s
 * @param time     that the cloud covers them, s
 */
davy_answer davy_ignition_by_sources(double sources, double rate, double time);
