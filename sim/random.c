/* SPDX-License-Identifier: Apache-2.0 */
#include "random.h"

#include <math.h>

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void davy_sim_random_init(davy_sim_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;

    state = splitmix(&state) ^ (stream * 0xd1342543de82ef95ULL);
    *random = (davy_sim_random){0};
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
}

static uint64_t next(davy_sim_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double davy_sim_random_uniform(davy_sim_random *random, double low, double high)
{
    return low + (high - low) * (double) (next(random) >> 11) * 0x1p-53;
}

double davy_sim_random_normal(davy_sim_random *random)
{
    double u, v, s;

    if (random->has_spare) {
        random->has_spare = 0;
        return random->spare;
    }
    do {
        u = davy_sim_random_uniform(random, -1.0, 1.0);
        v = davy_sim_random_uniform(random, -1.0, 1.0);
        s = u * u + v * v;
    } while (s >= 1.0 || s == 0.0);
    s = sqrt(-2.0 * log(s) / s);
    random->spare = v * s;
    random->has_spare = 1;
    return u * s;
}

void davy_sim_drift_step(davy_sim_drift *drift, davy_sim_random *random, double dt_s)
{
    double keep, fresh = davy_sim_random_normal(random);

    if (drift->tau_s <= 0.0)
        return;
    keep = exp(-dt_s / drift->tau_s);
    drift->value = keep * drift->value + drift->sigma * sqrt(1.0 - keep * keep) * fresh;
}
