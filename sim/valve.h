/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Control valve with positioner: how the stem follows its command, and what it lets through.
 *
 * Program: davy-sim. Flow: IEC 60534-2-1, incompressible and turbulent, Q = Kv sqrt(dp / SG) with
 * Q in m3/h and dp in bar. Characteristic: equal percentage, f(x) = R^(x - 1). Stiction: the two
 * friction bands of Q. P. He, J. Wang, M. Pottmann, S. J. Qin, "A Curve Fitting Method for
 * Detecting Valve Stiction in Oscillating Control Loops", Ind. Eng. Chem. Res. 46 (2007) 4549:
 * the stem rests until the command is further away than the static band, then slips until only the
 * kinetic band is left.
 */
typedef struct davy_sim_valve {
    double kvs;          /* Kv fully open, m3/h at 1 bar */
    double rangeability; /* R of the characteristic */
    double tau_s;        /* lag of the positioner */
    double target;       /* where friction lets the stem go, % */
    double position;     /* stem, % open */
} davy_sim_valve;

/** Move towards the command (%); both bands in %, 0 for a healthy valve. */
void davy_sim_valve_step(davy_sim_valve *valve, double command, double static_band,
                         double kinetic_band, double dt_s);

/** Kv at the present position, m3/h. */
double davy_sim_valve_kv(const davy_sim_valve *valve);
