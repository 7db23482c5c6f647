/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/matrix.h"
#include "nn/op/recurrent.h"

/**
 * @file
 * The walk of a recurrent network: blocks of a batch, and where their gates and states lie.
 *
 * Stage: nn, private to the files recurrent*.c. A batch is cut into blocks of rows, and one worker
 * walks over time with one block in one direction: threads meet once, at the end. Training keeps
 * the gates and states of all steps; inference keeps those at hand, in the worker's scratch.
 */
enum { IN_X, IN_WEIGHTS, IN_RECURRENT, IN_BIAS, IN_H, IN_C };
enum { OUT_Y, OUT_H, OUT_C };

/** Gates and states of all steps and rows (training), or of the steps and rows at hand. */
typedef struct davy_recurrent_memory {
    float *kept;                  /* [ring, rows, width * units] */
    float *h, *c;                 /* [steps + 1, rows, units] (training), or [rows, units] */
    size_t kept_step, state_step; /* floats from one step to the next; 0: the same place */
    size_t ring;                  /* kept is used again after so many steps */
} davy_recurrent_memory;

/** Some rows of a batch in one direction. */
typedef struct davy_recurrent_walk {
    const davy_call *call;
    const davy_recurrent_net *net;
    size_t direction, first, rows;
    davy_recurrent_memory memory; /* from the first of these rows on */
    davy_cell_step step;
} davy_recurrent_walk;

/** Floats that training keeps of one direction. */
size_t davy_recurrent_saved_size(const davy_recurrent_net *net);
/** That memory of a direction, all rows. */
davy_recurrent_memory davy_recurrent_saved(const davy_call *call, size_t direction);

/** Floats of a worker's scratch: the cell's spare, then what it walks with (inference) or diff_h
 * and diff_c (training). */
size_t davy_recurrent_scratch_size(const davy_recurrent_net *net, bool training);

/** Begin with block `chunk` of directions x blocks. */
void davy_recurrent_start(davy_recurrent_walk *walk, const davy_call *call, size_t chunk,
                          size_t worker);
/** Point the cell's step at step s. */
void davy_recurrent_go(davy_recurrent_walk *walk, size_t s);

/** Where one of the walk's rows stands in [N, D H], and at step s in [N, T, D H]. */
size_t davy_recurrent_in_state(const davy_recurrent_walk *walk, size_t row);
size_t davy_recurrent_in_series(const davy_recurrent_walk *walk, size_t row, size_t s);
/** state [rows, H] = the walk's rows of `from` [N, D H], or zeros. */
void davy_recurrent_load(const davy_recurrent_walk *walk, const float *from, float *state);

/** Recurrent weights in the order of the kernel, or NULL; those of training lie behind the workers'
 * scratch, where the way back has its own. */
float *davy_recurrent_strips(const davy_call *call, size_t direction);

/** Floats of scratch, behind the workers', for the way back: transposed weights. */
size_t davy_recurrent_back_size(const davy_recurrent_net *net);

/** The place in time of step s. */
static inline size_t davy_recurrent_time(const davy_recurrent_net *net, size_t direction, size_t s)
{
    return net->reverse != (direction == 1) ? net->steps - 1 - s : s;
}

/** Floats of x from one step to the next; negative on the way from the end. */
static inline ptrdiff_t davy_recurrent_stride(const davy_recurrent_net *net, size_t direction)
{
    return (net->reverse != (direction == 1) ? -1 : 1) * (ptrdiff_t) net->channels;
}

/** Floats of a state of one block, of one row of gates, and of one row of kept. */
static inline size_t davy_recurrent_state_size(const davy_recurrent_net *net)
{
    return davy_line_up(net->rows * net->units);
}

static inline size_t davy_recurrent_columns(const davy_recurrent_net *net)
{
    return net->cell->gates * net->units;
}

static inline size_t davy_recurrent_width(const davy_recurrent_net *net)
{
    return net->cell->width * net->units;
}

static inline bool davy_recurrent_has(const davy_call *call, size_t i)
{
    return i < call->in_count && call->in[i];
}

/** Numbers of input i, NULL when it is absent. */
static inline const float *davy_recurrent_input(const davy_call *call, size_t i)
{
    return davy_recurrent_has(call, i) ? davy_f32(call->in[i]) : NULL;
}

/** Numbers of tensor i of `count`, NULL when nobody wants them. */
static inline float *davy_recurrent_wanted(davy_tensor *const *tensors, size_t count, size_t i)
{
    return tensors && i < count && tensors[i] ? davy_f32(tensors[i]) : NULL;
}
