/* SPDX-License-Identifier: Apache-2.0 */
/* Products of matrices. */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

static vec load_b(const davy_gemm *g, size_t s, size_t k, size_t j, size_t count)
{
    const float *b = g->b + (ptrdiff_t) s * g->b_segment + (ptrdiff_t) k * g->b_row;
    float lanes[LANES] = {0};

    if (g->b_column > 1 || g->b_column < 0) {
        for (size_t l = 0; l < count; l++)
            lanes[l] = b[(ptrdiff_t) (j + l) * g->b_column];
        return vec_load(lanes);
    }
    return count == LANES ? vec_load(b + j) : vec_load_some(b + j, count);
}

/* `count` columns from j of row i. */
static void one_vector(const davy_gemm *g, size_t chain, size_t i, size_t j, size_t count)
{
    float *c = g->c + (ptrdiff_t) i * g->c_row + j;
    vec total = g->add ? vec_load_some(c, count) : (vec){0}, sum = {0};
    const size_t depth = g->segments * g->k;
    bool first = !g->add;

    for (size_t d = 0; d < depth; d++) {
        const size_t s = d / g->k, k = d % g->k;
        const float a = g->a[(ptrdiff_t) s * g->a_segment + (ptrdiff_t) i * g->a_row +
                             (ptrdiff_t) k * g->a_column];
        sum += a * load_b(g, s, k, j, count);
        if ((d + 1) % chain == 0 || d + 1 == depth) {
            total = first ? sum : total + sum;
            first = false;
            sum = (vec){0};
        }
    }
    if (g->bias)
        total += vec_load_some(g->bias + j, count);
    vec_store_some(c, count, total);
}

void ISA(gemm)(const davy_gemm *g)
{
    const size_t chain = g->chain ? g->chain : davy_gemm_chain(g->n, g->segments * g->k);

    for (size_t i = 0; i < g->m; i++) {
        for (size_t j = 0; j < g->n; j += LANES)
            one_vector(g, chain, i, j, g->n - j < LANES ? g->n - j : LANES);
        ISA(activate)(g->activation, g->slope, g->n, g->c + (ptrdiff_t) i * g->c_row);
    }
}
