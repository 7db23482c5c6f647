/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/onnx_cells.h"

#include <string.h>

/* dst [columns] [+]= row [k] times some rows of weights [.., k], transposed. */
static void multiply(const davy_onnx_cell *cell, size_t k, const float *row, const float *weights,
                     size_t columns, const float *bias, bool add, float *dst)
{
    cell->kernels->gemm(&(davy_gemm){.m = 1,
                                     .n = columns,
                                     .k = k,
                                     .segments = 1,
                                     .a = row,
                                     .a_column = 1,
                                     .b = weights,
                                     .b_row = 1,
                                     .b_column = (ptrdiff_t) k,
                                     .c = dst,
                                     .c_row = (ptrdiff_t) columns,
                                     .bias = bias,
                                     .add = add});
}

/* gates [gates of G, H] = x W + b, all of them. */
static void multiply_input(const davy_onnx_cell *cell, size_t gates, const float *x, float *sums)
{
    multiply(cell, cell->channels, x, cell->weights, gates * cell->units, cell->bias, false, sums);
}

/* dst = [dst +] h R + b' of some of the G gates. */
static void multiply_state(const davy_onnx_cell *cell, size_t gates, size_t from, size_t count,
                           const float *h, bool add, float *dst)
{
    const size_t units = cell->units;
    const float *bias = cell->bias ? cell->bias + (gates + from) * units : NULL;

    multiply(cell, units, h, cell->recurrent + from * units * units, count * units, bias, add, dst);
}

/* f(clipped x) over the units of one gate. */
static void activate(const davy_onnx_cell *cell, size_t which, float *x)
{
    const davy_onnx_activation *f = &cell->activations[which];

    for (size_t i = 0; i < cell->units; i++) {
        const float clipped = x[i] > cell->clip    ? cell->clip
                              : x[i] < -cell->clip ? -cell->clip
                                                   : x[i];

        x[i] = f->apply(clipped, f->alpha, f->beta);
    }
}

static void rnn_step(const davy_onnx_cell *cell, const float *x, float *h, float *c, float *gates)
{
    (void) c;
    multiply_input(cell, 1, x, gates);
    multiply_state(cell, 1, 0, 1, h, true, gates);
    activate(cell, 0, gates);
    memcpy(h, gates, cell->units * sizeof *h);
}

/* Gates z r n; h = (1 - z) n + z h. */
static void gru_step(const davy_onnx_cell *cell, const float *x, float *h, float *c, float *gates)
{
    enum { Z, R, N, GATES };
    const size_t units = cell->units;
    float *z = gates + Z * units, *r = gates + R * units, *n = gates + N * units;
    float *other = gates + GATES * units; /* r (h R + b), or r h */

    (void) c;
    multiply_input(cell, GATES, x, gates);
    multiply_state(cell, GATES, Z, 2, h, true, gates);
    activate(cell, 0, z);
    activate(cell, 0, r);
    if (cell->linear_before_reset) {
        multiply_state(cell, GATES, N, 1, h, false, other);
        cell->kernels->multiply(units, r, other, other);
        cell->kernels->add(units, n, other, n);
    } else {
        cell->kernels->multiply(units, r, h, other);
        multiply_state(cell, GATES, N, 1, other, true, n);
    }
    activate(cell, 1, n);
    for (size_t i = 0; i < units; i++)
        h[i] = (1.0F - z[i]) * n[i] + z[i] * h[i];
}

/* gate += the part of the peepholes from `from` on, times c. */
static void peep(const davy_onnx_cell *cell, size_t from, const float *c, float *gate)
{
    for (size_t i = 0; cell->peepholes && i < cell->units; i++)
        gate[i] += cell->peepholes[from * cell->units + i] * c[i];
}

/* Gates i o f g; c = f c + i g, h = o act(c). */
static void lstm_step(const davy_onnx_cell *cell, const float *x, float *h, float *c, float *gates)
{
    enum { I, O, F, G, GATES };
    const size_t units = cell->units;
    float *in = gates + I * units, *out = gates + O * units, *forget = gates + F * units;
    float *g = gates + G * units, *squashed = gates + GATES * units;
    const davy_onnx_activation *last = &cell->activations[2];

    multiply_input(cell, GATES, x, gates);
    multiply_state(cell, GATES, I, GATES, h, true, gates);
    peep(cell, 0, c, in);
    peep(cell, 2, c, forget);
    activate(cell, 0, in);
    activate(cell, 0, forget);
    activate(cell, 1, g);
    for (size_t i = 0; i < units; i++)
        c[i] = (cell->input_forget ? 1.0F - in[i] : forget[i]) * c[i] + in[i] * g[i];
    peep(cell, 1, c, out);
    activate(cell, 0, out);
    for (size_t i = 0; i < units; i++)
        squashed[i] = last->apply(c[i], last->alpha, last->beta);
    cell->kernels->multiply(units, out, squashed, h);
}

const davy_onnx_kind davy_onnx_rnn = {.gates = 1, .activations = {"Tanh"}, .step = rnn_step};

const davy_onnx_kind davy_onnx_gru = {
    .gates = 3, .activations = {"Sigmoid", "Tanh"}, .step = gru_step};

const davy_onnx_kind davy_onnx_lstm = {
    .gates = 4, .memory = true, .activations = {"Sigmoid", "Tanh", "Tanh"}, .step = lstm_step};
