/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/series_vary.h"

#include "core/quantity.h"
#include "core/random.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define EPOCH_STRIDE 0x9e3779b97f4a7c15ULL /* keeps the epochs' seeds apart */
#define CURVE_SEED   0xd1b54a32d192ed03ULL /* ... and the curves' from the noise's */
#define KNOTS        ((size_t) 5)
#define TEXT_MAX     ((size_t) 256)

/* Which number of a key is for what; of a curve the first KNOTS are the warp's. */
enum { LOUD, LATER, KEPT, CUT_AT, FIRST_NOISE = 8 };

static const struct change {
    const char *name;
    size_t offset;
    double high;
} kinds[] = {
    {"jitter", offsetof(davy_series_changes, jitter), 10},
    {"scale", offsetof(davy_series_changes, scale), 1},
    {"shift", offsetof(davy_series_changes, shift), 1},
    {"slice", offsetof(davy_series_changes, slice), 1},
    {"warp", offsetof(davy_series_changes, warp), 0.9},
    {"bend", offsetof(davy_series_changes, bend), 1},
};

/* One "name:number". */
static davy_status read_change(char *word, davy_series_changes *out)
{
    char *number = strchr(word, ':');
    double value;

    if (number)
        *number++ = '\0';
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++) {
        if (strcmp(kinds[i].name, word) != 0)
            continue;
        if (!number || davy_number_parse(number, &value) != DAVY_OK ||
            !(value >= 0 && value <= kinds[i].high))
            return davy_fail(DAVY_ERR_INVALID, "vary: say %s:N, with N from 0 to %g", word,
                             kinds[i].high);
        memcpy((char *) out + kinds[i].offset, &value, sizeof value);
        return DAVY_OK;
    }
    return davy_fail(DAVY_ERR_INVALID,
                     "vary: '%.40s' is none of jitter, scale, shift, slice, warp, bend", word);
}

davy_status davy_series_changes_parse(const char *text, davy_series_changes *out)
{
    davy_series_changes changes = {0};
    char copy[TEXT_MAX], *rest = copy;
    davy_status status = DAVY_OK;

    if (strlen(text) >= sizeof copy)
        return davy_fail(DAVY_ERR_INVALID, "vary: the list is too long");
    memcpy(copy, text, strlen(text) + 1);
    while (rest && text[0] && status == DAVY_OK)
        status = read_change(strsep(&rest, ","), &changes);
    if (status == DAVY_OK)
        *out = changes;
    return status;
}

static uint64_t seed_of(const davy_augmentation_key *key)
{
    return key->seed + EPOCH_STRIDE * (key->epoch + 1);
}

/* Uniform in [-most, most). */
static double even(const davy_augmentation_key *key, uint64_t n, double most)
{
    return most * (2.0 * (double) davy_random_uniform(seed_of(key), key->sample, n) - 1.0);
}

/* A curve through KNOTS numbers in [-most, most), at `place` in [0, 1]. */
static double curve_at(const davy_augmentation_key *key, size_t curve, double place, double most)
{
    const double at = fmin(fmax(place, 0), 1) * (double) (KNOTS - 1);
    const size_t knot = at < (double) (KNOTS - 1) ? (size_t) at : KNOTS - 2;
    const double x = at - (double) knot, smooth = x * x * (3 - 2 * x);
    const uint64_t seed = seed_of(key) ^ CURVE_SEED;
    const double from = (double) davy_random_uniform(seed, key->sample, curve * KNOTS + knot);
    const double to = (double) davy_random_uniform(seed, key->sample, curve * KNOTS + knot + 1);

    return most * (2.0 * (from + smooth * (to - from)) - 1.0);
}

/* A wave has no beginning and goes round; a recording goes on with its first or last step. */
static void shift(const davy_series_changes *changes, const davy_form *form,
                  const davy_augmentation_key *key, const float *src, float *dst)
{
    const long last = (long) form->steps - 1;
    const long by = (long) floor(even(key, LATER, changes->shift * (double) form->steps + 0.999));

    for (long t = 0; t <= last; t++) {
        long from = t + by;

        if (form->kind == DAVY_FORM_WAVE)
            from = (from % (last + 1) + last + 1) % (last + 1);
        from = from < 0 ? 0 : from > last ? last : from;
        memcpy(dst + (size_t) t * form->channels, src + (size_t) from * form->channels,
               form->channels * sizeof *dst);
    }
}

/* A step of `dst` from between two steps of `src`. */
static void blend(const davy_form *form, const float *src, double place, float *dst)
{
    const size_t step = place < (double) (form->steps - 1) ? (size_t) place : form->steps - 1;
    const size_t next = step + 1 < form->steps ? step + 1 : step;
    const float share = (float) (place - (double) step);

    for (size_t j = 0; j < form->channels; j++) {
        const float from = src[step * form->channels + j], to = src[next * form->channels + j];

        dst[j] = from + share * (to - from);
    }
}

/* Keep a part of the steps and walk through it at a speed that changes, in as many steps. */
static void stretch(const davy_series_changes *changes, const davy_form *form,
                    const davy_augmentation_key *key, const float *src, float *dst)
{
    const double last = (double) form->steps - 1;
    const double least = changes->slice > 0 ? changes->slice : 1;
    const double kept = least + (1 - least) * (0.5 + even(key, KEPT, 0.5));
    const double begin = (1 - kept) * (0.5 + even(key, CUT_AT, 0.5)) * last;
    double way = 0, walked = 0;

    for (size_t t = 0; t + 1 < form->steps; t++)
        way += 1 + curve_at(key, 0, (double) t / last, changes->warp);
    for (size_t t = 0; t < form->steps; t++) {
        blend(form, src, begin + (way > 0 ? walked / way : 0) * kept * last,
              dst + t * form->channels);
        walked += 1 + curve_at(key, 0, (double) t / last, changes->warp);
    }
}

static void bend(const davy_series_changes *changes, const davy_form *form,
                 const davy_augmentation_key *key, float *values)
{
    const double last = form->steps > 1 ? (double) form->steps - 1 : 1;

    for (size_t t = 0; t < form->steps; t++)
        for (size_t j = 0; j < form->channels; j++)
            values[t * form->channels + j] *=
                (float) (1 + curve_at(key, 1 + j, (double) t / last, changes->bend));
}

/* Everything that moves a series, or makes it louder here and there. */
static void move(const davy_series_changes *changes, const davy_form *form,
                 const davy_augmentation_key *key, float *values, float *scratch)
{
    const size_t bytes = davy_form_values(form) * sizeof *values;

    if (changes->shift > 0) {
        shift(changes, form, key, values, scratch);
        memcpy(values, scratch, bytes);
    }
    if (form->steps > 1 && (changes->slice > 0 || changes->warp > 0)) {
        stretch(changes, form, key, values, scratch);
        memcpy(values, scratch, bytes);
    }
    if (changes->bend > 0)
        bend(changes, form, key, values);
}

void davy_series_vary(const davy_series_changes *changes, const davy_form *form,
                      const davy_augmentation_key *key, const float *scale, float *values,
                      float *scratch)
{
    const size_t count = davy_form_values(form);
    const bool moves = form->kind == DAVY_FORM_WAVE || form->kind == DAVY_FORM_RECORDING;
    const float gain = moves ? (float) (1.0 + even(key, LOUD, changes->scale)) : 1.0F;

    if (moves)
        move(changes, form, key, values, scratch);
    for (size_t i = 0; i < count; i++) {
        const float noise = changes->jitter > 0
                                ? (float) changes->jitter * scale[i % form->channels] *
                                      davy_random_normal(seed_of(key), key->sample, FIRST_NOISE + i)
                                : 0;

        values[i] = gain * values[i] + noise;
    }
}
