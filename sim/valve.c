/* SPDX-License-Identifier: Apache-2.0 */
#include "valve.h"

#include <math.h>

void davy_sim_valve_step(davy_sim_valve *valve, double command, double static_band,
                         double kinetic_band, double dt_s)
{
    double error = command - valve->target;

    if (fabs(error) > static_band)
        valve->target = command - copysign(kinetic_band, error);
    valve->position += (valve->target - valve->position) * (1.0 - exp(-dt_s / valve->tau_s));
}

double davy_sim_valve_kv(const davy_sim_valve *valve)
{
    return valve->kvs * pow(valve->rangeability, valve->position / 100.0 - 1.0);
}
