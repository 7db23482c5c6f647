/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arena.h"

#include "../testing.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    davy_arena arena = {0};
    unsigned char *a = davy_arena_alloc(&arena, 10);
    unsigned char *b = davy_arena_alloc(&arena, 200000);

    (void) state;
    assert_int_equal((uintptr_t) a % DAVY_ARENA_ALIGNMENT, 0);
    assert_int_equal((uintptr_t) b % DAVY_ARENA_ALIGNMENT, 0);
    memset(a, 1, 10);
    assert_int_equal(b[0], 0);
    assert_int_equal(b[199999], 0);
    davy_arena_clear(&arena);
}

static void a_limit_is_kept(void **state)
{
    davy_arena arena;

    (void) state;
    davy_arena_init(&arena, 128);
    assert_non_null(davy_arena_alloc(&arena, 100));
    assert_null(davy_arena_alloc(&arena, 1));
    davy_arena_reset(&arena);
    assert_non_null(davy_arena_alloc(&arena, 100));
    davy_arena_clear(&arena);
}

static void a_product_that_overflows_is_refused(void **state)
{
    davy_arena arena = {0};

    (void) state;
    assert_null(davy_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(davy_arena_alloc(&arena, SIZE_MAX));
    davy_arena_clear(&arena);
}

static void text_is_copied_and_closed(void **state)
{
    davy_arena arena = {0};

    (void) state;
    assert_string_equal(davy_arena_text(&arena, "pressure", 5), "press");
    davy_arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(a_limit_is_kept),
        cmocka_unit_test(a_product_that_overflows_is_refused),
        cmocka_unit_test(text_is_copied_and_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
