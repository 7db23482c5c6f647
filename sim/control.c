/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

double davy_sim_pi_step(davy_sim_pi *pi, double error, double dt_s)
{
    double step = pi->gain * error * dt_s / pi->integral_s;
    double output = pi->gain * error + pi->integral + step;

    if (output > pi->high) {
        if (step < 0.0)
            pi->integral += step;
        return pi->high;
    }
    if (output < pi->low) {
        if (step > 0.0)
            pi->integral += step;
        return pi->low;
    }
    pi->integral += step;
    return output;
}
