/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to many rows at once, and walks of one row through many trees.
 *
 * All questions at the top of a tree are put to all rows, also those that a row would never come
 * to: a comparison of vectors costs less than one step of one row. A row's exit is the first that
 * no answer took away (Lucchese et al., "QuickScorer", SIGIR 2015, without its order of questions).
 */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#include <stdbool.h>

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

/*
 * A step of a walk waits for memory twice, so many walks go side by side. A leaf is its own child,
 * so walks of unlike length need no test; those that are much longer than others look from time to
 * time whether all have ended.
 */
#define WALKS 16 /* of a group */
#define STEPS 4  /* between two looks */

#if defined(__AVX512F__)
typedef __m512i walk_group;

INLINE walk_group group_load(const uint32_t *p)
{
    return _mm512_loadu_si512(p);
}

INLINE void group_store(uint32_t *p, walk_group group)
{
    _mm512_storeu_si512(p, group);
}

INLINE walk_group group_root(void)
{
    return _mm512_setzero_si512();
}

INLINE bool group_same(walk_group a, walk_group b)
{
    return _mm512_cmpneq_epi32_mask(a, b) == 0;
}

/* Keys of a row: so few columns lie in two registers. */
INLINE __m512i keys_of(const davy_tree_walks *walks, bool few, __m512i columns)
{
    return few ? _mm512_permutex2var_epi32(_mm512_loadu_si512(walks->keys), columns,
                                           _mm512_loadu_si512(walks->keys + WALKS))
               : _mm512_i32gather_epi32(columns, walks->keys, 4);
}

/* Nodes come as pairs of key and link, and are put apart. */
INLINE walk_group group_step(const davy_tree_walks *walks, bool few, walk_group first,
                             walk_group at)
{
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i place = _mm512_add_epi32(first, at), one = _mm512_set1_epi32(1);
    const __m512i low = _mm512_i32gather_epi64(_mm512_castsi512_si256(place), walks->nodes, 8);
    const __m512i high =
        _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(place, 1), walks->nodes, 8);
    const __m512i keys = _mm512_permutex2var_epi32(low, even, high);
    const __m512i links = _mm512_permutex2var_epi32(low, _mm512_add_epi32(even, one), high);
    const __m512i columns =
        _mm512_and_si512(links, _mm512_set1_epi32((int) ((1U << walks->bits) - 1)));
    const __m512i child = _mm512_srl_epi32(links, _mm_cvtsi32_si128((int) walks->bits));
    const __mmask16 above = _mm512_cmpgt_epi32_mask(keys_of(walks, few, columns), keys);

    return _mm512_mask_add_epi32(child, above, child, one);
}
#else
typedef struct walk_group {
    uint32_t place[WALKS];
} walk_group;

INLINE walk_group group_load(const uint32_t *p)
{
    walk_group group;

    memcpy(&group, p, sizeof group);
    return group;
}

INLINE void group_store(uint32_t *p, walk_group group)
{
    memcpy(p, &group, sizeof group);
}

INLINE walk_group group_root(void)
{
    return (walk_group){{0}};
}

INLINE bool group_same(walk_group a, walk_group b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

INLINE walk_group group_step(const davy_tree_walks *walks, bool few, walk_group first,
                             walk_group at)
{
    const uint32_t columns = (1U << walks->bits) - 1;

    (void) few;

    foreach (i, WALKS) {
        const davy_tree_node node = walks->nodes[(size_t) first.place[i] + at.place[i]];

        at.place[i] =
            (node.link >> walks->bits) + (uint32_t) (walks->keys[node.link & columns] > node.key);
    }
    return at;
}
#endif

/* @param few, groups  constants */
INLINE void walk(davy_tree_walks *walks, bool few, size_t from, size_t groups)
{
    walk_group first[DAVY_TREE_WALKS / WALKS], at[DAVY_TREE_WALKS / WALKS];
    uint32_t steps = walks->steps;
    bool moves = true;

    foreach (g, groups) {
        first[g] = group_load(walks->first + from + g * WALKS);
        at[g] = group_root();
    }
    for (; steps > 2 * STEPS && moves; steps--) {
        const bool looks = steps % STEPS == 0;

        moves = !looks;
        foreach (g, groups) {
            const walk_group next = group_step(walks, few, first[g], at[g]);

            moves = moves || !group_same(next, at[g]);
            at[g] = next;
        }
    }
    for (; steps > 0 && moves; steps--)
        foreach (g, groups)
            at[g] = group_step(walks, few, first[g], at[g]);
    foreach (g, groups)
        group_store(walks->at + from + g * WALKS, at[g]);
}

INLINE void walk_all(davy_tree_walks *walks, bool few, size_t count)
{
    if (count > DAVY_TREE_WALKS / 2)
        walk(walks, few, 0, DAVY_TREE_WALKS / WALKS);
    else
        for (size_t from = 0; from < count; from += WALKS)
            walk(walks, few, from, 1);
}

void ISA(tree_walks)(davy_tree_walks *walks, size_t count)
{
    if ((1U << walks->bits) <= 2 * WALKS)
        walk_all(walks, true, count);
    else
        walk_all(walks, false, count);
}
