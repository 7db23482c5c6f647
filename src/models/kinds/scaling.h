/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Robust scaling: median and median absolute deviation of each signal.
 *
 * Stage: models. The scale is 1.4826 MAD, which is the standard deviation of normal noise. Where
 * more than half of the values are equal the MAD is 0 (or below a thousandth of the standard
 * deviation) and the standard deviation takes its place; where nothing moves at all the scale is a
 * thousandth of the value (or 0.001 at 0), so that a constant signal that moves one day by a
 * percent stands out ten times over.
 */

/** Of one signal. @param values  [count], reordered */
void davy_scaling_of(double *values, size_t count, double *median, double *scale);

/** Value at `rank` (from 0) in sorted order; reorders the values. count > rank. */
double davy_select(double *values, size_t count, size_t rank);

/** Quantile 0..1, the nearest rank; reorders the values. count > 0. */
double davy_quantile(double *values, size_t count, double share);
