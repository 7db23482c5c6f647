/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "plant.h"
#include "signals.h"

/**
 * @file
 * Transmitters: what the control system sees of the plant's true state.
 *
 * Program: davy-sim. A transmitter lags (first order), adds noise, saturates at the ends of its
 * range, is digitised to 12 bit over the range, and sends a fixed number of decimals.
 *
 * A tank's gauging computer reports one-minute figures: the level rate is the change of the damped
 * level over the last 60 s, and in- and outflow are means of the equally damped flow meters over
 * the same 60 s, so that the tank's mass balance closes minute by minute whatever the flows do.
 */
#define DAVY_SIM_GAUGE_S 60

/** The last minute of one damped quantity. */
typedef struct davy_sim_minute {
    double damped;                 /* first-order filtered input */
    double ring[DAVY_SIM_GAUGE_S]; /* of the damped input, one per second */
    double sum;                    /* of the ring */
} davy_sim_minute;

typedef struct davy_sim_gauge {
    davy_sim_minute level, in, out;     /* mm, kg/h, kg/h */
    davy_sim_drift meter_in, meter_out; /* slow relative errors of the flow meters */
    double rate;                        /* mm/min */
} davy_sim_gauge;

typedef struct davy_sim_instruments {
    davy_sim_random random;
    davy_sim_random mast; /* for the wind and the sun */
    davy_sim_gauge t101, t102;
    size_t slot;                       /* of the rings */
    double lagged[DAVY_SIM_SIGNALS];   /* after the lag, before noise */
    double readings[DAVY_SIM_SIGNALS]; /* as sent, in the unit of the signal */
    int started;
} davy_sim_instruments;

void davy_sim_instruments_init(davy_sim_instruments *instruments, uint64_t seed);

/** Read every transmitter once, after one second of the plant. */
void davy_sim_instruments_step(davy_sim_instruments *instruments, const davy_sim_plant *plant,
                               const davy_sim_upset *upset);

/** True value of every signal in its unit; one-minute figures are those of the moment. */
void davy_sim_true_values(const davy_sim_plant *plant, double values[DAVY_SIM_SIGNALS]);

/** What a perfect transmitter of this range sends: cut to the range, 12 bit, decimals. */
double davy_sim_digitise(const davy_sim_signal *signal, double value);
