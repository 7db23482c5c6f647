/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/chemical.h"

/**
 * @file
 * Classes of the GHS that follow from figures, with the cut-offs that decided.
 *
 * Stage: hazard, room chemical. A class that cannot be told from the figures that are known is not
 * told: that says nothing about the hazard.
 *
 * Source: UN GHS, chapters 2.2 (flammable gases), 2.6 (flammable liquids, GB 30000.7-2013) and 3.1
 * (acute toxicity, oral, dermal and of gases: the cut-offs of the first editions, whose category 4
 * of gases ends at 5000 ppm; later ones end it at 20000, so what lies between is not told).
 */
typedef struct davy_ghs_class {
    const char *hazard;  /* "Acute toxicity, oral"; NULL: behind the last */
    int category;        /* from 1, the worst; 0: the figures say that it is in none */
    const char *because; /* "LD50 at most 50 mg/kg" */
} davy_ghs_class;

/** Classes that can be told, and one behind them. */
#define DAVY_GHS_MAX 6

/** Acute toxicity, oral, of an LD50 of rats in mg/kg. */
davy_ghs_class davy_ghs_oral(double ld50);

/** Categories of flammable liquids, with 0: none. */
#define DAVY_GHS_LIQUIDS 5

/**
 * Categories of flammable liquids that flash points from `low` to `high` degC leave open, the worst
 * first, 0 (none) last. Without a boiling point 1 and 2 are not told apart: both are left open.
 *
 * @param boiling  where it begins to boil, degC; NaN: not known
 * @return how many of `out` were written; 0: `low` and `high` are no interval of numbers
 */
size_t davy_ghs_liquids(double low, double high, double boiling, int out[DAVY_GHS_LIQUIDS]);

/** @return how many of `out` were written, without the one behind the last */
size_t davy_ghs_classify(const davy_chemical *chemical, davy_ghs_class out[DAVY_GHS_MAX]);
