/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators along one axis: log_softmax, hardmax, arg_max, arg_min, cumsum, lp_normalization.
 *
 * Floats are computed as double.
 */
#include "nn/op/line.h"
#include "nn/op/rows.h"

#include <math.h>

typedef struct along {
    davy_lines lines;
    davy_type wide;
    bool last, exclusive, reverse; /* arg: select_last_index; cumsum */
} along;

static davy_type number_type(davy_type type)
{
    const davy_type wide = davy_type_wide(type);

    return wide == DAVY_TYPE_F32 ? DAVY_TYPE_F64 : wide;
}

static davy_status find_lines(davy_call *call, int64_t axis_of_node)
{
    along *state = call->state;
    int axis = 0;
    const davy_status status = davy_argument_axis(call, axis_of_node, call->in[0]->rank, &axis);

    if (status != DAVY_OK)
        return status;
    state->lines = davy_lines_of(call->in[0], axis);
    state->wide = number_type(call->in[0]->type);
    if (state->wide == DAVY_TYPE_BOOL || state->wide == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(call->in[0]->type));
    return DAVY_OK;
}

/* Results of the input's type and shape, floats alone. */
static davy_status floats_prepare(davy_call *call)
{
    davy_status status;

    if (!davy_type_is_float(call->in[0]->type))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(call->in[0]->type));
    status = find_lines(call, davy_node_int(call->node, "axis", -1));
    return status == DAVY_OK ? davy_result_like(call, 0, call->in[0]->type, call->in[0]) : status;
}

/* For every block of a line: read it, and do something with `x`, `count` and `from`. */
#define EACH_BLOCK(type, ...)                                                           \
    do {                                                                                \
        for (int64_t from = 0; from < state->lines.length;) {                           \
            type x[DAVY_LINE_BLOCK];                                                    \
            const size_t count =                                                        \
                davy_line_read(&state->lines, call->in[0], line, from, state->wide, x); \
            __VA_ARGS__                                                                 \
            from += (int64_t) count;                                                    \
        }                                                                               \
    } while (0)

static void log_softmax_line(const davy_call *call, int64_t line)
{
    const along *state = call->state;
    double high = -INFINITY, sum = 0;

    EACH_BLOCK(double, for (size_t i = 0; i < count; i++) high =
                           x[i] > high || x[i] != x[i] ? x[i] : high;);
    EACH_BLOCK(double, for (size_t i = 0; i < count; i++) sum += exp(x[i] - high););
    sum = log(sum);
    EACH_BLOCK(double, {
        for (size_t i = 0; i < count; i++)
            x[i] = x[i] - high - sum;
        davy_line_write(&state->lines, call->out[0], line, from, count, DAVY_TYPE_F64, x);
    });
}

static davy_status log_softmax_forward(const davy_call *call)
{
    davy_lines_run(call, &((const along *) call->state)->lines, log_softmax_line);
    return DAVY_OK;
}

/* Index of the greatest element, or of the least; a NaN is never chosen over a number. */
#define BEST(name, type)                                                        \
    static int64_t best_##name(const davy_call *call, int64_t line, bool least) \
    {                                                                           \
        const along *state = call->state;                                       \
        int64_t best = 0;                                                       \
        type kept = 0;                                                          \
        EACH_BLOCK(type, {                                                      \
            for (size_t i = 0; i < count; i++) {                                \
                const bool first = from + (int64_t) i == 0 || kept != kept;     \
                const bool better = least ? x[i] < kept : x[i] > kept;          \
                if (first || better || (state->last && x[i] == kept)) {         \
                    kept = x[i];                                                \
                    best = from + (int64_t) i;                                  \
                }                                                               \
            }                                                                   \
        });                                                                     \
        return best;                                                            \
    }
BEST(f64, double)
BEST(i64, int64_t)
BEST(u64, uint64_t)

static int64_t best_of(const davy_call *call, int64_t line, bool least)
{
    const along *state = call->state;

    return state->wide == DAVY_TYPE_F64   ? best_f64(call, line, least)
           : state->wide == DAVY_TYPE_I64 ? best_i64(call, line, least)
                                          : best_u64(call, line, least);
}

static void hardmax_line(const davy_call *call, int64_t line)
{
    const along *state = call->state;
    const int64_t best = best_of(call, line, false);

    EACH_BLOCK(double, {
        for (size_t i = 0; i < count; i++)
            x[i] = from + (int64_t) i == best;
        davy_line_write(&state->lines, call->out[0], line, from, count, DAVY_TYPE_F64, x);
    });
}

static davy_status hardmax_forward(const davy_call *call)
{
    davy_lines_run(call, &((const along *) call->state)->lines, hardmax_line);
    return DAVY_OK;
}

static davy_status arg_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const bool keep = davy_node_int(call->node, "keepdims", 1) != 0;
    along *state = call->state;
    int64_t dims[DAVY_RANK_MAX];
    int axis = 0, rank = 0;
    davy_status status = find_lines(call, davy_node_int(call->node, "axis", 0));

    if (status == DAVY_OK)
        status = davy_argument_axis(call, davy_node_int(call->node, "axis", 0), in->rank, &axis);
    if (status == DAVY_OK && in->dims[axis] == 0)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "an axis without elements");
    if (status != DAVY_OK)
        return status;
    state->last = davy_node_int(call->node, "select_last_index", 0) != 0;
    for (int i = 0; i < in->rank; i++)
        if (i != axis || keep)
            dims[rank++] = i == axis ? 1 : in->dims[i];
    return davy_result(call, 0, DAVY_TYPE_I64, rank, dims);
}

static void arg_max_line(const davy_call *call, int64_t line)
{
    ((int64_t *) call->out[0]->data)[line] = best_of(call, line, false);
}

static void arg_min_line(const davy_call *call, int64_t line)
{
    ((int64_t *) call->out[0]->data)[line] = best_of(call, line, true);
}

static davy_status arg_max_forward(const davy_call *call)
{
    davy_lines_run(call, &((const along *) call->state)->lines, arg_max_line);
    return DAVY_OK;
}

static davy_status arg_min_forward(const davy_call *call)
{
    davy_lines_run(call, &((const along *) call->state)->lines, arg_min_line);
    return DAVY_OK;
}

static davy_status cumsum_prepare(davy_call *call)
{
    along *state = call->state;
    double axis = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_number(call, 1, &axis);
    if (status == DAVY_OK)
        status = find_lines(call, axis >= -DAVY_RANK_MAX && axis < DAVY_RANK_MAX ? (int64_t) axis
                                                                                 : INT64_MAX);
    if (status != DAVY_OK)
        return status;
    state->exclusive = davy_node_int(call->node, "exclusive", 0) != 0;
    state->reverse = davy_node_int(call->node, "reverse", 0) != 0;
    return davy_result_like(call, 0, call->in[0]->type, call->in[0]);
}

/* Blocks go from the end when reversed; integers wrap, so signed ones are added without sign. */
#define CUMSUM(name, type, wide_)                                                                  \
    static void cumsum_##name(const davy_call *call, int64_t line)                                 \
    {                                                                                              \
        const along *state = call->state;                                                          \
        const int64_t blocks = (state->lines.length + DAVY_LINE_BLOCK - 1) / DAVY_LINE_BLOCK;      \
        type sum = 0, x[DAVY_LINE_BLOCK];                                                          \
                                                                                                   \
        for (int64_t b = 0; b < blocks; b++) {                                                     \
            const int64_t from = (state->reverse ? blocks - 1 - b : b) * DAVY_LINE_BLOCK;          \
            const size_t count = davy_line_read(&state->lines, call->in[0], line, from, wide_, x); \
                                                                                                   \
            for (size_t k = 0; k < count; k++) {                                                   \
                const size_t i = state->reverse ? count - 1 - k : k;                               \
                const type before = sum;                                                           \
                                                                                                   \
                sum += x[i];                                                                       \
                x[i] = state->exclusive ? before : sum;                                            \
            }                                                                                      \
            davy_line_write(&state->lines, call->out[0], line, from, count, wide_, x);             \
        }                                                                                          \
    }
CUMSUM(f64, double, DAVY_TYPE_F64)
CUMSUM(u64, uint64_t, state->wide)

static davy_status cumsum_forward(const davy_call *call)
{
    const along *state = call->state;

    davy_lines_run(call, &state->lines, state->wide == DAVY_TYPE_F64 ? cumsum_f64 : cumsum_u64);
    return DAVY_OK;
}

static void lp_line(const davy_call *call, int64_t line)
{
    const along *state = call->state;
    const bool one = davy_node_int(call->node, "p", 2) == 1;
    double norm = 0;

    EACH_BLOCK(double, for (size_t i = 0; i < count; i++) norm += one ? fabs(x[i]) : x[i] * x[i];);
    norm = one ? norm : sqrt(norm);
    EACH_BLOCK(double, {
        for (size_t i = 0; i < count; i++)
            x[i] = norm == 0 ? 0 : x[i] / norm;
        davy_line_write(&state->lines, call->out[0], line, from, count, DAVY_TYPE_F64, x);
    });
}

static davy_status lp_prepare(davy_call *call)
{
    const int64_t p = davy_node_int(call->node, "p", 2);

    if (p != 1 && p != 2)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "p = %lld", (long long) p);
    return floats_prepare(call);
}

static davy_status lp_forward(const davy_call *call)
{
    davy_lines_run(call, &((const along *) call->state)->lines, lp_line);
    return DAVY_OK;
}

#define ALONG(name_, onnx_, inputs_, prepare_, forward_)                                          \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (inputs_), .in_max = (inputs_), .out_max = 1, \
        .state_size = sizeof(along), .prepare = (prepare_), .forward = (forward_)                 \
    }

const davy_op davy_op_log_softmax =
    ALONG("log_softmax", "LogSoftmax", 1, floats_prepare, log_softmax_forward);
const davy_op davy_op_hardmax = ALONG("hardmax", "Hardmax", 1, floats_prepare, hardmax_forward);
const davy_op davy_op_arg_max = ALONG("arg_max", "ArgMax", 1, arg_prepare, arg_max_forward);
const davy_op davy_op_arg_min = ALONG("arg_min", "ArgMin", 1, arg_prepare, arg_min_forward);
const davy_op davy_op_cumsum = ALONG("cumsum", "CumSum", 2, cumsum_prepare, cumsum_forward);
const davy_op davy_op_lp_normalization =
    ALONG("lp_normalization", "LpNormalization", 1, lp_prepare, lp_forward);
