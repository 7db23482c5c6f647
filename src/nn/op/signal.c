/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: windows, discrete Fourier transforms, short-time transforms, weights of mel filters.
 *
 * Computed as double: lines far below the largest one keep their digits, and tensors may be of
 * doubles. A length that is a power of two goes by halves (Cooley, Tukey, 1965), any other by the
 * definition, in squared time, and so has a limit.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define PI          3.14159265358979323846
#define SQUARED_MAX 8192 /* longest transform by the definition */

static bool is_power_of_two(int64_t n)
{
    return (n & (n - 1)) == 0;
}

/* What a transform is turned by: exp(+-2 pi i k / n) as pairs, [n]. */
static void make_turns(int64_t n, bool inverse, double *turns)
{
    const double sign = inverse ? 1 : -1;

    for (int64_t k = 0; k < n; k++) {
        const double angle = sign * 2 * PI * (double) k / (double) n;

        turns[2 * k] = cos(angle);
        turns[2 * k + 1] = sin(angle);
    }
}

/* dst[0..n) = the transform of src[0], src[stride] ...; complex numbers are pairs. Of the turns
 * every stride-th is one of n. */
static void by_halves(const double *src, int64_t stride, int64_t n, const double *turns,
                      double *dst)
{
    const int64_t half = n / 2;

    if (n == 1) {
        dst[0] = src[0];
        dst[1] = src[1];
        return;
    }
    by_halves(src, 2 * stride, half, turns, dst);
    by_halves(src + 2 * stride, 2 * stride, half, turns, dst + 2 * half);
    for (int64_t k = 0; k < half; k++) {
        const double *turn = turns + 2 * k * stride;
        double *even = dst + 2 * k, *odd = dst + 2 * (k + half);
        const double turned[2] = {turn[0] * odd[0] - turn[1] * odd[1],
                                  turn[0] * odd[1] + turn[1] * odd[0]};

        for (int part = 0; part < 2; part++) {
            odd[part] = even[part] - turned[part];
            even[part] += turned[part];
        }
    }
}

static void by_definition(const double *src, int64_t n, const double *turns, double *dst)
{
    for (int64_t k = 0; k < n; k++) {
        double re = 0, im = 0;

        for (int64_t i = 0; i < n; i++) {
            const double *turn = turns + 2 * (k * i % n);

            re += src[2 * i] * turn[0] - src[2 * i + 1] * turn[1];
            im += src[2 * i] * turn[1] + src[2 * i + 1] * turn[0];
        }
        dst[2 * k] = re;
        dst[2 * k + 1] = im;
    }
}

static void transform(const double *src, int64_t n, bool inverse, const double *turns, double *dst)
{
    if (is_power_of_two(n))
        by_halves(src, 1, n, turns, dst);
    else
        by_definition(src, n, turns, dst);
    for (int64_t i = 0; inverse && i < 2 * n; i++)
        dst[i] /= (double) n;
}

/* A length that can be transformed, and scratch for it: what goes in, what comes out, the turns. */
static davy_status reserve(davy_call *call, int64_t n)
{
    if (n < 1 || (!is_power_of_two(n) && n > SQUARED_MAX))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED,
                              "a transform of %" PRId64 " values, which is no power of two and more"
                              " than %d",
                              n, SQUARED_MAX);
    call->scratch_size = 6 * (size_t) n * sizeof(double);
    return DAVY_OK;
}

/* [outer, length, inner, 1 or 2 parts] -> [outer, kept, inner, 2] */
typedef struct spectrum {
    int64_t outer, length, inner, parts, n, kept;
    bool inverse;
} spectrum;

static davy_status dft_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    spectrum *state = call->state;
    davy_tensor made = *in;
    double asked = 0;
    int axis = 0;
    davy_status status = DAVY_OK;

    if (in->rank < 2 || !davy_type_is_float(in->type) || in->dims[in->rank - 1] < 1 ||
        in->dims[in->rank - 1] > 2)
        return davy_call_fail(call, DAVY_ERR_INVALID, "real or complex floats are wanted");
    if (davy_argument(call, 1)) {
        if (!davy_call_constant(call, 1))
            return DAVY_OK;
        status = davy_argument_number(call, 1, &asked);
    }
    if (status == DAVY_OK)
        status =
            davy_argument_axis(call, davy_node_int(call->node, "axis", 1), in->rank - 1, &axis);
    if (status != DAVY_OK)
        return status;
    *state = (spectrum){.outer = davy_tensor_span(in, 0, axis),
                        .length = in->dims[axis],
                        .inner = davy_tensor_span(in, axis + 1, in->rank - 1),
                        .parts = in->dims[in->rank - 1],
                        .n = asked >= 1 && asked <= (double) DAVY_ELEMENTS_MAX ? (int64_t) asked
                             : davy_argument(call, 1)                          ? -1
                                                                               : in->dims[axis],
                        .inverse = davy_node_int(call->node, "inverse", 0) != 0};
    state->kept = davy_node_int(call->node, "onesided", 0) ? state->n / 2 + 1 : state->n;
    made.dims[axis] = state->kept;
    made.dims[in->rank - 1] = 2;
    status = reserve(call, state->n);
    return status == DAVY_OK ? davy_result_like(call, 0, in->type, &made) : status;
}

static davy_status dft_forward(const davy_call *call)
{
    const spectrum *state = call->state;
    double *src = call->scratch, *dst = src + 2 * state->n, *turns = dst + 2 * state->n;

    make_turns(state->n, state->inverse, turns);
    for (int64_t line = 0; line < state->outer * state->inner; line++) {
        const int64_t o = line / state->inner, i = line % state->inner;

        memset(src, 0, 2 * (size_t) state->n * sizeof *src); /* what is missing is zeros */
        for (int64_t t = 0; t < state->n && t < state->length; t++)
            for (int64_t part = 0; part < state->parts; part++)
                src[2 * t + part] = davy_tensor_at(
                    call->in[0],
                    ((o * state->length + t) * state->inner + i) * state->parts + part);
        transform(src, state->n, state->inverse, turns, dst);
        for (int64_t k = 0; k < 2 * state->kept; k++)
            davy_tensor_put(call->out[0],
                            ((o * state->kept + k / 2) * state->inner + i) * 2 + k % 2, dst[k]);
    }
    return DAVY_OK;
}

/* [batch, length, 1 or 2 parts] -> [batch, frames, kept, 2] */
typedef struct frames {
    int64_t length, parts, step, n, count, kept;
} frames;

static davy_status read_frames(const davy_call *call, frames *state)
{
    const davy_tensor *window = davy_argument(call, 2);
    double step = 0, length = window ? (double) davy_tensor_count(window) : 0;
    davy_status status = davy_argument_number(call, 1, &step);

    if (status == DAVY_OK && davy_argument(call, 3))
        status = davy_argument_number(call, 3, &length);
    if (status != DAVY_OK)
        return status;
    if (!(step >= 1) || !(length >= 1) || length > (double) state->length || step > INT32_MAX ||
        (window &&
         (davy_tensor_count(window) != (int64_t) length || !davy_type_is_float(window->type))))
        return davy_call_fail(call, DAVY_ERR_INVALID, "frames of %g values at steps of %g", length,
                              step);
    state->step = (int64_t) step;
    state->n = (int64_t) length;
    state->count = (state->length - state->n) / state->step + 1;
    state->kept = davy_node_int(call->node, "onesided", 1) ? state->n / 2 + 1 : state->n;
    return DAVY_OK;
}

static davy_status stft_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    frames *state = call->state;
    davy_status status;

    if ((in->rank != 2 && (in->rank != 3 || in->dims[2] < 1 || in->dims[2] > 2)) ||
        !davy_type_is_float(in->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "signals [batch, length, 1 or 2] are wanted");
    for (size_t i = 1; i < call->in_count; i += 2)
        if (call->in[i] && !davy_call_constant(call, i))
            return DAVY_OK;
    state->length = in->dims[1];
    state->parts = in->rank == 3 ? in->dims[2] : 1;
    status = read_frames(call, state);
    if (status == DAVY_OK)
        status = reserve(call, state->n);
    return status == DAVY_OK ? davy_result(call, 0, in->type, 4,
                                           (int64_t[]){in->dims[0], state->count, state->kept, 2})
                             : status;
}

static davy_status stft_forward(const davy_call *call)
{
    const frames *state = call->state;
    const davy_tensor *window = davy_argument(call, 2);
    double *src = call->scratch, *dst = src + 2 * state->n, *turns = dst + 2 * state->n;

    make_turns(state->n, false, turns);
    for (int64_t f = 0; f < call->in[0]->dims[0] * state->count; f++) {
        const int64_t first = f / state->count * state->length + f % state->count * state->step;

        for (int64_t t = 0; t < 2 * state->n; t++)
            src[t] = t % 2 < state->parts
                         ? davy_tensor_at(call->in[0], (first + t / 2) * state->parts + t % 2) *
                               (window ? davy_tensor_at(window, t / 2) : 1)
                         : 0;
        transform(src, state->n, false, turns, dst);
        for (int64_t k = 0; k < 2 * state->kept; k++)
            davy_tensor_put(call->out[0], f * state->kept * 2 + k, dst[k]);
    }
    return DAVY_OK;
}

/* Weights of 1, cos x and cos 2x that make a window. */
typedef struct cosines {
    double constant, first, second;
} cosines;

static const cosines hann = {0.5, -0.5, 0};
static const cosines hamming = {25.0 / 46, -21.0 / 46, 0}; /* 0.543478, as the standard has it */
static const cosines blackman = {0.42, -0.5, 0.08};

static davy_status window_prepare(davy_call *call)
{
    const int64_t type = davy_node_int(call->node, "output_datatype", DAVY_TYPE_F32);
    double size = 0;
    int64_t length;
    davy_status status;

    if (!davy_call_constant(call, 0))
        return DAVY_OK;
    status = davy_argument_number(call, 0, &size);
    if (status != DAVY_OK)
        return status;
    if (!(size >= 0) || size > (double) DAVY_ELEMENTS_MAX || type < 0 || type > DAVY_TYPE_BF16 ||
        davy_type_wide((davy_type) type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_INVALID, "a window of %g values", size);
    length = (int64_t) size;
    return davy_result(call, 0, (davy_type) type, 1, &length);
}

static davy_status window_forward(const davy_call *call)
{
    const cosines *kind = call->node->op->detail;
    const int64_t size = call->out[0]->dims[0];
    const int64_t period = davy_node_int(call->node, "periodic", 1) ? size : size - 1;

    for (int64_t i = 0; i < size; i++) {
        const double x = period > 0 ? 2 * PI * (double) i / (double) period : 0;

        davy_tensor_put(call->out[0], i,
                        kind->constant + kind->first * cos(x) + kind->second * cos(2 * x));
    }
    return DAVY_OK;
}

/* Triangles of equal width on the mel scale: [bins of the spectrum, filters]. */
typedef struct mel {
    int64_t filters, length;
    double rate, low, high;
} mel;

static davy_status mel_prepare(davy_call *call)
{
    const int64_t type = davy_node_int(call->node, "output_datatype", DAVY_TYPE_F32);
    double numbers[5];
    mel *state = call->state;

    for (size_t i = 0; i < 5; i++) {
        davy_status status;

        if (!davy_call_constant(call, i))
            return DAVY_OK;
        status = davy_argument_number(call, i, &numbers[i]);
        if (status != DAVY_OK)
            return status;
    }
    if (!(numbers[0] >= 1) || numbers[0] > INT32_MAX || !(numbers[1] >= 1) ||
        numbers[1] > INT32_MAX || !(numbers[2] >= 1) || !(numbers[3] >= 0) ||
        !(numbers[4] > numbers[3]) || !(numbers[4] <= 1e9) || type < 0 || type > DAVY_TYPE_BF16 ||
        davy_type_wide((davy_type) type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_INVALID, "filters from %g to %g Hz", numbers[3],
                              numbers[4]);
    *state = (mel){(int64_t) numbers[0], (int64_t) numbers[1], numbers[2], numbers[3], numbers[4]};
    return davy_result(call, 0, (davy_type) type, 2,
                       (int64_t[]){state->length / 2 + 1, state->filters});
}

/* The bin of the spectrum that edge `i` of the filters' triangles falls into. */
static double mel_edge(const mel *state, int64_t i)
{
    const double low = 2595 * log10(1 + state->low / 700),
                 high = 2595 * log10(1 + state->high / 700);
    const double at = low + (double) i * (high - low) / (double) (state->filters + 2);
    const double hertz = 700 * (pow(10, at / 2595) - 1);

    return floor((double) (state->length + 1) * hertz / state->rate);
}

static davy_status mel_forward(const davy_call *call)
{
    const mel *state = call->state;
    const int64_t bins = call->out[0]->dims[0];

    for (int64_t f = 0; f < state->filters; f++) {
        const double low = mel_edge(state, f), middle = mel_edge(state, f + 1);
        const double high = mel_edge(state, f + 2);

        for (int64_t b = 0; b < bins; b++) {
            const double at = (double) b;
            double weight = 0;

            if (at >= low && at <= middle)
                weight = middle > low ? (at - low) / (middle - low) : 1;
            if (at >= middle && at < high)
                weight = (high - at) / (high - middle);
            davy_tensor_put(call->out[0], b * state->filters + f, weight);
        }
    }
    return DAVY_OK;
}

#define WINDOW(name_, onnx_, cosines_)                                              \
    {                                                                               \
        .name = (name_), .onnx = (onnx_), .in_min = 1, .in_max = 1, .out_max = 1,   \
        .prepare = window_prepare, .forward = window_forward, .detail = &(cosines_) \
    }

const davy_op davy_op_hann_window = WINDOW("hann_window", "HannWindow", hann);
const davy_op davy_op_hamming_window = WINDOW("hamming_window", "HammingWindow", hamming);
const davy_op davy_op_blackman_window = WINDOW("blackman_window", "BlackmanWindow", blackman);
const davy_op davy_op_mel_weight_matrix = {.name = "mel_weight_matrix",
                                           .onnx = "MelWeightMatrix",
                                           .in_min = 5,
                                           .in_max = 5,
                                           .out_max = 1,
                                           .state_size = sizeof(mel),
                                           .prepare = mel_prepare,
                                           .forward = mel_forward};
const davy_op davy_op_dft = {.name = "dft",
                             .onnx = "DFT",
                             .in_min = 1,
                             .in_max = 2,
                             .out_max = 1,
                             .state_size = sizeof(spectrum),
                             .prepare = dft_prepare,
                             .forward = dft_forward};
const davy_op davy_op_stft = {.name = "stft",
                              .onnx = "STFT",
                              .in_min = 2,
                              .in_max = 4,
                              .out_max = 1,
                              .state_size = sizeof(frames),
                              .prepare = stft_prepare,
                              .forward = stft_forward};
