/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kernels of shallow trees beside the same, question by question.
 */
#include "nn/simd/shallow.h"

#include "../testing.h"

#include <string.h>

static uint32_t draw(uint32_t bound)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t) (state >> 33) % bound;
}

/* Thresholds 10, 20, 30 ...; the two keys that are no numbers stand below and above them all. */
static void counts_the_thresholds_below(void **state)
{
    static const size_t counts[] = {1, 15, 16, 17, 254, 255};
    static davy_shallow_column columns[DAVY_ARRAY_LENGTH(counts)];
    static const struct {
        int32_t key;
        uint8_t ranks[DAVY_ARRAY_LENGTH(counts)];
    } cases[] = {{INT32_MIN, {0, 0, 0, 0, 0, 0}},   {10, {0, 0, 0, 0, 0, 0}},
                 {11, {1, 1, 1, 1, 1, 1}},          {160, {1, 15, 15, 15, 15, 15}},
                 {161, {1, 15, 16, 16, 16, 16}},    {170, {1, 15, 16, 16, 16, 16}},
                 {2541, {1, 15, 16, 17, 254, 254}}, {INT32_MAX, {1, 15, 16, 17, 254, 255}}};
    uint8_t ranks[DAVY_SHALLOW_COLUMNS];

    (void) state;
    if (!davy_shallow_available())
        davy_skip_test("this CPU has no AVX-512 VBMI");
    for (size_t c = 0; c < DAVY_ARRAY_LENGTH(counts); c++) {
        for (size_t i = 0; i <= DAVY_SHALLOW_RANKS; i++)
            columns[c].thresholds[i] = i < counts[c] ? (int32_t) (10 * (i + 1)) : INT32_MAX;
        for (size_t i = 0; i < 16; i++)
            columns[c].every_16th[i] = columns[c].thresholds[16 * i + 15];
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        int32_t keys[DAVY_ARRAY_LENGTH(counts)];

        for (size_t c = 0; c < DAVY_ARRAY_LENGTH(counts); c++)
            keys[c] = cases[i].key;
        memset(ranks, 77, sizeof ranks);
        davy_shallow_rank(DAVY_ARRAY_LENGTH(counts), columns, keys, ranks);
        assert_memory_equal(ranks, cases[i].ranks, sizeof cases[i].ranks);
        assert_int_equal(ranks[DAVY_ARRAY_LENGTH(counts)], 0);
        assert_int_equal(ranks[DAVY_SHALLOW_COLUMNS - 1], 0);
    }
}

static int32_t plain_walk(const davy_shallow_tree *tree, const uint8_t *ranks)
{
    size_t at = 1;

    while (at < DAVY_SHALLOW_NODES)
        at = 2 * at + (ranks[tree->column[at]] > tree->rank[at]);
    return tree->leaves[at - DAVY_SHALLOW_NODES];
}

static void goes_where_single_steps_do(void **state)
{
    static davy_shallow_tree trees[DAVY_SHALLOW_ASKED];
    static const uint32_t columns[] = {3, 64, 65, DAVY_SHALLOW_COLUMNS};
    uint8_t ranks[DAVY_SHALLOW_COLUMNS];
    int32_t says[DAVY_SHALLOW_ASKED];

    (void) state;
    if (!davy_shallow_available())
        davy_skip_test("this CPU has no AVX-512 VBMI");
    for (size_t c = 0; c < DAVY_ARRAY_LENGTH(columns); c++)
        for (size_t count = DAVY_SHALLOW_TREES; count <= DAVY_SHALLOW_ASKED; count += 28 * 2) {
            for (size_t i = 0; i < DAVY_SHALLOW_COLUMNS; i++)
                ranks[i] = (uint8_t) draw(256);
            for (size_t t = 0; t < count; t++)
                for (size_t i = 0; i < DAVY_SHALLOW_NODES; i++) {
                    trees[t].column[i] = (uint8_t) draw(columns[c]);
                    trees[t].rank[i] = (uint8_t) draw(256);
                    trees[t].leaves[i] = (int32_t) (t * 100 + i);
                }
            davy_shallow_ask(count, trees, columns[c], ranks, says);
            for (size_t t = 0; t < count; t++)
                assert_int_equal(says[t], plain_walk(&trees[t], ranks));
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_the_thresholds_below),
        cmocka_unit_test(goes_where_single_steps_do),
    };

    return cmocka_run_group_tests_name("nn/shallow", tests, NULL, NULL);
}
