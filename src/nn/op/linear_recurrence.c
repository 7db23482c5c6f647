/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent.h"
#include "nn/op/rows.h"

/**
 * Gated linear recurrence: h(t) = a(t) h(t-1) + (1 - a(t)) v(t), a = sigmoid(x Wa + ba),
 * v = x Wv + bv. No weight multiplies the state, so the products of all steps are made at once and
 * the gradient can neither grow nor, where a is near 1, vanish.
 *
 * kept is a v.
 *
 * Source: Martin, Cundy, "Parallelizing Linear Recurrent Neural Nets Over Sequence Length",
 * arXiv:1709.04057 (GILR).
 */
enum { A, V, WIDTH };

static void linear_step(const davy_cell_step *step)
{
    step->kernels->blend(&step->gates, A, V, false);
}

static void linear_step_back(const davy_cell_step *step)
{
    step->kernels->blend_back(&step->gates, A, V, false);
}

static const davy_cell linear_cell = {
    .gates = WIDTH,
    .width = WIDTH,
    .forward = linear_step,
    .backward = linear_step_back,
};

static davy_status linear_recurrence_prepare(davy_call *call)
{
    return davy_recurrent_prepare(call, &linear_cell);
}

const davy_op davy_op_linear_recurrence = {
    .name = "linear_recurrence",
    .in_max = 5,
    .out_max = 2,
    .prepare = linear_recurrence_prepare,
    DAVY_RECURRENT_ROW,
};
