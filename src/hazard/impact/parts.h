/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/impact/cloud.h"
#include "hazard/impact/impact.h"

/**
 * @file
 * The parts of an impact and what they share.
 *
 * Stage: hazard, room impact, inside.
 */

/** What the parts work on. */
typedef struct davy_impact_work {
    davy_impact *impact;
    davy_cloud cloud;
    davy_site_point source;
    davy_status status; /* of the first thing that failed: no memory */
} davy_impact_work;

/** A zone to be: what stays above what, and how bad that is. */
typedef struct davy_impact_wish {
    davy_effect effect;
    const char *endpoint;
    double level;
    int severity;
} davy_impact_wish;

/** A new zone with its models, which draw it; NULL when there are too many. */
davy_impact_models *davy_impact_add(davy_impact_work *work, const davy_impact_wish *wish);
/** Is the level of a scenario one of those that are computed anyway? To a thousandth of it. */
bool davy_impact_has(const davy_impact_wish *wishes, size_t count, double level);
/** Another model of the newest zone. */
void davy_impact_add_model(davy_impact_models *models, const char *name, davy_answer reach);
/** Draw the newest zone as a circle, or as the cloud; set its reach and its band. */
void davy_impact_draw_circle(davy_impact_work *work, size_t drawn);
void davy_impact_draw_cloud(davy_impact_work *work, double level);

/** The effects, each with all of its endpoints. */
void davy_impact_toxic(davy_impact_work *work);
void davy_impact_flash_fire(davy_impact_work *work);
void davy_impact_fires(davy_impact_work *work);
/** A jet fire at one level of heat. */
void davy_impact_jet(davy_impact_work *work, const davy_impact_wish *level);
/** Distance to a heat flux that falls with the square of it, from what it is at one metre. */
davy_answer davy_impact_square_law(davy_answer at_one_metre, double flux);
void davy_impact_blast(davy_impact_work *work);
/** Who is where, once the zones are drawn. */
void davy_impact_people(davy_impact_work *work);
