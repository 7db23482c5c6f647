/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "site/scenario.h"
#include "site/site.h"

#include <stdint.h>

/**
 * @file
 * What an impact is computed from, and the shortest way to its JSON.
 *
 * Stage: hazard, room impact. For stages that pass the answer on and look at nothing in it.
 */
typedef struct davy_impact_input {
    const davy_scenario *scenario; /* NaN: not known; the asset's figures are filled in */
    const davy_site *site;         /* places, assets, origin; NULL: none */
    double latitude, longitude;    /* of the origin; NaN: not given */
    bool day;                      /* the `day` counts of places hold */
    const double *badges;          /* [places] counted people; NaN: not known; NULL: none */
    int64_t computed_ns;           /* for the record; nothing hangs on it */
    double likelihood;             /* of the release, from an alarm; NaN */
    /* For many answers of which distances are all that is asked: the models that draw the zones,
     * without rings, bands, people and what may fail next. */
    bool reaches_only;
} davy_impact_input;

/** Figures that are not known, to be drawn: impact/spread.h. */
typedef struct davy_impact_draws {
    const davy_scenario_uncertain *uncertain;
    size_t count;
    uint64_t seed;
} davy_impact_draws;

/** Compute, and append the JSON of davy_impact_json(). Fails as davy_impact_compute(). */
DAVY_MUST_CHECK davy_status davy_impact_write(const davy_impact_input *input, davy_buffer *out);

/** The same with the spread of its distances. Fails as davy_spread_compute(), too. */
DAVY_MUST_CHECK davy_status davy_impact_write_drawn(const davy_impact_input *input,
                                                    const davy_impact_draws *wanted,
                                                    davy_buffer *out);
