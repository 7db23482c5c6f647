/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * Which protective equipment a crew needs, by what is in the air where it goes.
 *
 * Stage: respond, room dispatch. Levels of the EPA: A gas-tight suit with self-contained breathing
 * apparatus, B splash suit with the apparatus, C splash suit with a filter, D working clothes.
 *
 * Source: 29 CFR 1910.120 Appendix B, "General description and discussion of the levels of
 * protection and protective gear", part B. What it leaves to the judgement of people is decided on
 * the safe side: what is not known counts as worst. It says what to wear against a substance in the
 * air, not against fire, oxygen-enriched air or explosion, for which none of the levels is made.
 */

typedef enum davy_known { DAVY_NOT_KNOWN, DAVY_NO, DAVY_YES } davy_known;

typedef struct davy_ppe_case {
    double concentration;  /* the most that is expected where the crew is; NaN: not known */
    double idlh;           /* in the same unit; NaN: the substance has none */
    double harmless;       /* below it nobody is harmed (AEGL-1, TLV), same unit; NaN: not known */
    davy_known skin;       /* harmful to the skin, or taken up through it */
    davy_known identified; /* the substance is */
    davy_known measured;   /* the concentration is, on the spot */
    davy_known filter;     /* an air-purifying respirator against it exists and is at hand */
    double oxygen;         /* share of the volume; NaN: that of air */
} davy_ppe_case;

typedef struct davy_ppe {
    char level;      /* 'A' to 'D' */
    const char *why; /* key of a sentence in words.h */
} davy_ppe;

/** The least level that the appendix lets a crew wear. */
davy_ppe davy_ppe_needed(const davy_ppe_case *given);

/** Is equipment of a level enough where another is needed? 0 is no equipment: enough for D and 0.
 */
bool davy_ppe_is_enough(char worn, char needed);
