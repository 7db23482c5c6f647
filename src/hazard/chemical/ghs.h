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

/** @return how many of `out` were written, without the one behind the last */
size_t davy_ghs_classify(const davy_chemical *chemical, davy_ghs_class out[DAVY_GHS_MAX]);
