/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reductions over axes: sum, mean, product, extremes, norms and logarithms of sums.
 *
 * Every result element folds the elements of its own walk over the reduced axes, in their order.
 * Floats are folded as double. Sums and means of f32, which training needs, use the vector kernels
 * where the reduced elements or the results are neighbours.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <math.h>
#include <string.h>

/* What is kept while folding; `high` is the greatest so far, of the log of a sum of exponentials.
 */
typedef struct folded {
    double f64, high;
    int64_t i64;
    uint64_t u64;
} folded;

/* How a reduction starts, takes in a block, and ends; an integer version is there where the result
 * is exact, else integers are folded as double. */
typedef struct reduction {
    folded start;
    void (*f64)(size_t count, const double *x, folded *to);
    void (*i64)(size_t count, const int64_t *x, folded *to);
    void (*u64)(size_t count, const uint64_t *x, folded *to);
    double (*end)(const folded *made, double count); /* NULL: as it is */
    bool mean, sum;
} reduction;

#define FOLD(name, type, member, expression)                             \
    static void name##_##member(size_t count, const type *x, folded *to) \
    {                                                                    \
        type kept = to->member;                                          \
        for (size_t i = 0; i < count; i++)                               \
            kept = (type) (expression);                                  \
        to->member = kept;                                               \
    }
/* Integers wrap: they are added and multiplied without sign. */
#define U(x) ((uint64_t) (x))
FOLD(sum, double, f64, kept + x[i])
FOLD(sum, int64_t, i64, U(kept) + U(x[i]))
FOLD(sum, uint64_t, u64, kept + x[i])
FOLD(product, double, f64, kept *x[i])
FOLD(product, int64_t, i64, U(kept) * U(x[i]))
FOLD(product, uint64_t, u64, kept *x[i])
FOLD(greatest, double, f64, x[i] > kept || x[i] != x[i] ? x[i] : kept)
FOLD(greatest, int64_t, i64, x[i] > kept ? x[i] : kept)
FOLD(greatest, uint64_t, u64, x[i] > kept ? x[i] : kept)
FOLD(least, double, f64, x[i] < kept || x[i] != x[i] ? x[i] : kept)
FOLD(least, int64_t, i64, x[i] < kept ? x[i] : kept)
FOLD(least, uint64_t, u64, x[i] < kept ? x[i] : kept)
FOLD(absolute, double, f64, kept + fabs(x[i]))
FOLD(absolute, int64_t, i64, U(kept) + (x[i] < 0 ? 0 - U(x[i]) : U(x[i])))
FOLD(square, double, f64, kept + x[i] * x[i])
FOLD(square, int64_t, i64, U(kept) + U(x[i]) * U(x[i]))
FOLD(square, uint64_t, u64, kept + x[i] * x[i])

/* Sum of exp(x - high), where high is the greatest x so far: nothing overflows. */
static void exponential_f64(size_t count, const double *x, folded *to)
{
    for (size_t i = 0; i < count; i++) {
        if (x[i] <= to->high) {
            to->f64 += to->high == -INFINITY ? 0 : exp(x[i] - to->high);
        } else {
            to->f64 = to->f64 * exp(to->high - x[i]) + 1;
            to->high = x[i];
        }
    }
}

static double log_of_exponentials(const folded *made, double count)
{
    (void) count;
    return isinf(made->high) ? made->high : made->high + log(made->f64);
}

static double mean_of(const folded *made, double count)
{
    return made->f64 / count;
}

static double root_of(const folded *made, double count)
{
    (void) count;
    return sqrt(made->f64);
}

static double log_of(const folded *made, double count)
{
    (void) count;
    return log(made->f64);
}

/* The walk over kept elements, and for one of them that over the elements reduced to it. */
typedef struct reduce {
    davy_walk kept, reduced;
    davy_tensor like; /* the result with the reduced dims as 1 */
    davy_type wide;   /* that elements are folded as */
} reduce;

#define BLOCK        ((size_t) 512)
#define CHUNK_VALUES ((int64_t) 16384) /* elements that one task of the pool folds, about */

/* Axes are an attribute, or for reduce_sum input 1. *none: nothing is to be reduced. */
static davy_status find_axes(davy_call *call, bool reduced[DAVY_RANK_MAX], bool *none)
{
    int64_t list[DAVY_RANK_MAX];
    const int rank = call->in[0]->rank;
    size_t count = 0;
    const int64_t *axes = davy_node_ints(call->node, "axes", &count);
    davy_status status = DAVY_OK;

    if (davy_argument(call, 1)) {
        status = davy_argument_list(call, 1, DAVY_RANK_MAX, list, &count);
        axes = list;
    }
    *none = count == 0 && davy_node_int(call->node, "noop_with_empty_axes", 0) != 0;
    for (int i = 0; i < rank; i++)
        reduced[i] = count == 0 && !*none;
    for (size_t i = 0; status == DAVY_OK && i < count; i++) {
        int axis = 0;

        status = davy_argument_axis(call, axes[i], rank, &axis);
        if (status == DAVY_OK)
            reduced[axis] = true;
    }
    return status;
}

/* Divide the input's dims among the two walks. */
static void divide(reduce *state, const davy_tensor *in, const bool reduced[DAVY_RANK_MAX])
{
    davy_walk all;

    davy_walk_of(&all, in);
    state->like = *in;
    state->kept = state->reduced = (davy_walk){.rank = 0};
    for (int i = 0; i < in->rank; i++) {
        davy_walk *to = reduced[i] ? &state->reduced : &state->kept;

        to->dims[to->rank] = all.dims[i];
        to->strides[to->rank++] = all.strides[i];
        if (reduced[i])
            state->like.dims[i] = 1;
    }
    davy_walk_merge(&state->kept);
    davy_walk_merge(&state->reduced);
}

static davy_status reduce_prepare(davy_call *call)
{
    const reduction *kind = call->node->op->detail;
    const davy_tensor *in = call->in[0];
    const bool keep = davy_node_int(call->node, "keepdims", 1) != 0;
    reduce *state = call->state;
    bool reduced[DAVY_RANK_MAX] = {false}, none = false;
    int64_t dims[DAVY_RANK_MAX];
    int rank = 0;
    davy_status status;

    if (davy_argument(call, 1) && !davy_call_constant(call, 1))
        return DAVY_OK;
    status = find_axes(call, reduced, &none);
    if (status != DAVY_OK)
        return status;
    divide(state, in, reduced);
    state->wide = davy_type_wide(in->type);
    if (state->wide == DAVY_TYPE_BOOL || state->wide == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(in->type));
    if (state->wide == DAVY_TYPE_F32 || (state->wide == DAVY_TYPE_I64 && !kind->i64) ||
        (state->wide == DAVY_TYPE_U64 && !kind->u64))
        state->wide = DAVY_TYPE_F64;
    for (int i = 0; i < in->rank; i++)
        if (keep || !reduced[i])
            dims[rank++] = state->like.dims[i];
    return davy_result(call, 0, in->type, rank, dims);
}

/* One result: fold its elements block by block, then store it. */
static void reduce_general(const davy_call *call, int64_t result)
{
    const reduction *kind = call->node->op->detail;
    const reduce *state = call->state;
    const davy_tensor *in = call->in[0], *out = call->out[0];
    const size_t size = davy_type_size(in->type);
    davy_walk walk = state->reduced;
    uint64_t raw[BLOCK], wide[BLOCK];
    folded made = kind->start;
    void *to = (char *) out->data + (size_t) result * size;

    walk.origin = davy_walk_element(&state->kept, result);
    for (int64_t from = 0; from < walk.count; from += (int64_t) BLOCK) {
        const int64_t left = walk.count - from;
        const size_t count = left < (int64_t) BLOCK ? (size_t) left : BLOCK;

        davy_walk_read(&walk, size, in->data, from, count, raw);
        davy_convert(in->type, state->wide, count, raw, wide);
        if (state->wide == DAVY_TYPE_I64)
            kind->i64(count, (const int64_t *) (const void *) wide, &made);
        else if (state->wide == DAVY_TYPE_U64)
            kind->u64(count, wide, &made);
        else
            kind->f64(count, (const double *) (const void *) wide, &made);
    }
    if (state->wide == DAVY_TYPE_F64 && kind->end)
        made.f64 = kind->end(&made, (double) walk.count);
    davy_convert(state->wide, out->type, 1,
                 state->wide == DAVY_TYPE_F64   ? (const void *) &made.f64
                 : state->wide == DAVY_TYPE_I64 ? (const void *) &made.i64
                                                : (const void *) &made.u64,
                 to);
}

/* Sums of f32 whose elements are neighbours: [kept, reduced]. */
static bool sums_rows(const davy_call *call)
{
    const reduction *kind = call->node->op->detail;
    const reduce *state = call->state;

    return kind->sum && call->in[0]->type == DAVY_TYPE_F32 && state->reduced.dense &&
           state->reduced.count > 0;
}

/* Sums of f32 whose results are neighbours: [outer, reduced, inner]. A single inner one is a row,
 * as it is in a larger batch. */
static bool sums_columns(const davy_call *call)
{
    const reduction *kind = call->node->op->detail;
    const reduce *state = call->state;
    const davy_walk *kept = &state->kept, *reduced = &state->reduced;
    const int last = kept->rank - 1;

    return kind->sum && call->in[0]->type == DAVY_TYPE_F32 && kept->rank <= 2 &&
           kept->dims[last] > 1 && kept->strides[last] == 1 && reduced->rank == 1 &&
           reduced->strides[0] == kept->dims[last] && reduced->count > 0;
}

static float mean_factor(const davy_call *call)
{
    const reduction *kind = call->node->op->detail;
    const reduce *state = call->state;

    return kind->mean ? 1.0F / (float) state->reduced.count : 1.0F;
}

/* Results of one task; for columns: of one index of the outer dim. */
static int64_t results_of_chunk(const davy_call *call)
{
    const reduce *state = call->state;

    if (sums_columns(call))
        return state->kept.dims[state->kept.rank - 1];
    return state->reduced.count < CHUNK_VALUES ? CHUNK_VALUES / (state->reduced.count + 1) + 1 : 1;
}

static void sum_columns(const davy_call *call, int64_t first, int64_t columns)
{
    const reduce *state = call->state;
    const davy_kernels *kernels = call->env->kernels;
    const float *in = davy_f32(call->in[0]) + davy_walk_element(&state->kept, first);
    float *out = davy_f32(call->out[0]) + first;

    kernels->sum_rows((size_t) state->reduced.count, (size_t) columns, in, (size_t) columns, false,
                      out);
    kernels->scale((size_t) columns, mean_factor(call), out, out);
}

static void reduce_chunk(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const reduce *state = call->state;
    const int64_t step = results_of_chunk(call), first = (int64_t) chunk * step;
    const float factor = mean_factor(call);

    (void) worker;
    if (sums_columns(call)) {
        sum_columns(call, first, step);
        return;
    }
    for (int64_t i = first; i < first + step && i < state->kept.count; i++) {
        if (sums_rows(call))
            davy_f32(call->out[0])[i] =
                factor *
                call->env->kernels->sum((size_t) state->reduced.count,
                                        davy_f32(call->in[0]) + davy_walk_element(&state->kept, i));
        else
            reduce_general(call, i);
    }
}

static davy_status reduce_forward(const davy_call *call)
{
    const reduce *state = call->state;
    const int64_t step = results_of_chunk(call);
    davy_call copy = *call; /* the pool's context is not const */

    if (state->kept.count > 0)
        davy_pool_run(call->env->pool, (size_t) ((state->kept.count + step - 1) / step),
                      reduce_chunk, &copy);
    return DAVY_OK;
}

/* Every element of the input gets what its result got, times 1 / count for a mean. */
static void reduce_backward(const davy_call *call)
{
    const reduce *state = call->state;
    const davy_tensor *diff_in = call->diff_in[0];
    const float factor = mean_factor(call);
    const int64_t total = diff_in ? davy_tensor_count(diff_in) : 0;
    davy_walk walk;
    float block[BLOCK];

    if (!diff_in)
        return;
    davy_walk_broadcast(&walk, &state->like, diff_in);
    for (int64_t from = 0; from < total; from += (int64_t) BLOCK) {
        const size_t count = total - from < (int64_t) BLOCK ? (size_t) (total - from) : BLOCK;
        float *to = davy_f32(diff_in) + from;

        davy_walk_read(&walk, sizeof(float), call->diff_out[0]->data, from, count, block);
        if (!call->diff_add[0])
            call->env->kernels->scale(count, factor, block, to);
        else
            call->env->kernels->axpy(count, factor, block, to);
    }
}

static const reduction sum = {.f64 = sum_f64, .i64 = sum_i64, .u64 = sum_u64, .sum = true};
static const reduction mean = {.f64 = sum_f64, .end = mean_of, .sum = true, .mean = true};
static const reduction product = {.start = {.f64 = 1, .i64 = 1, .u64 = 1},
                                  .f64 = product_f64,
                                  .i64 = product_i64,
                                  .u64 = product_u64};
static const reduction greatest = {.start = {.f64 = -INFINITY, .i64 = INT64_MIN},
                                   .f64 = greatest_f64,
                                   .i64 = greatest_i64,
                                   .u64 = greatest_u64};
static const reduction least = {.start = {.f64 = INFINITY, .i64 = INT64_MAX, .u64 = UINT64_MAX},
                                .f64 = least_f64,
                                .i64 = least_i64,
                                .u64 = least_u64};
static const reduction l1 = {.f64 = absolute_f64, .i64 = absolute_i64, .u64 = sum_u64};
static const reduction l2 = {.f64 = square_f64, .end = root_of};
static const reduction sum_square = {.f64 = square_f64, .i64 = square_i64, .u64 = square_u64};
static const reduction log_sum = {.f64 = sum_f64, .end = log_of};
static const reduction log_sum_exp = {
    .start = {.high = -INFINITY}, .f64 = exponential_f64, .end = log_of_exponentials};

#define REDUCE(name_, onnx_, in_max_, reduction_, backward_)                                \
    {                                                                                       \
        .name = (name_), .onnx = (onnx_), .in_min = 1, .in_max = (in_max_), .out_max = 1,   \
        .state_size = sizeof(reduce), .prepare = reduce_prepare, .forward = reduce_forward, \
        .backward = (backward_), .detail = &(reduction_)                                    \
    }

const davy_op davy_op_reduce_sum = REDUCE("reduce_sum", "ReduceSum", 2, sum, reduce_backward);
const davy_op davy_op_reduce_mean = REDUCE("reduce_mean", "ReduceMean", 1, mean, reduce_backward);
const davy_op davy_op_reduce_prod = REDUCE("reduce_prod", "ReduceProd", 1, product, NULL);
const davy_op davy_op_reduce_max = REDUCE("reduce_max", "ReduceMax", 1, greatest, NULL);
const davy_op davy_op_reduce_min = REDUCE("reduce_min", "ReduceMin", 1, least, NULL);
const davy_op davy_op_reduce_l1 = REDUCE("reduce_l1", "ReduceL1", 1, l1, NULL);
const davy_op davy_op_reduce_l2 = REDUCE("reduce_l2", "ReduceL2", 1, l2, NULL);
const davy_op davy_op_reduce_sum_square =
    REDUCE("reduce_sum_square", "ReduceSumSquare", 1, sum_square, NULL);
const davy_op davy_op_reduce_log_sum = REDUCE("reduce_log_sum", "ReduceLogSum", 1, log_sum, NULL);
const davy_op davy_op_reduce_log_sum_exp =
    REDUCE("reduce_log_sum_exp", "ReduceLogSumExp", 1, log_sum_exp, NULL);
