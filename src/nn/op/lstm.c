/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent.h"
#include "nn/op/rows.h"

/**
 * Long short-term memory:
 *
 *     i, f, o = sigmoid(x W + h(t-1) R + b), g = tanh(the same)
 *     c(t) = f c(t-1) + i g, h(t) = o tanh(c(t))
 *
 * kept is i f g o tanh(c).
 *
 * Source: Hochreiter, Schmidhuber, "Long Short-Term Memory", Neural Computation 9(8), 1997, with
 * the forget gate of Gers, Schmidhuber, Cummins, 2000; gates in PyTorch's order.
 */
enum { GATES = 4, WIDTH = 5 };

static void lstm_step(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    davy_cell_multiply(step, GATES * units, units, davy_cell_rows(gates->h_before, units),
                       davy_cell_weights(step, 0, GATES), NULL, true, gates->kept, WIDTH * units);
    step->kernels->lstm(gates);
}

static void lstm_step_back(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    step->kernels->lstm_back(gates);
    davy_cell_multiply(step, units, GATES * units, davy_cell_rows(gates->kept, WIDTH * units),
                       davy_cell_rows(step->recurrent_back, units), NULL, false, gates->diff_h,
                       units);
}

static const davy_cell lstm_cell = {
    .gates = GATES,
    .width = WIDTH,
    .memory = true,
    .forward = lstm_step,
    .backward = lstm_step_back,
    .products = {{.gate = 0, .gates = GATES, .kept = 0, .source = -1}},
};

static davy_status lstm_prepare(davy_call *call)
{
    return davy_recurrent_prepare(call, &lstm_cell);
}

const davy_op davy_op_lstm = {
    .name = "lstm",
    .in_max = 6,
    .out_max = 3,
    .prepare = lstm_prepare,
    DAVY_RECURRENT_ROW,
};
