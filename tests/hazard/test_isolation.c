/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The first distances of the Emergency Response Guidebook.
 */
#include "../testing.h"
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/isolation.h"

#include <math.h>

/* Table 1, UN1076 phosgene, as both readers have it: 100 m, 0.6 km by day, 2.5 km by night for a
 * small spill; 500 m, 3.0 km, 9.5 km for a large one. */
static void distances_are_those_of_the_guidebook(void **state)
{
    const davy_isolation *phosgene = davy_isolation_of("75-44-5");

    (void) state;
    assert_non_null(phosgene);
    assert_near(phosgene->small.around, 100, 0);
    assert_near(phosgene->small.day, 600, 0);
    assert_near(phosgene->small.night, 2500, 0);
    assert_near(phosgene->large.around, 500, 0);
    assert_near(phosgene->large.day, 3000, 0);
    assert_near(phosgene->large.night, 9500, 0);
    assert_null(davy_isolation_of("71-43-2"));  /* benzene is in no table */
    assert_null(davy_isolation_of("107-18-6")); /* allyl alcohol: the readers disagree */
}

/* Table 3, UN1005 ammonia from a rail tank car: 300 m; by night 4.1, 2.1 and 1.3 km by the wind. */
static void a_large_spill_is_told_by_container_where_the_guidebook_does(void **state)
{
    const davy_isolation_container *first = davy_isolation_next("7664-41-7", NULL);
    size_t count = 0;

    (void) state;
    assert_true(isnan(davy_isolation_of("7664-41-7")->large.around));
    assert_string_equal(first->container, "Rail tank car");
    assert_near(first->around, 300, 0);
    assert_near(first->night[DAVY_ISOLATION_LOW], 4100, 0);
    assert_near(first->night[DAVY_ISOLATION_HIGH], 1300, 0);
    for (const davy_isolation_container *row = NULL; (row = davy_isolation_next("7664-41-7", row));)
        count++;
    assert_int_equal(count, 4);
    assert_null(davy_isolation_next("75-44-5", NULL));
}

static void night_large_and_still_air_reach_farther(void **state)
{
    const davy_chemical *chemical;
    size_t read = 0;

    (void) state;
    for (size_t i = 0; (chemical = davy_chemical_at(i)); i++) {
        const davy_isolation *one = davy_isolation_of(chemical->cas);
        const davy_isolation_container *row = NULL;

        if (!one)
            continue;
        read++;
        assert_true(one->small.night >= one->small.day && one->small.day >= one->small.around);
        if (isnan(one->large.around))
            assert_non_null(davy_isolation_next(one->cas, NULL));
        else
            assert_true(one->large.night >= one->large.day && one->large.day >= one->small.day &&
                        one->large.around >= one->small.around);
        while ((row = davy_isolation_next(one->cas, row)))
            for (davy_isolation_wind wind = 0; wind < DAVY_ISOLATION_WINDS; wind++) {
                assert_true(row->night[wind] >= row->day[wind]);
                if (wind > DAVY_ISOLATION_LOW)
                    assert_true(row->day[wind] <= row->day[wind - 1] &&
                                row->night[wind] <= row->night[wind - 1]);
            }
    }
    assert_int_equal(read, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_the_guidebook),
        cmocka_unit_test(a_large_spill_is_told_by_container_where_the_guidebook_does),
        cmocka_unit_test(night_large_and_still_air_reach_farther),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
