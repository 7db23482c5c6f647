/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "gradient.h"

#include "nn/network.h"

/**
 * @file
 * What the tests of LSTM, GRU, RNN and the linear recurrence have in common: one of them as a
 * network of one node, and the promises that all of them keep.
 */

/* The sum of up to three probes. */
static davy_status join_prepare(davy_call *call)
{
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, 0, NULL);
}

static davy_status join_forward(const davy_call *call)
{
    *davy_f32(call->out[0]) = 0;
    for (size_t i = 0; i < call->in_count; i++)
        *davy_f32(call->out[0]) += *davy_f32(call->in[i]);
    return DAVY_OK;
}

static void join_backward(const davy_call *call)
{
    for (size_t i = 0; i < call->in_count; i++)
        *davy_f32(call->diff_in[i]) =
            *davy_f32(call->diff_out[0]) + (call->diff_add[i] ? *davy_f32(call->diff_in[i]) : 0);
}

static const davy_op join_op = {.name = "join",
                                .in_min = 1,
                                .in_max = 3,
                                .out_max = 1,
                                .flags = DAVY_OP_LOSS,
                                .prepare = join_prepare,
                                .forward = join_forward,
                                .backward = join_backward};

/** A recurrent node and its sizes. */
struct recurrent {
    const char *op;
    size_t gates, biases; /* biases: parts of the bias of GATES x units */
    bool memory;          /* has a state c */
    bool no_product;      /* has no recurrent weights */
    const char *direction;
    const char *activation;   /* of rnn; NULL: left out */
    bool linear_before_reset; /* of gru */
    int64_t n, t, c, h;
    bool start; /* the initial states are given */
    bool last;  /* only the last states are wanted, not y */
    bool no_bias;
};

/** The numbers of make_sequence_golden.py. */
static inline void pattern_fill(const davy_tensor *tensor, int64_t stream)
{
    for (int64_t i = 0; i < davy_tensor_count(tensor); i++)
        davy_f32(tensor)[i] = (float) ((double) ((i * 37 + stream * 53 + 11) % 101) / 101.0 - 0.5);
}

static inline int64_t recurrent_directions(const struct recurrent *net)
{
    return net->direction && strcmp(net->direction, "bidirectional") == 0 ? 2 : 1;
}

static inline davy_value recurrent_parameter(davy_graph *graph, const char *name, int64_t stream,
                                             int rank, const int64_t *dims)
{
    davy_value value = davy_graph_parameter(graph, name, DAVY_ROLE_PARAMETER, rank, dims);

    assert_ok(davy_graph_status(graph));
    pattern_fill(&graph->values[value].tensor, stream);
    return value;
}

/** Inputs x and, with `start`, h and c; @return the node. Free batch and time. */
static inline davy_node *recurrent_node(const struct recurrent *net, davy_graph *graph)
{
    const int64_t d = recurrent_directions(net), wide = (int64_t) net->gates * net->h;
    const int64_t x[] = {-1, -1, net->c}, state[] = {-1, d * net->h};
    davy_value in[] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE,
                       DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_node *node;

    in[0] = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, x);
    in[1] = recurrent_parameter(graph, "weights", 1, 3, (int64_t[]){d, net->c, wide});
    if (!net->no_product)
        in[2] = recurrent_parameter(graph, "recurrent", 2, 3, (int64_t[]){d, net->h, wide});
    if (!net->no_bias)
        in[3] =
            recurrent_parameter(graph, "bias", 3, 2, (int64_t[]){d, (int64_t) net->biases * wide});
    if (net->start) {
        in[4] = davy_graph_input(graph, "h", DAVY_TYPE_F32, 2, state);
        if (net->memory)
            in[5] = davy_graph_input(graph, "c", DAVY_TYPE_F32, 2, state);
    }
    node = davy_graph_node(graph, net->op, in, net->memory ? 6 : 5, net->memory ? 3 : 2);
    assert_ok(davy_graph_status(graph));
    if (net->direction)
        davy_node_set_text(graph, node, "direction", net->direction);
    if (net->activation)
        davy_node_set_text(graph, node, "activation", net->activation);
    if (net->linear_before_reset)
        davy_node_set_int(graph, node, "linear_before_reset", 1);
    return node;
}

struct recurrent_run {
    davy_network *network;
    davy_session *session;
    davy_pool *pool;
    davy_tensor in[3], out[3]; /* x h c; y h c; what `out` holds is the session's */
};

static inline davy_tensor recurrent_tensor(int rank, const int64_t *dims, int64_t stream)
{
    davy_tensor tensor = gradient_input(rank, dims, 0, 1);

    pattern_fill(&tensor, stream);
    return tensor;
}

static inline void recurrent_start(const struct recurrent *net, size_t threads,
                                   struct recurrent_run *run)
{
    const int64_t state[] = {net->n, recurrent_directions(net) * net->h};
    davy_graph *graph;
    davy_node *node;

    *run = (struct recurrent_run){0};
    assert_ok(davy_graph_create("recurrent", 0, &graph));
    node = recurrent_node(net, graph);
    for (uint32_t i = 0; i < node->out_count; i++)
        davy_graph_output(graph, graph->nodes[0].out[i]);
    if (threads > 1)
        assert_ok(davy_pool_create(threads, &run->pool));
    assert_ok(davy_network_create(graph, NULL, &run->network));
    assert_ok(davy_session_create(run->network, run->pool, &run->session));
    run->in[0] = recurrent_tensor(3, (int64_t[]){net->n, net->t, net->c}, 0);
    run->in[1] = recurrent_tensor(2, state, 4);
    run->in[2] = recurrent_tensor(2, state, 5);
}

static inline void recurrent_stop(struct recurrent_run *run)
{
    davy_session_destroy(run->session);
    davy_network_destroy(run->network);
    davy_pool_destroy(run->pool);
    for (size_t i = 0; i < 3; i++)
        free(run->in[i].data);
}

static inline void assert_floats(const davy_tensor *tensor, const float *expected, size_t count,
                                 double epsilon)
{
    assert_int_equal(davy_tensor_count(tensor), count);
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double) davy_f32(tensor)[i] - (double) expected[i]) <= epsilon))
            fail_msg("[%zu] is %.7f, not %.7f", i, (double) davy_f32(tensor)[i],
                     (double) expected[i]);
}

/** All three outputs; h and c may be NULL. */
static inline void recurrent_equals(const struct recurrent *net, const float *y, const float *h,
                                    const float *c)
{
    const size_t states = (size_t) (net->n * net->h * recurrent_directions(net));
    struct recurrent_run run;

    recurrent_start(net, 1, &run);
    assert_ok(davy_session_run(run.session, run.in, run.out));
    assert_floats(&run.out[0], y, states * (size_t) net->t, 2e-6);
    if (h)
        assert_floats(&run.out[1], h, states, 2e-6);
    if (c)
        assert_floats(&run.out[2], c, states, 2e-6);
    recurrent_stop(&run);
}

/** Finite differences of a probe of every output. */
static inline void recurrent_gradients_agree(const struct recurrent *net, size_t threads)
{
    const int64_t state[] = {net->n, recurrent_directions(net) * net->h};
    const davy_tensor in[] = {recurrent_tensor(3, (int64_t[]){net->n, net->t, net->c}, 0),
                              recurrent_tensor(2, state, 4), recurrent_tensor(2, state, 5)};
    davy_value probes[3];
    size_t count = 0;
    davy_graph *graph;

    assert_ok(davy_graph_create("recurrent", 0, &graph));
    (void) recurrent_node(net, graph);
    for (uint32_t i = net->last ? 1 : 0; i < graph->nodes[0].out_count; i++)
        probes[count++] = gradient_probe(graph, graph->nodes[0].out[i]);
    gradient_check_threads(graph, davy_graph_node_of(graph, &join_op, probes, count, 1)->out[0], in,
                           threads);
    for (size_t i = 0; i < 3; i++)
        free(in[i].data);
}

/** Every way that the walk can go: directions, initial states, what is wanted. */
static inline void recurrent_gradients_agree_everywhere(struct recurrent net)
{
    static const char *const directions[] = {"forward", "reverse", "bidirectional"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(directions); i++)
        for (int start = 0; start < 2; start++) {
            net.direction = directions[i];
            net.start = start != 0;
            net.last = false;
            recurrent_gradients_agree(&net, 1);
            net.last = true;
            recurrent_gradients_agree(&net, 2);
        }
}

/** Outputs of a batch in two threads, and of each of its rows alone, have the same bits. */
static inline void recurrent_rows_are_independent(struct recurrent net)
{
    const size_t wide = (size_t) (recurrent_directions(&net) * net.h), steps = (size_t) net.t;
    struct recurrent_run many, one;

    net.n = 37;
    net.start = true;
    recurrent_start(&net, 2, &many);
    assert_ok(davy_session_run(many.session, many.in, many.out));
    net.n = 1;
    recurrent_start(&net, 1, &one);
    for (size_t i = 0; i < 37; i++) {
        memcpy(one.in[0].data, davy_f32(&many.in[0]) + i * steps * (size_t) net.c,
               davy_tensor_bytes(&one.in[0]));
        for (size_t k = 1; k < 3; k++)
            memcpy(one.in[k].data, davy_f32(&many.in[k]) + i * wide, davy_tensor_bytes(&one.in[k]));
        assert_ok(davy_session_run(one.session, one.in, one.out));
        assert_memory_equal(one.out[0].data, davy_f32(&many.out[0]) + i * steps * wide,
                            steps * wide * sizeof(float));
        for (size_t k = 1; k < (net.memory ? 3U : 2U); k++)
            assert_memory_equal(one.out[k].data, davy_f32(&many.out[k]) + i * wide,
                                wide * sizeof(float));
    }
    recurrent_stop(&many);
    recurrent_stop(&one);
}

/** Fed step by step, the state carried by the caller: the bits of the whole window. */
static inline void recurrent_streams(struct recurrent net)
{
    const size_t units = (size_t) net.h, channels = (size_t) net.c;
    struct recurrent_run whole, step;

    net.n = 1;
    net.start = true;
    recurrent_start(&net, 1, &whole);
    assert_ok(davy_session_run(whole.session, whole.in, whole.out));
    net.t = 1;
    recurrent_start(&net, 1, &step);
    for (size_t t = 0; t < (size_t) whole.in[0].dims[1]; t++) {
        memcpy(step.in[0].data, davy_f32(&whole.in[0]) + t * channels, channels * sizeof(float));
        assert_ok(davy_session_run(step.session, step.in, step.out));
        assert_memory_equal(step.out[0].data, davy_f32(&whole.out[0]) + t * units,
                            units * sizeof(float));
        for (size_t k = 1; k < (net.memory ? 3U : 2U); k++)
            memcpy(step.in[k].data, step.out[k].data, units * sizeof(float));
    }
    for (size_t k = 1; k < (net.memory ? 3U : 2U); k++)
        assert_memory_equal(step.out[k].data, whole.out[k].data, units * sizeof(float));
    recurrent_stop(&whole);
    recurrent_stop(&step);
}
