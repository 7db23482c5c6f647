/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"
#include "hazard/dense/plume.h"

/**
 * @file
 * Flash fires: a cloud of gas that catches fire late and burns without a blast. Who stands in what
 * can burn is lost, and the heat outside of it is not worked out, as in ALOHA.
 *
 * Stage: hazard, room fire. What can burn is the part of the cloud between the flammable limits.
 * The models give averages over minutes, gusts carry richer pockets further, and therefore the zone
 * is drawn at a share of the lower limit, the margin: which one, the caller says and the page
 * shows.
 */

/** A gas that burns: its limits as parts of the volume, and the air it is in. */
typedef struct davy_flammable {
    double lower, upper;
    double molar_mass;  /* kg/mol */
    double temperature; /* K */
    double pressure;    /* Pa */
} davy_flammable;

typedef struct davy_flash_margin {
    const char *name; /* "half": stable, for programs */
    double share;     /* of the lower flammable limit */
    const char *source;
} davy_flash_margin;

/** The margins in use: "full", "aloha" (60 %) and "half"; NULL behind the last. */
const davy_flash_margin *davy_flash_margin_at(size_t index);
/** The margin of a name, or NULL. */
const davy_flash_margin *davy_flash_margin_find(const char *name);

/** How far a plume can burn, in m, at a height above the ground; TWO where it comes down late. */
davy_answer davy_flash_fire_reach(const davy_plume *plume, const davy_flammable *gas,
                                  const davy_flash_margin *margin, double height);
/** kg of a plume between the limits. */
davy_answer davy_flash_fire_mass(const davy_plume *plume, const davy_flammable *gas);
/** The concentration at a place over the lower limit: from the margin's share on it can burn. */
davy_answer davy_flash_fire_exposure(const davy_plume *plume, const davy_flammable *gas,
                                     davy_place at);

/** The same of a gas heavier than air on the ground. */
davy_answer davy_flash_fire_dense_reach(const davy_dense_plume *plume, const davy_flammable *gas,
                                        const davy_flash_margin *margin);
/** kg of it between the limits. @param rate  kg/s of gas */
davy_answer davy_flash_fire_dense_mass(const davy_dense_plume *plume, const davy_flammable *gas,
                                       double rate);
