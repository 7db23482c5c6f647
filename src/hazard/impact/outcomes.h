/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/impact/source.h"
#include "hazard/impact/substance.h"
#include "hazard/risk/event_tree.h"

/**
 * @file
 * Outcomes: what a release of a scenario becomes, in which share of all of them and how often.
 *
 * Stage: hazard, room impact. Joins the source term with the ignition and the event tree of room
 * risk. A gas that leaks burns by the rows of HyRAM+, a liquid that flashes below 21 degC at once
 * by table 4.5 of the Purple Book. A gas that is let out all at once needs its reactivity, and the
 * vapour of a liquid the sources of ignition around it, which no file says: those shares are
 * NO_DATA.
 */
typedef struct davy_outcomes {
    davy_answer immediate;                  /* probability that it burns at once */
    davy_answer delayed;                    /* that it burns later, of what has not burnt at once */
    davy_answer shares[DAVY_OUTCOMES];      /* of the releases */
    davy_answer frequencies[DAVY_OUTCOMES]; /* per year */
} davy_outcomes;

/** @param frequency  of the release, per year; NaN: nobody gave one, and the shares alone are known
 */
davy_outcomes davy_outcomes_of(const davy_source_term *source, const davy_substance *substance,
                               double frequency);
