/* SPDX-License-Identifier: Apache-2.0 */
#include "regime.h"

#include <math.h>

#define PER_HOUR      (1.0 / 3600.0)            /* kg/h in kg/s */
#define FEED_RAMP     (10.0 * PER_HOUR / 60.0)  /* 10 kg/h each minute */
#define REACTOR_RAMP  (0.1 / 60.0)              /* 0.1 K each minute */
#define NET_MOST      320.0                     /* kg/h more or less than the reactor takes */
#define TRANSFER_RAMP (400.0 * PER_HOUR / 60.0) /* 400 kg/h each minute, for T-101 */

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
    regime->campaign_s = uniform(regime, 3600.0, 4.0 * 3600.0);
    regime->feed_target = uniform(regime, 1700.0, 2300.0) * PER_HOUR;
}

static void trim_reactor(davy_sim_regime *regime)
{
    regime->operator_s = uniform(regime, 3.0 * 3600.0, 8.0 * 3600.0);
    regime->reactor_target = uniform(regime, 49.5, 50.5);
}

/* An operator looks at the level and sets the pipeline anew, loosely, towards half full. `fill` is
 * 1 for a pipeline that fills its tank and -1 for one that empties it. */
static void tune(davy_sim_regime *regime, davy_sim_transfer *transfer, double level, int fill)
{
    double wanted = fill * 8.0 * (55.0 - level) + uniform(regime, -NET_MOST, NET_MOST);

    transfer->tune_s = uniform(regime, 1200.0, 3600.0);
    transfer->net = fmax(-NET_MOST, fmin(NET_MOST, wanted)) * PER_HOUR;
}

void davy_sim_regime_init(davy_sim_regime *regime, uint64_t seed)
{
    *regime = (davy_sim_regime){0};
    davy_sim_random_init(&regime->random, seed, DAVY_SIM_STREAM_REGIME);
    next_campaign(regime);
    trim_reactor(regime);
    tune(regime, &regime->supply, 55.0, 1);
    tune(regime, &regime->export, 55.0, -1);
    regime->feed = regime->feed_target;
    regime->reactor = regime->reactor_target;
    regime->supply.rate = regime->supply.net + regime->feed;
    regime->export.rate = (regime->export.net + regime->feed) * DAVY_SIM_PRODUCT_RATIO;
}

static void transfer_step(davy_sim_regime *regime, davy_sim_transfer *transfer, double level,
                          int fill, double ratio)
{
    if ((transfer->tune_s -= 1.0) <= 0.0)
        tune(regime, transfer, level, fill);
    transfer->target = (transfer->net + regime->feed) * ratio;
    transfer->rate = approach(transfer->rate, transfer->target, TRANSFER_RAMP * ratio);
}

void davy_sim_regime_step(davy_sim_regime *regime, double level_101, double level_102)
{
    if ((regime->campaign_s -= 1.0) <= 0.0)
        next_campaign(regime);
    if ((regime->operator_s -= 1.0) <= 0.0)
        trim_reactor(regime);
    regime->feed = approach(regime->feed, regime->feed_target, FEED_RAMP);
    regime->reactor = approach(regime->reactor, regime->reactor_target, REACTOR_RAMP);
    transfer_step(regime, &regime->supply, level_101, 1, 1.0);
    transfer_step(regime, &regime->export, level_102, -1, DAVY_SIM_PRODUCT_RATIO);
}
