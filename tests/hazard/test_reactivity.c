/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What must not meet, classes that were given, and exposure by time.
 */
#include "../testing.h"
#include "hazard/chemical/aegl.h"
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/ghs.h"
#include "hazard/chemical/ghs_given.h"
#include "hazard/chemical/reactivity.h"

#include <math.h>

/* 46 CFR part 150, appendix II: groups of cargo (30 and above) do not react with one another. Its
 * figure 1 has 120 pairs. */
static void the_chart_is_that_of_the_coast_guard(void **state)
{
    int pairs = 0;

    (void) state;
    for (int a = 1; a <= DAVY_REACTIVE_GROUP_MAX; a++)
        for (int b = a; b <= DAVY_REACTIVE_GROUP_MAX; b++) {
            const bool clash = davy_reactive_groups_clash(a, b);

            assert_int_equal(clash, davy_reactive_groups_clash(b, a));
            if (clash &&
                (a == b || a >= 30 || !davy_reactive_group_name(a) || !davy_reactive_group_name(b)))
                fail_msg("%d and %d", a, b);
            pairs += clash;
        }
    assert_int_equal(pairs, 120);
    assert_false(davy_reactive_groups_clash(0, 5));
    assert_false(davy_reactive_groups_clash(-1, 99));
    assert_null(davy_reactive_group_name(25));
}

/* Nitric acid and acetone; ammonia and propylene oxide; amines and ketones, but not ammonia. */
static void what_heats_up_is_kept_apart(void **state)
{
    (void) state;
    assert_true(davy_chemicals_clash("7697-37-2", "67-64-1"));
    assert_true(davy_chemicals_clash("7664-41-7", "75-56-9"));
    assert_false(davy_chemicals_clash("7664-41-7", "67-64-1"));
    assert_false(davy_chemicals_clash("71-43-2", "110-54-3"));
    /* Appendix I (b): allyl alcohol and isocyanates, which the chart lets meet. */
    assert_false(davy_reactive_groups_clash(15, 12));
    assert_true(davy_chemicals_clash("107-18-6", "26471-62-5"));
    assert_true(davy_chemicals_clash("26471-62-5", "107-18-6"));
    assert_int_equal(davy_reactive_group("7782-50-5"), 0); /* chlorine is not on the chart */
    assert_false(davy_chemicals_clash("7782-50-5", "7782-50-5"));
}

/* How often both class a hazard; a difference fails. */
static size_t agree(davy_ghs_hazard hazard)
{
    const davy_chemical *one;
    size_t both = 0;

    for (size_t i = 0; (one = davy_chemical_at(i)); i++) {
        davy_ghs_class classes[DAVY_GHS_MAX];
        const size_t count = davy_ghs_classify(one, classes);

        for (const davy_ghs_given *row = NULL; (row = davy_ghs_given_find(one->cas, row));)
            for (size_t k = 0; row->hazard == hazard && k < count; k++)
                if (strcmp(classes[k].hazard, davy_ghs_hazard_name(hazard)) == 0) {
                    if (classes[k].category != row->category[0] - '0')
                        fail_msg("%s: %d, the authority %s", one->name, classes[k].category,
                                 row->category);
                    both++;
                }
    }
    return both;
}

/* An authority and our cut-offs look at the same figures. For liquids and by mouth they differ
 * where sources of the flash point or the LD50 do. */
static void gases_and_skin_are_classed_as_the_authority_does(void **state)
{
    (void) state;
    assert_in_range(agree(DAVY_GHS_FLAMMABLE_GAS), 10, DAVY_CHEMICALS);
    assert_int_equal(agree(DAVY_GHS_GAS), 21);
    assert_int_equal(agree(DAVY_GHS_DERMAL), 22);
}

static void given_classes_name_chemicals_of_the_table(void **state)
{
    const davy_ghs_given *row = davy_ghs_given_find("7782-50-5", NULL);

    (void) state;
    assert_non_null(row);
    assert_int_equal(row->hazard, DAVY_GHS_OXIDIZING_GAS);
    assert_string_equal(row->category, "1");
    assert_null(davy_ghs_given_find("50-29-3", NULL));
    for (davy_ghs_hazard i = 0; i < DAVY_GHS_HAZARDS; i++)
        assert_non_null(davy_ghs_hazard_name(i));
}

/* Longer is never higher, worse is never lower; a level that is not recommended is no number. */
static void falls_and_rises(const davy_aegl *aegl)
{
    for (int level = 0; level < DAVY_AEGL_LEVELS; level++)
        for (int time = 0; time < DAVY_AEGL_TIMES; time++) {
            const double ppm = aegl->ppm[level][time];

            assert_int_equal(isnan(ppm), isnan(aegl->ppm[level][0]));
            assert_true(isnan(ppm) ? level == 0 : ppm > 0);
            if (time > 0 && !isnan(ppm))
                assert_true(ppm <= aegl->ppm[level][time - 1]);
            if (level > 0 && !isnan(aegl->ppm[level - 1][time]))
                assert_true(ppm > aegl->ppm[level - 1][time]);
        }
}

/* The level 2 of an hour was read twice: here, and in the table of chemicals. */
static void guideline_levels_fall_with_time_and_rise_with_harm(void **state)
{
    const davy_chemical *chemical;
    size_t tables = 0;

    (void) state;
    assert_null(davy_aegl_of("67-64-1"));
    for (size_t i = 0; (chemical = davy_chemical_at(i)); i++) {
        const davy_aegl *aegl = davy_aegl_of(chemical->cas);

        if (!aegl)
            continue;
        falls_and_rises(aegl);
        assert_near(aegl->ppm[1][2], chemical->figures[DAVY_CHEMICAL_AEGL2], 0);
        tables++;
    }
    assert_int_equal(tables, 10);
    /* EPA: carbon monoxide has no level 1. */
    assert_true(isnan(davy_aegl_of("630-08-0")->ppm[0][2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chart_is_that_of_the_coast_guard),
        cmocka_unit_test(what_heats_up_is_kept_apart),
        cmocka_unit_test(gases_and_skin_are_classed_as_the_authority_does),
        cmocka_unit_test(given_classes_name_chemicals_of_the_table),
        cmocka_unit_test(guideline_levels_fall_with_time_and_rise_with_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
