/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "nn/network.h"
#include "nn/op.h"
#include "nn/op/convert.h"

#include <math.h>
#include <stdlib.h>

/**
 * @file
 * One operator with inputs and expected outputs written down, for tests.
 *
 *     gives(&(operator_case){"concat", .in = {a, b}, .attributes = {INT("axis", 1)}}, expected);
 *
 * Every case runs twice: with all inputs known before (the plan computes it), and with all given at
 * the run (late, where a shape depends on data). Both must give the same bits.
 */
#define DIMS(...) .rank = DAVY_ARRAY_LENGTH(((int64_t[]){__VA_ARGS__})), .dims = {__VA_ARGS__}
#define SCALAR    .rank = 0

#define F32(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_F32, dims_, .data = (float[]){__VA_ARGS__}})
#define F64(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_F64, dims_, .data = (double[]){__VA_ARGS__}})
#define I64(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_I64, dims_, .data = (int64_t[]){__VA_ARGS__}})
#define I32(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_I32, dims_, .data = (int32_t[]){__VA_ARGS__}})
#define I8(dims_, ...) ((davy_tensor){.type = DAVY_TYPE_I8, dims_, .data = (int8_t[]){__VA_ARGS__}})
#define U8(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_U8, dims_, .data = (uint8_t[]){__VA_ARGS__}})
#define U64(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_U64, dims_, .data = (uint64_t[]){__VA_ARGS__}})
#define BOOL(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_BOOL, dims_, .data = (uint8_t[]){__VA_ARGS__}})
#define F16(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_F16, dims_, .data = (uint16_t[]){__VA_ARGS__}})

#define INT(name_, value_)                                                           \
    {                                                                                \
        .name = (name_), .kind = DAVY_ATTRIBUTE_INT, .count = 1, .ints = (int64_t[]) \
        {                                                                            \
            value_                                                                   \
        }                                                                            \
    }
#define INTS(name_, ...)                                                            \
    {                                                                               \
        .name = (name_), .kind = DAVY_ATTRIBUTE_INTS,                               \
        .count = DAVY_ARRAY_LENGTH(((int64_t[]){__VA_ARGS__})), .ints = (int64_t[]) \
        {                                                                           \
            __VA_ARGS__                                                             \
        }                                                                           \
    }
#define FLOAT(name_, value_)                                                           \
    {                                                                                  \
        .name = (name_), .kind = DAVY_ATTRIBUTE_FLOAT, .count = 1, .floats = (float[]) \
        {                                                                              \
            value_                                                                     \
        }                                                                              \
    }
#define TEXT(name_, value_)                                                                 \
    {                                                                                       \
        .name = (name_), .kind = DAVY_ATTRIBUTE_TEXT, .count = 1, .texts = (const char *[]) \
        {                                                                                   \
            value_                                                                          \
        }                                                                                   \
    }

#define FLOATS(name_, ...)                                                        \
    {                                                                             \
        .name = name_, .kind = DAVY_ATTRIBUTE_FLOATS,                             \
        .count = DAVY_ARRAY_LENGTH(((float[]){__VA_ARGS__})), .floats = (float[]) \
        {                                                                         \
            __VA_ARGS__                                                           \
        }                                                                         \
    }
#define TEXTS(name_, ...)                                                                      \
    {                                                                                          \
        .name = name_, .kind = DAVY_ATTRIBUTE_TEXTS,                                           \
        .count = DAVY_ARRAY_LENGTH(((const char *[]){__VA_ARGS__})), .texts = (const char *[]) \
        {                                                                                      \
            __VA_ARGS__                                                                        \
        }                                                                                      \
    }

#define OPERATOR_INPUTS     9
#define OPERATOR_ATTRIBUTES 24
#define OPERATOR_OUTPUTS    4
/* Bytes that a run of a test may take, so that what is too large is refused here. */
#define OPERATOR_MEMORY ((size_t) 64 << 20)

typedef struct operator_case {
    const char *op;
    davy_tensor in[OPERATOR_INPUTS];                /* DAVY_TYPE_NONE: absent */
    davy_attribute attributes[OPERATOR_ATTRIBUTES]; /* of two with one name the last counts */
    size_t out_count;                               /* 0 is read as 1 */
} operator_case;

static inline size_t operator_outputs(const operator_case *trial)
{
    return trial->out_count ? trial->out_count : 1;
}

/* A graph of the one operator. @param known  inputs are constants, else inputs of the graph */
static inline davy_graph *operator_graph(const operator_case *trial, bool known)
{
    davy_value in[OPERATOR_INPUTS];
    size_t count = 0;
    davy_graph *graph;
    davy_node *node;

    assert_ok(davy_graph_create("operator", 0, &graph));
    for (size_t i = 0; i < OPERATOR_INPUTS; i++) {
        const davy_tensor *t = &trial->in[i];

        in[i] = DAVY_VALUE_NONE;
        if (t->type == DAVY_TYPE_NONE)
            continue;
        in[i] = known ? davy_graph_constant(graph, "", t)
                      : davy_graph_input(graph, "", t->type, t->rank, t->dims);
        count = i + 1;
    }
    node = davy_graph_node(graph, trial->op, in, count, operator_outputs(trial));
    for (size_t i = 0; node && i < OPERATOR_ATTRIBUTES && trial->attributes[i].name; i++)
        assert_ok(davy_node_set(graph, node, &trial->attributes[i]));
    for (size_t i = 0; node && i < operator_outputs(trial); i++)
        davy_graph_output(graph, node->out[i]);
    return graph;
}

/* Run; outputs are copies, operator_free() gives them back. */
static inline davy_status operator_run(const operator_case *trial, bool known, davy_pool *pool,
                                       davy_tensor out[OPERATOR_OUTPUTS])
{
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor made[OPERATOR_OUTPUTS], in[OPERATOR_INPUTS];
    size_t count = 0;
    davy_status status;

    for (size_t i = 0; i < OPERATOR_INPUTS; i++)
        if (trial->in[i].type != DAVY_TYPE_NONE)
            in[count++] = trial->in[i];
    memset(out, 0, OPERATOR_OUTPUTS * sizeof *out);
    status = davy_network_create(operator_graph(trial, known),
                                 &(davy_network_options){.memory_max = OPERATOR_MEMORY}, &network);
    if (status == DAVY_OK)
        status = davy_session_create(network, pool, &session);
    if (status == DAVY_OK)
        status = davy_session_run(session, in, made);
    for (size_t i = 0; status == DAVY_OK && i < operator_outputs(trial); i++) {
        out[i] = made[i];
        out[i].data = malloc(davy_tensor_bytes(&made[i]) + 1);
        assert_non_null(out[i].data);
        memcpy(out[i].data, made[i].data, davy_tensor_bytes(&made[i]));
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

static inline void operator_free(davy_tensor out[OPERATOR_OUTPUTS])
{
    for (size_t i = 0; i < OPERATOR_OUTPUTS; i++)
        free(out[i].data);
}

static inline void operator_compare(const char *op, const davy_tensor *made,
                                    const davy_tensor *expected)
{
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];

    if (made->type != expected->type || !davy_tensor_same_shape(made, expected))
        fail_msg("%s gives %s instead of %s", op, davy_tensor_text(made, left),
                 davy_tensor_text(expected, right));
    for (int64_t i = 0; i < davy_tensor_count(made); i++) {
        const double a = davy_tensor_number(made, i), b = davy_tensor_number(expected, i);
        const bool same =
            made->type == DAVY_TYPE_I64 || made->type == DAVY_TYPE_U64
                ? davy_tensor_int(made, i) == davy_tensor_int(expected, i)
                : a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-5 * (1 + fabs(b));

        if (!same)
            fail_msg("%s: element %lld is %.9g instead of %.9g", op, (long long) i, a, b);
    }
}

/* All outputs, in both ways of running. */
static inline void gives_all(const operator_case *trial, const davy_tensor *expected)
{
    davy_tensor known[OPERATOR_OUTPUTS], given[OPERATOR_OUTPUTS];

    assert_ok(operator_run(trial, true, NULL, known));
    assert_ok(operator_run(trial, false, NULL, given));
    for (size_t i = 0; i < operator_outputs(trial); i++) {
        operator_compare(trial->op, &known[i], &expected[i]);
        operator_compare(trial->op, &given[i], &expected[i]);
        assert_memory_equal(known[i].data, given[i].data, davy_tensor_bytes(&given[i]));
    }
    operator_free(known);
    operator_free(given);
}

static inline void gives(const operator_case *trial, davy_tensor expected)
{
    gives_all(trial, &expected);
}

/* A refusal, in both ways of running. */
static inline void refuses(const operator_case *trial, davy_status status, const char *words)
{
    davy_tensor out[OPERATOR_OUTPUTS];

    assert_fails(operator_run(trial, true, NULL, out), status, words);
    assert_fails(operator_run(trial, false, NULL, out), status, words);
}

/* One thread and two give the same bits. */
static inline void agrees_in_threads(const operator_case *trial)
{
    davy_tensor one[OPERATOR_OUTPUTS], two[OPERATOR_OUTPUTS];
    davy_pool *pool;

    assert_ok(davy_pool_create(2, &pool));
    assert_ok(operator_run(trial, false, NULL, one));
    assert_ok(operator_run(trial, false, pool, two));
    for (size_t i = 0; i < operator_outputs(trial); i++)
        assert_memory_equal(one[i].data, two[i].data, davy_tensor_bytes(&one[i]));
    operator_free(one);
    operator_free(two);
    davy_pool_destroy(pool);
}
