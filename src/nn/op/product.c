/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/product.h"

#include "nn/gemm.h"

#include <string.h>

/* Rows of C that one task of the pool makes, about this many products of numbers. */
#define CHUNK_WORK ((int64_t) 1 << 18)
#define ROWS_LEAST 16 /* of a register kernel */

/* Rows first .. first+rows-1 of one matrix. */
typedef struct piece {
    const davy_product *product;
    const void *a, *b;
    void *c;
    int64_t rows;
} piece;

#define ROWS_OF(name, type)                                                 \
    static void rows_##name(const piece *part)                              \
    {                                                                       \
        const davy_product *p = part->product;                              \
        const type *a = part->a, *b = part->b;                              \
        type *c = part->c; /* NOLINT(bugprone-macro-parentheses): a type */ \
                                                                            \
        for (int64_t i = 0; i < part->rows; i++, c += p->n) {               \
            if (!p->add)                                                    \
                memset(c, 0, (size_t) p->n * sizeof *c);                    \
            for (int64_t k = 0; k < p->k; k++) {                            \
                const type factor = a[i * p->a_row + k * p->a_column];      \
                for (int64_t j = 0; j < p->n; j++)                          \
                    c[j] += factor * b[k * p->b_row + j * p->b_column];     \
            }                                                               \
        }                                                                   \
    }
ROWS_OF(f64, double)
ROWS_OF(u64, uint64_t) /* signed numbers too: two's complement wraps the same */
ROWS_OF(u32, uint32_t)

static davy_gemm gemm_of(const davy_product *p, const piece *part)
{
    return (davy_gemm){.m = (size_t) part->rows,
                       .n = (size_t) p->n,
                       .k = (size_t) p->k,
                       .segments = 1,
                       .a = part->a,
                       .a_row = p->a_row,
                       .a_column = p->a_column,
                       .b = part->b,
                       .b_row = p->b_row,
                       .c = part->c,
                       .c_row = p->n,
                       .add = p->add};
}

typedef struct work {
    const davy_product *product;
    const davy_env *env;
    int64_t step, pieces; /* rows of a piece, pieces of a matrix */
} work;

static void product_chunk(void *context, size_t chunk, size_t worker)
{
    const work *job = context;
    const davy_product *p = job->product;
    const int64_t matrix = (int64_t) chunk / job->pieces;
    const int64_t first = (int64_t) chunk % job->pieces * job->step;
    const int64_t size = (int64_t) davy_type_size(p->wide);
    const int64_t a = davy_walk_element(&p->a_batch, matrix) + first * p->a_row;
    const int64_t b = davy_walk_element(&p->b_batch, matrix);
    const piece part = {.product = p,
                        .a = (const char *) p->a + a * size,
                        .b = (const char *) p->b + b * size,
                        .c = (char *) p->c + (matrix * p->m + first) * p->n * size,
                        .rows = p->m - first < job->step ? p->m - first : job->step};
    const davy_gemm gemm = gemm_of(p, &part);

    (void) worker;
    if (p->wide == DAVY_TYPE_F32)
        job->env->kernels->gemm(&gemm);
    else if (p->wide == DAVY_TYPE_F64)
        rows_f64(&part);
    else if (p->wide == DAVY_TYPE_I32)
        rows_u32(&part);
    else
        rows_u64(&part);
}

void davy_product_run(const davy_product *product, const davy_env *env)
{
    const int64_t row = product->n * product->k;
    int64_t step = row < CHUNK_WORK ? CHUNK_WORK / (row + 1) + 1 : 1;
    work job = {product, env, 0, 0};

    if (product->m == 0 || product->n == 0 || product->a_batch.count == 0)
        return;
    if (product->wide == DAVY_TYPE_F32 && product->a_batch.count == 1) {
        const davy_gemm gemm =
            gemm_of(product, &(piece){product, (const float *) product->a + product->a_batch.origin,
                                      (const float *) product->b + product->b_batch.origin,
                                      product->c, product->m});

        davy_gemm_run(env->kernels, env->pool, &gemm);
        return;
    }
    step = (step + ROWS_LEAST - 1) / ROWS_LEAST * ROWS_LEAST;
    job.step = step;
    job.pieces = (product->m + step - 1) / step;
    davy_pool_run(env->pool, (size_t) (product->a_batch.count * job.pieces), product_chunk, &job);
}

void davy_product_transpose(const float *src, int64_t rows, int64_t columns, float *dst)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            dst[j * rows + i] = src[i * columns + j];
}
