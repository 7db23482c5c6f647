/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * PI controller with limits, as a control system runs it once a second.
 *
 * Program: davy-sim. Source: the textbook form u = K (e + integral of e dt / Ti), with the integral
 * held while the output is at a limit and the error pushes further (K. Astrom, T. Hagglund,
 * "Advanced PID Control", ISA, 2006, section 3.5).
 */
typedef struct davy_sim_pi {
    double gain;       /* output units per error unit; negative for a cooling valve */
    double integral_s; /* reset time Ti */
    double low, high;  /* limits of the output */
    double integral;   /* state, in output units */
} davy_sim_pi;

/** One step of dt_s seconds. @return the output, within [low, high] */
double davy_sim_pi_step(davy_sim_pi *pi, double error, double dt_s);
