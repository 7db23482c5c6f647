/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"
#include "hazard/impact/air.h"
#include "hazard/impact/substance.h"
#include "site/scenario.h"

/**
 * @file
 * Source term: how much of a release goes into the air, for how long, and what lies on the ground.
 *
 * Stage: hazard, room impact. It errs to the side of more in the air: a liquid that boils when it
 * is let out is all taken as vapour and drops that do not rain out (RELEASE leaves 0.92 of the
 * drops of a butane leak in the air: aefarrell.github.io, butane_leak_example); the pressure and
 * the opening stay what they are at the beginning.
 */

/** Most steps of one source term. */
#define DAVY_SOURCE_STEPS_MAX ((size_t) 8)

/** A figure on the way, as it is shown. */
typedef struct davy_source_step {
    const char *name; /* "liquid outflow" */
    davy_answer answer;
    const char *note; /* what was taken where the file says nothing; NULL: nothing */
} davy_source_step;

typedef struct davy_source_term {
    bool sudden;      /* all at once: mass, else rate */
    davy_answer mass; /* kg into the air at once */
    davy_answer rate; /* kg/s into the air */
    double duration;  /* s; INFINITY: nobody knows how much there is */
    double height;    /* m */
    double kelvin;    /* of the gas where it mixes with air */
    double jet_m2;    /* of a jet of gas when it has spread to the pressure of the air; NaN */
    bool is_liquid;   /* what leaves lies on the ground first: a pool may burn */
    bool liquefied;   /* a vessel that bursts is a BLEVE */
    bool is_charge;
    davy_answer outflow; /* kg/s out of the vessel */
    davy_answer pool;    /* m, diameter */
    davy_source_step steps[DAVY_SOURCE_STEPS_MAX];
    size_t step_count;
} davy_source_term;

davy_source_term davy_source_term_of(const davy_scenario *scenario, const davy_substance *substance,
                                     const davy_air *air);
