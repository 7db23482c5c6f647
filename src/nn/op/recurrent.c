/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent.h"

#include "nn/op/recurrent_walk.h"

#include <string.h>

/* Rows of a batch that one worker walks with: few enough that two threads share a batch of 32,
 * enough that a weight is used often once it is in a register. */
#define BLOCK_ROWS ((size_t) 16)

/* Rows of the product with x made at once, by looking ahead in time when a batch is small; what
 * they make stays in the first cache until its step comes. */
#define AHEAD_ROWS ((size_t) 24)

/* ------------------------------------------------------------------------------------- prepare */

static davy_status find_direction(davy_call *call, davy_recurrent_net *net)
{
    const char *direction = davy_node_text(call->node, "direction", "forward");

    net->directions = strcmp(direction, "bidirectional") == 0 ? 2 : 1;
    net->reverse = strcmp(direction, "reverse") == 0;
    if (net->directions == 1 && !net->reverse && strcmp(direction, "forward") != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "unknown direction '%s'", direction);
    return DAVY_OK;
}

static davy_status find_sizes(davy_call *call, davy_recurrent_net *net)
{
    davy_status status = davy_call_expect(call, IN_X, DAVY_TYPE_F32, 3);

    if (status == DAVY_OK)
        status = davy_call_expect(call, IN_WEIGHTS, DAVY_TYPE_F32, 3);
    if (status != DAVY_OK)
        return status;
    net->batch = (size_t) call->in[IN_X]->dims[0];
    net->steps = (size_t) call->in[IN_X]->dims[1];
    net->channels = (size_t) call->in[IN_X]->dims[2];
    net->units = (size_t) call->in[IN_WEIGHTS]->dims[2] / net->cell->gates;
    net->rows = net->batch == 0 ? 1 : net->batch < BLOCK_ROWS ? net->batch : BLOCK_ROWS;
    net->blocks = (net->batch + net->rows - 1) / net->rows;
    net->ahead = AHEAD_ROWS / net->rows;
    return DAVY_OK;
}

/* An input that is there is float[dims]. */
static davy_status expect_dims(davy_call *call, size_t i, int rank, const size_t *dims)
{
    char text[DAVY_TENSOR_TEXT_MAX];
    davy_status status = DAVY_OK;

    if (!davy_recurrent_has(call, i))
        return DAVY_OK;
    status = davy_call_expect(call, i, DAVY_TYPE_F32, rank);
    for (int d = 0; status == DAVY_OK && d < rank; d++)
        if ((size_t) call->in[i]->dims[d] != dims[d])
            status = davy_call_fail(call, DAVY_ERR_INVALID,
                                    "input %zu is %s, but its dimension %d must be %zu", i,
                                    davy_tensor_text(call->in[i], text), d, dims[d]);
    return status;
}

static davy_status check_inputs(davy_call *call, const davy_recurrent_net *net)
{
    const size_t columns = davy_recurrent_columns(net);
    const size_t dims[][3] = {
        [IN_WEIGHTS] = {net->directions, net->channels, columns},
        [IN_RECURRENT] = {net->directions, net->units, columns},
        [IN_BIAS] = {net->directions, (net->cell->biases ? 2 : 1) * columns},
        [IN_H] = {net->batch, net->directions * net->units},
        [IN_C] = {net->batch, net->directions * net->units},
    };
    davy_status status = DAVY_OK;

    if (net->units == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "there are no units");
    if (net->cell->products[0].gates && !davy_recurrent_has(call, IN_RECURRENT))
        return davy_call_fail(call, DAVY_ERR_INVALID, "there are no recurrent weights");
    for (size_t i = IN_WEIGHTS; i <= IN_C && status == DAVY_OK; i++)
        status = expect_dims(call, i, i < IN_BIAS ? 3 : 2, dims[i]);
    return status;
}

static davy_status shape_outputs(davy_call *call, const davy_recurrent_net *net)
{
    const int64_t batch = (int64_t) net->batch;
    const int64_t wide = (int64_t) (net->directions * net->units);
    const int64_t y[] = {batch, (int64_t) net->steps, wide}, state[] = {batch, wide};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < call->out_count && status == DAVY_OK; i++)
        if (call->out[i])
            status = davy_tensor_shape(call->out[i], DAVY_TYPE_F32, i == OUT_Y ? 3 : 2,
                                       i == OUT_Y ? y : state);
    return status;
}

/*
 * Rows of the recurrent weights are G H numbers long, and a product reads a strip of each: they
 * fight for a part of the first cache, at every step. So they are copied strip by strip, once when
 * they are constant, else at each run.
 */

static davy_gemm recurrent_product(const davy_call *call, size_t direction)
{
    const davy_recurrent_net *net = call->state;
    const size_t columns = davy_recurrent_columns(net);

    return (davy_gemm){.n = columns,
                       .k = net->units,
                       .segments = 1,
                       .b = davy_recurrent_input(call, IN_RECURRENT) +
                            direction * net->units * columns,
                       .b_row = (ptrdiff_t) columns,
                       .b_column = 1};
}

static void pack_recurrent(const davy_call *call, float *strips)
{
    const davy_recurrent_net *net = call->state;

    for (size_t direction = 0; direction < net->directions; direction++) {
        const davy_gemm gemm = recurrent_product(call, direction);

        call->env->kernels->pack(&gemm, strips + direction * net->strips_size);
    }
}

static void keep_recurrent(davy_call *call, davy_recurrent_net *net)
{
    static const char tag;
    const davy_kernels *kernels = call->env->kernels;
    const size_t columns = davy_recurrent_columns(net);
    float *strips;
    bool fresh;

    if (!net->cell->products[0].gates || columns <= kernels->strip)
        return;
    net->strips_size = davy_line_up(davy_gemm_packed(kernels->lanes, columns, net->units));
    strips = davy_call_keep_shared(call, IN_RECURRENT, &tag,
                                   net->directions * net->strips_size * sizeof *strips, &fresh);
    if (strips && fresh)
        pack_recurrent(call, strips);
    net->strips = strips;
}

float *davy_recurrent_strips(const davy_call *call, size_t direction)
{
    const davy_recurrent_net *net = call->state;
    float *strips = (float *) net->strips;

    if (!strips && net->strips_size && call->env->training)
        strips =
            (float *) call->scratch + call->env->threads * davy_recurrent_scratch_size(net, true);
    return strips ? strips + direction * net->strips_size : NULL;
}

davy_status davy_recurrent_prepare(davy_call *call, const davy_cell *cell)
{
    davy_recurrent_net *net = call->state;
    const bool training = call->env->training;
    davy_status status;

    net->cell = cell;
    status = find_direction(call, net);
    if (status == DAVY_OK)
        status = find_sizes(call, net);
    if (status == DAVY_OK)
        status = check_inputs(call, net);
    if (status != DAVY_OK)
        return status;
    keep_recurrent(call, net);
    call->scratch_size =
        call->env->threads * davy_recurrent_scratch_size(net, training) * sizeof(float);
    if (training) {
        const size_t back = davy_recurrent_back_size(net),
                     strips = net->directions * net->strips_size;

        call->scratch_size += (back > strips ? back : strips) * sizeof(float);
        call->saved_size = net->directions * davy_recurrent_saved_size(net) * sizeof(float);
    }
    return shape_outputs(call, net);
}

/* -------------------------------------------------------------------------------- way forward */

davy_cell_matrix davy_cell_weights(const davy_cell_step *step, size_t gate, size_t gates)
{
    const size_t units = step->gates.units, strip = step->kernels->strip;
    const size_t from = gate * units, to = from + gates * units;
    davy_cell_matrix weights = {.at = step->recurrent + from, .row = step->columns};

    if (step->strips && from % strip == 0 && (to % strip == 0 || to == step->columns))
        weights.strips = step->strips + from * units;
    return weights;
}

/*
 * One row reads all weights at every step, and they are larger than the first cache. It goes over
 * them to and fro, so that half of them is there yet: a seventh of the time of a small network.
 */
static void multiply_row(const davy_cell_step *step, const davy_gemm *gemm)
{
    const size_t strip = step->kernels->strip, half = gemm->n / 2 / strip * strip;
    davy_gemm halves[2] = {*gemm, *gemm};

    halves[0].n = half;
    halves[1].n = gemm->n - half;
    halves[1].b += half * gemm->k;
    halves[1].c += half;
    if (gemm->bias)
        halves[1].bias += half;
    for (size_t i = 0; i < 2; i++) {
        davy_gemm *part = &halves[i ^ step->odd];

        part->chain = davy_gemm_chain(gemm->n, gemm->k);
        step->kernels->gemm(part);
    }
}

void davy_cell_multiply(const davy_cell_step *step, size_t n, size_t k, davy_cell_matrix a,
                        davy_cell_matrix b, const float *bias, bool add, float *dst, size_t dst_row)
{
    const davy_gemm gemm = {.m = step->gates.rows,
                            .n = n,
                            .k = k,
                            .segments = 1,
                            .a = a.at,
                            .a_row = (ptrdiff_t) a.row,
                            .a_column = 1,
                            .b = b.strips ? b.strips : b.at,
                            .b_row = (ptrdiff_t) b.row,
                            .packed = b.strips != NULL,
                            .c = dst,
                            .c_row = (ptrdiff_t) dst_row,
                            .bias = bias,
                            .add = add};

    if (gemm.m == 1 && gemm.packed && n >= 2 * step->kernels->strip)
        multiply_row(step, &gemm);
    else
        step->kernels->gemm(&gemm);
}

/* kept of `count` steps from s on = x weights + bias: a product for each step, or, when the steps
 * are more than the rows, one for each row. */
static void multiply_input(const davy_recurrent_walk *walk, size_t s, size_t count)
{
    const davy_recurrent_net *net = walk->net;
    const davy_recurrent_memory *memory = &walk->memory;
    const bool by_row = count > walk->rows;
    const ptrdiff_t x_row = (ptrdiff_t) (net->steps * net->channels);
    const ptrdiff_t x_step = davy_recurrent_stride(net, walk->direction);
    const ptrdiff_t row = (ptrdiff_t) davy_recurrent_width(net),
                    step = (ptrdiff_t) memory->kept_step;
    const size_t time = davy_recurrent_time(net, walk->direction, s);
    const float *x =
        davy_recurrent_input(walk->call, IN_X) + (walk->first * net->steps + time) * net->channels;
    const float *bias = davy_recurrent_input(walk->call, IN_BIAS);
    davy_gemm gemm = {.m = by_row ? count : walk->rows,
                      .n = davy_recurrent_columns(net),
                      .k = net->channels,
                      .segments = 1,
                      .a_row = by_row ? x_step : x_row,
                      .a_column = 1,
                      .b = davy_recurrent_input(walk->call, IN_WEIGHTS) +
                           walk->direction * net->channels * davy_recurrent_columns(net),
                      .b_row = (ptrdiff_t) davy_recurrent_columns(net),
                      .c_row = by_row ? step : row};

    if (bias)
        gemm.bias = bias + walk->direction * (net->cell->biases ? 2 : 1) * gemm.n;
    for (size_t i = 0; i < (by_row ? walk->rows : count); i++) {
        gemm.a = x + (ptrdiff_t) i * (by_row ? x_row : x_step);
        gemm.c = memory->kept + (ptrdiff_t) (s % memory->ring) * step +
                 (ptrdiff_t) i * (by_row ? row : step);
        walk->step.kernels->gemm(&gemm);
    }
}

static void store_step(const davy_recurrent_walk *walk, size_t s, float *y)
{
    const size_t units = walk->net->units;

    for (size_t i = 0; y && i < walk->rows; i++)
        memcpy(y + davy_recurrent_in_series(walk, i, s), walk->step.gates.h + i * units,
               units * sizeof *y);
}

static void store_last(const davy_recurrent_walk *walk, const float *states, float *last)
{
    const davy_recurrent_net *net = walk->net;
    const float *state = states + net->steps * walk->memory.state_step;

    for (size_t i = 0; last && i < walk->rows; i++)
        memcpy(last + davy_recurrent_in_state(walk, i), state + i * net->units,
               net->units * sizeof *last);
}

static void forward_block(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_recurrent_net *net = call->state;
    float *y = davy_recurrent_wanted(call->out, call->out_count, OUT_Y);
    davy_recurrent_walk walk;

    davy_recurrent_start(&walk, call, chunk, worker);
    davy_recurrent_load(&walk, davy_recurrent_input(call, IN_H), walk.memory.h);
    if (net->cell->memory)
        davy_recurrent_load(&walk, davy_recurrent_input(call, IN_C), walk.memory.c);
    for (size_t s = 0; s < net->steps; s++) {
        const size_t left = net->steps - s;

        if (s % net->ahead == 0)
            multiply_input(&walk, s, left < net->ahead ? left : net->ahead);
        davy_recurrent_go(&walk, s);
        net->cell->forward(&walk.step);
        store_step(&walk, s, y);
    }
    store_last(&walk, walk.memory.h, davy_recurrent_wanted(call->out, call->out_count, OUT_H));
    if (net->cell->memory)
        store_last(&walk, walk.memory.c, davy_recurrent_wanted(call->out, call->out_count, OUT_C));
}

davy_status davy_recurrent_forward(const davy_call *call)
{
    const davy_recurrent_net *net = call->state;

    if (!net->strips && davy_recurrent_strips(call, 0))
        pack_recurrent(call, davy_recurrent_strips(call, 0));
    davy_pool_run(call->env->pool, net->directions * net->blocks, forward_block, (void *) call);
    return DAVY_OK;
}
