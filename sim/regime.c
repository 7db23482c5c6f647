/* SPDX-License-Identifier: Apache-2.0 */
#include "regime.h"

#include "core/status.h"

#include <math.h>
#include <stddef.h>

#define PER_HOUR      (1.0 / 3600.0)            /* kg/h in kg/s */
#define FEED_RAMP     (30.0 * PER_HOUR / 60.0)  /* 30 kg/h each minute */
#define REACTOR_RAMP  (0.1 / 60.0)              /* 0.1 K each minute */
#define TRANSFER_RAMP (400.0 * PER_HOUR / 60.0) /* 400 kg/h each minute, for T-101 */

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

/* Turn a pipeline up (1) or down (-1), and choose the marks at which it is turned next. */
static void turn(davy_sim_regime *regime, davy_sim_transfer *transfer, int way)
{
    transfer->share = 1.0 + way * uniform(regime, 0.14, 0.30);
    transfer->lower = uniform(regime, 38.0, 48.0);
    transfer->upper = uniform(regime, 62.0, 74.0);
}

void davy_sim_regime_init(davy_sim_regime *regime, uint64_t seed)
{
    *regime = (davy_sim_regime){0};
    davy_sim_random_init(&regime->random, seed, DAVY_SIM_STREAM_REGIME);
    next_campaign(regime);
    trim_reactor(regime);
    turn(regime, &regime->supply, 1);
    turn(regime, &regime->export, -1);
    regime->feed = regime->feed_target;
    regime->reactor = regime->reactor_target;
    regime->supply.rate = regime->supply.share * regime->feed;
    regime->export.rate = regime->export.share * regime->feed * DAVY_SIM_PRODUCT_RATIO;
}

/* `fill` is 1 for a pipeline that fills its tank and -1 for one that empties it. */
static void transfer_step(davy_sim_regime *regime, davy_sim_transfer *transfer, double level,
                          int fill, double ratio)
{
    int fills = (transfer->share > 1.0) == (fill > 0);

    if (level > transfer->upper && fills)
        turn(regime, transfer, -fill);
    else if (level < transfer->lower && !fills)
        turn(regime, transfer, fill);
    transfer->target = transfer->share * regime->feed_target * ratio;
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
