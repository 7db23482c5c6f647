/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/rings.h"

#include "core/sample.h"

#include "../testing.h"

#define BEGIN_S 1767225600LL /* 2026-01-01T00:00:00Z */

static void ring(davy_whatif_rings *rings, int64_t second, size_t position)
{
    davy_whatif_rings_add(rings, (BEGIN_S + second) * DAVY_NS_PER_S, position);
}

/*
 * Twelve alarms 40 s apart. The eleventh, at second 400, makes more than 10 in ten minutes; the
 * eighth, of second 280, leaves at second 880, and four remain: 480 s.
 */
static void a_flood_is_counted_in_any_order_of_the_rings(void **state)
{
    davy_whatif_rings rings = {.begin_s = BEGIN_S};
    davy_whatif_flood flood;

    (void) state;
    for (int i = 11; i >= 0; i--) {
        ring(&rings, 40 * i, 1);
        ring(&rings, 40 * i, i % 2 ? 0 : 2);
    }
    davy_whatif_rings_sort(&rings);
    flood = davy_whatif_rings_flood(&rings, 1, BEGIN_S + 3600);
    assert_int_equal(flood.count, 1);
    assert_int_equal(flood.seconds, 480);
    assert_int_equal(flood.peak, 12);
    flood = davy_whatif_rings_flood(&rings, 0, BEGIN_S + 3600);
    assert_int_equal(flood.count, 0);
    assert_int_equal(flood.seconds, 0);
    assert_int_equal(flood.peak, 6);
    davy_whatif_rings_clear(&rings);
}

static void a_flood_that_is_on_at_the_end_lasts_until_then(void **state)
{
    davy_whatif_rings rings = {.begin_s = BEGIN_S};

    (void) state;
    for (int i = 0; i < 12; i++)
        ring(&rings, i, 0);
    davy_whatif_rings_sort(&rings);
    assert_int_equal(davy_whatif_rings_flood(&rings, 0, BEGIN_S + 110).seconds, 100);
    davy_whatif_rings_clear(&rings);
}

static void without_rings_there_is_no_flood(void **state)
{
    davy_whatif_rings rings = {.begin_s = BEGIN_S};

    (void) state;
    davy_whatif_rings_sort(&rings);
    assert_int_equal(davy_whatif_rings_flood(&rings, 0, BEGIN_S + 10).peak, 0);
    davy_whatif_rings_clear(&rings);
}

static void too_many_are_told_as_lost(void **state)
{
    davy_whatif_rings rings = {.begin_s = BEGIN_S};

    (void) state;
    for (size_t i = 0; i < DAVY_WHATIF_RINGS_MAX; i++)
        ring(&rings, 0, 0);
    assert_false(rings.lost);
    ring(&rings, 0, 0);
    assert_true(rings.lost);
    assert_int_equal(rings.count, DAVY_WHATIF_RINGS_MAX);
    davy_whatif_rings_clear(&rings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_is_counted_in_any_order_of_the_rings),
        cmocka_unit_test(a_flood_that_is_on_at_the_end_lasts_until_then),
        cmocka_unit_test(without_rings_there_is_no_flood),
        cmocka_unit_test(too_many_are_told_as_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
