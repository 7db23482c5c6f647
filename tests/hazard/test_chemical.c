/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The table of chemicals, and the classes that follow from it.
 */
#include "../testing.h"
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/ghs.h"
#include "hazard/major/gb18218.h"

/* A figure without a source is a guess; a CAS number that fails its check digit is a misprint. */
static void every_figure_has_a_source_and_every_number_its_check_digit(void **state)
{
    char source[DAVY_CHEMICAL_SOURCE_MAX];
    size_t rows = 0;

    (void) state;
    for (const davy_chemical *one; (one = davy_chemical_at(rows)); rows++) {
        assert_int_equal(davy_cas_check(one->cas), DAVY_CAS_FINE);
        for (davy_chemical_figure i = 0; i < DAVY_CHEMICAL_FIGURES; i++) {
            const bool sourced = davy_chemical_source(one, i, source)[0] != '\0';

            if (sourced == isnan(one->figures[i]))
                fail_msg("%s: %s", one->name, davy_chemical_figure_of(i)->title);
        }
    }
    assert_int_equal(rows, DAVY_CHEMICALS);
}

/* Both tables were read in GB 18218-2018: they say the same. */
static void thresholds_are_those_of_the_standard(void **state)
{
    (void) state;
    for (size_t i = 0; davy_chemical_at(i); i++) {
        const davy_chemical *one = davy_chemical_at(i);
        bool found = isnan(one->figures[DAVY_CHEMICAL_THRESHOLD]);

        for (const davy_gb_substance *row = NULL; (row = davy_gb_substance_find(one->cas, row));)
            found = found || row->threshold == one->figures[DAVY_CHEMICAL_THRESHOLD];
        if (!found)
            fail_msg("%s", one->name);
    }
}

static void chlorine_is_found_by_all_its_names(void **state)
{
    static const char *const queries[] = {"chlorine", "CHLORINE", "7782-50-5", "UN1017",
                                          "un1017",   "1017",     "ClCl"};
    const davy_chemical *chlorine = davy_chemical_find("7782-50-5", NULL);

    (void) state;
    assert_non_null(chlorine);
    assert_string_equal(davy_chemical_chinese(chlorine), "\xe6\xb0\xaf");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(queries); i++)
        assert_ptr_equal(davy_chemical_find(queries[i], NULL), chlorine);
}

/* What is computed is what was named: hexane is not cyclohexane, and "acid" is no acid at all. */
static void part_of_a_name_names_nothing(void **state)
{
    static const struct {
        const char *text, *cas; /* NULL: none */
    } rows[] = {
        {"chlorine", "7782-50-5"},
        {"UN 1017", "7782-50-5"},
        {"un1017", "7782-50-5"},
        {"1017", "7782-50-5"},
        {"7782-50-5", "7782-50-5"},
        {"ClCl", "7782-50-5"},
        {"\xe6\xb0\xaf", "7782-50-5"},
        {"hydrogen", "1333-74-0"},
        {"nitric acid", "7697-37-2"},
        {"Nitric acid (>70 %)", "7697-37-2"},
        {"nitrogen dioxide", "10102-44-0"},
        {"dinitrogen tetroxide", "10102-44-0"},
        {"hexane", NULL},
        {"acid", NULL},
        {"chlor", NULL},
        {"a", NULL},
        {"1", NULL},
        {"", NULL},
        {"UN", NULL},
        {"UN 9999", NULL},
        {"7782-50-6", NULL},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_chemical *named = davy_chemical_named(rows[i].text);

        if (!!named != !!rows[i].cas)
            fail_msg("%s: %s", rows[i].text, named ? named->name : "none");
        if (named)
            assert_string_equal(named->cas, rows[i].cas);
    }
}

static void what_is_not_there_is_not_found(void **state)
{
    (void) state;
    assert_null(davy_chemical_find("", NULL));
    assert_null(davy_chemical_find("unobtainium", NULL));
    assert_null(davy_chemical_find("7782-50-4", NULL));
}

/* Water is 7732-18-5: 8*1 + 1*2 + 2*3 + 3*4 + 7*5 + 7*6 = 105. */
static void a_cas_number_has_a_form_and_a_check_digit(void **state)
{
    static const char *const other[] = {"",          "-",          "7732",   "7732-18",
                                        "7732-18-",  "7732-18-55", "7-18-5", "77321234-18-5",
                                        "7732-1a-5", "7732-185",   "UN1017"};

    (void) state;
    assert_int_equal(davy_cas_check("7732-18-5"), DAVY_CAS_FINE);
    assert_int_equal(davy_cas_check("7732-18-6"), DAVY_CAS_WRONG);
    assert_int_equal(davy_cas_check("7723-18-5"), DAVY_CAS_WRONG);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(other); i++)
        assert_int_equal(davy_cas_check(other[i]), DAVY_CAS_NONE);
}

static davy_chemical with(davy_chemical_figure first, double value, davy_chemical_figure second,
                          double other)
{
    davy_chemical one = {.name = "x", .cas = "", .un = "", .smiles = "", .sources = ""};

    for (size_t i = 0; i < DAVY_CHEMICAL_FIGURES; i++)
        one.figures[i] = NAN;
    one.figures[first] = value;
    one.figures[second] = other;
    return one;
}

/* The cut-offs of GHS 3.1 and 2.6, at their borders: 50 mg/kg is category 2, 23 degC category 3. */
static void classes_change_at_the_cut_offs(void **state)
{
    static const struct {
        double ld50;
        int category;
    } oral[] = {{5, 1},   {5.1, 2},  {50, 2},   {50.1, 3}, {300, 3},
                {301, 4}, {2000, 4}, {2001, 5}, {5000, 5}, {5001, 0}};
    static const struct {
        double flash, boiling;
        int category;
    } liquid[] = {{22.9, 35, 1}, {22.9, 35.1, 2}, {23, 80, 3}, {60, 80, 3},
                  {60.1, 80, 4}, {93, 200, 4},    {94, 200, 0}};
    davy_ghs_class found[DAVY_GHS_MAX];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(oral); i++) {
        const davy_chemical one = with(DAVY_CHEMICAL_LD50, oral[i].ld50, DAVY_CHEMICAL_IDLH, 1);

        assert_int_equal(davy_ghs_classify(&one, found), 1);
        assert_int_equal(found[0].category, oral[i].category);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(liquid); i++) {
        const davy_chemical one =
            with(DAVY_CHEMICAL_FLASH, liquid[i].flash, DAVY_CHEMICAL_BOILING, liquid[i].boiling);

        assert_int_equal(davy_ghs_classify(&one, found), 1);
        assert_int_equal(found[0].category, liquid[i].category);
    }
}

/* A gas has no flash point that means anything; what is not known classes nothing. */
static void what_is_not_known_is_in_no_class(void **state)
{
    const davy_chemical gas = with(DAVY_CHEMICAL_FLASH, -76, DAVY_CHEMICAL_BOILING, -4.4);
    const davy_chemical unknown = with(DAVY_CHEMICAL_FLASH, -20, DAVY_CHEMICAL_FLASH, -20);
    davy_ghs_class found[DAVY_GHS_MAX];

    (void) state;
    assert_int_equal(davy_ghs_classify(&gas, found), 0);
    assert_int_equal(davy_ghs_classify(&unknown, found), 0);
}

/* UN GHS, table 2.6.1: 1 below 23 degC and boiling at 35 degC or below, 2 below 23 degC and boiling
 * above, 3 from 23 to 60 degC, 4 above 60 and at most 93 degC. */
static void an_interval_of_flash_points_leaves_all_its_categories_open(void **state)
{
    static const struct {
        double low, high, boiling;
        size_t count;
        int open[DAVY_GHS_LIQUIDS];
    } cases[] = {
        {-20, 10, NAN, 2, {1, 2}},
        {-20, 10, 35, 1, {1}},
        {-20, 10, 35.1, 1, {2}},
        {22.9, 22.9, NAN, 2, {1, 2}},
        {23, 23, NAN, 1, {3}},
        {23, 60, NAN, 1, {3}},
        {60.1, 93, NAN, 1, {4}},
        {93.1, 300, NAN, 1, {0}},
        {0, 60, 80, 2, {2, 3}},
        {50, 100, NAN, 3, {3, 4, 0}},
        {-INFINITY, INFINITY, NAN, 5, {1, 2, 3, 4, 0}},
        {NAN, 40, NAN, 0, {0}},
        {40, 20, NAN, 0, {0}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        int open[DAVY_GHS_LIQUIDS];

        assert_int_equal(davy_ghs_liquids(cases[i].low, cases[i].high, cases[i].boiling, open),
                         cases[i].count);
        for (size_t k = 0; k < cases[i].count; k++)
            assert_int_equal(open[k], cases[i].open[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_has_a_source_and_every_number_its_check_digit),
        cmocka_unit_test(thresholds_are_those_of_the_standard),
        cmocka_unit_test(chlorine_is_found_by_all_its_names),
        cmocka_unit_test(part_of_a_name_names_nothing),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(a_cas_number_has_a_form_and_a_check_digit),
        cmocka_unit_test(classes_change_at_the_cut_offs),
        cmocka_unit_test(what_is_not_known_is_in_no_class),
        cmocka_unit_test(an_interval_of_flash_points_leaves_all_its_categories_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
