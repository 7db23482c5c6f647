/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/optimiser.h"

#include "nn/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Floats of a chunk: what a thread works on at a time, and what is added up before all the sums
 * are. Its four or five vectors fit the second cache. */
#define CHUNK ((size_t) 8192)

/* Bounds of weights and moments stay below this: the sums that a step makes of them are floats. */
#define NUMBER_MAX 1e37

struct davy_optimiser {
    davy_optimiser_options options;
    size_t count, chunks;
    davy_memory memory;     /* of the next two */
    float *moment, *square; /* NULL where the kind has none */
    double *sums;           /* [chunks] */
    /* No |w| and no |m| is larger. */
    double weight_bound, moment_bound;
};

static const struct {
    const char *name;
    size_t remembers; /* vectors: m, and Adam's v */
    float rate;
} kinds[] = {
    [DAVY_OPTIMISER_ADAM] = {"adam", 2, 1e-3F},
    [DAVY_OPTIMISER_ADAMW] = {"adamw", 2, 1e-3F},
    [DAVY_OPTIMISER_SGD] = {"sgd", 0, 1e-2F},
    [DAVY_OPTIMISER_MOMENTUM] = {"momentum", 1, 1e-2F},
    [DAVY_OPTIMISER_NESTEROV] = {"nesterov", 1, 1e-2F},
};

const char *davy_optimiser_name(davy_optimiser_kind kind)
{
    return (size_t) kind < DAVY_ARRAY_LENGTH(kinds) ? kinds[kind].name : NULL;
}

davy_status davy_optimiser_find(const char *name, davy_optimiser_kind *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0) {
            *out = (davy_optimiser_kind) i;
            return DAVY_OK;
        }
    return davy_fail(DAVY_ERR_NOT_FOUND,
                     "no optimiser '%.80s'; there are adam, adamw, sgd, momentum, nesterov", name);
}

static float or_else(float value, float fallback)
{
    return value == 0.0F ? fallback : value;
}

static davy_status check_range(const char *what, float value, float least, float most)
{
    if (value >= least && value <= most)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID, "%s is %g; it may be %g to %g", what, (double) value,
                     (double) least, (double) most);
}

static davy_status check_options(const davy_optimiser_options *o)
{
    const struct {
        const char *what;
        float value, least, most;
    } ranges[] = {
        {"the learning rate", o->rate, 0.0F, DAVY_RATE_MAX},
        {"beta1", o->beta1, 0.0F, DAVY_BETA_MAX},
        {"beta2", o->beta2, 0.0F, DAVY_BETA_MAX},
        {"epsilon", o->epsilon, DAVY_EPSILON_MIN, 1.0F},
        {"momentum", o->momentum, 0.0F, DAVY_BETA_MAX},
        {"the l1 penalty", o->l1, 0.0F, 1e6F},
        {"the l2 penalty times the rate", o->l2 * o->rate, 0.0F, 1.0F},
        {"the weight decay times the rate", o->decay * o->rate, 0.0F, 1.0F},
        {"the longest gradient", o->clip, 0.0F, DAVY_GRADIENT_MAX},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ranges); i++) {
        davy_status status =
            check_range(ranges[i].what, ranges[i].value, ranges[i].least, ranges[i].most);

        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

/* Zeros for what is remembered; each vector begins on a line of the cache. */
static bool remember(davy_optimiser *optimiser)
{
    const size_t length = (optimiser->count + 15) / 16 * 16;
    const size_t vectors = kinds[optimiser->options.kind].remembers;
    const size_t bytes = vectors * length * sizeof(float);

    if (vectors == 0)
        return true;
    optimiser->moment = davy_memory_reserve(&optimiser->memory, bytes);
    if (!optimiser->moment)
        return false;
    memset(optimiser->moment, 0, bytes);
    optimiser->square = vectors > 1 ? optimiser->moment + length : NULL;
    return true;
}

davy_status davy_optimiser_create(const davy_optimiser_options *options, size_t count,
                                  davy_optimiser **out)
{
    davy_optimiser *optimiser;
    davy_optimiser_options used = *options;
    davy_status status;

    if (!davy_optimiser_name(used.kind))
        return davy_fail(DAVY_ERR_INVALID, "optimiser %d does not exist", (int) used.kind);
    used.rate = or_else(used.rate, kinds[used.kind].rate);
    used.beta1 = or_else(used.beta1, 0.9F);
    used.beta2 = or_else(used.beta2, 0.999F);
    used.epsilon = or_else(used.epsilon, 1e-8F);
    used.momentum = or_else(used.momentum, 0.9F);
    used.decay = used.kind == DAVY_OPTIMISER_ADAMW ? or_else(used.decay, 0.01F) : 0.0F;
    status = check_options(&used);
    if (status != DAVY_OK)
        return status;

    optimiser = calloc(1, sizeof *optimiser);
    if (!optimiser)
        return davy_fail(DAVY_ERR_NOMEM, "an optimiser");
    optimiser->options = used;
    optimiser->count = count;
    optimiser->chunks = (count + CHUNK - 1) / CHUNK;
    davy_optimiser_changed(optimiser);
    optimiser->sums = calloc(optimiser->chunks + 1, sizeof(double));
    if (!optimiser->sums || !remember(optimiser)) {
        davy_optimiser_destroy(optimiser);
        return davy_fail(DAVY_ERR_NOMEM, "what an optimiser of %zu parameters remembers", count);
    }
    *out = optimiser;
    return DAVY_OK;
}

void davy_optimiser_destroy(davy_optimiser *optimiser)
{
    if (!optimiser)
        return;
    free(optimiser->sums);
    davy_memory_clear(&optimiser->memory);
    free(optimiser);
}

const davy_optimiser_options *davy_optimiser_used(const davy_optimiser *optimiser)
{
    return &optimiser->options;
}

float *davy_optimiser_moment(davy_optimiser *optimiser)
{
    return optimiser->moment;
}

float *davy_optimiser_square(davy_optimiser *optimiser)
{
    return optimiser->square;
}

static size_t chunk_length(const davy_optimiser *optimiser, size_t chunk)
{
    const size_t rest = optimiser->count - chunk * CHUNK;

    return rest < CHUNK ? rest : CHUNK;
}

struct norm_work {
    const davy_optimiser *optimiser;
    const davy_kernels *kernels;
    const float *d;
};

static void square_chunk(void *context, size_t chunk, size_t worker)
{
    const struct norm_work *work = context;
    const float *d = work->d + chunk * CHUNK;

    (void) worker;
    work->optimiser->sums[chunk] =
        (double) work->kernels->dot(chunk_length(work->optimiser, chunk), d, d);
}

double davy_optimiser_norm(const davy_optimiser *optimiser, const davy_kernels *kernels,
                           davy_pool *pool, const float *d)
{
    struct norm_work work = {.optimiser = optimiser, .kernels = kernels, .d = d};
    double sum = 0.0;

    davy_pool_run(pool, optimiser->chunks, square_chunk, &work);
    for (size_t i = 0; i < optimiser->chunks; i++)
        sum += optimiser->sums[i];
    return sqrt(sum);
}

/* Largest absolute value; NaN when there is one. */
static double largest(const float *x, size_t count)
{
    float most = 0.0F;

    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]))
            return NAN;
        most = fabsf(x[i]) > most ? fabsf(x[i]) : most;
    }
    return (double) most;
}

static void measure(davy_optimiser *optimiser, const float *w)
{
    optimiser->weight_bound = largest(w, optimiser->count);
    optimiser->moment_bound =
        optimiser->moment ? largest(optimiser->moment, optimiser->count) : 0.0;
}

void davy_optimiser_changed(davy_optimiser *optimiser)
{
    optimiser->weight_bound = optimiser->moment_bound = INFINITY;
}

/*
 * Bounds after a step, from those before it: |d| <= norm, so |g| <= factor norm + l1 + l2 |w|;
 * Adam's m is a mean of such g, the others' a sum; sqrt(v) >= 0, so Adam goes at most
 * rate c1 |m| / epsilon. False when one of them is no number to go on with.
 */
static bool bound(const davy_optimiser *optimiser, const davy_update *update, double norm,
                  double *weight, double *moment)
{
    const davy_optimiser_options *o = &optimiser->options;
    const double g =
        (double) update->factor * norm + (double) o->l1 + (double) o->l2 * optimiser->weight_bound;
    double move = g;

    *moment = 0.0;
    if (optimiser->square) {
        *moment = fmax(optimiser->moment_bound, g);
        move = (double) update->correction1 * *moment / (double) o->epsilon;
    } else if (optimiser->moment) {
        *moment = (double) o->momentum * optimiser->moment_bound + g;
        move = g + *moment;
    }
    /* A millionth more than rounding can add. */
    *weight = (optimiser->weight_bound + (double) update->rate * move) * (1.0 + 1e-6);
    *moment *= 1.0 + 1e-6;
    return g <= (double) DAVY_GRADIENT_MAX && *moment <= NUMBER_MAX && *weight <= NUMBER_MAX;
}

struct take_work {
    davy_optimiser *optimiser;
    const davy_optimiser_step *step;
    davy_update update; /* without pointers and count */
};

static void take_chunk(void *context, size_t chunk, size_t worker)
{
    const struct take_work *work = context;
    const davy_optimiser *optimiser = work->optimiser;
    const davy_optimiser_step *step = work->step;
    const size_t at = chunk * CHUNK;
    davy_update update = work->update;

    (void) worker;
    update.count = chunk_length(optimiser, chunk);
    update.weights = step->w + at;
    update.diff = step->d + at;
    update.moment = optimiser->moment ? optimiser->moment + at : NULL;
    update.square = optimiser->square ? optimiser->square + at : NULL;
    /* The sums are free now: they say whether the kernel found all numbers finite. */
    optimiser->sums[chunk] =
        (optimiser->square ? step->kernels->adam : step->kernels->momentum)(&update) ? 0.0 : 1.0;
    if (!step->average)
        return;
    step->kernels->scale(update.count, step->keep, step->average + at, step->average + at);
    step->kernels->axpy(update.count, 1.0F - step->keep, step->w + at, step->average + at);
}

static davy_update describe(const davy_optimiser *optimiser, const davy_optimiser_step *step)
{
    const davy_optimiser_options *o = &optimiser->options;
    davy_update update = {.rate = step->rate,
                          .factor = 1.0F,
                          .l1 = o->l1,
                          .l2 = o->l2,
                          .beta1 = o->beta1,
                          .beta2 = o->beta2,
                          .epsilon = o->epsilon,
                          .decay = o->decay,
                          .momentum = optimiser->moment ? o->momentum : 0.0F,
                          .nesterov = o->kind == DAVY_OPTIMISER_NESTEROV};

    if (o->clip > 0.0F && step->norm > (double) o->clip)
        update.factor = (float) ((double) o->clip / step->norm);
    update.correction1 = (float) (1.0 / (1.0 - pow((double) o->beta1, (double) step->t)));
    update.correction2 = (float) (1.0 / sqrt(1.0 - pow((double) o->beta2, (double) step->t)));
    return update;
}

davy_status davy_optimiser_take(davy_optimiser *optimiser, const davy_optimiser_step *step)
{
    struct take_work work = {
        .optimiser = optimiser, .step = step, .update = describe(optimiser, step)};
    double weight, moment, broken = 0.0;

    if (!isfinite(step->norm))
        return davy_fail(DAVY_ERR_INVALID, "the length of the gradient is beyond single precision");
    if (!bound(optimiser, &work.update, step->norm, &weight, &moment)) {
        measure(optimiser, step->w); /* the bounds have grown past what is there */
        if (!bound(optimiser, &work.update, step->norm, &weight, &moment))
            return davy_fail(DAVY_ERR_INVALID,
                             "a gradient of length %g could take weights out of the range of "
                             "numbers",
                             step->norm);
    }
    optimiser->weight_bound = weight;
    optimiser->moment_bound = moment;
    davy_pool_run(step->pool, optimiser->chunks, take_chunk, &work);
    for (size_t i = 0; i < optimiser->chunks; i++)
        broken += optimiser->sums[i];
    if (broken > 0.0) {
        davy_optimiser_changed(optimiser);
        return davy_fail(DAVY_ERR_CORRUPT, "a weight is not finite after a step that could not "
                                           "make it so: the kernel or the machine is at fault");
    }
    return DAVY_OK;
}
