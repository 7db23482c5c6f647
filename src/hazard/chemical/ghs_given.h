/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Classes of the GHS that an authority has given to chemicals.
 *
 * Stage: hazard, room chemical. They stand beside the classes that follow from figures (ghs.h): an
 * authority weighs evidence that no figure here has, and it did so years ago, by an old edition. A
 * class that it did not give says nothing. Classes of solutions, and those that the authority could
 * not decide, are left out; of organs only the worst category is told.
 *
 * Source: classifications of the Japanese government, 2006 to 2008, by the first and second
 * revised editions of the GHS, as stored in TomLent1/GHScrunch @e9f2ee9.
 */
typedef enum davy_ghs_hazard {
    DAVY_GHS_EXPLOSIVE,
    DAVY_GHS_FLAMMABLE_GAS,
    DAVY_GHS_OXIDIZING_GAS,
    DAVY_GHS_GAS_PRESSURE,
    DAVY_GHS_FLAMMABLE_LIQUID,
    DAVY_GHS_FLAMMABLE_SOLID,
    DAVY_GHS_PYROPHORIC_LIQUID,
    DAVY_GHS_PYROPHORIC_SOLID,
    DAVY_GHS_WATER,
    DAVY_GHS_OXIDIZING_LIQUID,
    DAVY_GHS_OXIDIZING_SOLID,
    DAVY_GHS_METAL,
    DAVY_GHS_ORAL,
    DAVY_GHS_DERMAL,
    DAVY_GHS_GAS,
    DAVY_GHS_VAPOUR,
    DAVY_GHS_DUST,
    DAVY_GHS_SKIN,
    DAVY_GHS_EYE,
    DAVY_GHS_RESPIRATORY,
    DAVY_GHS_SENSITIZER,
    DAVY_GHS_MUTAGEN,
    DAVY_GHS_CANCER,
    DAVY_GHS_REPRODUCTION,
    DAVY_GHS_ORGAN_ONCE,
    DAVY_GHS_ORGAN_LONG,
    DAVY_GHS_ASPIRATION,
    DAVY_GHS_WATER_LIFE,
    DAVY_GHS_WATER_LIFE_LONG,
    DAVY_GHS_HAZARDS
} davy_ghs_hazard;

typedef struct davy_ghs_given {
    const char *cas;
    davy_ghs_hazard hazard;
    const char *category; /* "1", "2A", "1A-1C", "Division 1.1", "Liquefied gas" */
} davy_ghs_given;

/** "Acute toxicity, inhaled gas". */
const char *davy_ghs_hazard_name(davy_ghs_hazard hazard);

/** The next class behind `after` (NULL: from the first) that a chemical was given; else NULL. */
const davy_ghs_given *davy_ghs_given_find(const char *cas, const davy_ghs_given *after);
