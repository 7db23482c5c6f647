/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Constants of nature and of units, for all rooms.
 *
 * Stage: hazard, inside. A method that was worked with another value has it beside itself.
 */

/** The gas constant, J/(mol K): exact in the SI of 2019. */
#define DAVY_GAS_CONSTANT 8.31446261815324

/** Standard gravity, m/s2. */
#define DAVY_GRAVITY 9.80665

/** Standard atmosphere, Pa. */
#define DAVY_ATMOSPHERE 101325.0

/** A pound-force on a square inch, Pa. */
#define DAVY_PSI 6894.757
