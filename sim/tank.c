/* SPDX-License-Identifier: Apache-2.0 */
#include "tank.h"

#include "pump.h"

#include <math.h>

#define ATMOSPHERE_PA 101325.0 /* standard atmosphere */
#define DISCHARGE     0.62     /* Cd of a sharp-edged orifice, Yellow Book 2.5.4.1 */
#define GAS_LEAST     0.02     /* m3: a brim-full tank still has a nozzle full of gas */

double davy_sim_tank_level(const davy_sim_tank *tank, const davy_sim_tank_design *design)
{
    return tank->mass / (design->density * design->area_m2);
}

double davy_sim_tank_leak(const davy_sim_tank *tank, const davy_sim_tank_design *design,
                          double hole_m2)
{
    double level = davy_sim_tank_level(tank, design);
    double drive = design->density * DAVY_SIM_GRAVITY * level + tank->pressure;

    if (hole_m2 <= 0.0 || level <= 0.0 || drive <= 0.0)
        return 0.0;
    return DISCHARGE * hole_m2 * sqrt(2.0 * design->density * drive);
}

void davy_sim_tank_step(davy_sim_tank *tank, const davy_sim_tank_design *design,
                        const davy_sim_tank_flows *flows, double dt_s)
{
    double net = flows->in - flows->out - flows->leak;
    double gas = design->area_m2 * design->height_m - tank->mass / design->density;
    double regulator =
        design->blanket_gain * (design->blanket_pa + flows->blanket_shift - tank->pressure);
    double heat = flows->in * design->heat_capacity * (flows->in_temperature - tank->temperature) +
                  design->ua * (flows->ambient - tank->temperature);

    tank->temperature += heat * dt_s / (tank->mass * design->heat_capacity);
    tank->pressure += (ATMOSPHERE_PA + tank->pressure) / fmax(gas, GAS_LEAST) *
                      (net / design->density + regulator) * dt_s;
    tank->mass += net * dt_s;
}
