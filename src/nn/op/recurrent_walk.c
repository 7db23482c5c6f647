/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/recurrent_walk.h"

#include <string.h>

static size_t memory_size(const davy_recurrent_net *net, size_t rows, size_t ring, size_t states)
{
    return davy_line_up(ring * rows * davy_recurrent_width(net)) +
           (net->cell->memory ? 2 : 1) * davy_line_up(states * rows * net->units);
}

static davy_recurrent_memory lay_memory(const davy_recurrent_net *net, float *base, size_t rows,
                                        size_t ring, size_t states)
{
    davy_recurrent_memory memory = {.kept = base,
                                    .kept_step = rows * davy_recurrent_width(net),
                                    .state_step = rows * net->units,
                                    .ring = ring};

    memory.h = base + davy_line_up(ring * memory.kept_step);
    if (net->cell->memory)
        memory.c = memory.h + davy_line_up(states * memory.state_step);
    return memory;
}

size_t davy_recurrent_saved_size(const davy_recurrent_net *net)
{
    return memory_size(net, net->batch, net->steps, net->steps + 1);
}

davy_recurrent_memory davy_recurrent_saved(const davy_call *call, size_t direction)
{
    const davy_recurrent_net *net = call->state;
    float *base = (float *) call->saved + direction * davy_recurrent_saved_size(net);

    return lay_memory(net, base, net->batch, net->steps, net->steps + 1);
}

size_t davy_recurrent_scratch_size(const davy_recurrent_net *net, bool training)
{
    const size_t state = davy_recurrent_state_size(net);

    return 2 * state + (training ? 2 * state : memory_size(net, net->rows, net->ahead, 1));
}

/* All steps in `saved`, from the walk's first row on. */
static davy_recurrent_memory training_memory(const davy_recurrent_walk *walk)
{
    const davy_recurrent_net *net = walk->net;
    davy_recurrent_memory memory = davy_recurrent_saved(walk->call, walk->direction);

    memory.kept += walk->first * davy_recurrent_width(net);
    memory.h += walk->first * net->units;
    if (memory.c)
        memory.c += walk->first * net->units;
    return memory;
}

/* The steps at hand in the worker's scratch; a state overwrites the one before. */
static davy_recurrent_memory inference_memory(const davy_recurrent_walk *walk, float *scratch)
{
    const davy_recurrent_net *net = walk->net;
    davy_recurrent_memory memory = lay_memory(net, scratch, net->rows, net->ahead, 1);

    memory.state_step = 0;
    return memory;
}

/* The weights of this direction. */
static void start_step(davy_recurrent_walk *walk, float *spare)
{
    const davy_recurrent_net *net = walk->net;
    const size_t columns = davy_recurrent_columns(net);
    const float *recurrent = davy_recurrent_input(walk->call, IN_RECURRENT);
    const float *bias = davy_recurrent_input(walk->call, IN_BIAS);

    walk->step =
        (davy_cell_step){.kernels = walk->call->env->kernels, .columns = columns, .spare = spare};
    walk->step.gates =
        (davy_gates){.rows = walk->rows, .units = net->units, .width = net->cell->width};
    if (recurrent)
        walk->step.recurrent = recurrent + walk->direction * net->units * columns;
    walk->step.strips = davy_recurrent_strips(walk->call, walk->direction);
    if (bias && net->cell->biases)
        walk->step.bias = bias + (2 * walk->direction + 1) * columns;
}

void davy_recurrent_start(davy_recurrent_walk *walk, const davy_call *call, size_t chunk,
                          size_t worker)
{
    const davy_recurrent_net *net = call->state;
    const bool training = call->env->training;
    const size_t state = davy_recurrent_state_size(net);
    float *scratch = (float *) call->scratch + worker * davy_recurrent_scratch_size(net, training);

    *walk = (davy_recurrent_walk){.call = call, .net = net, .direction = chunk / net->blocks};
    walk->first = chunk % net->blocks * net->rows;
    walk->rows = net->batch - walk->first < net->rows ? net->batch - walk->first : net->rows;
    walk->memory = training ? training_memory(walk) : inference_memory(walk, scratch + 2 * state);
    start_step(walk, scratch);
    if (training) {
        walk->step.gates.diff_h = scratch + 2 * state;
        walk->step.gates.diff_c = scratch + 3 * state;
    }
}

void davy_recurrent_go(davy_recurrent_walk *walk, size_t s)
{
    const davy_recurrent_memory *memory = &walk->memory;
    davy_gates *gates = &walk->step.gates;

    walk->step.odd = s % 2 != 0;
    gates->kept = memory->kept + s % memory->ring * memory->kept_step;
    gates->h_before = memory->h + s * memory->state_step;
    gates->h = memory->h + (s + 1) * memory->state_step;
    if (memory->c) {
        gates->c_before = memory->c + s * memory->state_step;
        gates->c = memory->c + (s + 1) * memory->state_step;
    }
}

size_t davy_recurrent_in_state(const davy_recurrent_walk *walk, size_t row)
{
    const davy_recurrent_net *net = walk->net;

    return ((walk->first + row) * net->directions + walk->direction) * net->units;
}

size_t davy_recurrent_in_series(const davy_recurrent_walk *walk, size_t row, size_t s)
{
    const davy_recurrent_net *net = walk->net;
    const size_t at =
        (walk->first + row) * net->steps + davy_recurrent_time(net, walk->direction, s);

    return (at * net->directions + walk->direction) * net->units;
}

void davy_recurrent_load(const davy_recurrent_walk *walk, const float *from, float *state)
{
    const size_t units = walk->net->units;

    if (!from)
        memset(state, 0, walk->rows * units * sizeof *state);
    for (size_t i = 0; from && i < walk->rows; i++)
        memcpy(state + i * units, from + davy_recurrent_in_state(walk, i), units * sizeof *state);
}
