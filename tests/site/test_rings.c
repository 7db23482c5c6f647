/* SPDX-License-Identifier: Apache-2.0 */

/* Rings drawn on squared paper. */
#include "../testing.h"

#include "site/rings.h"

#define CHECK(...)                                                                                \
    davy_ring_check((const davy_site_point[]){__VA_ARGS__},                                       \
                    sizeof((const davy_site_point[]){__VA_ARGS__}) / sizeof(davy_site_point), &a, \
                    &b)

static void simple_rings_are_fine(void **state)
{
    size_t a, b;

    (void) state;
    assert_int_equal(CHECK({0, 0}, {4, 0}, {0, 3}), DAVY_RING_FINE);
    assert_int_equal(CHECK({0, 0}, {0, 3}, {4, 0}), DAVY_RING_FINE); /* either way around */
    assert_int_equal(CHECK({0, 0}, {2, 0}, {4, 0}, {4, 4}, {0, 4}), DAVY_RING_FINE);
    assert_int_equal(CHECK({0, 0}, {4, 0}, {4, 4}, {2, 1}, {0, 4}), DAVY_RING_FINE); /* a notch */
}

static void what_crosses_or_touches_itself_is_told_with_both_edges(void **state)
{
    size_t a, b;

    (void) state;
    assert_int_equal(CHECK({0, 0}, {9, 9}, {9, 0}, {0, 9}), DAVY_RING_CROSS);
    assert_true(a == 0 && b == 2);
    /* A point on another edge. */
    assert_int_equal(CHECK({0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}), DAVY_RING_CROSS);
    assert_true(a == 0 && (b == 2 || b == 3));
    /* The first point on a later edge. */
    assert_int_equal(CHECK({2, 0}, {3, 2}, {4, 0}, {0, 0}, {1, 2}), DAVY_RING_CROSS);
    assert_true(a == 0 && b == 2);
    /* There and back on one line: a spike of no ground. */
    assert_int_equal(CHECK({0, 0}, {4, 0}, {4, 4}, {4, 2}, {0, 2}), DAVY_RING_CROSS);
    assert_true(a == 1 && b == 2);
    /* The same over the first point, and a spike that goes out again. */
    assert_int_equal(CHECK({4, 4}, {4, 2}, {0, 2}, {0, 0}, {4, 0}), DAVY_RING_CROSS);
    assert_true(a == 0 && b == 4);
    assert_int_equal(CHECK({2, 0}, {4, 0}, {4, 4}, {0, 4}, {3, 0}), DAVY_RING_CROSS);
    assert_int_equal(CHECK({0, 0}, {1, 1}, {2, 2}), DAVY_RING_CROSS);
}

static void rings_without_ground_are_told(void **state)
{
    size_t a, b;

    (void) state;
    assert_int_equal(CHECK({0, 0}, {1, 1}), DAVY_RING_SHORT);
    assert_int_equal(CHECK({0, 0}, {1, 0}, {1, 0}, {0, 1}), DAVY_RING_REPEAT);
    assert_int_equal(a, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_rings_are_fine),
        cmocka_unit_test(what_crosses_or_touches_itself_is_told_with_both_edges),
        cmocka_unit_test(rings_without_ground_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
