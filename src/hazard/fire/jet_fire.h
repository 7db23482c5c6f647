/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * The flame of a jet of gas that blows straight up and burns: its shape and what it radiates.
 *
 * Stage: hazard, room fire. The flame is a frustum, a cone without its tip, that begins above the
 * hole and leans with the wind:
 *
 *            tip width
 *           \---------/     wind ->
 *            \       /
 *             \     /  frustum, leaning by the tilt
 *              \   /
 *               ---  base width
 *                |   lift-off, straight up
 *               hole
 *
 * Bad at: jets to the side or against the ground, hydrogen, fuel in drops, walls. A jet that blows
 * with the wind is longer: davy_jet_flame_length() knows its angle, the shape does not.
 *
 * Source: G. A. Chamberlain, "Developments in design methods for predicting thermal radiation from
 * flares", Chem. Eng. Res. Des. 65 (1987) 299-309, as in TNO Yellow Book CPR 14E (2005), 6.5.4, and
 * ALOHA, NOAA TM NOS OR&R 43 (2013), 6.4. Neither was read itself: the equations are those on which
 * kociembadamian/HAZEL, which read the paper, YakNazim/fireSIM-Matlab-toolbox and a third public
 * transcription agree, and where they differ the source text of the formula says why one is taken.
 */

/** A gas as it comes out, spread to the pressure of the air. */
typedef struct davy_jet {
    double rate;        /* kg/s */
    double velocity;    /* m/s: davy_jet_velocity() */
    double density;     /* kg/m3: davy_jet_density() */
    double molar_mass;  /* kg/mol */
    double air_density; /* kg/m3 */
    double wind;        /* m/s, at the height of the hole */
} davy_jet;

/** The gas in the vessel from which it comes. */
typedef struct davy_jet_vessel {
    double pressure;    /* absolute, Pa */
    double temperature; /* K */
    double molar_mass;  /* kg/mol */
    double gamma;       /* ratio of the heat capacities */
    double outside;     /* pressure of the air, Pa */
} davy_jet_vessel;

/** The frustum; lengths in m, the hole at the origin. */
typedef struct davy_jet_flame {
    double length;   /* from the hole to the middle of the tip */
    double lift_off; /* from the hole up to the base */
    double tilt;     /* of the frustum from the vertical, with the wind, rad */
    double frustum;  /* length of the frustum along its axis */
    double base;     /* diameter of the base */
    double tip;      /* diameter of the tip */
    double area;     /* m2, with both ends */
} davy_jet_flame;

/** Velocity of the jet when it has spread to the pressure of the air, m/s. */
davy_answer davy_jet_velocity(const davy_jet_vessel *vessel);
/** Its density then, kg/m3. */
davy_answer davy_jet_density(const davy_jet_vessel *vessel);

/**
 * Length of the flame in m.
 *
 * @param angle  between the jet and the wind, rad: 0 blows with it, pi/2 straight up
 */
davy_answer davy_jet_flame_length(const davy_jet *jet, double angle);

/** The flame of a jet that blows straight up; the answer is its length. `flame` is written whenever
 * the answer has a value. */
davy_answer davy_jet_flame_find(const davy_jet *jet, davy_jet_flame *flame);

/** Share of the heat that the surface radiates. @param velocity  of the jet, m/s */
davy_answer davy_jet_radiated(double velocity, double molar_mass);

/** Emission of the surface, W/m2. @param combustion  heat of combustion in J/kg */
davy_answer davy_jet_emission(const davy_jet *jet, const davy_jet_flame *flame, double combustion);

/**
 * A second opinion on the length, m: the curve of API 521 for flares.
 *
 * @param heat  rate times heat of combustion, W
 */
davy_answer davy_jet_flame_length_api(double heat);
