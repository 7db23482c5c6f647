/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * The normal distribution across a cloud, with the ground and a lid as mirrors.
 *
 * Stage: hazard, room air. Plain numbers, without a range: plume.c and puff.c look at their inputs.
 */

/** Normal density, in 1/m. */
double davy_gauss(double distance, double sigma);

/**
 * Density upwards, in 1/m: its integral from the ground to the lid is 1.
 *
 * @param height   of the place, m
 * @param release  height of the source, m, at most `lid`
 * @param lid      mixing height in m, from which the cloud comes back; 0: none
 */
double davy_gauss_up(double height, double release, double sigma, double lid);
