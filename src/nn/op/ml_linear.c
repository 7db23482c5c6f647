/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linear_regressor and linear_classifier: y = x W^T + b, with what ONNX makes of it.
 *
 * Sums are double, in the order of the features. A single sum for two classes is that of the
 * second.
 *
 * Source: ONNX 1.12, docs/Operators-ml.md, version 1.
 */
#include "nn/op/ml_scores.h"
#include "nn/op/rows.h"

#include "nn/op/arguments.h"

#include <inttypes.h>
#include <math.h>

/* Rows of one task of the pool. */
#define CHUNK_ROWS 16

typedef struct linear {
    size_t rows, features, targets;
    const float *coefficients; /* [targets, features] */
    const float *intercepts;   /* [targets], or NULL */
    davy_ml_labels labels;
    davy_ml_transform transform;
    size_t scores;       /* numbers of a row that come out */
    size_t worker_bytes; /* of scratch */
} linear;

/* ------------------------------------------------------------------------------------- prepare */

static davy_status check_finite(const davy_call *call, const char *name, size_t count,
                                const float *values)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return davy_call_fail(call, DAVY_ERR_INVALID, "%s holds what is no finite number",
                                  name);
    return DAVY_OK;
}

/* Coefficients and intercepts of `targets` rows. */
static davy_status read_weights(const davy_call *call, linear *state)
{
    size_t count, intercepts;
    davy_status status = davy_ml_rows(call, &state->rows, &state->features);

    if (status != DAVY_OK)
        return status;
    state->coefficients = davy_node_floats(call->node, "coefficients", &count);
    state->intercepts = davy_node_floats(call->node, "intercepts", &intercepts);
    if (intercepts == 0)
        state->intercepts = NULL;
    if (state->targets < 1 || state->targets > DAVY_ML_TARGETS_MAX ||
        count != state->targets * state->features ||
        (intercepts != 0 && intercepts != state->targets))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "%zu coefficients and %zu intercepts for %zu targets of %zu features",
                              count, intercepts, state->targets, state->features);
    status = check_finite(call, "coefficients", count, state->coefficients);
    if (status == DAVY_OK)
        status = check_finite(call, "intercepts", intercepts, state->intercepts);
    return status == DAVY_OK ? davy_ml_transform_read(call, &state->transform) : status;
}

/* Scratch of a worker: sums and a row as floats. */
static void size_scratch(davy_call *call)
{
    linear *state = call->state;

    state->worker_bytes =
        (state->targets + 1) * sizeof(double) + CHUNK_ROWS * state->features * sizeof(float);
    state->worker_bytes = (state->worker_bytes + 63) & ~(size_t) 63;
    call->scratch_size = call->env->threads * state->worker_bytes;
}

static davy_status regressor_prepare(davy_call *call)
{
    linear *state = call->state;
    const int64_t targets = davy_node_int(call->node, "targets", 1);
    davy_status status;

    state->scores = state->targets = targets > 0 ? (size_t) targets : 0;
    status = read_weights(call, state);
    if (status == DAVY_OK)
        size_scratch(call);
    return status == DAVY_OK
               ? davy_result(call, 0, DAVY_TYPE_F32, 2, (int64_t[]){(int64_t) state->rows, targets})
               : status;
}

/* As many sums as intercepts, or where there are none, as classes. */
static davy_status classifier_prepare(davy_call *call)
{
    linear *state = call->state;
    size_t intercepts;
    davy_status status = davy_ml_labels_read(call, "classlabels_ints", &state->labels);

    (void) davy_node_floats(call->node, "intercepts", &intercepts);
    state->targets = intercepts ? intercepts : state->labels.count;
    if (state->labels.count == 0)
        state->labels.count = state->targets == 1 ? 2 : state->targets;
    if (status == DAVY_OK)
        status = read_weights(call, state);
    if (status != DAVY_OK)
        return status;
    if (state->labels.count != state->targets && (state->labels.count != 2 || state->targets != 1))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu class names for %zu sums",
                              state->labels.count, state->targets);
    state->scores = state->labels.count;
    size_scratch(call);
    return davy_ml_classes_result(call, &state->labels, state->rows);
}

/* ------------------------------------------------------------------------------------- forward */

static void sum_row(const linear *state, const float *x, double *sums)
{
    for (size_t t = 0; t < state->targets; t++) {
        const float *weights = state->coefficients + t * state->features;
        double sum = 0.0;

        for (size_t i = 0; i < state->features; i++)
            sum += (double) weights[i] * (double) x[i];
        sums[t] = sum + (state->intercepts ? (double) state->intercepts[t] : 0.0);
    }
}

/* @return the class; one sum for two classes becomes a score for each */
static size_t choose(const linear *state, double *sums)
{
    const double sum = sums[0];

    if (state->scores == state->targets)
        return davy_ml_greatest(state->targets, sums);
    sums[0] =
        state->transform == DAVY_ML_NONE || state->transform == DAVY_ML_PROBIT ? 1.0 - sum : -sum;
    sums[1] = sum;
    return sum > 0.0;
}

static void answer_chunk(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const linear *state = call->state;
    const size_t from = chunk * CHUNK_ROWS, left = state->rows - from;
    const size_t count = left < CHUNK_ROWS ? left : CHUNK_ROWS;
    double *sums = (double *) (void *) ((char *) call->scratch + worker * state->worker_bytes);
    const float *x = davy_ml_read(call, from, count, (float *) (sums + state->targets + 1));
    davy_tensor *scores = davy_ml_output(call, state->labels.count ? 1 : 0);

    for (size_t row = from; row < from + count; row++, x += state->features) {
        sum_row(state, x, sums);
        if (state->labels.count > 0)
            davy_ml_label_write(&state->labels, choose(state, sums), davy_ml_output(call, 0), row);
        if (scores)
            davy_ml_transform_write(state->transform, state->scores, sums,
                                    davy_f32(scores) + row * state->scores);
    }
}

static davy_status forward(const davy_call *call)
{
    const linear *state = call->state;
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (state->rows + CHUNK_ROWS - 1) / CHUNK_ROWS, answer_chunk,
                  &copy);
    return DAVY_OK;
}

const davy_op davy_op_linear_regressor = {.name = "linear_regressor",
                                          .onnx = "ai.onnx.ml.LinearRegressor",
                                          .in_min = 1,
                                          .in_max = 1,
                                          .out_max = 1,
                                          .state_size = sizeof(linear),
                                          .prepare = regressor_prepare,
                                          .forward = forward};
const davy_op davy_op_linear_classifier = {.name = "linear_classifier",
                                           .onnx = "ai.onnx.ml.LinearClassifier",
                                           .in_min = 1,
                                           .in_max = 1,
                                           .out_max = 2,
                                           .state_size = sizeof(linear),
                                           .prepare = classifier_prepare,
                                           .forward = forward};
