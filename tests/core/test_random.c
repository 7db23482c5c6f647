/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"

#include "../testing.h"

#include <stdbool.h>

/* kat_vectors of Random123 1.09, philox4x32 10. */
static void gives_the_known_answers(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++) {
        uint32_t out[4];

        davy_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void shuffles_every_element_into_place_once(void **state)
{
    uint32_t order[1000];
    bool seen[1000] = {false};
    size_t moved = 0;

    (void) state;
    davy_random_shuffle(7, 1, order, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
        moved += order[i] != i;
    }
    assert_true(moved > 950);
}

/* Mean and deviation of 100,000 draws, within five standard errors. */
static void draws_uniform_and_normal_numbers(void **state)
{
    const int n = 100000;
    double uniform = 0, normal = 0, square = 0;

    (void) state;
    for (int i = 0; i < n; i++) {
        const double u = davy_random_uniform(3, 2, (uint64_t) i);
        const double z = davy_random_normal(3, 2, (uint64_t) i);

        assert_true(u >= 0 && u < 1);
        uniform += u;
        normal += z;
        square += z * z;
    }
    assert_near(uniform / n, 0.5, 5 * 0.2887 / 316);
    assert_near(normal / n, 0, 5.0 / 316);
    assert_near(square / n, 1, 5 * 1.4142 / 316);
}

static void draws_many_as_one_by_one(void **state)
{
    uint32_t many[23];

    (void) state;
    for (uint64_t from = 5; from < 9; from++) {
        davy_random_many(11, 3, from, 23, many);
        for (uint64_t i = 0; i < 23; i++)
            assert_int_equal(many[i], davy_random_bits(11, 3, from + i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_known_answers),
        cmocka_unit_test(shuffles_every_element_into_place_once),
        cmocka_unit_test(draws_uniform_and_normal_numbers),
        cmocka_unit_test(draws_many_as_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
