/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/cite.h"

#include <stddef.h>

/**
 * @file
 * Physical properties that a release is computed from: a figure, its source, and three curves.
 *
 * Stage: hazard, room chemical. SI, and kelvin. A figure that was read nowhere is NaN, and so is a
 * curve outside of its range: no figure is guessed, and no curve is stretched. Two sources that
 * disagree are told of in physical_table.c.
 *
 * What it is bad at: hydrogen fluoride, whose vapour is chains of molecules. Its heat capacity,
 * gamma and molar mass are those of the single molecule; near 20 degC the vapour behaves as if it
 * weighed several times that.
 */
typedef enum davy_physical_figure {
    DAVY_PHYSICAL_MOLAR_MASS,           /* kg/mol */
    DAVY_PHYSICAL_BOILING,              /* K at 101.325 kPa */
    DAVY_PHYSICAL_CRITICAL_TEMPERATURE, /* K */
    DAVY_PHYSICAL_CRITICAL_PRESSURE,    /* Pa */
    DAVY_PHYSICAL_LIQUID_DENSITY,       /* kg/m3, at the next figure */
    DAVY_PHYSICAL_LIQUID_DENSITY_AT,    /* K: 298.15, or the boiling point where that is lower */
    DAVY_PHYSICAL_LIQUID_HEAT,          /* J/(kg K), at the next figure */
    DAVY_PHYSICAL_LIQUID_HEAT_AT, /* K: as that of the density, inside the range of the curve */
    DAVY_PHYSICAL_GAS_HEAT,       /* J/(kg K), ideal gas, constant pressure, 298.15 K */
    DAVY_PHYSICAL_GAMMA,          /* ratio of the heats of the ideal gas, 298.15 K */
    DAVY_PHYSICAL_VAPORISATION,   /* J/kg at the boiling point */
    DAVY_PHYSICAL_COMBUSTION,     /* J/kg of vapour at 298.15 K; water leaves as vapour */
    DAVY_PHYSICAL_FIGURES
} davy_physical_figure;

/** Coefficients and the range in K in which they hold. All zero: no curve was read. */
typedef struct davy_physical_curve {
    double c[5];
    double low, high;
} davy_physical_curve;

typedef struct davy_physical {
    const char *cas;
    double figures[DAVY_PHYSICAL_FIGURES]; /* NaN: read nowhere */
    davy_physical_curve pressure;          /* DIPPR 101: ln Pa = c0 + c1/T + c2 ln T + c3 T^c4 */
    davy_physical_curve density;           /* DIPPR 105: mol/m3 = c0 / c1^(1 + (1 - T/c2)^c3) */
    /* DIPPR 106: J/mol = c0 (1 - Tr)^(c1 + c2 Tr + c3 Tr^2 + c4 Tr^3), Tr = T / high */
    davy_physical_curve vaporisation;
    const char *sources; /* as cite.h has them */
} davy_physical;

typedef struct davy_physical_figure_name {
    const char *name, *title, *unit;
    const char *key; /* in a row's sources */
} davy_physical_figure_name;

const davy_physical_figure_name *davy_physical_figure_of(davy_physical_figure figure);

/** Of a chemical; NULL where none of its properties was read. */
const davy_physical *davy_chemical_physical(const char *cas);

/** In the order of the table; NULL behind the last. */
const davy_physical *davy_physical_at(size_t index);

/** Where a figure was read; "" for a figure that is not there. */
const char *davy_physical_source(const davy_physical *physical, davy_physical_figure figure,
                                 char text[DAVY_CHEMICAL_SOURCE_MAX]);

/** Pressure of the saturated vapour, Pa; NaN outside of the range of the curve. */
double davy_physical_vapour_pressure(const davy_physical *physical, double kelvin);

/** Density of the liquid at its own vapour pressure, kg/m3; NaN as above. */
double davy_physical_liquid_density(const davy_physical *physical, double kelvin);

/** Heat of vaporisation, J/kg; NaN as above. */
double davy_physical_heat_of_vaporisation(const davy_physical *physical, double kelvin);
