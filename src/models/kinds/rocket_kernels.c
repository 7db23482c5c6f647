/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/rocket_kernels.h"

#include "core/random.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALF           (DAVY_ROCKET_KERNELS / 2)
#define REACH          (DAVY_ROCKET_TAPS / 2) /* taps on each side of the middle */
#define DILATIONS_MAX  ((size_t) 32)
#define CHANNELS_MAX   ((size_t) 9) /* that a kernel adds */
#define GOLDEN         1.6180339887498949
#define ABOVE_QUANTILE 1e-5

/* Streams of random numbers: samples, then channels of each kernel of each dilation. */
#define STREAM_SAMPLES  0
#define STREAM_CHANNELS 1

/* Work of a fit. */
typedef struct rocket_work {
    const davy_rocket_options *options;
    davy_rocket *rocket;
    float *sample; /* [steps * channels] scaled */
    double *sums;  /* [steps] */
} rocket_work;

void davy_rocket_clear(davy_rocket *rocket)
{
    free(rocket->dilations);
    free(rocket->thresholds);
    free(rocket->sees);
    *rocket = (davy_rocket){0};
}

/* The three taps of weight 2, in the order of combinations. */
static void taps_of(size_t kernel, size_t taps[3])
{
    taps[0] = 0;
    taps[1] = 1;
    taps[2] = 2;
    for (; kernel > 0; kernel--) {
        size_t moves = 2; /* the last that can */

        while (taps[moves] == DAVY_ROCKET_TAPS - 3 + moves)
            moves--;
        taps[moves]++;
        for (size_t i = moves + 1; i < 3; i++)
            taps[i] = taps[i - 1] + 1;
    }
}

static float weight_of(const size_t taps[3], size_t tap)
{
    return tap == taps[0] || tap == taps[1] || tap == taps[2] ? 2 : -1;
}

static bool is_padded(size_t dilation, size_t kernel)
{
    return (dilation + kernel) % 2 == 0;
}

/* ------------------------------------------------------------------------------------- dilations
 */

/* Even in logarithms, so that the widest kernel just fits; equal ones are one with more shares. */
static void list_dilations(davy_rocket *rocket, size_t shares)
{
    const size_t most = shares < DILATIONS_MAX ? shares : DILATIONS_MAX;
    const double widest = log2((double) (rocket->steps - 1) / (double) (DAVY_ROCKET_TAPS - 1));
    size_t left = shares;

    for (size_t i = 0; i < most; i++) {
        const double exponent = most > 1 ? widest * (double) i / (double) (most - 1) : 0;
        const size_t step = (size_t) exp2(exponent);

        if (i == 0 || rocket->dilations[rocket->dilation_count - 1].step != step)
            rocket->dilations[rocket->dilation_count++].step = step;
        rocket->dilations[rocket->dilation_count - 1].shares++;
    }
    assert(most > 0 && rocket->dilation_count > 0);
    for (size_t i = 0; i < rocket->dilation_count; i++) {
        davy_rocket_dilation *d = &rocket->dilations[i];

        d->shares = d->shares * shares / most;
        left -= d->shares;
    }
    for (size_t i = 0; left > 0; i = (i + 1) % rocket->dilation_count, left--)
        rocket->dilations[i].shares++;
    for (size_t i = 0; i < rocket->dilation_count; i++) {
        rocket->dilations[i].first = rocket->count;
        rocket->count += DAVY_ROCKET_KERNELS * rocket->dilations[i].shares;
    }
}

/* ------------------------------------------------------------------------------------- channels */

/* Which channels one kernel of one dilation adds: 2^u of them, u even up to that of all + 1. */
static void draw_channels(const rocket_work *work, size_t combination, uint8_t *sees)
{
    const size_t channels = work->rocket->channels;
    const size_t most = channels < CHANNELS_MAX ? channels : CHANNELS_MAX;
    const uint64_t seed = work->options->seed, from = combination * (CHANNELS_MAX + 1);
    const double u = (double) davy_random_uniform(seed, STREAM_CHANNELS, from);
    size_t count = (size_t) exp2(u * log2((double) most + 1));

    for (size_t i = 0; i < count && i < most; i++) {
        size_t pick =
            davy_random_below(seed, STREAM_CHANNELS, from + 1 + i, (uint32_t) (channels - i));

        for (size_t c = 0; c < channels; c++)
            if (!sees[c] && pick-- == 0) {
                sees[c] = 1;
                break;
            }
    }
}

/* ----------------------------------------------------------------------------------- thresholds */

static void convolve(const rocket_work *work, size_t step, const size_t taps[3],
                     const uint8_t *sees)
{
    const size_t steps = work->rocket->steps, channels = work->rocket->channels;

    for (size_t t = 0; t < steps; t++) {
        double sum = 0;

        for (size_t tap = 0; tap < DAVY_ROCKET_TAPS; tap++) {
            const size_t at = t + tap * step;

            if (at < REACH * step || at - REACH * step >= steps)
                continue;
            for (size_t c = 0; c < channels; c++)
                if (sees[c])
                    sum += (double) (weight_of(taps, tap) *
                                     work->sample[(at - REACH * step) * channels + c]);
        }
        work->sums[t] = sum;
    }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Between the two nearest of sorted numbers. */
static double quantile(const double *sorted, size_t count, double share)
{
    const double place = share * (double) (count - 1);
    const size_t below = (size_t) place, above = below + 1 < count ? below + 1 : below;

    return sorted[below] + (place - (double) below) * (sorted[above] - sorted[below]);
}

static void draw_sample(const rocket_work *work, size_t combination)
{
    const davy_rocket_options *o = work->options;
    const size_t row = davy_random_below(o->seed, STREAM_SAMPLES, combination, (uint32_t) o->rows);
    const float *x = o->x + row * o->steps * o->channels;

    for (size_t i = 0; i < o->steps * o->channels; i++) {
        const size_t c = i % o->channels;

        work->sample[i] = (x[i] - o->scale->mean[c]) / o->scale->scale[c];
    }
}

/* Thresholds of one kernel of one dilation: quantiles that fill 0 .. 1 evenly, however many. */
static void find_thresholds(const rocket_work *work, size_t dilation, size_t kernel)
{
    const davy_rocket_dilation *d = &work->rocket->dilations[dilation];
    const size_t combination = dilation * DAVY_ROCKET_KERNELS + kernel;
    const size_t first = d->first + kernel * d->shares;
    uint8_t *sees = work->rocket->sees + combination * work->rocket->channels;
    size_t taps[3];

    draw_channels(work, combination, sees);
    draw_sample(work, combination);
    taps_of(kernel, taps);
    convolve(work, d->step, taps, sees);
    qsort(work->sums, work->rocket->steps, sizeof *work->sums, by_value);
    for (size_t i = first; i < first + d->shares; i++) {
        const double q =
            quantile(work->sums, work->rocket->steps, fmod((double) (i + 1) * GOLDEN, 1));

        work->rocket->thresholds[i] = (float) (q + ABOVE_QUANTILE * (1 + fabs(q)));
    }
}

static davy_status work_init(rocket_work *work)
{
    const davy_rocket_options *o = work->options;
    davy_rocket *rocket = work->rocket;
    const size_t shares = o->shares > DAVY_ROCKET_KERNELS ? o->shares / DAVY_ROCKET_KERNELS : 1;

    rocket->dilations = calloc(DILATIONS_MAX, sizeof *rocket->dilations);
    if (!rocket->dilations)
        return davy_fail(DAVY_ERR_NOMEM, "dilations");
    list_dilations(rocket, shares);
    rocket->thresholds = calloc(rocket->count, sizeof *rocket->thresholds);
    rocket->sees = calloc(rocket->dilation_count * DAVY_ROCKET_KERNELS, o->channels);
    work->sample = calloc(o->steps * o->channels, sizeof *work->sample);
    work->sums = calloc(o->steps, sizeof *work->sums);
    return rocket->thresholds && rocket->sees && work->sample && work->sums
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "%zu shares of a sample", rocket->count);
}

davy_status davy_rocket_fit(const davy_rocket_options *options, davy_rocket *out)
{
    rocket_work work = {.options = options, .rocket = out};
    davy_status status;

    *out = (davy_rocket){.steps = options->steps, .channels = options->channels};
    if (options->steps < DAVY_ROCKET_TAPS)
        return davy_fail(DAVY_ERR_INVALID,
                         "kernels of %zu steps see nothing in samples of %zu: a longer window",
                         DAVY_ROCKET_TAPS, options->steps);
    status = work_init(&work);
    for (size_t d = 0; d < out->dilation_count && status == DAVY_OK; d++)
        for (size_t k = 0; k < DAVY_ROCKET_KERNELS; k++)
            find_thresholds(&work, d, k);
    free(work.sample);
    free(work.sums);
    if (status != DAVY_OK)
        davy_rocket_clear(out);
    return status;
}

/* ---------------------------------------------------------------------------------------- build */

/* Half of the kernels of one dilation, as a convolution and its thresholds. */
typedef struct bank {
    const davy_rocket *rocket;
    size_t dilation;
    bool padded;
    size_t kernels[HALF];
} bank;

static bank bank_of(const davy_rocket *rocket, size_t dilation, bool padded)
{
    bank b = {.rocket = rocket, .dilation = dilation, .padded = padded};
    size_t count = 0;

    for (size_t k = 0; k < DAVY_ROCKET_KERNELS; k++)
        if (is_padded(dilation, k) == padded)
            b.kernels[count++] = k;
    return b;
}

/* A constant of zeros, to be filled. @return NULL in a failed graph */
static float *add_constant(davy_graph *graph, int rank, const int64_t *dims, davy_value *value)
{
    davy_tensor tensor;
    davy_status status = davy_tensor_shape(&tensor, DAVY_TYPE_F32, rank, dims);

    if (status != DAVY_OK)
        davy_graph_fail(graph, status);
    *value = status == DAVY_OK ? davy_graph_constant(graph, "", &tensor) : DAVY_VALUE_NONE;
    return *value == DAVY_VALUE_NONE ? NULL : davy_f32(&graph->values[*value].tensor);
}

/* [9, channels, 42] */
static davy_value add_weights(const bank *b, davy_graph *graph)
{
    const size_t channels = b->rocket->channels;
    davy_value value;
    float *weights = add_constant(
        graph, 3, (const int64_t[]){(int64_t) DAVY_ROCKET_TAPS, (int64_t) channels, (int64_t) HALF},
        &value);

    for (size_t k = 0; weights && k < HALF; k++) {
        const size_t combination = b->dilation * DAVY_ROCKET_KERNELS + b->kernels[k];
        size_t taps[3];

        taps_of(b->kernels[k], taps);
        for (size_t tap = 0; tap < DAVY_ROCKET_TAPS; tap++)
            for (size_t c = 0; c < channels; c++)
                if (b->rocket->sees[combination * channels + c])
                    weights[(tap * channels + c) * HALF + k] = weight_of(taps, tap);
    }
    return value;
}

/* [shares, 42] */
static davy_value add_thresholds(const bank *b, davy_graph *graph)
{
    const davy_rocket_dilation *d = &b->rocket->dilations[b->dilation];
    davy_value value;
    float *numbers =
        add_constant(graph, 2, (const int64_t[]){(int64_t) d->shares, (int64_t) HALF}, &value);

    for (size_t k = 0; numbers && k < HALF; k++)
        for (size_t i = 0; i < d->shares; i++)
            numbers[i * HALF + k] = b->rocket->thresholds[d->first + b->kernels[k] * d->shares + i];
    return value;
}

static davy_value build_bank(const bank *b, davy_graph *graph, davy_value x)
{
    const davy_rocket_dilation *d = &b->rocket->dilations[b->dilation];
    const int64_t one = 1, step = (int64_t) d->step;
    const int64_t pad = b->padded ? (int64_t) (REACH * d->step) : 0, pads[] = {pad, pad};
    davy_value in[] = {x, add_weights(b, graph)};
    davy_node *node = davy_graph_node(graph, "conv", in, 2, 1);

    davy_node_set_ints(graph, node, "strides", &one, 1);
    davy_node_set_ints(graph, node, "dilations", &step, 1);
    davy_node_set_ints(graph, node, "pads", pads, 2);
    in[0] = node ? node->out[0] : DAVY_VALUE_NONE;
    in[1] = add_thresholds(b, graph);
    node = davy_graph_node(graph, "share_above", in, 2, 1);
    return davy_layer_reshape(graph, node ? node->out[0] : DAVY_VALUE_NONE, 2,
                              (const int64_t[]){0, (int64_t) (d->shares * HALF)});
}

davy_value davy_rocket_build(const davy_rocket *rocket, davy_graph *graph, davy_value x)
{
    davy_value parts[2 * DILATIONS_MAX];
    size_t count = 0;

    for (size_t d = 0; d < rocket->dilation_count; d++)
        for (int side = 0; side < 2; side++) {
            const bank b = bank_of(rocket, d, side == 0);

            parts[count++] = build_bank(&b, graph, x);
        }
    return davy_layer_concat(graph, parts, count, 1);
}
