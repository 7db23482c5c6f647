/* SPDX-License-Identifier: Apache-2.0 */
#include "instruments.h"

#include <math.h>

#define STEPS_12_BIT   4095.0
#define GAUGE_TAU_S    5.0   /* damping of level and flows before the minute is taken */
#define GAUGE_NOISE_MM 0.2   /* of one radar reading, chosen; makers state 0.5 mm accuracy */
#define METER_NOISE    0.002 /* relative noise of one flow reading, Coriolis */
#define METER_DRIFT    0.001 /* relative slow error */
#define METER_TAU_S    (4.0 * 3600.0)

void davy_sim_instruments_init(davy_sim_instruments *instruments, uint64_t seed)
{
    const davy_sim_drift meter = {.sigma = METER_DRIFT, .tau_s = METER_TAU_S};

    *instruments = (davy_sim_instruments){0};
    davy_sim_random_init(&instruments->random, seed, DAVY_SIM_STREAM_INSTRUMENTS);
    davy_sim_random_init(&instruments->mast, seed, DAVY_SIM_STREAM_MAST);
    instruments->t101.meter_in = instruments->t101.meter_out = meter;
    instruments->t102.meter_in = instruments->t102.meter_out = meter;
}

static void true_tank(double *values, const davy_sim_tank *tank, const davy_sim_tank_design *design,
                      double in, double out, double leak)
{
    values[0] = 100.0 * davy_sim_tank_level(tank, design) / design->height_m;
    values[1] = (in - out - leak) * 60.0 * 1000.0 / (design->density * design->area_m2);
    values[2] = tank->pressure / 1000.0;
    values[3] = tank->temperature;
    values[4] = in * 3600.0;
    values[5] = out * 3600.0;
}

static void true_reactor(double *values, const davy_sim_plant *plant)
{
    values[DAVY_SIM_R201_TEMPERATURE] = plant->r201.temperature;
    values[DAVY_SIM_R201_PRESSURE] = plant->reactor_pressure / 1000.0;
    values[DAVY_SIM_R201_LEVEL] = davy_sim_plant_reactor_level(plant);
    values[DAVY_SIM_R201_JACKET_INLET] = plant->coolant_temperature;
    values[DAVY_SIM_R201_JACKET_OUTLET] = plant->r201.jacket;
    values[DAVY_SIM_R201_COOLANT_FLOW] = plant->flows.coolant * 3600.0;
    values[DAVY_SIM_R201_COOLANT_VALVE] = plant->coolant_command;
}

static void true_pumps(double *values, const davy_sim_plant *plant)
{
    const davy_sim_flows *flows = &plant->flows;

    values[DAVY_SIM_P301_FLOW] = flows->feed * 3600.0;
    values[DAVY_SIM_P301_DISCHARGE] = flows->discharge[0] / 1000.0;
    values[DAVY_SIM_P301_CURRENT] = davy_sim_pump_current(&davy_sim_p301, flows->power[0]);
    values[DAVY_SIM_P301_BEARING_DRIVE] = plant->p301.bearing[DAVY_SIM_DRIVE_END];
    values[DAVY_SIM_P301_BEARING_FREE] = plant->p301.bearing[DAVY_SIM_FREE_END];
    values[DAVY_SIM_P301_BEARING_MOTOR] = plant->p301.bearing[DAVY_SIM_MOTOR_END];
    values[DAVY_SIM_P301_VIBRATION] =
        davy_sim_pump_vibration(&davy_sim_p301, flows->pump_flow[0], 1.0);
    values[DAVY_SIM_P302_FLOW] = flows->product * 3600.0;
    values[DAVY_SIM_P302_SPEED] = plant->speed * 100.0;
    values[DAVY_SIM_P302_DISCHARGE] = flows->discharge[1] / 1000.0;
    values[DAVY_SIM_P302_CURRENT] = davy_sim_pump_current(&davy_sim_p302, flows->power[1]);
}

void davy_sim_true_values(const davy_sim_plant *plant, double values[DAVY_SIM_SIGNALS])
{
    const davy_sim_flows *flows = &plant->flows;

    true_tank(&values[DAVY_SIM_T101_LEVEL], &plant->t101, &davy_sim_t101, flows->supply,
              flows->feed, flows->leak);
    true_tank(&values[DAVY_SIM_T102_LEVEL], &plant->t102, &davy_sim_t102, flows->product,
              flows->export, 0.0);
    true_reactor(values, plant);
    values[DAVY_SIM_V401_COMMAND] = plant->feed_command;
    values[DAVY_SIM_V401_POSITION] = plant->v401.position;
    values[DAVY_SIM_V401_FLOW] = flows->feed * 3600.0;
    true_pumps(values, plant);
    values[DAVY_SIM_YARD_AMBIENT] = plant->ambient;
    values[DAVY_SIM_YARD_WIND_SPEED] = plant->wind;
    values[DAVY_SIM_YARD_WIND_FROM] = plant->wind_from;
    values[DAVY_SIM_YARD_RADIATION] = plant->radiation;
}

double davy_sim_digitise(const davy_sim_signal *signal, double value)
{
    double span = signal->high - signal->low;
    double share = fmin(1.0, fmax(0.0, (value - signal->low) / span));
    double step = nearbyint(share * STEPS_12_BIT);
    double scale = davy_sim_signal_scale(signal);

    return nearbyint((signal->low + span * step / STEPS_12_BIT) * scale) / scale;
}

/* Damp one more second into the ring. @return damped value that left the ring */
static double minute_step(davy_sim_minute *minute, size_t slot, double value, int started)
{
    double left;

    if (!started) {
        minute->damped = value;
        for (size_t i = 0; i < DAVY_SIM_GAUGE_S; i++)
            minute->ring[i] = value;
        minute->sum = value * DAVY_SIM_GAUGE_S;
    }
    minute->damped += (value - minute->damped) * (1.0 - exp(-1.0 / GAUGE_TAU_S));
    left = minute->ring[slot];
    minute->ring[slot] = minute->damped;
    minute->sum += minute->damped - left;
    return left;
}

static double metered(davy_sim_random *random, davy_sim_drift *drift, double flow)
{
    davy_sim_drift_step(drift, random, 1.0);
    return flow * (1.0 + drift->value + METER_NOISE * davy_sim_random_normal(random));
}

/* The gauging computer of one tank: true values in, its figures out; all six of a tank in a row. */
static void gauge_step(davy_sim_instruments *instruments, davy_sim_gauge *gauge,
                       const davy_sim_tank_design *design, double *values, int held)
{
    davy_sim_random *random = &instruments->random;
    double per_percent = design->height_m * 10.0; /* mm */
    double level = values[0] * per_percent + GAUGE_NOISE_MM * davy_sim_random_normal(random);
    double in = metered(random, &gauge->meter_in, values[4]);
    double out = metered(random, &gauge->meter_out, values[5]);

    if (held) /* the radar repeats its last echo */
        level = gauge->level.damped;
    gauge->rate = -minute_step(&gauge->level, instruments->slot, level, instruments->started);
    gauge->rate += gauge->level.damped;
    (void) minute_step(&gauge->in, instruments->slot, in, instruments->started);
    (void) minute_step(&gauge->out, instruments->slot, out, instruments->started);
    values[0] = gauge->level.damped / per_percent;
    values[1] = gauge->rate;
    values[4] = gauge->in.sum / DAVY_SIM_GAUGE_S;
    values[5] = gauge->out.sum / DAVY_SIM_GAUGE_S;
}

void davy_sim_instruments_step(davy_sim_instruments *instruments, const davy_sim_plant *plant,
                               const davy_sim_upset *upset)
{
    double values[DAVY_SIM_SIGNALS];

    davy_sim_true_values(plant, values);
    values[DAVY_SIM_P301_VIBRATION] += upset->bearing_mm_s;
    gauge_step(instruments, &instruments->t101, &davy_sim_t101, &values[DAVY_SIM_T101_LEVEL], 0);
    gauge_step(instruments, &instruments->t102, &davy_sim_t102, &values[DAVY_SIM_T102_LEVEL],
               upset->gauge_held);
    for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++) {
        const davy_sim_signal *signal = &davy_sim_signals[i];
        double *lagged = &instruments->lagged[i];
        double keep = signal->lag_s > 0.0 ? exp(-1.0 / signal->lag_s) : 0.0;
        davy_sim_random *random =
            i < DAVY_SIM_YARD_WIND_SPEED ? &instruments->random : &instruments->mast;
        double noise = signal->noise * davy_sim_random_normal(random);

        *lagged = instruments->started ? values[i] + keep * (*lagged - values[i]) : values[i];
        instruments->readings[i] = davy_sim_digitise(signal, *lagged + noise);
    }
    instruments->slot = (instruments->slot + 1) % DAVY_SIM_GAUGE_S;
    instruments->started = 1;
}
