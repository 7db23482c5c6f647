/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent.h"
#include "nn/op/rows.h"

#include <string.h>

/**
 * The plain recurrent network: h(t) = f(x W + h(t-1) R + b) with f tanh (or relu).
 *
 * kept is h.
 *
 * Source: J. L. Elman, "Finding Structure in Time", Cognitive Science 14(2), 1990.
 */
static void rnn_step(const davy_cell_step *step, davy_activation activation)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    davy_cell_multiply(step, units, units, davy_cell_rows(gates->h_before, units),
                       davy_cell_weights(step, 0, 1), NULL, true, gates->kept, units);
    step->kernels->activate(activation, 0.0F, gates->rows * units, gates->kept);
    memcpy(gates->h, gates->kept, gates->rows * units * sizeof *gates->h);
}

static void rnn_step_back(const davy_cell_step *step, davy_activation activation)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    step->kernels->activate_back(activation, 0.0F, gates->rows * units, gates->kept, gates->diff_h,
                                 gates->kept);
    davy_cell_multiply(step, units, units, davy_cell_rows(gates->kept, units),
                       davy_cell_rows(step->recurrent_back, units), NULL, false, gates->diff_h,
                       units);
}

static void tanh_step(const davy_cell_step *step)
{
    rnn_step(step, DAVY_ACTIVATION_TANH);
}

static void tanh_step_back(const davy_cell_step *step)
{
    rnn_step_back(step, DAVY_ACTIVATION_TANH);
}

static void relu_step(const davy_cell_step *step)
{
    rnn_step(step, DAVY_ACTIVATION_RELU);
}

static void relu_step_back(const davy_cell_step *step)
{
    rnn_step_back(step, DAVY_ACTIVATION_RELU);
}

#define RNN_CELL(step, back)                                                         \
    {                                                                                \
        .gates = 1, .width = 1, .forward = (step), .backward = (back), .products = { \
            {.gate = 0, .gates = 1, .kept = 0, .source = -1}                         \
        }                                                                            \
    }

static davy_status rnn_prepare(davy_call *call)
{
    static const davy_cell tanh_cell = RNN_CELL(tanh_step, tanh_step_back);
    static const davy_cell relu_cell = RNN_CELL(relu_step, relu_step_back);
    const char *activation = davy_node_text(call->node, "activation", "tanh");

    if (strcmp(activation, "tanh") == 0)
        return davy_recurrent_prepare(call, &tanh_cell);
    if (strcmp(activation, "relu") == 0)
        return davy_recurrent_prepare(call, &relu_cell);
    return davy_call_fail(call, DAVY_ERR_INVALID, "activation '%s' is neither tanh nor relu",
                          activation);
}

const davy_op davy_op_rnn = {
    .name = "rnn",
    .in_max = 5,
    .out_max = 2,
    .prepare = rnn_prepare,
    DAVY_RECURRENT_ROW,
};
