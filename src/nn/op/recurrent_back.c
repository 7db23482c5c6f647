/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent_walk.h"

#include <string.h>

/* Rows and columns of the gates' gradient that a gradient of weights takes up at once, so that they
 * are still in the cache for its next row. */
#define GRADIENT_ROWS    ((size_t) 128)
#define GRADIENT_COLUMNS ((size_t) 64)

/* Places in time whose gradient of x is one piece of work. */
#define INPUT_STEPS ((size_t) 8)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t pieces(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

/* ----------------------------------------------------------------------------- weights turned */

static size_t weights_size(const davy_recurrent_net *net)
{
    return davy_line_up(davy_recurrent_columns(net) * net->channels);
}

static size_t recurrent_size(const davy_recurrent_net *net)
{
    return davy_line_up(davy_recurrent_columns(net) * net->units);
}

size_t davy_recurrent_back_size(const davy_recurrent_net *net)
{
    return net->directions * (weights_size(net) + recurrent_size(net));
}

/* [G H, C] of one direction; the recurrent weights [G H, H] stand behind. */
static float *weights_turned(const davy_call *call, size_t direction)
{
    const davy_recurrent_net *net = call->state;
    float *behind =
        (float *) call->scratch + call->env->threads * davy_recurrent_scratch_size(net, true);

    return behind + direction * (weights_size(net) + recurrent_size(net));
}

static float *recurrent_turned(const davy_call *call, size_t direction)
{
    return weights_turned(call, direction) + weights_size(call->state);
}

static void turn_weights(const davy_call *call)
{
    const davy_recurrent_net *net = call->state;
    const size_t columns = davy_recurrent_columns(net);
    const float *weights = davy_recurrent_input(call, IN_WEIGHTS);
    const float *recurrent = davy_recurrent_input(call, IN_RECURRENT);
    const davy_kernels *kernels = call->env->kernels;

    for (size_t d = 0; d < net->directions; d++) {
        kernels->transpose(net->channels, columns, weights + d * net->channels * columns,
                           (ptrdiff_t) columns, weights_turned(call, d), (ptrdiff_t) net->channels);
        if (recurrent)
            kernels->transpose(net->units, columns, recurrent + d * net->units * columns,
                               (ptrdiff_t) columns, recurrent_turned(call, d),
                               (ptrdiff_t) net->units);
    }
}

/* ------------------------------------------------------------------------------------ the walk */

/* What arrives at the h of step s from outside joins what arrives from the step after it. */
static void join_step(const davy_recurrent_walk *walk, size_t s, const float *diff_y)
{
    const size_t units = walk->net->units;

    for (size_t i = 0; diff_y && i < walk->rows; i++) {
        float *diff_h = walk->step.gates.diff_h + i * units;

        walk->step.kernels->add(units, diff_h, diff_y + davy_recurrent_in_series(walk, i, s),
                                diff_h);
    }
}

/* Set or add to the gradient of an initial state. */
static void leave_state(const davy_recurrent_walk *walk, size_t i, const float *diff)
{
    const davy_call *call = walk->call;
    const size_t units = walk->net->units;
    float *to = davy_recurrent_wanted(call->diff_in, call->in_count, i);

    for (size_t row = 0; to && row < walk->rows; row++) {
        float *at = to + davy_recurrent_in_state(walk, row);

        if (call->diff_add[i])
            walk->step.kernels->add(units, at, diff + row * units, at);
        else
            memcpy(at, diff + row * units, units * sizeof *at);
    }
}

static void backward_block(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_recurrent_net *net = call->state;
    const float *diff_y = davy_recurrent_wanted(call->diff_out, call->out_count, OUT_Y);
    const float *diff_h = davy_recurrent_wanted(call->diff_out, call->out_count, OUT_H);
    const float *diff_c = davy_recurrent_wanted(call->diff_out, call->out_count, OUT_C);
    davy_recurrent_walk walk;

    davy_recurrent_start(&walk, call, chunk, worker);
    walk.step.recurrent_back = recurrent_turned(call, walk.direction);
    davy_recurrent_load(&walk, diff_h, walk.step.gates.diff_h);
    davy_recurrent_load(&walk, diff_c, walk.step.gates.diff_c);
    for (size_t s = net->steps; s-- > 0;) {
        davy_recurrent_go(&walk, s);
        join_step(&walk, s, diff_y);
        net->cell->backward(&walk.step);
    }
    leave_state(&walk, IN_H, walk.step.gates.diff_h);
    leave_state(&walk, IN_C, walk.step.gates.diff_c);
}

/* ------------------------------------------------------------------------ gradients of weights */

/* Some columns of one gate, in one direction. */
struct columns {
    const davy_call *call;
    const davy_recurrent_net *net;
    davy_recurrent_memory memory;
    size_t direction, first, count;
    const davy_cell_product *product; /* that the gate takes part in; NULL: none */
};

/* Row of a matrix that stands, transposed, on the left of a product: sums over batch and steps. */
struct left {
    const float *at;
    size_t rows;            /* of the product */
    ptrdiff_t sample, step; /* floats from one to the next */
};

/* dst [rows, count] [+]= sum over steps and samples of left times kept's columns from `column`. */
static void add_product(const struct columns *columns, struct left left, size_t column, bool add,
                        float *dst)
{
    const davy_recurrent_net *net = columns->net;
    const size_t bundle = 1 + GRADIENT_ROWS / (net->batch + 1);
    davy_gemm gemm = {.m = left.rows,
                      .n = columns->count,
                      .k = net->batch,
                      .a_row = 1,
                      .a_column = left.sample,
                      .a_segment = left.step,
                      .b_row = (ptrdiff_t) davy_recurrent_width(net),
                      .b_segment = (ptrdiff_t) columns->memory.kept_step,
                      .c = dst,
                      .c_row = (ptrdiff_t) davy_recurrent_columns(net),
                      .add = add};

    for (size_t s = 0; s < net->steps || s == 0; s += bundle) { /* without steps: zeros */
        gemm.segments = least(bundle, net->steps - s);
        gemm.a = left.at + (ptrdiff_t) s * gemm.a_segment;
        gemm.b = columns->memory.kept + column + (ptrdiff_t) s * gemm.b_segment;
        columns->call->env->kernels->gemm(&gemm);
        gemm.add = true;
    }
}

static void add_weights(const struct columns *columns)
{
    const davy_call *call = columns->call;
    const davy_recurrent_net *net = columns->net;
    float *diff = davy_recurrent_wanted(call->diff_in, call->in_count, IN_WEIGHTS);
    struct left left = {.rows = net->channels,
                        .sample = (ptrdiff_t) (net->steps * net->channels),
                        .step = davy_recurrent_stride(net, columns->direction)};

    if (!diff)
        return;
    left.at = davy_recurrent_input(call, IN_X) +
              davy_recurrent_time(net, columns->direction, 0) * net->channels;
    diff += columns->direction * net->channels * davy_recurrent_columns(net) + columns->first;
    add_product(columns, left, columns->first, call->diff_add[IN_WEIGHTS], diff);
}

/* Where the gradients of the gate's product with the state lie in kept. */
static size_t state_column(const struct columns *columns)
{
    const davy_cell_product *product = columns->product;

    return columns->first + product->kept * columns->net->units -
           product->gate * columns->net->units;
}

static void add_recurrent(const struct columns *columns)
{
    const davy_call *call = columns->call;
    const davy_recurrent_net *net = columns->net;
    const davy_recurrent_memory *memory = &columns->memory;
    float *diff = davy_recurrent_wanted(call->diff_in, call->in_count, IN_RECURRENT);
    struct left left = {.at = memory->h,
                        .rows = net->units,
                        .sample = (ptrdiff_t) net->units,
                        .step = (ptrdiff_t) memory->state_step};

    if (!diff || !columns->product)
        return;
    if (columns->product->source >= 0) {
        left.at = memory->kept + (size_t) columns->product->source * net->units;
        left.sample = (ptrdiff_t) davy_recurrent_width(net);
        left.step = (ptrdiff_t) memory->kept_step;
    }
    diff += columns->direction * net->units * davy_recurrent_columns(net) + columns->first;
    add_product(columns, left, state_column(columns), call->diff_add[IN_RECURRENT], diff);
}

static void add_bias(const struct columns *columns, size_t column, float *diff)
{
    const davy_recurrent_net *net = columns->net;

    columns->call->env->kernels->sum_rows(net->steps * net->batch, columns->count,
                                          columns->memory.kept + column, davy_recurrent_width(net),
                                          columns->call->diff_add[IN_BIAS], diff);
}

static void add_biases(const struct columns *columns)
{
    const davy_call *call = columns->call;
    const davy_recurrent_net *net = columns->net;
    const size_t wide = davy_recurrent_columns(net);
    float *diff = davy_recurrent_wanted(call->diff_in, call->in_count, IN_BIAS);

    if (!diff)
        return;
    diff += columns->direction * (net->cell->biases ? 2 : 1) * wide + columns->first;
    add_bias(columns, columns->first, diff);
    if (net->cell->biases)
        add_bias(columns, state_column(columns), diff + wide);
}

static const davy_cell_product *find_product(const davy_cell *cell, size_t gate)
{
    for (size_t i = 0; i < DAVY_CELL_PRODUCTS_MAX; i++)
        if (gate >= cell->products[i].gate &&
            gate - cell->products[i].gate < cell->products[i].gates)
            return &cell->products[i];
    return NULL;
}

static void backward_columns(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_recurrent_net *net = call->state;
    const size_t cuts = pieces(net->units, GRADIENT_COLUMNS);
    const size_t gate = chunk / cuts % net->cell->gates, begin = chunk % cuts * GRADIENT_COLUMNS;
    struct columns columns = {.call = call, .net = net};

    (void) worker;
    columns.direction = chunk / cuts / net->cell->gates;
    columns.first = gate * net->units + begin;
    columns.count = least(GRADIENT_COLUMNS, net->units - begin);
    columns.memory = davy_recurrent_saved(call, columns.direction);
    columns.product = find_product(net->cell, gate);
    add_weights(&columns);
    add_recurrent(&columns);
    add_biases(&columns);
}

/* ------------------------------------------------------------------------------- gradient of x */

static void backward_input(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_recurrent_net *net = call->state;
    const size_t end = least(net->steps, (chunk + 1) * INPUT_STEPS);
    davy_gemm gemm = {.m = net->batch,
                      .n = net->channels,
                      .k = davy_recurrent_columns(net),
                      .segments = 1,
                      .a_row = (ptrdiff_t) davy_recurrent_width(net),
                      .a_column = 1,
                      .b_row = (ptrdiff_t) net->channels,
                      .c_row = (ptrdiff_t) (net->steps * net->channels)};

    (void) worker;
    for (size_t time = chunk * INPUT_STEPS; time < end; time++)
        for (size_t d = 0; d < net->directions; d++) {
            const davy_recurrent_memory memory = davy_recurrent_saved(call, d);

            gemm.a = memory.kept + davy_recurrent_time(net, d, time) * memory.kept_step;
            gemm.b = weights_turned(call, d);
            gemm.c = davy_f32(call->diff_in[IN_X]) + time * net->channels;
            gemm.add = call->diff_add[IN_X] || d > 0;
            call->env->kernels->gemm(&gemm);
        }
}

void davy_recurrent_backward(const davy_call *call)
{
    const davy_recurrent_net *net = call->state;
    davy_pool *pool = call->env->pool;
    const size_t cuts = pieces(net->units, GRADIENT_COLUMNS);

    turn_weights(call);
    davy_pool_run(pool, net->directions * net->blocks, backward_block, (void *) call);
    davy_pool_run(pool, net->directions * net->cell->gates * cuts, backward_columns, (void *) call);
    if (davy_recurrent_wanted(call->diff_in, call->in_count, IN_X))
        davy_pool_run(pool, pieces(net->steps, INPUT_STEPS), backward_input, (void *) call);
}
