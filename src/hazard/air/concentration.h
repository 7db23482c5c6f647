/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * Concentrations: kilograms in a cubic metre, and the part of the volume.
 *
 * Stage: hazard, room air. ppm are 1e-6 of the volume. Gas and air are ideal and of one
 * temperature.
 */

/** Part of the volume of a concentration. @param density  kg/m3 @param molar_mass  kg/mol */
davy_answer davy_concentration_fraction(double density, double molar_mass, double temperature,
                                        double pressure);
/** kg/m3 of a part of the volume. */
davy_answer davy_concentration_density(double fraction, double molar_mass, double temperature,
                                       double pressure);
