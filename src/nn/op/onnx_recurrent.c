/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/matrix.h"
#include "nn/op/onnx_cells.h"
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

/*
 * ONNX's RNN, GRU and LSTM as the standard has them, inference only. With layout 0:
 *
 *     X [T, N, C], W [D, G H, C], R [D, G H, H], B? [D, 2 G H], sequence_lens? [N] (int32),
 *     initial_h? [D, N, H], initial_c? [D, N, H], P? [D, 3 H]
 *     -> Y [T, D, N, H], Y_h [D, N, H], Y_c [D, N, H]
 *
 * With layout 1 the batch comes first everywhere. Behind a row's own length Y is zero.
 */
enum { IN_X, IN_W, IN_R, IN_B, IN_LENGTHS, IN_H, IN_C, IN_P, INPUTS };
enum { OUT_Y, OUT_H, OUT_C };

struct recurrent {
    const davy_onnx_kind *kind;
    size_t batch, steps, channels, units, directions;
    bool batchwise, reverse; /* reverse: the first direction walks from the end */
    davy_onnx_cell cells[2]; /* settings; numbers are put in at run time */
};

static const davy_tensor *input(const davy_call *call, size_t i)
{
    return i < call->in_count ? call->in[i] : NULL;
}

/* ------------------------------------------------------------------------------------- prepare */

static davy_status find_direction(davy_call *call, struct recurrent *net)
{
    const char *direction = davy_node_text(call->node, "direction", "forward");

    net->directions = strcmp(direction, "bidirectional") == 0 ? 2 : 1;
    net->reverse = strcmp(direction, "reverse") == 0;
    if (net->directions == 1 && !net->reverse && strcmp(direction, "forward") != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "unknown direction '%s'", direction);
    return DAVY_OK;
}

static davy_status find_sizes(davy_call *call, struct recurrent *net)
{
    const davy_tensor *x, *r;
    davy_status status = davy_call_expect(call, IN_X, DAVY_TYPE_F32, 3);

    if (status == DAVY_OK)
        status = davy_call_expect(call, IN_R, DAVY_TYPE_F32, 3);
    if (status != DAVY_OK)
        return status;
    x = call->in[IN_X];
    r = call->in[IN_R];
    net->batchwise = davy_node_int(call->node, "layout", 0) != 0;
    net->batch = (size_t) x->dims[net->batchwise ? 0 : 1];
    net->steps = (size_t) x->dims[net->batchwise ? 1 : 0];
    net->channels = (size_t) x->dims[2];
    net->units = (size_t) r->dims[2];
    if (davy_node_int(call->node, "hidden_size", r->dims[2]) != r->dims[2] || net->units == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "hidden_size does not fit the weights");
    return DAVY_OK;
}

static davy_status check_inputs(davy_call *call, const struct recurrent *net)
{
    const int64_t d = (int64_t) net->directions, n = (int64_t) net->batch;
    const int64_t h = (int64_t) net->units, wide = (int64_t) net->kind->gates * h;
    const int64_t state[3] = {net->batchwise ? n : d, net->batchwise ? d : n, h};
    const struct {
        size_t input;
        int rank;
        int64_t dims[3];
    } wanted[] = {
        {IN_W, 3, {d, wide, (int64_t) net->channels}},
        {IN_R, 3, {d, wide, h}},
        {IN_B, 2, {d, 2 * wide}},
        {IN_LENGTHS, 1, {n}},
        {IN_H, 3, {state[0], state[1], h}},
        {IN_C, 3, {state[0], state[1], h}},
        {IN_P, 2, {d, 3 * h}},
    };
    davy_status status = davy_call_expect(call, IN_W, DAVY_TYPE_F32, 3);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wanted) && status == DAVY_OK; i++) {
        const davy_tensor *in = input(call, wanted[i].input);
        const davy_type type = wanted[i].input == IN_LENGTHS ? DAVY_TYPE_I32 : DAVY_TYPE_F32;

        if (!in)
            continue;
        status = davy_call_expect(call, wanted[i].input, type, wanted[i].rank);
        if (status == DAVY_OK &&
            memcmp(in->dims, wanted[i].dims, (size_t) wanted[i].rank * sizeof(int64_t)) != 0)
            status = davy_call_fail(call, DAVY_ERR_INVALID,
                                    "input %zu has another shape than the "
                                    "others ask for",
                                    wanted[i].input);
    }
    return status;
}

/* Functions are named for one direction after the other; settings are used up in that order. */
static davy_status find_activations(davy_call *call, struct recurrent *net)
{
    const davy_attribute *names = davy_node_attribute(call->node, "activations");
    size_t alpha_count = 0, beta_count = 0, next = 0;
    const float *alphas = davy_node_floats(call->node, "activation_alpha", &alpha_count);
    const float *betas = davy_node_floats(call->node, "activation_beta", &beta_count);
    const bool named = names && names->kind == DAVY_ATTRIBUTE_TEXTS && names->count > 0;

    for (size_t d = 0; d < net->directions; d++)
        for (size_t i = 0; i < DAVY_ONNX_ACTIVATIONS_MAX && net->kind->activations[i]; i++) {
            const char *name = net->kind->activations[i];

            if (named && next >= names->count)
                return davy_call_fail(call, DAVY_ERR_INVALID, "too few activations");
            if (named)
                name = names->texts[next++];
            if (!davy_onnx_activation_find(name, &alphas, &alpha_count, &betas, &beta_count,
                                           &net->cells[d].activations[i]))
                return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "activation '%s'", name);
        }
    return DAVY_OK;
}

static davy_status shape_outputs(davy_call *call, const struct recurrent *net)
{
    const int64_t d = (int64_t) net->directions, n = (int64_t) net->batch;
    const int64_t t = (int64_t) net->steps, h = (int64_t) net->units;
    const int64_t y[2][4] = {{t, d, n, h}, {n, t, d, h}}, state[2][3] = {{d, n, h}, {n, d, h}};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < call->out_count && status == DAVY_OK; i++)
        if (call->out[i])
            status = davy_tensor_shape(call->out[i], DAVY_TYPE_F32, i == OUT_Y ? 4 : 3,
                                       i == OUT_Y ? y[net->batchwise] : state[net->batchwise]);
    return status;
}

/* Floats of a worker: both states and the gates. */
static size_t worker_size(const struct recurrent *net)
{
    return davy_line_up(7 * net->units);
}

static davy_status prepare(davy_call *call, const davy_onnx_kind *kind)
{
    struct recurrent *net = call->state;
    const float clip = davy_node_float(call->node, "clip", INFINITY);
    davy_status status;

    net->kind = kind;
    for (size_t d = 0; d < 2; d++) {
        net->cells[d].clip = clip;
        net->cells[d].input_forget = davy_node_int(call->node, "input_forget", 0) != 0;
        net->cells[d].linear_before_reset =
            davy_node_int(call->node, "linear_before_reset", 0) != 0;
    }
    status = find_direction(call, net);
    if (status == DAVY_OK)
        status = find_sizes(call, net);
    if (status == DAVY_OK)
        status = check_inputs(call, net);
    if (status == DAVY_OK)
        status = find_activations(call, net);
    if (status == DAVY_OK)
        status = shape_outputs(call, net);
    call->scratch_size = call->env->threads * worker_size(net) * sizeof(float);
    return status;
}

/* -------------------------------------------------------------------------------- way forward */

/* One row of the batch in one direction. */
struct row {
    const davy_call *call;
    const struct recurrent *net;
    size_t direction, sample, length;
    davy_onnx_cell cell;
    float *h, *c, *gates;
};

static const float *part(const davy_call *call, size_t i, size_t index, size_t size)
{
    const davy_tensor *in = input(call, i);

    return in ? davy_f32(in) + index * size : NULL;
}

static struct row start_row(const davy_call *call, size_t chunk, size_t worker)
{
    const struct recurrent *net = call->state;
    const size_t units = net->units, wide = net->kind->gates * units;
    const size_t d = chunk / net->batch;
    struct row row = {.call = call, .net = net, .direction = d, .sample = chunk % net->batch};

    row.length = input(call, IN_LENGTHS)
                     ? (size_t) ((const int32_t *) call->in[IN_LENGTHS]->data)[row.sample]
                     : net->steps;
    row.cell = net->cells[d];
    row.cell.kernels = call->env->kernels;
    row.cell.channels = net->channels;
    row.cell.units = units;
    row.cell.weights = part(call, IN_W, d, wide * net->channels);
    row.cell.recurrent = part(call, IN_R, d, wide * units);
    row.cell.bias = part(call, IN_B, d, 2 * wide);
    row.cell.peepholes = part(call, IN_P, d, 3 * units);
    row.h = (float *) call->scratch + worker * worker_size(net);
    row.c = row.h + units;
    row.gates = row.c + units;
    return row;
}

/* Where the row stands in a state and, at place `time`, in x and y. */
static size_t in_state(const struct row *row)
{
    const struct recurrent *net = row->net;

    return net->units * (net->batchwise ? row->sample * net->directions + row->direction
                                        : row->direction * net->batch + row->sample);
}

static size_t in_x(const struct row *row, size_t time)
{
    const struct recurrent *net = row->net;

    return net->channels *
           (net->batchwise ? row->sample * net->steps + time : time * net->batch + row->sample);
}

static size_t in_y(const struct row *row, size_t time)
{
    const struct recurrent *net = row->net;

    if (net->batchwise)
        return ((row->sample * net->steps + time) * net->directions + row->direction) * net->units;
    return ((time * net->directions + row->direction) * net->batch + row->sample) * net->units;
}

static void load_state(const struct row *row, size_t i, float *state)
{
    const size_t bytes = row->net->units * sizeof *state;
    const davy_tensor *initial = input(row->call, i);

    if (initial)
        memcpy(state, davy_f32(initial) + in_state(row), bytes);
    else
        memset(state, 0, bytes);
}

/* Copy a state to an output that somebody wants; NULL: zeros. */
static void store(const struct row *row, size_t out, size_t at, const float *state)
{
    const size_t bytes = row->net->units * sizeof *state;

    if (out >= row->call->out_count || !row->call->out[out])
        return;
    if (state)
        memcpy(davy_f32(row->call->out[out]) + at, state, bytes);
    else
        memset(davy_f32(row->call->out[out]) + at, 0, bytes);
}

static void run_row(void *context, size_t chunk, size_t worker)
{
    const struct row row = start_row(context, chunk, worker);
    const bool reverse = row.net->reverse || row.direction == 1;

    load_state(&row, IN_H, row.h);
    load_state(&row, IN_C, row.c);
    for (size_t s = 0; s < row.length; s++) {
        const size_t time = reverse ? row.length - 1 - s : s;

        row.net->kind->step(&row.cell, davy_f32(row.call->in[IN_X]) + in_x(&row, time), row.h,
                            row.c, row.gates);
        store(&row, OUT_Y, in_y(&row, time), row.h);
    }
    for (size_t time = row.length; time < row.net->steps; time++)
        store(&row, OUT_Y, in_y(&row, time), NULL);
    store(&row, OUT_H, in_state(&row), row.h);
    store(&row, OUT_C, in_state(&row), row.c);
}

static davy_status forward(const davy_call *call)
{
    const struct recurrent *net = call->state;
    const davy_tensor *lengths = input(call, IN_LENGTHS);

    for (size_t i = 0; lengths && i < net->batch; i++) {
        const int32_t length = ((const int32_t *) lengths->data)[i];

        if (length < 0 || (size_t) length > net->steps)
            return davy_call_fail(call, DAVY_ERR_INVALID, "a sequence of %d steps among %zu",
                                  length, net->steps);
    }
    davy_pool_run(call->env->pool, net->directions * net->batch, run_row, (void *) call);
    return DAVY_OK;
}

static davy_status prepare_gru(davy_call *call)
{
    return prepare(call, &davy_onnx_gru);
}

static davy_status prepare_lstm(davy_call *call)
{
    return prepare(call, &davy_onnx_lstm);
}

static davy_status prepare_rnn(davy_call *call)
{
    return prepare(call, &davy_onnx_rnn);
}

const davy_op davy_op_onnx_gru = {
    .name = "onnx_gru",
    .onnx = "GRU",
    .in_min = IN_R + 1,
    .in_max = IN_H + 1,
    .out_max = 2,
    .state_size = sizeof(struct recurrent),
    .prepare = prepare_gru,
    .forward = forward,
};

const davy_op davy_op_onnx_lstm = {
    .name = "onnx_lstm",
    .onnx = "LSTM",
    .in_min = IN_R + 1,
    .in_max = INPUTS,
    .out_max = 3,
    .state_size = sizeof(struct recurrent),
    .prepare = prepare_lstm,
    .forward = forward,
};

const davy_op davy_op_onnx_rnn = {
    .name = "onnx_rnn",
    .onnx = "RNN",
    .in_min = IN_R + 1,
    .in_max = IN_H + 1,
    .out_max = 2,
    .state_size = sizeof(struct recurrent),
    .prepare = prepare_rnn,
    .forward = forward,
};
