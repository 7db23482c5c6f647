/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/case.h"

/**
 * @file
 * The inputs of a case, "name=value;name=value", and the model that its words mean.
 *
 * Stage: hazard, of case.c.
 */
struct davy_case_inputs {
    const char *text; /* borrowed */
};

/** The longest name of the tables with which the words begin, or NULL. */
const davy_case_model *davy_case_model_find(const char *words);

/**
 * What an SI figure is to be multiplied by to be in the unit a case names, such as "g/m3", "ppm"
 * of a fraction, "deg" of radians. @return NaN for a unit that is not in the table
 */
double davy_case_unit_factor(const char *unit);
