/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svm_regressor and svm_classifier: support vector machines as libsvm trains them, and linear ones.
 *
 * Kernels and sums are double, as libsvm has them: coefficients are large and of both signs, and
 * what is left of them is small.
 *
 * Sources: ONNX 1.12, docs/Operators-ml.md, version 1, and ONNX Runtime where it leaves a choice;
 * C.-C. Chang, C.-J. Lin, "LIBSVM: A Library for Support Vector Machines", 2011.
 */
#include "nn/op/ml_svm.h"

#include "nn/op/rows.h"

#include "nn/op/arguments.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Classes of a machine, whose squares are counted. */
#define CLASSES_MAX 1024

/* ------------------------------------------------------------------------------------- prepare */

static davy_status read_kernel(const davy_call *call, davy_svm *state)
{
    static const char *const words[] = {[DAVY_SVM_LINEAR] = "LINEAR",
                                        [DAVY_SVM_POLY] = "POLY",
                                        [DAVY_SVM_RBF] = "RBF",
                                        [DAVY_SVM_SIGMOID] = "SIGMOID",
                                        NULL};
    int word = 0;
    size_t count;
    const float *values = davy_node_floats(call->node, "kernel_params", &count);
    const davy_status status = davy_ml_word(call, "kernel_type", words, &word);

    if (status != DAVY_OK)
        return status;
    state->kernel = (davy_svm_kernel) word;
    if (state->kernel == DAVY_SVM_LINEAR)
        return DAVY_OK;
    if (count != 3)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu kernel_params; gamma, coef0 and degree",
                              count);
    state->gamma = values[0];
    state->coef0 = values[1];
    state->degree = values[2];
    return DAVY_OK;
}

/* A list that must have this many numbers. */
static davy_status read_floats(const davy_call *call, const char *name, size_t expected,
                               const float **out)
{
    size_t count;

    *out = davy_node_floats(call->node, name, &count);
    if (count != expected)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu %s for %zu", count, name, expected);
    for (size_t i = 0; i < count; i++)
        if (!isfinite((*out)[i]))
            return davy_call_fail(call, DAVY_ERR_INVALID, "%s holds what is no finite number",
                                  name);
    return DAVY_OK;
}

/* Support vectors, and coefficients in `columns` rows of them (or of the features). */
static davy_status read_vectors(const davy_call *call, davy_svm *state, size_t columns)
{
    davy_status status = read_kernel(call, state);

    if (status == DAVY_OK)
        status = davy_ml_transform_read(call, &state->transform);
    if (status == DAVY_OK)
        status = davy_ml_rows(call, &state->rows, &state->features);
    if (status != DAVY_OK)
        return status;
    if (state->vectors > SIZE_MAX / sizeof(float) / (state->features + 1) / (columns + 1))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu support vectors", state->vectors);
    if (state->vectors == 0) {
        state->kernel = DAVY_SVM_LINEAR;
        return read_floats(call, "coefficients", columns * state->features, &state->coefficients);
    }
    status =
        read_floats(call, "support_vectors", state->vectors * state->features, &state->support);
    return status == DAVY_OK
               ? read_floats(call, "coefficients", columns * state->vectors, &state->coefficients)
               : status;
}

/* Scratch of a worker: what classes get; then kernels, scores and a row as floats. */
static void size_scratch(davy_call *call)
{
    davy_svm *state = call->state;

    state->worker_bytes = (davy_svm_room(state) + state->vectors) * sizeof(double) +
                          (state->scores + state->features) * sizeof(float);
    state->worker_bytes = (state->worker_bytes + 63) & ~(size_t) 63;
    call->scratch_size = call->env->threads * state->worker_bytes;
}

static davy_status regressor_prepare(davy_call *call)
{
    davy_svm *state = call->state;
    const int64_t vectors = davy_node_int(call->node, "n_supports", 0);
    davy_status status;

    if (vectors < 0 || vectors > INT32_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID, "n_supports is %" PRId64, vectors);
    state->vectors = (size_t) vectors;
    state->scores = 1;
    state->one_class = davy_node_int(call->node, "one_class", 0) != 0;
    status = read_vectors(call, state, 1);
    if (status == DAVY_OK)
        status = read_floats(call, "rho", 1, &state->rho);
    if (status == DAVY_OK)
        size_scratch(call);
    return status == DAVY_OK
               ? davy_result(call, 0, DAVY_TYPE_F32, 2, (int64_t[]){(int64_t) state->rows, 1})
               : status;
}

/* How many vectors each class has; none where the machine is linear. */
static davy_status read_classes(const davy_call *call, davy_svm *state)
{
    size_t count;
    davy_status status = davy_ml_labels_read(call, "classlabels_ints", &state->labels);
    const size_t classes = state->labels.count;

    state->of_class = davy_node_ints(call->node, "vectors_per_class", &count);
    if (status != DAVY_OK)
        return status;
    if (classes < 2 || classes > CLASSES_MAX || (count != 0 && count != classes))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu vectors_per_class for %zu classes",
                              count, classes);
    for (size_t i = 0; i < count; i++) {
        if (state->of_class[i] < 0 || state->of_class[i] > INT32_MAX)
            return davy_call_fail(call, DAVY_ERR_INVALID, "vectors_per_class has %" PRId64,
                                  state->of_class[i]);
        state->vectors += (size_t) state->of_class[i];
    }
    return DAVY_OK;
}

static davy_status read_probabilities(const davy_call *call, davy_svm *state)
{
    davy_status status;

    if (state->vectors == 0 || !davy_node_attribute(call->node, "prob_a"))
        return DAVY_OK;
    status = read_floats(call, "prob_a", state->pairs, &state->prob_a);
    return status == DAVY_OK ? read_floats(call, "prob_b", state->pairs, &state->prob_b) : status;
}

static davy_status classifier_prepare(davy_call *call)
{
    davy_svm *state = call->state;
    davy_status status = read_classes(call, state);
    const size_t classes = state->labels.count;
    const bool linear = state->vectors == 0;
    davy_ml_labels outputs;

    if (status == DAVY_OK)
        status = read_vectors(call, state, linear ? classes : classes - 1);
    state->pairs = linear ? 0 : classes * (classes - 1) / 2;
    if (status == DAVY_OK)
        status = read_floats(call, "rho", linear ? 1 : state->pairs, &state->rho);
    if (status == DAVY_OK)
        status = read_probabilities(call, state);
    if (status != DAVY_OK)
        return status;
    state->scores = linear || state->prob_a || classes == 2 ? classes : state->pairs;
    size_scratch(call);
    outputs = state->labels;
    outputs.count = state->scores;
    return davy_ml_classes_result(call, &outputs, state->rows);
}

/* --------------------------------------------------------------------------------- of one row */

/* Sums are cut in four, for a chain of additions waits for each. */
#define SUM_OF(name, expression)                                     \
    static double name(size_t count, const float *x, const float *y) \
    {                                                                \
        double sums[4] = {0};                                        \
                                                                     \
        for (size_t i = 0; i < count; i++) {                         \
            const double a = (double) x[i], b = (double) y[i];       \
                                                                     \
            sums[i % 4] += (expression);                             \
        }                                                            \
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);            \
    }
SUM_OF(product, a *b)
SUM_OF(distance, (a - b) * (a - b))

static void find_kernels(const davy_svm *state, const float *x, double *out)
{
    const double gamma = (double) state->gamma, coef0 = (double) state->coef0;

    for (size_t i = 0; i < state->vectors; i++) {
        const float *vector = state->support + i * state->features;

        out[i] = state->kernel == DAVY_SVM_RBF ? distance(state->features, x, vector)
                                               : product(state->features, x, vector);
    }
    for (size_t i = 0; i < state->vectors && state->kernel != DAVY_SVM_LINEAR; i++)
        out[i] = state->kernel == DAVY_SVM_RBF ? exp(-gamma * out[i])
                 : state->kernel == DAVY_SVM_POLY
                     ? pow(gamma * out[i] + coef0, (double) state->degree)
                     : tanh(gamma * out[i] + coef0);
}

/* What the machine says, for a regression or one class. */
static double regress(const davy_svm *state, const float *x, double *kernels)
{
    double sum = (double) state->rho[0];

    if (state->vectors == 0)
        return sum + product(state->features, state->coefficients, x);
    find_kernels(state, x, kernels);
    sum += davy_svm_weigh(state->vectors, state->coefficients, kernels);
    return state->one_class ? (sum > 0.0 ? 1.0 : -1.0) : sum;
}

/* ------------------------------------------------------------------------------------- forward */

/* Scores of a row. @param room  davy_svm_room() numbers @return its class */
static size_t classify(const davy_svm *state, const float *x, double *kernels, double *room,
                       float *out)
{
    const size_t classes = state->labels.count;
    double *sums = room, *votes = sums + state->pairs, *p = votes + classes;
    double *g = p + classes, *q = g + classes, *scores = p;

    if (state->vectors == 0) {
        for (size_t i = 0; i < classes; i++)
            p[i] = (double) state->rho[0] +
                   product(state->features, state->coefficients + i * state->features, x);
        votes = p;
    } else {
        find_kernels(state, x, kernels);
        davy_svm_pairs(state, kernels, sums, votes);
        if (state->prob_a) {
            davy_svm_couple(state, sums, q, g, p);
        } else if (classes == 2) {
            p[0] = -sums[0];
            p[1] = sums[0];
        } else {
            scores = sums;
        }
    }
    davy_ml_transform_write(state->transform, state->scores, scores, out);
    return davy_ml_greatest(classes, votes);
}

static void answer_row(void *context, size_t row, size_t worker)
{
    const davy_call *call = context;
    const davy_svm *state = call->state;
    double *room = (double *) (void *) ((char *) call->scratch + worker * state->worker_bytes);
    double *kernels = room + davy_svm_room(state);
    float *scores = (float *) (kernels + state->vectors);
    const float *x = davy_ml_read(call, row, 1, scores + state->scores);
    davy_tensor *out = davy_ml_output(call, state->labels.count ? 1 : 0);
    double y;

    if (state->labels.count > 0) {
        davy_ml_label_write(&state->labels, classify(state, x, kernels, room, scores),
                            davy_ml_output(call, 0), row);
    } else {
        y = regress(state, x, kernels);
        davy_ml_transform_write(state->transform, 1, &y, scores);
    }
    if (out)
        memcpy(davy_f32(out) + row * state->scores, scores, state->scores * sizeof *scores);
}

static davy_status forward(const davy_call *call)
{
    const davy_svm *state = call->state;
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, state->rows, answer_row, &copy);
    return DAVY_OK;
}

const davy_op davy_op_svm_regressor = {.name = "svm_regressor",
                                       .onnx = "ai.onnx.ml.SVMRegressor",
                                       .in_min = 1,
                                       .in_max = 1,
                                       .out_max = 1,
                                       .state_size = sizeof(davy_svm),
                                       .prepare = regressor_prepare,
                                       .forward = forward};
const davy_op davy_op_svm_classifier = {.name = "svm_classifier",
                                        .onnx = "ai.onnx.ml.SVMClassifier",
                                        .in_min = 1,
                                        .in_max = 1,
                                        .out_max = 2,
                                        .state_size = sizeof(davy_svm),
                                        .prepare = classifier_prepare,
                                        .forward = forward};
