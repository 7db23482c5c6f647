/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * How far features may be off by rounding: some samples are asked again with each of their numbers
 * moved to the next float, up or down by chance. What a sum of floats in another order does to a
 * feature is of that size (backward error analysis: Higham, "Accuracy and Stability of Numerical
 * Algorithms", section 1.5).
 *
 * Stage: models.
 */
#include "core/random.h"
#include "models/features/feature_private.h"

#include <math.h>
#include <stdlib.h>

#define ASKED         ((size_t) 256) /* samples, all over the part that is learnt from */
#define TIMES         8.0            /* the largest difference among many, in units of the mean */
#define STREAM_NUDGES 0xf100a7U

typedef struct nudged {
    const davy_sample_set *samples;
    const davy_levels *levels; /* [channels] the word of a category has no neighbour; NULL: none */
    uint64_t seed;
} nudged;

static davy_status read_nudged(const davy_sample_set *samples, size_t sample, float *values)
{
    const nudged *n = samples->own;
    const size_t count = davy_form_values(&samples->form), channels = samples->form.channels;
    davy_status status = davy_sample_set_read(n->samples, sample, values);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const uint64_t at = (uint64_t) sample * count + i;
        const bool up = davy_random_below(n->seed, STREAM_NUDGES, at, 2) == 1;

        if (values[i] != 0 && !(n->levels && n->levels[i % channels].count > 0))
            values[i] = nextafterf(values[i], up ? INFINITY : -INFINITY);
    }
    return status;
}

/* Features of the members, with every number of their samples moved. */
static davy_status run_nudged(davy_features *f, const davy_levels *levels, const size_t *members,
                              size_t count, float *out)
{
    static const davy_sample_source source = {.read = read_nudged};
    const davy_lesson *lesson = f->lesson;
    nudged own = {lesson->samples, levels, lesson->seed};
    davy_sample_set samples = *lesson->samples;
    davy_lesson moved = *lesson;
    davy_status status;

    samples.source = &source;
    samples.own = &own;
    moved.samples = &samples;
    f->lesson = &moved;
    status = davy_feature_run(f, f->features, members, count, f->count, out);
    f->lesson = lesson;
    return status;
}

/* At most ASKED samples of those that are learnt from, evenly. @return how many */
static size_t choose_members(const davy_lesson *lesson, size_t members[ASKED])
{
    size_t learnt = 0, seen = 0, count = 0;

    for (size_t i = 0; i < lesson->samples->count; i++)
        learnt += lesson->held[i] == DAVY_PURPOSE_LEARN;
    for (size_t i = 0; i < lesson->samples->count && count < ASKED; i++)
        if (lesson->held[i] == DAVY_PURPOSE_LEARN && seen++ * ASKED >= count * learnt)
            members[count++] = i;
    return count;
}

davy_status davy_feature_measure_rounding(davy_features *f, const davy_levels *levels)
{
    size_t members[ASKED];
    const size_t count = choose_members(f->lesson, members);
    float *rounding = davy_arena_array(&f->arena, f->count, sizeof *rounding);
    float *moved = malloc((count * f->count + 1) * sizeof *moved);
    davy_status status = rounding && moved ? run_nudged(f, levels, members, count, moved)
                                           : davy_fail(DAVY_ERR_NOMEM, "features");

    for (size_t j = 0; j < f->count && status == DAVY_OK; j++) {
        double sum = 0;

        for (size_t i = 0; i < count; i++) {
            const float is = f->matrix[members[i] * f->count + j];
            const double off = fabs((double) moved[i * f->count + j] - (double) is);

            sum += isfinite(off) ? off : 0;
        }
        rounding[j] = (float) (TIMES * sum / (double) (count > 0 ? count : 1));
    }
    if (status == DAVY_OK)
        f->samples.rounding = rounding;
    free(moved);
    return status;
}
