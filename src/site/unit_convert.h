/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * From one unit to another of the same quantity: bar to kPa, L/min to m3/h, °F to °C.
 *
 * Stage: site. Units are UCUM's codes or what plants write for them (site/units.h): atoms with
 * metric prefixes and exponents, multiplied by '.' and divided by '/'. Annotations must be the
 * same on both sides: bar{gauge} is no bar{absolute}, and m3{norm} no m3. Of the special units
 * Cel and [degF] are converted, alone; of a unit that is not known, such as [pH], only the unit
 * itself. Mass, amount and volume are different quantities: that needs a substance, not a unit.
 *
 * Source: The Unified Code for Units of Measure, version 2.1, tables 1-4 and the customary units.
 */

/** value in the second unit = scale * value in the first + offset. */
typedef struct davy_unit_scale {
    double scale, offset;
} davy_unit_scale;

/** DAVY_ERR_INVALID names the unit that is not known, or says that one is not the other. */
DAVY_MUST_CHECK davy_status davy_unit_convert(const char *from, const char *to,
                                              davy_unit_scale *out);
