/* SPDX-License-Identifier: Apache-2.0 */
#include "pump.h"

#include <math.h>

double davy_sim_pump_head(const davy_sim_pump_design *design, double flow, double speed)
{
    return design->head_shutoff_m * speed * speed - design->head_slope * flow * flow;
}

double davy_sim_pump_power(const davy_sim_pump_design *design, double flow, double speed,
                           double friction_w)
{
    double head = davy_sim_pump_head(design, flow, speed);
    double off = (flow - design->flow_best * speed) / (design->efficiency_width * speed);
    double efficiency = design->efficiency_best * (1.0 - off * off);
    double hydraulic = design->density * DAVY_SIM_GRAVITY * head * flow / 3600.0;

    /* Far from the best flow the parabola would cross zero; a pump there still churns. */
    return hydraulic / fmax(efficiency, 0.05) + friction_w;
}

double davy_sim_pump_current(const davy_sim_pump_design *design, double power_w)
{
    return hypot(design->current_idle, design->current_per_watt * power_w);
}

double davy_sim_pump_vibration(const davy_sim_pump_design *design, double flow, double speed)
{
    double off = flow / (design->flow_best * speed) - 1.0;

    return design->vibration_base * speed + design->vibration_off * off * off;
}

void davy_sim_pump_step(davy_sim_pump *pump, const davy_sim_pump_design *design, double power_w,
                        double ambient, double extra_k, double dt_s)
{
    for (int end = 0; end < DAVY_SIM_BEARINGS; end++) {
        double steady = ambient + design->rise_idle[end] + design->rise_per_watt[end] * power_w;

        if (end == DAVY_SIM_DRIVE_END)
            steady += extra_k;
        pump->bearing[end] += (steady - pump->bearing[end]) * dt_s / design->bearing_tau_s;
    }
}
