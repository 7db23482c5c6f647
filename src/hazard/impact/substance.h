/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/physical.h"

#include <stdbool.h>

/**
 * @file
 * Substance: what a release needs of a chemical, in SI units.
 *
 * Stage: hazard, room impact. Figures and curves of room chemical side by side; NaN is a figure
 * that was read nowhere, and the model that needs it answers that it has not enough data.
 */
typedef struct davy_substance {
    const davy_chemical *chemical; /* NULL: the table has none of that name */
    const davy_physical *physical; /* NULL: none of its properties were read */
    double molar_mass;             /* kg/mol */
    double critical;               /* K, above which there is no liquid */
    double boiling;                /* K */
    double gamma;
    double vaporisation; /* J/kg, at the boiling point */
    double combustion;   /* J/kg */
    double gas_heat;     /* J/(kg K) */
    double liquid_heat;  /* J/(kg K) */
    double lower, upper; /* flammable limits, fractions of the volume */
    bool burns;          /* it has a flash point or flammable limits */
    bool hydrocarbon;    /* carbon and hydrogen alone: its flames are behind soot */
} davy_substance;

/**
 * The substance that a text names, as davy_chemical_named() has it.
 *
 * @param text  NULL and what the table does not know give a substance of which nothing is known
 */
davy_substance davy_substance_of(const char *text);

/** Density of the liquid in kg/m3: the curve's, otherwise the figure at its own temperature; NaN
 * where there is no liquid. */
double davy_substance_liquid_density(const davy_substance *substance, double kelvin);

/** Pressure of its vapour in Pa. */
double davy_substance_vapour_pressure(const davy_substance *substance, double kelvin);

/** Whether a vessel holds it as a liquid that boils when it is let out. @param pressure  Pa; NaN:
 * not given, as much as the vapour has */
bool davy_substance_is_liquefied(const davy_substance *substance, double kelvin, double pressure);

/** Whether it boils at a temperature and the pressure of the air: what is let out is gas. */
bool davy_substance_boils(const davy_substance *substance, double kelvin);
