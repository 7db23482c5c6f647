/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Doses that killed half of the animals, by skin and by breath.
 *
 * Stage: hazard, room chemical. Gases alone: of vapours and mists the authority tells parts of
 * saturation, which no single figure says. Where several studies were told the lowest stands here.
 * Left out: sulfur dioxide and silane, whose studies disagree over a cut-off, and methyl isocyanate
 * by skin, whose figure (0.21 mg/kg) is out of line with its oral one.
 *
 * Source: rationales of the Japanese government's classifications (ghs_given.h), which name the
 * study; the study stands beside each figure.
 */
typedef enum davy_dose {
    DAVY_DOSE_DERMAL, /* LD50, mg/kg */
    DAVY_DOSE_GAS,    /* LC50, ppm, four hours, or brought to four hours */
    DAVY_DOSES
} davy_dose;

typedef struct davy_dose_name {
    const char *name, *title, *unit;
} davy_dose_name;

const davy_dose_name *davy_dose_of(davy_dose dose);

/** NaN where none was read. @param study  who says so, "rat, EHC 21 (1982)"; NULL: not asked */
double davy_chemical_dose(const char *cas, davy_dose dose, const char **study);
