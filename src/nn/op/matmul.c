/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matmul as numpy's, and gemm: alpha A' B' + beta C.
 *
 * Operands of narrow types are widened into scratch. The kernel wants neighbouring columns of B, so
 * a B that is used transposed is put the other way round first.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/product.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <string.h>

typedef struct matmul {
    davy_product product;               /* without a, b and c */
    davy_tensor a, b, c;                /* shapes with at least two dims */
    bool turn_b;                        /* gemm: B is used transposed */
    davy_walk bias;                     /* gemm: C over the result */
    size_t a_at, b_at, c_at, turned_at; /* in scratch; c_at: also of the widened bias */
} matmul;

/* Operands whose type is not wide lie widened in scratch, one after the other. */
static size_t reserve(davy_call *call, bool needed, int64_t count, davy_type wide)
{
    const size_t at = call->scratch_size;

    if (needed)
        call->scratch_size += ((size_t) count * davy_type_size(wide) + 63) / 64 * 64;
    return at;
}

static davy_status check_type(const davy_call *call, davy_type *wide)
{
    *wide = davy_type_wide(call->in[0]->type);
    if (*wide == DAVY_TYPE_NONE || *wide == DAVY_TYPE_BOOL)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "matrices of type %s",
                              davy_type_name(call->in[0]->type));
    return davy_arguments_alike(call, 0, 2);
}

static void reserve_all(davy_call *call, matmul *state)
{
    const davy_type wide = state->product.wide;
    const bool narrow = call->in[0]->type != wide;

    state->a_at = reserve(call, narrow, davy_tensor_count(&state->a), wide);
    state->b_at = reserve(call, narrow, davy_tensor_count(&state->b), wide);
    state->c_at = reserve(call, narrow, davy_tensor_count(&state->c), wide);
}

/* A vector on the left is a row, on the right a column; the made dim goes away again. */
static void as_matrices(const davy_call *call, matmul *state)
{
    state->a = *call->in[0];
    state->b = *call->in[1];
    if (state->a.rank == 1) {
        state->a.dims[1] = state->a.dims[0];
        state->a.dims[0] = 1;
        state->a.rank = 2;
    }
    if (state->b.rank == 1) {
        state->b.dims[1] = 1;
        state->b.rank = 2;
    }
}

/* Strides between matrices of a batch that broadcasts to the dims of C before the last two. */
static void batch_walk(davy_walk *walk, const davy_tensor *matrices, const davy_tensor *c)
{
    davy_tensor own = *matrices, all = *c;
    const int64_t size = davy_tensor_span(matrices, matrices->rank - 2, matrices->rank);

    own.rank -= 2;
    all.rank -= 2;
    davy_walk_broadcast(walk, &own, &all);
    for (int i = 0; i < walk->rank; i++)
        walk->strides[i] *= size;
}

/* The shape of C: batch dims of both, m, n. */
static davy_status matmul_shape(const davy_call *call, matmul *state)
{
    const davy_tensor *a = &state->a, *b = &state->b;
    const int rank = a->rank > b->rank ? a->rank : b->rank;
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];
    bool fits = a->dims[a->rank - 1] == b->dims[b->rank - 2];

    state->c = (davy_tensor){.type = a->type, .rank = rank};
    for (int i = 0; i < rank - 2; i++) {
        const int64_t from_a = i < rank - a->rank ? 1 : a->dims[i - (rank - a->rank)];
        const int64_t from_b = i < rank - b->rank ? 1 : b->dims[i - (rank - b->rank)];

        fits = fits && (from_a == from_b || from_a == 1 || from_b == 1);
        state->c.dims[i] = from_a == 1 ? from_b : from_a;
    }
    state->c.dims[rank - 2] = a->dims[a->rank - 2];
    state->c.dims[rank - 1] = b->dims[b->rank - 1];
    if (!fits)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%s by %s",
                              davy_tensor_text(call->in[0], left),
                              davy_tensor_text(call->in[1], right));
    return DAVY_OK;
}

static davy_status matmul_prepare(davy_call *call)
{
    matmul *state = call->state;
    davy_product *product = &state->product;
    int64_t dims[DAVY_RANK_MAX];
    int rank = 0;
    davy_status status;

    if (call->in[0]->rank == 0 || call->in[1]->rank == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "a product of a single number");
    status = check_type(call, &product->wide);
    as_matrices(call, state);
    if (status == DAVY_OK)
        status = matmul_shape(call, state);
    if (status != DAVY_OK)
        return status;
    product->m = state->c.dims[state->c.rank - 2];
    product->n = state->c.dims[state->c.rank - 1];
    product->k = state->a.dims[state->a.rank - 1];
    product->a_row = product->k;
    product->a_column = 1;
    product->b_row = product->n;
    product->b_column = 1;
    for (int i = 0; i < state->c.rank; i++)
        if (!(i == state->c.rank - 2 && call->in[0]->rank == 1) &&
            !(i == state->c.rank - 1 && call->in[1]->rank == 1))
            dims[rank++] = state->c.dims[i];
    status = davy_result(call, 0, state->c.type, rank, dims);
    if (status != DAVY_OK)
        return status;
    batch_walk(&product->a_batch, &state->a, &state->c);
    batch_walk(&product->b_batch, &state->b, &state->c);
    if (state->b.rank == 2 && product->a_batch.count > 1 && state->a.rank > 2) {
        product->m *= product->a_batch.count; /* one B: the batch is more rows */
        product->a_batch = product->b_batch = (davy_walk){.rank = 1, .dims = {1}, .count = 1};
    }
    reserve_all(call, state);
    if (call->env->training) /* B the other way round, for the way back */
        (void) reserve(call, true, product->k * product->n, DAVY_TYPE_F32);
    return DAVY_OK;
}

/* Where an operand lies in the wide type. */
static const void *widened(const davy_call *call, const davy_tensor *in, davy_type wide, size_t at)
{
    void *to = (char *) call->scratch + at;

    if (in->type == wide)
        return in->data;
    davy_convert(in->type, wide, (size_t) davy_tensor_count(in), in->data, to);
    return to;
}

static davy_status matmul_forward(const davy_call *call)
{
    const matmul *state = call->state;
    const davy_tensor *out = call->out[0];
    davy_product product = state->product;

    product.a = widened(call, call->in[0], product.wide, state->a_at);
    product.b = widened(call, call->in[1], product.wide, state->b_at);
    product.c = out->type == product.wide ? out->data : (char *) call->scratch + state->c_at;
    davy_product_run(&product, call->env);
    if (product.c != out->data)
        davy_convert(product.wide, out->type, (size_t) davy_tensor_count(out), product.c,
                     out->data);
    return DAVY_OK;
}

/* diff_in[input] += what matrix i of the batch gives; B is turned in scratch for that of A. */
static void back_one(const davy_call *call, size_t input, int64_t i, bool fresh)
{
    const matmul *state = call->state;
    const davy_product *forward = &state->product;
    const float *diff = davy_f32(call->diff_out[0]) + i * forward->m * forward->n;
    const int64_t a = davy_walk_element(&forward->a_batch, i);
    const int64_t b = davy_walk_element(&forward->b_batch, i);
    davy_product back = {.wide = DAVY_TYPE_F32,
                         .b_column = 1,
                         .add = !fresh,
                         .a_batch = {.rank = 1, .dims = {1}, .count = 1},
                         .b_batch = {.rank = 1, .dims = {1}, .count = 1}};

    if (input == 0) { /* [m, n] by B transposed [n, k] */
        davy_product_transpose(davy_f32(call->in[1]) + b, forward->k, forward->n, call->scratch);
        back.m = forward->m;
        back.n = forward->k;
        back.k = forward->n;
        back.a = diff;
        back.a_row = forward->n;
        back.a_column = 1;
        back.b = call->scratch;
        back.c = davy_f32(call->diff_in[0]) + a;
    } else { /* A transposed [k, m] by [m, n] */
        back.m = forward->k;
        back.n = forward->n;
        back.k = forward->m;
        back.a = davy_f32(call->in[0]) + a;
        back.a_row = 1;
        back.a_column = forward->k;
        back.b = diff;
        back.c = davy_f32(call->diff_in[1]) + b;
    }
    back.b_row = back.n;
    davy_product_run(&back, call->env);
}

static void matmul_backward(const davy_call *call)
{
    const matmul *state = call->state;
    const int64_t batch = state->product.a_batch.count;

    for (size_t input = 0; input < 2; input++) {
        const davy_tensor *diff = call->diff_in[input];
        const bool fresh = batch == 1 && diff && !call->diff_add[input];

        if (!diff)
            continue;
        if (!call->diff_add[input] && !fresh)
            memset(diff->data, 0, davy_tensor_bytes(diff));
        for (int64_t i = 0; i < batch; i++)
            back_one(call, input, i, fresh);
    }
}

static davy_status gemm_prepare(davy_call *call)
{
    matmul *state = call->state;
    davy_product *product = &state->product;
    const bool turn_a = davy_node_int(call->node, "transA", 0) != 0;
    const davy_tensor *a = call->in[0], *b = call->in[1], *bias = davy_argument(call, 2);
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];
    int rank = 2;
    davy_status status = check_type(call, &product->wide);

    if (status != DAVY_OK)
        return status;
    state->turn_b = davy_node_int(call->node, "transB", 0) != 0;
    if (a->rank != 2 || b->rank != 2 || a->dims[!turn_a] != b->dims[state->turn_b])
        return davy_call_fail(call, DAVY_ERR_INVALID, "%s by %s", davy_tensor_text(a, left),
                              davy_tensor_text(b, right));
    as_matrices(call, state);
    product->m = a->dims[turn_a];
    product->k = a->dims[!turn_a];
    product->n = b->dims[!state->turn_b];
    product->a_row = turn_a ? 1 : product->k;
    product->a_column = turn_a ? product->m : 1;
    product->b_row = product->n;
    product->b_column = 1;
    product->a_batch = product->b_batch = (davy_walk){.rank = 1, .dims = {1}, .count = 1};
    state->c = (davy_tensor){.type = a->type, .rank = 2, .dims = {product->m, product->n}};
    status = davy_result_like(call, 0, a->type, &state->c);
    if (status == DAVY_OK && bias) { /* it may only be repeated, never the product */
        davy_call with = *call;
        davy_tensor *pair[] = {&state->c, (davy_tensor *) bias};
        int64_t dims[DAVY_RANK_MAX];

        with.in = pair;
        with.in_count = 2;
        status = davy_arguments_alike(&with, 0, 2);
        if (status == DAVY_OK)
            status = davy_broadcast_shape(&with, 0, 2, &rank, dims);
        if (status == DAVY_OK && (rank != 2 || dims[0] != product->m || dims[1] != product->n))
            status = davy_call_fail(call, DAVY_ERR_INVALID, "input 2 is %s",
                                    davy_tensor_text(bias, left));
        if (status == DAVY_OK)
            davy_walk_broadcast(&state->bias, bias, &state->c);
    }
    reserve_all(call, state);
    state->turned_at = reserve(call, state->turn_b, product->n * product->k, product->wide);
    return status;
}

/* c = alpha c + beta bias for a block of results. */
#define FINISH(name, type)                                                                      \
    static void finish_##name(size_t count, float alpha, float beta, const void *bias, void *c) \
    {                                                                                           \
        const type *b = bias;                                                                   \
        type *to = c; /* NOLINT(bugprone-macro-parentheses): a type */                          \
        for (size_t i = 0; i < count; i++)                                                      \
            to[i] = (type) ((type) alpha * to[i]) + (b ? (type) ((type) beta * b[i]) : 0);      \
    }
FINISH(f32, float)
FINISH(f64, double)
FINISH(u64, uint64_t)

static void finish(const davy_call *call, const matmul *state, char *c)
{
    const davy_type wide = state->product.wide;
    const davy_tensor *bias = davy_argument(call, 2);
    const float alpha = davy_node_float(call->node, "alpha", 1.0F);
    const float beta = davy_node_float(call->node, "beta", 1.0F);
    const int64_t total = davy_tensor_count(&state->c);
    uint64_t raw[512], block[512];

    if (!bias && alpha == 1.0F)
        return;
    for (int64_t from = 0; from < total; from += 512) {
        const size_t count = total - from < 512 ? (size_t) (total - from) : 512;
        char *to = c + from * (int64_t) davy_type_size(wide);

        if (bias) {
            davy_walk_read(&state->bias, davy_type_size(bias->type), bias->data, from, count, raw);
            davy_convert(bias->type, wide, count, raw, block);
        }
        (wide == DAVY_TYPE_F32   ? finish_f32
         : wide == DAVY_TYPE_F64 ? finish_f64
                                 : finish_u64)(count, alpha, beta, bias ? block : NULL, to);
    }
}

static davy_status gemm_forward(const davy_call *call)
{
    const matmul *state = call->state;
    const davy_tensor *out = call->out[0];
    davy_product product = state->product;
    char *c = out->type == product.wide ? out->data : (char *) call->scratch + state->c_at;

    product.a = widened(call, call->in[0], product.wide, state->a_at);
    product.b = widened(call, call->in[1], product.wide, state->b_at);
    product.c = c;
    if (state->turn_b && product.wide == DAVY_TYPE_F32) {
        float *turned = (float *) (void *) ((char *) call->scratch + state->turned_at);

        davy_product_transpose(product.b, product.n, product.k, turned);
        product.b = turned;
    } else if (state->turn_b) {
        product.b_row = 1;
        product.b_column = product.k;
    }
    davy_product_run(&product, call->env);
    finish(call, state, c);
    if (c != out->data)
        davy_convert(product.wide, out->type, (size_t) davy_tensor_count(out), c, out->data);
    return DAVY_OK;
}

const davy_op davy_op_matmul = {.name = "matmul",
                                .onnx = "MatMul",
                                .in_min = 2,
                                .in_max = 2,
                                .out_max = 1,
                                .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1),
                                .state_size = sizeof(matmul),
                                .prepare = matmul_prepare,
                                .forward = matmul_forward,
                                .backward = matmul_backward};
const davy_op davy_op_gemm = {.name = "gemm",
                              .onnx = "Gemm",
                              .in_min = 2,
                              .in_max = 3,
                              .out_max = 1,
                              .state_size = sizeof(matmul),
                              .prepare = gemm_prepare,
                              .forward = gemm_forward};
