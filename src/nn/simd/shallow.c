/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/simd/shallow.h"

#include "nn/simd/vector.h"

#include <assert.h>

#if defined(__AVX512VBMI__)

bool davy_shallow_available(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vbmi");
}

/* Of 16 ascending numbers, those below the key. */
INLINE unsigned count_below(const int32_t *numbers, __m512i key)
{
    return (unsigned) __builtin_popcount(_mm512_cmplt_epi32_mask(_mm512_loadu_si512(numbers), key));
}

void davy_shallow_rank(size_t columns, const davy_shallow_column *column, const int32_t *keys,
                       uint8_t ranks[DAVY_SHALLOW_COLUMNS])
{
    memset(ranks, 0, DAVY_SHALLOW_COLUMNS);
    for (size_t i = 0; i < columns; i++, column++) {
        const __m512i key = _mm512_set1_epi32(keys[i]);
        const unsigned before = 16 * count_below(column->every_16th, key);

        ranks[i] = (uint8_t) (before + count_below(column->thresholds + before, key));
    }
}

/* A bit for each branch: does the row lie above? */
INLINE uint64_t answer(const davy_shallow_tree *tree, bool few, __m512i low, __m512i high)
{
    const __m512i column = _mm512_loadu_si512(tree->column);
    const __m512i row =
        few ? _mm512_permutexvar_epi8(column, low) : _mm512_permutex2var_epi8(low, column, high);

    return _mm512_cmpgt_epu8_mask(row, _mm512_loadu_si512(tree->rank));
}

/* @param few  constant: columns lie in one register */
INLINE void answer_all(size_t count, const davy_shallow_tree *trees, bool few, const uint8_t *ranks,
                       uint64_t *above)
{
    const __m512i low = _mm512_loadu_si512(ranks), high = _mm512_loadu_si512(ranks + 64);

    for (size_t i = 0; i < count; i++)
        above[i] = answer(&trees[i], few, low, high);
}

/* The way down eight trees. */
INLINE void follow(const davy_shallow_tree *trees, const uint64_t *above, int32_t *says)
{
    const __m512i one = _mm512_set1_epi64(1), size = _mm512_set1_epi64(sizeof *trees);
    const __m512i tree = _mm512_mullo_epi64(size, _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7));
    const __m512i answers = _mm512_loadu_si512(above);
    __m512i node = one;

    foreach (step, DAVY_SHALLOW_DEPTH) {
        const __m512i second = _mm512_and_si512(_mm512_srlv_epi64(answers, node), one);

        node = _mm512_add_epi64(_mm512_add_epi64(node, node), second);
    }
    node = _mm512_add_epi64(_mm512_slli_epi64(node, 2), tree);
    _mm256_storeu_si256((__m256i *) says,
                        _mm512_i64gather_epi32(node, trees->leaves - DAVY_SHALLOW_NODES, 1));
}

void davy_shallow_ask(size_t count, const davy_shallow_tree *trees, size_t columns,
                      const uint8_t ranks[DAVY_SHALLOW_COLUMNS], int32_t *says)
{
    uint64_t above[DAVY_SHALLOW_ASKED] UNSET;

    if (columns <= 64)
        answer_all(count, trees, true, ranks, above);
    else
        answer_all(count, trees, false, ranks, above);
    for (size_t i = 0; i < count; i += DAVY_SHALLOW_TREES)
        follow(trees + i, above + i, says + i);
}

#else

bool davy_shallow_available(void)
{
    return false;
}

/* Nobody calls these where they are not available. */
void davy_shallow_rank(size_t columns, const davy_shallow_column *column, const int32_t *keys,
                       uint8_t ranks[DAVY_SHALLOW_COLUMNS])
{
    (void) columns;
    (void) column;
    (void) keys;
    (void) ranks;
    assert(!"needs AVX-512 VBMI");
}

void davy_shallow_ask(size_t count, const davy_shallow_tree *trees, size_t columns,
                      const uint8_t ranks[DAVY_SHALLOW_COLUMNS], int32_t *says)
{
    (void) count;
    (void) trees;
    (void) columns;
    (void) ranks;
    (void) says;
    assert(!"needs AVX-512 VBMI");
}
#endif
