/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of quantised matrices: matmul_integer gives int32, qlinear_matmul quantises again.
 *
 * Zeros are taken off while the numbers are widened to int32; scales wait until the end.
 */
#include "nn/op/product.h"
#include "nn/op/quantise.h"
#include "nn/op/rows.h"

#include <inttypes.h>

typedef struct quantised_matmul {
    davy_product product;
    size_t b_at, c_at; /* in scratch, A first */
} quantised_matmul;

/* Inputs of the two operators stand in different places. */
static void operands(const davy_call *call, davy_quantised *a, davy_quantised *b)
{
    const bool scaled = call->node->op->in_min > 2;

    *a = (davy_quantised){call->in[0], scaled ? call->in[1] : NULL, davy_argument(call, 2)};
    *b = (davy_quantised){call->in[scaled ? 3 : 1], scaled ? call->in[4] : NULL,
                          davy_argument(call, scaled ? 5 : 3)};
}

static size_t reserve(davy_call *call, int64_t count)
{
    const size_t at = call->scratch_size;

    call->scratch_size += ((size_t) count * sizeof(int32_t) + 63) / 64 * 64;
    return at;
}

/* Matrices of rank 2 and more; a batch broadcasts. */
static davy_status shapes(const davy_call *call, const davy_tensor *a, const davy_tensor *b,
                          davy_tensor *c, davy_product *product)
{
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];
    davy_tensor batches[2] = {*a, *b}, *pair[2] = {&batches[0], &batches[1]};
    davy_call of_batches = *call;
    davy_status status;

    if (a->rank < 2 || b->rank < 2 || a->dims[a->rank - 1] != b->dims[b->rank - 2])
        return davy_call_fail(call, DAVY_ERR_INVALID, "%s by %s", davy_tensor_text(a, left),
                              davy_tensor_text(b, right));
    batches[0].rank -= 2;
    batches[1].rank -= 2;
    of_batches.in = pair;
    of_batches.in_count = 2;
    status = davy_broadcast_shape(&of_batches, 0, 2, &c->rank, c->dims);
    if (status != DAVY_OK)
        return status;
    product->m = a->dims[a->rank - 2];
    product->k = a->dims[a->rank - 1];
    product->n = b->dims[b->rank - 1];
    davy_walk_broadcast(&product->a_batch, &batches[0], c);
    davy_walk_broadcast(&product->b_batch, &batches[1], c);
    for (int i = 0; i < product->a_batch.rank; i++)
        product->a_batch.strides[i] *= product->m * product->k;
    for (int i = 0; i < product->b_batch.rank; i++)
        product->b_batch.strides[i] *= product->k * product->n;
    c->dims[c->rank++] = product->m;
    c->dims[c->rank++] = product->n;
    return DAVY_OK;
}

static davy_status prepare(davy_call *call, davy_type type)
{
    quantised_matmul *state = call->state;
    davy_product *product = &state->product;
    davy_quantised a, b;
    davy_tensor c = {.type = type};
    davy_status status;

    operands(call, &a, &b);
    status = shapes(call, a.numbers, b.numbers, &c, product);
    if (status == DAVY_OK)
        status = davy_quantised_check(call, &a, product->m);
    if (status == DAVY_OK)
        status = davy_quantised_check(call, &b, product->n);
    if (status == DAVY_OK)
        status = davy_result_like(call, 0, type, &c);
    if (status != DAVY_OK)
        return status;
    product->wide = DAVY_TYPE_I32;
    product->a_row = product->k;
    product->a_column = 1;
    product->b_row = product->n;
    product->b_column = 1;
    (void) reserve(call, davy_tensor_count(a.numbers));
    state->b_at = reserve(call, davy_tensor_count(b.numbers));
    state->c_at = reserve(call, type == DAVY_TYPE_I32 ? 0 : davy_tensor_count(&c));
    return DAVY_OK;
}

static davy_status integer_prepare(davy_call *call)
{
    return prepare(call, DAVY_TYPE_I32);
}

static davy_status qlinear_prepare(davy_call *call)
{
    const davy_quantised out = {call->in[7], call->in[6], call->in[7]};
    const davy_status status = davy_quantised_check(call, &out, 1);

    return status == DAVY_OK ? prepare(call, call->in[7]->type) : status;
}

/* Widened without the zero, which changes every `each` elements and starts again after `count`. */
static int32_t *widened(const davy_quantised *from, int64_t each, int64_t count, int32_t *to)
{
    for (int64_t i = 0; i < davy_tensor_count(from->numbers); i++)
        to[i] = (int32_t) davy_tensor_int(from->numbers, i) -
                davy_quantised_zero(from, i / each % count);
    return to;
}

static void multiply(const davy_call *call, int32_t *c)
{
    const quantised_matmul *state = call->state;
    davy_product product = state->product;
    davy_quantised a, b;

    operands(call, &a, &b);
    product.a = widened(&a, product.k, product.m, call->scratch);
    product.b =
        widened(&b, 1, product.n, (int32_t *) (void *) ((char *) call->scratch + state->b_at));
    product.c = c;
    davy_product_run(&product, call->env);
}

static davy_status integer_forward(const davy_call *call)
{
    multiply(call, call->out[0]->data);
    return DAVY_OK;
}

static davy_status qlinear_forward(const davy_call *call)
{
    const quantised_matmul *state = call->state;
    const int64_t m = state->product.m, n = state->product.n;
    const davy_quantised made = {NULL, call->in[6], call->in[7]};
    const double scale = davy_quantised_scale(&made, 0);
    const int32_t zero = davy_quantised_zero(&made, 0);
    int32_t *c = (int32_t *) (void *) ((char *) call->scratch + state->c_at);
    davy_quantised a, b;

    operands(call, &a, &b);
    multiply(call, c);
    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_quantised_put(call->out[0], i,
                           (double) c[i] * davy_quantised_scale(&a, i / n % m) *
                               davy_quantised_scale(&b, i % n) / scale,
                           zero);
    return DAVY_OK;
}

const davy_op davy_op_matmul_integer = {.name = "matmul_integer",
                                        .onnx = "MatMulInteger",
                                        .in_min = 2,
                                        .in_max = 4,
                                        .out_max = 1,
                                        .state_size = sizeof(quantised_matmul),
                                        .prepare = integer_prepare,
                                        .forward = integer_forward};
const davy_op davy_op_qlinear_matmul = {.name = "qlinear_matmul",
                                        .onnx = "QLinearMatMul",
                                        .in_min = 8,
                                        .in_max = 8,
                                        .out_max = 1,
                                        .state_size = sizeof(quantised_matmul),
                                        .prepare = qlinear_prepare,
                                        .forward = qlinear_forward};
