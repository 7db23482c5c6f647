/* SPDX-License-Identifier: Apache-2.0 */
#include "regime.h"

#include "core/status.h"

#include <math.h>
#include <stddef.h>

#define PER_HOUR     (1.0 / 3600.0)           /* kg/h in kg/s */
#define FEED_RAMP    (30.0 * PER_HOUR / 60.0) /* 30 kg/h each minute */
#define REACTOR_RAMP (0.1 / 60.0)             /* 0.1 K each minute */
#define TRUCK_RAMP_S 45.0                     /* a driver opens and closes the hose valve slowly */

/* Throughputs of the campaigns, kg/h of anhydride: reduced, normal, high. */
static const double campaigns[] = {1650.0, 2000.0, 2300.0};

static double uniform(davy_sim_regime *regime, double low, double high)
{
    return davy_sim_random_uniform(&regime->random, low, high);
}

/* Move value towards target by at most step. */
static double approach(double value, double target, double step)
{
    return value + fmax(-step, fmin(step, target - value));
}

static void next_campaign(davy_sim_regime *regime)
{
    size_t which = (size_t) uniform(regime, 0.0, (double) DAVY_ARRAY_LENGTH(campaigns));

    regime->campaign_s = uniform(regime, 1.5 * 3600.0, 5.0 * 3600.0);
    regime->feed_target = campaigns[which] * PER_HOUR;
}

static void trim_reactor(davy_sim_regime *regime)
{
    regime->operator_s = uniform(regime, 3.0 * 3600.0, 8.0 * 3600.0);
    regime->reactor_target = uniform(regime, 49.0, 51.5);
}

static void next_load(davy_sim_regime *regime)
{
    regime->load.call = uniform(regime, 36.0, 46.0);
    regime->load.enough = uniform(regime, 74.0, 83.0);
}

static void next_export(davy_sim_regime *regime)
{
    regime->export.call = uniform(regime, 62.0, 72.0);
    regime->export.enough = uniform(regime, 28.0, 38.0);
}

void davy_sim_regime_init(davy_sim_regime *regime, uint64_t seed)
{
    *regime = (davy_sim_regime){0};
    davy_sim_random_init(&regime->random, seed, DAVY_SIM_STREAM_REGIME);
    next_campaign(regime);
    trim_reactor(regime);
    next_load(regime);
    next_export(regime);
    regime->feed = regime->feed_target;
    regime->reactor = regime->reactor_target;
}

/* `due`: the level has passed the call; `done`: it has passed what is enough. */
static void truck_step(davy_sim_regime *regime, davy_sim_truck *truck, int due, int done,
                       double rate_low, double rate_high)
{
    double full = 0.5 * (rate_low + rate_high) * PER_HOUR;

    if (truck->state == DAVY_SIM_TRUCK_NONE && due) {
        truck->state = DAVY_SIM_TRUCK_CALLED;
        truck->wait_s = uniform(regime, 120.0, 900.0);
    } else if (truck->state == DAVY_SIM_TRUCK_CALLED && (truck->wait_s -= 1.0) <= 0.0) {
        truck->state = DAVY_SIM_TRUCK_PUMPING;
        truck->target = uniform(regime, rate_low, rate_high) * PER_HOUR;
    } else if (truck->state == DAVY_SIM_TRUCK_PUMPING && done) {
        truck->state = DAVY_SIM_TRUCK_NONE;
        truck->target = 0.0;
    }
    truck->rate = approach(truck->rate, truck->target, full / TRUCK_RAMP_S);
}

void davy_sim_regime_step(davy_sim_regime *regime, double level_101, double level_102,
                          double ambient)
{
    davy_sim_truck *load = &regime->load, *export = &regime->export;
    int load_was = load->state, export_was = export->state;

    if ((regime->campaign_s -= 1.0) <= 0.0)
        next_campaign(regime);
    if ((regime->operator_s -= 1.0) <= 0.0)
        trim_reactor(regime);
    regime->feed = approach(regime->feed, regime->feed_target, FEED_RAMP);
    regime->reactor = approach(regime->reactor, regime->reactor_target, REACTOR_RAMP);

    truck_step(regime, load, level_101<load->call, level_101> load->enough, 7000.0, 8000.0);
    truck_step(regime, export, level_102 > export->call, level_102 < export->enough, 16000.0,
               19000.0);
    if (load_was == DAVY_SIM_TRUCK_CALLED && load->state == DAVY_SIM_TRUCK_PUMPING)
        load->temperature = 0.5 * (ambient + 20.0) + uniform(regime, -2.0, 2.0);
    if (load_was == DAVY_SIM_TRUCK_PUMPING && load->state == DAVY_SIM_TRUCK_NONE)
        next_load(regime);
    if (export_was == DAVY_SIM_TRUCK_PUMPING && export->state == DAVY_SIM_TRUCK_NONE)
        next_export(regime);
}
