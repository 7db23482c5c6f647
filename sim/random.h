/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * Repeatable randomness: the same seed and stream give the same numbers, for ever.
 *
 * Program: davy-sim. Each purpose (schedule, disturbances, transmitters) draws from a stream of its
 * own, so that a fault in one part cannot shift the numbers of another.
 *
 * Source: xoshiro256++ and splitmix64, D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom
 * Number Generators", ACM TOMS 47(4), 2021; normal numbers by Marsaglia's polar method, 1964.
 */
typedef struct davy_sim_random {
    uint64_t state[4];
    double spare; /* second number of a polar pair */
    int has_spare;
} davy_sim_random;

/** Who draws from which stream. */
enum {
    DAVY_SIM_STREAM_REGIME = 1,
    DAVY_SIM_STREAM_PLANT,
    DAVY_SIM_STREAM_INSTRUMENTS,
    DAVY_SIM_STREAM_WIND,
    DAVY_SIM_STREAM_MAST
};

/** Start the stream of this number below a seed. */
void davy_sim_random_init(davy_sim_random *random, uint64_t seed, uint64_t stream);

/** Uniform in [low, high). */
double davy_sim_random_uniform(davy_sim_random *random, double low, double high);

/** Normal with mean 0 and standard deviation 1. */
double davy_sim_random_normal(davy_sim_random *random);

/**
 * A disturbance that wanders about 0 and returns: an Ornstein-Uhlenbeck process, stepped exactly.
 * Zeroed fields are a disturbance that is always 0.
 */
typedef struct davy_sim_drift {
    double value;
    double sigma; /* long-run standard deviation, in the unit of the value */
    double tau_s; /* correlation time */
} davy_sim_drift;

/** Let dt_s seconds pass. */
void davy_sim_drift_step(davy_sim_drift *drift, davy_sim_random *random, double dt_s);
