/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * The blast of a cloud of gas, by the multi-energy method of TNO.
 *
 * Stage: hazard, room blast. Only the part of the cloud that stands among obstacles or between
 * walls makes a blast, as a hemisphere on the ground, and how strong it is a number from 1 to 10
 * says, which a person chooses: 10 is a detonation, 7 is what accidents among dense equipment look
 * like, 1 to 3 stand for the open parts of the cloud. From some way off 6 to 10 are one. Each
 * congested part is a blast of its own; this module knows one.
 *
 * Source: A. C. van den Berg, "The multi-energy method", J. Hazard. Mater. 12 (1985) 1-10, whose
 * curves have no equations; the fits are those of the Swedish reference text B06-105, "Beräkning av
 * impulsbelastad konstruktion" (2017-12-18), chapter 4.
 */
typedef struct davy_cloud_charge {
    int strength;   /* 1 to 10 */
    double energy;  /* heat of combustion of the congested part of the cloud, J */
    double outside; /* pressure of the air, Pa */
} davy_cloud_charge;

/** The weakest and the strongest charge. */
enum { DAVY_CLOUD_WEAKEST = 1, DAVY_CLOUD_STRONGEST = 10 };

/** Overpressure of the passing wave in Pa. @param distance  from the middle of the charge, m */
davy_answer davy_cloud_pressure(const davy_cloud_charge *charge, double distance);
/** How long it pushes, s. */
davy_answer davy_cloud_duration(const davy_cloud_charge *charge, double distance);
/** Its impulse as that of a triangle, Pa s. */
davy_answer davy_cloud_impulse(const davy_cloud_charge *charge, double distance);
/** The distance in m up to which the overpressure is at least so much; what is more than a charge
 * of its strength makes is met nowhere. */
davy_answer davy_cloud_distance(const davy_cloud_charge *charge, double pressure);
