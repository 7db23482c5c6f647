/* SPDX-License-Identifier: Apache-2.0 */
#include "models/series_vary.h"

#include "core/random.h"

#include <math.h>
#include <string.h>

#define GAIN         0.10                  /* most change of loudness */
#define NOISE        0.03                  /* in deviations of the channel */
#define SHIFT        0.10                  /* most change of time, as a share of the steps */
#define EPOCH_STRIDE 0x9e3779b97f4a7c15ULL /* keeps the epochs' seeds apart */

/* Which number of a key is for what. */
enum { LOUD, LATER, FIRST_NOISE = 8 };

static uint64_t seed_of(const davy_augmentation_key *key)
{
    return key->seed + EPOCH_STRIDE * (key->epoch + 1);
}

/* Uniform in [-most, most). */
static double even(const davy_augmentation_key *key, uint64_t n, double most)
{
    return most * (2.0 * (double) davy_random_uniform(seed_of(key), key->sample, n) - 1.0);
}

/* A wave has no beginning and goes round; a recording goes on with its first or last step. */
static void shift(const davy_form *form, const davy_augmentation_key *key, const float *src,
                  float *dst)
{
    const long last = (long) form->steps - 1;
    const long by = (long) floor(even(key, LATER, SHIFT * (double) form->steps + 0.999));

    for (long t = 0; t <= last; t++) {
        long from = t + by;

        if (form->kind == DAVY_FORM_WAVE)
            from = (from + last + 1) % (last + 1);
        from = from < 0 ? 0 : from > last ? last : from;
        memcpy(dst + (size_t) t * form->channels, src + (size_t) from * form->channels,
               form->channels * sizeof *dst);
    }
}

void davy_series_vary(const davy_form *form, const davy_augmentation_key *key, const float *scale,
                      float *values, float *scratch)
{
    const size_t count = davy_form_values(form);
    const bool moves = form->kind == DAVY_FORM_WAVE || form->kind == DAVY_FORM_RECORDING;
    const float gain = moves ? (float) (1.0 + even(key, LOUD, GAIN)) : 1.0F;

    if (moves) {
        shift(form, key, values, scratch);
        memcpy(values, scratch, count * sizeof *values);
    }
    for (size_t i = 0; i < count; i++)
        values[i] =
            gain * values[i] + (float) NOISE * scale[i % form->channels] *
                                   davy_random_normal(seed_of(key), key->sample, FIRST_NOISE + i);
}
