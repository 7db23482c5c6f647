/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONNX's losses over classes [N, C, ...]: negative_log_likelihood_loss and
 * softmax_cross_entropy_loss. Training here uses cross_entropy; these run foreign graphs.
 *
 * Results are those of the standard: weighted by class, without the ignored one, as they are,
 * summed, or divided by the sum of weights.
 */
#include "nn/op/line.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct class_loss {
    davy_lines lines; /* along the classes */
    bool softmax, summed, mean, ignores;
    int64_t ignored;
} class_loss;

static davy_status check(const davy_call *call)
{
    const davy_tensor *in = call->in[0], *target = call->in[1], *weight = davy_argument(call, 2);
    bool fits = in->rank >= 2 && target->rank == in->rank - 1 && davy_type_is_float(in->type);

    for (int i = 0; fits && i < target->rank; i++)
        fits = target->dims[i] == in->dims[i == 0 ? 0 : i + 1];
    if (!fits || (weight && (weight->type != in->type || davy_tensor_count(weight) != in->dims[1])))
        return davy_call_fail(call, DAVY_ERR_INVALID, "scores, classes and weights do not fit");
    return davy_argument_indices(call, 1);
}

static davy_status prepare(davy_call *call)
{
    const char *reduction = davy_node_text(call->node, "reduction", "mean");
    const davy_tensor *in = call->in[0], *target = call->in[1];
    class_loss *state = call->state;
    davy_status status = check(call);

    if (status != DAVY_OK)
        return status;
    *state = (class_loss){.lines = davy_lines_of(in, 1),
                          .softmax = call->node->op->out_max == 2,
                          .mean = strcmp(reduction, "mean") == 0,
                          .ignores = davy_node_attribute(call->node, "ignore_index") != NULL,
                          .ignored = davy_node_int(call->node, "ignore_index", 0)};
    state->summed = state->mean || strcmp(reduction, "sum") == 0;
    status = davy_result(call, 0, in->type, state->summed ? 0 : target->rank, target->dims);
    return status == DAVY_OK ? davy_result_like(call, 1, in->type, in) : status;
}

/* The element of line `line` for a class. */
static int64_t element_of(const davy_lines *lines, int64_t line, int64_t class)
{
    return (line / lines->inner * lines->length + class) * lines->inner + line % lines->inner;
}

/* The logarithm of the sum of exponentials of a line; 0 when the scores are logarithms already. */
static double normaliser(const davy_call *call, int64_t line)
{
    const class_loss *state = call->state;
    double high = -INFINITY, sum = 0;

    if (!state->softmax)
        return 0;
    for (int64_t c = 0; c < state->lines.length; c++) {
        const double x = davy_tensor_at(call->in[0], element_of(&state->lines, line, c));

        high = x > high ? x : high;
    }
    for (int64_t c = 0; c < state->lines.length; c++)
        sum += exp(davy_tensor_at(call->in[0], element_of(&state->lines, line, c)) - high);
    return high + log(sum);
}

static void store_log_probabilities(const davy_call *call, int64_t line, double norm)
{
    const class_loss *state = call->state;

    if (call->out_count < 2 || !call->out[1])
        return;
    for (int64_t c = 0; c < state->lines.length; c++) {
        const int64_t at = element_of(&state->lines, line, c);

        davy_tensor_put(call->out[1], at, davy_tensor_at(call->in[0], at) - norm);
    }
}

static davy_status forward(const davy_call *call)
{
    const class_loss *state = call->state;
    const davy_tensor *weights = davy_argument(call, 2);
    double sum = 0, weight_sum = 0;

    for (int64_t line = 0; line < davy_lines_count(&state->lines); line++) {
        const int64_t class = davy_tensor_int(call->in[1], line);
        const double norm = normaliser(call, line);
        double weight = 0, loss = 0;

        store_log_probabilities(call, line, norm);
        if (!state->ignores || class != state->ignored) {
            if (class < 0 || class >= state->lines.length)
                return davy_call_fail(call, DAVY_ERR_INVALID, "class %" PRId64 " of %" PRId64,
                                      class, state->lines.length);
            weight = weights ? davy_tensor_at(weights, class) : 1;
            loss = -weight *
                   (davy_tensor_at(call->in[0], element_of(&state->lines, line, class)) - norm);
        }
        sum += loss;
        weight_sum += weight;
        if (!state->summed && call->out[0])
            davy_tensor_put(call->out[0], line, loss);
    }
    if (state->summed && call->out[0])
        davy_tensor_put(call->out[0], 0, state->mean ? sum / weight_sum : sum);
    return DAVY_OK;
}

const davy_op davy_op_negative_log_likelihood_loss = {.name = "negative_log_likelihood_loss",
                                                      .onnx = "NegativeLogLikelihoodLoss",
                                                      .in_min = 2,
                                                      .in_max = 3,
                                                      .out_max = 1,
                                                      .state_size = sizeof(class_loss),
                                                      .prepare = prepare,
                                                      .forward = forward};
const davy_op davy_op_softmax_cross_entropy_loss = {.name = "softmax_cross_entropy_loss",
                                                    .onnx = "SoftmaxCrossEntropyLoss",
                                                    .in_min = 2,
                                                    .in_max = 3,
                                                    .out_max = 2,
                                                    .state_size = sizeof(class_loss),
                                                    .prepare = prepare,
                                                    .forward = forward};
