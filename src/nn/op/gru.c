/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent.h"
#include "nn/op/rows.h"

/**
 * Gated recurrent unit:
 *
 *     r, z = sigmoid(x W + h(t-1) R + b)
 *     n = tanh(x W + b + r (h(t-1) R + b'))  with linear_before_reset, as PyTorch has it, or
 *     n = tanh(x W + b + (r h(t-1)) R)       as in the paper
 *     h(t) = (1 - z) n + z h(t-1)
 *
 * kept is r z n and h R + b', or r z n and r h.
 *
 * Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder",
 * arXiv:1406.1078, section 2.3; ONNX GRU.
 */
enum { R, Z, N, OTHER, GATES = 3, WIDTH = 4 };

static davy_cell_matrix column(const davy_gates *gates, size_t i)
{
    return davy_cell_rows(gates->kept + i * gates->units, WIDTH * gates->units);
}

/* Gates r and z += h R. */
static void add_state(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    davy_cell_multiply(step, 2 * units, units, davy_cell_rows(gates->h_before, units),
                       davy_cell_weights(step, R, 2), step->bias, true, gates->kept, WIDTH * units);
}

/* diff_h += gradients of r and z times R transposed. */
static void add_state_back(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    davy_cell_multiply(step, units, 2 * units, column(gates, R),
                       davy_cell_rows(step->recurrent_back, units), NULL, true, gates->diff_h,
                       units);
}

/* The part of the recurrent weights that belongs to n, and its transposed. */
static davy_cell_matrix recurrent_n(const davy_cell_step *step)
{
    return davy_cell_weights(step, N, 1);
}

static davy_cell_matrix recurrent_back_n(const davy_cell_step *step)
{
    const size_t units = step->gates.units;

    return davy_cell_rows(step->recurrent_back + N * units * units, units);
}

/* ------------------------------------------------------------------------ linear before reset */

static void gru_step(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const size_t units = gates->units;

    add_state(step);
    davy_cell_multiply(step, units, units, davy_cell_rows(gates->h_before, units),
                       recurrent_n(step), step->bias ? step->bias + N * units : NULL, false,
                       gates->kept + OTHER * units, WIDTH * units);
    step->kernels->reset(gates, R, N, OTHER);
    step->kernels->blend(gates, Z, N, true);
}

static void gru_step_back(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;

    step->kernels->blend_back(gates, Z, N, true);
    step->kernels->reset_back(gates, R, N, OTHER);
    add_state_back(step);
    davy_cell_multiply(step, gates->units, gates->units, column(gates, OTHER),
                       recurrent_back_n(step), NULL, true, gates->diff_h, gates->units);
}

static const davy_cell gru_cell = {
    .gates = GATES,
    .width = WIDTH,
    .biases = true,
    .forward = gru_step,
    .backward = gru_step_back,
    .products = {{.gate = R, .gates = 2, .kept = R, .source = -1},
                 {.gate = N, .gates = 1, .kept = OTHER, .source = -1}},
};

/* -------------------------------------------------------------------------- reset before linear */

static void gru_paper_step(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const davy_kernels *kernels = step->kernels;
    const size_t units = gates->units;

    add_state(step);
    for (size_t i = 0; i < gates->rows; i++) {
        float *row = gates->kept + i * WIDTH * units;

        kernels->sigmoid(units, row + R * units, row + R * units);
        kernels->multiply(units, row + R * units, gates->h_before + i * units, row + OTHER * units);
    }
    davy_cell_multiply(step, units, units, column(gates, OTHER), recurrent_n(step), NULL, true,
                       gates->kept + N * units, WIDTH * units);
    kernels->blend(gates, Z, N, true);
}

static void gru_paper_step_back(const davy_cell_step *step)
{
    const davy_gates *gates = &step->gates;
    const davy_kernels *kernels = step->kernels;
    const size_t units = gates->units;
    float *diff = step->spare, *product = step->spare + gates->rows * units; /* of r h */

    kernels->blend_back(gates, Z, N, true);
    davy_cell_multiply(step, units, units, column(gates, N), recurrent_back_n(step), NULL, false,
                       diff, units);
    for (size_t i = 0; i < gates->rows; i++, diff += units) {
        float *r = gates->kept + (i * WIDTH + R) * units, *diff_h = gates->diff_h + i * units;

        kernels->multiply(units, diff, r, product);
        kernels->add(units, diff_h, product, diff_h);
        kernels->multiply(units, diff, gates->h_before + i * units, product);
        kernels->sigmoid_back(units, r, product, r);
    }
    add_state_back(step);
}

static const davy_cell gru_paper_cell = {
    .gates = GATES,
    .width = WIDTH,
    .forward = gru_paper_step,
    .backward = gru_paper_step_back,
    .products = {{.gate = R, .gates = 2, .kept = R, .source = -1},
                 {.gate = N, .gates = 1, .kept = N, .source = OTHER}},
};

static davy_status gru_prepare(davy_call *call)
{
    const bool linear = davy_node_int(call->node, "linear_before_reset", 0) != 0;

    return davy_recurrent_prepare(call, linear ? &gru_cell : &gru_paper_cell);
}

const davy_op davy_op_gru = {
    .name = "gru",
    .in_max = 5,
    .out_max = 2,
    .prepare = gru_prepare,
    DAVY_RECURRENT_ROW,
};
