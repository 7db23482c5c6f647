/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to many rows at once.
 *
 * All questions at the top of a tree are put to all rows, also those that a row would never come
 * to: a comparison of vectors costs less than one step of one row. A row's exit is the first that
 * no answer took away (Lucchese et al., "QuickScorer", SIGIR 2015, without its order of questions).
 */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#define VECTORS 4 /* of rows, in registers while all questions are put */

typedef int32_t ivec_stored __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static void ask(size_t count, const davy_tree_top *tops, const int32_t *keys, uint32_t *left)
{
    uvec live[VECTORS];

    foreach (v, VECTORS)
        live[v] = ~(uvec){0};
    for (size_t n = 0; n < count; n++) {
        const int32_t *column = keys + (size_t) tops[n].column * DAVY_TREE_ROWS;
        const ivec key = tops[n].key - (ivec){0};
        const uvec gone = tops[n].gone - (uvec){0};

        foreach (v, VECTORS) {
            const ivec x = *(const ivec_stored *) (column + v * LANES);

            live[v] &= ~((uvec) (x > key) & gone);
        }
    }
    foreach (v, VECTORS)
        *(ivec_stored *) (left + v * LANES) = (ivec) live[v];
}

void ISA(tree_tops)(size_t count, const davy_tree_top *tops, const int32_t *keys,
                    uint32_t left[DAVY_TREE_ROWS])
{
    for (size_t row = 0; row < DAVY_TREE_ROWS; row += (size_t) VECTORS * LANES)
        ask(count, tops, keys + row, left + row);
}
