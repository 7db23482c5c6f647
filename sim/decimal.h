/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Numbers with a fixed number of decimals, written fast.
 *
 * Program: davy-sim. Ten days of history are 30 million numbers; printf() would take most of the
 * time. Same bytes as printf("%.*f") for every reading a transmitter sends.
 */

/** Most characters davy_sim_decimal_write() produces. */
#define DAVY_SIM_DECIMAL_MAX 24

/** Write value, |value| < 1e12, with 0 to 3 decimals. @return one past the last character; no zero
 */
char *davy_sim_decimal_write(char *out, double value, int decimals);
