/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Pasquill's classes of the stability of the air.
 *
 * Stage: hazard, room air. A is very unstable (a summer noon), D neutral (wind or clouds), F stable
 * (a clear night with little wind): the less the air mixes, the further a cloud reaches.
 *
 * Source: F. Pasquill, "The estimation of the dispersion of windborne material", Meteorological
 * Magazine 90, 1961.
 */
typedef enum davy_stability {
    DAVY_STABILITY_A,
    DAVY_STABILITY_B,
    DAVY_STABILITY_C,
    DAVY_STABILITY_D,
    DAVY_STABILITY_E,
    DAVY_STABILITY_F,
    DAVY_STABILITIES /* as an answer: not known */
} davy_stability;

/** The class of a letter, large or small; DAVY_STABILITIES for any other character. */
davy_stability davy_stability_of(char letter);

/** 'A' to 'F'; '?' when it is not known. */
char davy_stability_letter(davy_stability stability);
