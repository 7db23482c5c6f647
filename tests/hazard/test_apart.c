/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What must not meet: by the chart of wastes, by lists of pairs, and by classes of transport.
 */
#include "../testing.h"
#include "hazard/chemical/chemical.h"
#include "hazard/chemical/incompatible.h"
#include "hazard/chemical/transport.h"
#include "hazard/chemical/waste_chart.h"

#include <string.h>

#define ACETONE        "67-64-1"
#define ACETYLENE      "74-86-2"
#define AMMONIA        "7664-41-7"
#define BENZENE        "71-43-2"
#define CHLORINE       "7782-50-5"
#define FLUORINE       "7782-41-4"
#define HEXANE         "110-54-3"
#define HYDROGEN       "1333-74-0"
#define NITRATE        "6484-52-2"
#define NITRIC         "7697-37-2"
#define PHOSGENE       "75-44-5"
#define SODIUM         "7440-23-5"
#define SULFUR_DIOXIDE "7446-09-5"
#define TNT            "118-96-7"

/* A chemical that stands for one class alone. */
static davy_transport only(davy_class class, char zone)
{
    return (davy_transport){"", "", "", {class}, 1, zone};
}

static size_t cells_of(davy_separation separation, const davy_transport *classes, size_t count)
{
    size_t cells = 0;

    for (size_t i = 0; i < count; i++)
        for (int row = 0; row < DAVY_SEGREGATION_ROWS; row++)
            cells += davy_segregation_against(&classes[i], row) == separation;
    return cells;
}

/* 49 CFR 177.848 (d), counted row by row in the table of the eCFR (StephenSook/placard @be101eb):
 * the eleven rows that our classes have. */
static void the_table_is_that_of_the_road(void **state)
{
    const davy_transport classes[] = {
        only(DAVY_CLASS_1_1, 0),   only(DAVY_CLASS_2_1, 0),   only(DAVY_CLASS_2_2, 0),
        only(DAVY_CLASS_2_3, 'A'), only(DAVY_CLASS_2_3, 'B'), only(DAVY_CLASS_3, 0),
        only(DAVY_CLASS_4_2, 0),   only(DAVY_CLASS_4_3, 0),   only(DAVY_CLASS_5_1, 0),
        only(DAVY_CLASS_6_1, 'A'), only(DAVY_CLASS_8, 0),
    };
    const size_t count = DAVY_ARRAY_LENGTH(classes);

    (void) state;
    assert_int_equal(cells_of(DAVY_SEPARATION_EXPLOSIVES, classes, count), 5);
    assert_int_equal(cells_of(DAVY_SEPARATION_NEVER, classes, count),
                     13 + 4 + 2 + 11 + 3 + 5 + 6 + 5 + 5 + 10 + 6);
    assert_int_equal(cells_of(DAVY_SEPARATION_AWAY, classes, count),
                     0 + 4 + 0 + 1 + 9 + 3 + 2 + 2 + 3 + 2 + 6);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            assert_int_equal(davy_transport_separation(&classes[i], &classes[k]),
                             davy_transport_separation(&classes[k], &classes[i]));
}

/* PHMSA, interpretation 08-0143 of 2008: chlorine (2.3, 8, zone B) may travel with oxidizers and
 * corrosives where a leak of both cannot mix. */
static void chlorine_stands_apart_as_its_authority_says(void **state)
{
    const davy_transport *chlorine = davy_transport_of(CHLORINE);
    const davy_transport oxidizer = only(DAVY_CLASS_5_1, 0), corrosive = only(DAVY_CLASS_8, 0);

    (void) state;
    assert_non_null(chlorine);
    assert_int_equal(chlorine->zone, 'B');
    assert_int_equal(davy_transport_separation(chlorine, &oxidizer), DAVY_SEPARATION_AWAY);
    assert_int_equal(davy_transport_separation(chlorine, &corrosive), DAVY_SEPARATION_AWAY);
    assert_int_equal(davy_transport_separation(chlorine, davy_transport_of(TNT)),
                     DAVY_SEPARATION_NEVER);
}

/* A zone that was not read is told, and its row is not applied. */
static void an_unread_zone_is_no_zone(void **state)
{
    const davy_transport unread = only(DAVY_CLASS_2_3, 0), poor = only(DAVY_CLASS_2_3, 'C');

    (void) state;
    assert_true(davy_transport_zone_missing(&unread));
    assert_false(davy_transport_zone_missing(&poor));
    assert_false(davy_transport_zone_missing(davy_transport_of(CHLORINE)));
    assert_false(davy_transport_zone_missing(davy_transport_of(BENZENE)));
    for (int row = 0; row < DAVY_SEGREGATION_ROWS; row++) {
        assert_int_equal(davy_segregation_against(&unread, row), DAVY_SEPARATION_NONE);
        assert_int_equal(davy_segregation_against(&poor, row), DAVY_SEPARATION_NONE);
    }
}

/* 49 CFR 172.101: phosgene, phosphine and bromine carry special provision 1, phosphorus trichloride
 * 2, sulfur dioxide 3, carbon monoxide 4, hydrazine none; strong nitric acid is 8 (5.1). */
static void a_zone_is_read_of_its_entry(void **state)
{
    const davy_transport *phosgene = davy_transport_of(PHOSGENE);
    const davy_transport *hydrazine = davy_transport_of("302-01-2");

    (void) state;
    assert_true(davy_segregation_is(phosgene, 7)); /* toxic gases, zone A */
    assert_int_equal(davy_transport_of("7803-51-2")->zone, 'A');
    assert_int_equal(davy_transport_of("7719-12-2")->zone, 'B');
    assert_int_equal(davy_transport_of(SULFUR_DIOXIDE)->zone, 'C');
    assert_int_equal(davy_transport_of("630-08-0")->zone, 'D');
    assert_true(davy_segregation_is(davy_transport_of("7726-95-6"), 15)); /* toxic liquids, A */
    assert_int_equal(davy_transport_separation(phosgene, davy_transport_of(BENZENE)),
                     DAVY_SEPARATION_NEVER);
    assert_int_equal(hydrazine->zone, DAVY_ZONE_NONE);
    assert_false(davy_transport_zone_missing(hydrazine));
    assert_int_equal(
        davy_transport_separation(davy_transport_of(NITRIC), davy_transport_of(ACETONE)),
        DAVY_SEPARATION_AWAY);
}

/* ADR 2.2.2.1.3 and the labels of table A: what each letter of a code means. */
static bool fits(const davy_transport *one, char letter)
{
    const bool gas = davy_transport_has(one, DAVY_CLASS_2_1) ||
                     davy_transport_has(one, DAVY_CLASS_2_2) ||
                     davy_transport_has(one, DAVY_CLASS_2_3);

    switch (letter) {
    case 'C':
        return davy_transport_has(one, DAVY_CLASS_8);
    case 'D': /* 1.1D */
        return davy_transport_has(one, DAVY_CLASS_1_1);
    case 'F':
        return davy_transport_has(one, gas ? DAVY_CLASS_2_1 : DAVY_CLASS_3);
    case 'O':
        return davy_transport_has(one, DAVY_CLASS_5_1);
    case 'S':
        return davy_transport_has(one, DAVY_CLASS_4_2);
    case 'T':
        return davy_transport_has(one, gas ? DAVY_CLASS_2_3 : DAVY_CLASS_6_1);
    case 'W':
        return davy_transport_has(one, DAVY_CLASS_4_3);
    default:
        return (letter >= '0' && letter <= '9') || letter == '.';
    }
}

/* Oxygen difluoride, pentaborane, aniline, chloroform and nitrobenzene. */
static void few_zones_are_unread(void **state)
{
    size_t unread = 0;

    (void) state;
    for (size_t i = 0; davy_chemical_at(i); i++) {
        const davy_transport *one = davy_transport_of(davy_chemical_at(i)->cas);

        unread += one && davy_transport_zone_missing(one);
    }
    assert_int_equal(unread, 5);
}

/* Of the 103, peracetic acid was read nowhere. */
static void every_class_follows_from_its_code(void **state)
{
    const davy_chemical *chemical;
    size_t read = 0;

    (void) state;
    for (size_t i = 0; (chemical = davy_chemical_at(i)); i++) {
        const davy_transport *one = davy_transport_of(chemical->cas);

        if (!one)
            continue;
        read++;
        if (chemical->un[0])
            assert_string_equal(one->un, chemical->un);
        for (const char *letter = one->code; *letter; letter++)
            if (!fits(one, *letter))
                fail_msg("%s: %s", chemical->name, one->code);
    }
    assert_int_equal(read, DAVY_CHEMICALS - 1);
    assert_null(davy_transport_of("79-21-0"));
}

/* EPA-600/2-80-076: groups 1 to 16 among each other have 46 cells that say something, as the page
 * of Rutgers University has them too. */
static void the_chart_is_that_of_the_epa(void **state)
{
    size_t cells = 0;

    (void) state;
    for (int a = 0; a <= DAVY_WASTE_GROUP_MAX + 1; a++)
        for (int b = 0; b <= DAVY_WASTE_GROUP_MAX + 1; b++)
            assert_int_equal(davy_waste_mixing(a, b), davy_waste_mixing(b, a));
    for (int a = 1; a <= 16; a++)
        for (int b = a; b <= 16; b++)
            cells += davy_waste_mixing(a, b) != 0;
    assert_int_equal(cells, 46);
    assert_int_equal(davy_waste_mixing(2, 3), DAVY_MIXING_HEAT | DAVY_MIXING_GAS);
    assert_int_equal(davy_waste_mixing(1, 11), DAVY_MIXING_TOXIC_GAS | DAVY_MIXING_FLAMMABLE_GAS);
    assert_int_equal(davy_waste_mixing(2, 16), DAVY_MIXING_HEAT | DAVY_MIXING_FIRE);
    assert_int_equal(davy_waste_mixing(28, 104), DAVY_MIXING_HEAT | DAVY_MIXING_FIRE);
    assert_int_equal(davy_waste_mixing(21, 106), DAVY_MIXING_HEAT | DAVY_MIXING_FLAMMABLE_GAS);
    assert_int_equal(davy_waste_mixing(16, 107), DAVY_MIXING_NEVER);
    /* The row of reducing agents is left out. */
    assert_null(davy_waste_group_name(105));
    assert_int_equal(davy_waste_mixing(104, 105), 0);
}

static void what_mixing_does_is_told_worst_first(void **state)
{
    const unsigned nitric_acetone = davy_waste_chemicals_mixing(NITRIC, ACETONE);

    (void) state;
    assert_string_equal(davy_mixing_word(nitric_acetone, 0), "fire");
    assert_string_equal(davy_mixing_word(nitric_acetone, 1), "heat");
    assert_null(davy_mixing_word(nitric_acetone, 2));
    assert_null(davy_mixing_word(0, 0));
    assert_true(davy_waste_chemicals_mixing(CHLORINE, BENZENE) & DAVY_MIXING_FIRE);
    assert_true(davy_waste_chemicals_mixing(SODIUM, CHLORINE) & DAVY_MIXING_EXPLOSION);
    assert_true(davy_waste_chemicals_mixing(TNT, SODIUM) & DAVY_MIXING_EXPLOSION);
    assert_int_equal(davy_waste_chemicals_mixing(BENZENE, HEXANE), 0);
    /* Hydrogen burns and is in no other group; phosgene is in none. */
    assert_true(davy_waste_is(HYDROGEN, 101));
    assert_int_equal(davy_waste_chemicals_mixing(PHOSGENE, CHLORINE), 0);
}

/* Cornell and Sydney: ammonia and chlorine; FSU and Sydney: bromine and acetylene; Sydney and the
 * ACS: chlorates and acids. */
static void pairs_that_are_known_are_kept_apart(void **state)
{
    (void) state;
    assert_true(davy_listed_apart(AMMONIA, CHLORINE));
    assert_true(davy_listed_apart(CHLORINE, AMMONIA));
    assert_true(davy_listed_apart("7726-95-6", ACETYLENE));
    assert_true(davy_listed_apart("3811-04-9", "64-19-7"));
    assert_true(davy_listed_apart(AMMONIA, "7664-39-3"));
    assert_true(davy_listed_apart(NITRATE, ACETONE));  /* a flammable liquid */
    assert_true(davy_listed_apart(SODIUM, "67-66-3")); /* a halogenated hydrocarbon */
    assert_true(davy_listed_apart(FLUORINE, PHOSGENE));
    assert_false(davy_listed_apart(FLUORINE, FLUORINE));
    assert_false(davy_listed_apart(BENZENE, HEXANE));
    assert_false(davy_listed_apart(PHOSGENE, SULFUR_DIOXIDE));
}

static void a_chemical_is_told_what_names_it(void **state)
{
    const davy_matter *matters[DAVY_MATTERS_MAX];
    size_t count = davy_listed_against("7783-06-4", matters); /* hydrogen sulfide */

    (void) state;
    assert_int_equal(count, 3);
    assert_string_equal(davy_matter_name(matters[0]), "Nitric acid");
    assert_string_equal(davy_matter_name(matters[1]), "Oxidizing gases");
    assert_string_equal(davy_matter_name(matters[2]), "Oxygen"); /* for it burns */
    assert_true(davy_matter_is(matters[1], CHLORINE));
    assert_false(davy_matter_is(matters[1], AMMONIA));
    /* That fluorine is kept from everything says nothing of phosgene. */
    assert_int_equal(davy_listed_against(PHOSGENE, matters), 0);
    for (size_t i = 0; davy_chemical_at(i); i++)
        assert_true(davy_listed_against(davy_chemical_at(i)->cas, matters) < DAVY_MATTERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_that_of_the_road),
        cmocka_unit_test(chlorine_stands_apart_as_its_authority_says),
        cmocka_unit_test(an_unread_zone_is_no_zone),
        cmocka_unit_test(a_zone_is_read_of_its_entry),
        cmocka_unit_test(few_zones_are_unread),
        cmocka_unit_test(every_class_follows_from_its_code),
        cmocka_unit_test(the_chart_is_that_of_the_epa),
        cmocka_unit_test(what_mixing_does_is_told_worst_first),
        cmocka_unit_test(pairs_that_are_known_are_kept_apart),
        cmocka_unit_test(a_chemical_is_told_what_names_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
