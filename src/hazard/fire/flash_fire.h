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
 * How far it reaches is that of the cloud's own model, at the limit and, because models give
 * averages over minutes and gusts carry richer pockets further, at half of it (impact/toxic.c).
 */

/** A gas that burns: its limits as parts of the volume, and the air it is in. */
typedef struct davy_flammable {
    double lower, upper;
    double molar_mass;  /* kg/mol */
    double temperature; /* K */
    double pressure;    /* Pa */
} davy_flammable;

/** kg of a plume between the limits. */
davy_answer davy_flash_fire_mass(const davy_plume *plume, const davy_flammable *gas);
/** The same of a gas heavier than air on the ground. @param rate  kg/s of gas */
davy_answer davy_flash_fire_dense_mass(const davy_dense_plume *plume, const davy_flammable *gas,
                                       double rate);
