/* SPDX-License-Identifier: Apache-2.0 */
#include "reactor.h"

#include <math.h>

#define KELVIN       273.15
#define GAS_CONSTANT 8.314462618 /* J/(mol K), CODATA 2018 */
#define RATE_25      2.6e-3      /* 1/s at 25 Cel, chosen */
#define ACTIVATION   50.0e3      /* J/mol, chosen */
#define JACKET_MASS  300.0       /* kg of water and steel's equivalent, chosen */

double davy_sim_reactor_rate(double temperature)
{
    double kelvin = temperature + KELVIN;

    return RATE_25 * exp(-ACTIVATION / GAS_CONSTANT * (1.0 / kelvin - 1.0 / (25.0 + KELVIN)));
}

void davy_sim_reactor_step(davy_sim_reactor *reactor, const davy_sim_reactor_flows *flows,
                           double dt_s)
{
    double reacted = davy_sim_reactor_rate(reactor->temperature) * reactor->anhydride; /* mol/s */
    double feed =
        flows->anhydride * DAVY_SIM_ANHYDRIDE_CP *
            (flows->anhydride_temperature - reactor->temperature) +
        flows->water * DAVY_SIM_WATER_CP * (flows->water_temperature - reactor->temperature);
    double cooling = flows->ua * (reactor->temperature - reactor->jacket);
    double heat = feed + reacted * DAVY_SIM_ANHYDRIDE_ENTHALPY - cooling;
    double carried =
        flows->coolant * DAVY_SIM_WATER_CP * (flows->coolant_temperature - reactor->jacket);

    reactor->anhydride += (flows->anhydride / DAVY_SIM_ANHYDRIDE_MOLAR - reacted -
                           flows->out * reactor->anhydride / reactor->mass) *
                          dt_s;
    reactor->temperature += heat * dt_s / (reactor->mass * DAVY_SIM_MIX_CP);
    reactor->jacket += (carried + cooling) * dt_s / (JACKET_MASS * DAVY_SIM_WATER_CP);
    reactor->mass += (flows->anhydride + flows->water - flows->out) * dt_s;
}
