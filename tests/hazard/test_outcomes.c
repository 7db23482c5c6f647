/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/impact/outcomes.h"

#include <math.h>

static davy_answer value(double number)
{
    return (davy_answer){DAVY_ANSWER_VALUE, number, NAN, "kg/s", .given = NAN};
}

static davy_source_term leak(double rate)
{
    return (davy_source_term){.rate = value(rate), .outflow = value(rate)};
}

static davy_outcomes outcomes_of(const davy_source_term *source, const char *chemical,
                                 double frequency)
{
    const davy_substance substance = davy_substance_of(chemical);

    return davy_outcomes_of(source, &substance, frequency);
}

/* Hydrogen, 1 kg/s: 0.053 at once and 0.027 of all later (HyRAM+), of those 0.4 explode; a release
 * in 10,000 years. */
static void a_gas_that_leaks_burns_by_the_rows_of_hyram(void **state)
{
    const davy_source_term source = leak(1);
    const davy_outcomes of = outcomes_of(&source, "hydrogen", 1e-4);

    (void) state;
    assert_near(of.shares[DAVY_OUTCOME_FIRE].value, 0.053, 1e-12);
    assert_near(of.shares[DAVY_OUTCOME_EXPLOSION].value, 0.0108, 1e-12);
    assert_near(of.shares[DAVY_OUTCOME_FLASH_FIRE].value, 0.0162, 1e-12);
    assert_near(of.shares[DAVY_OUTCOME_DISPERSED].value, 0.92, 1e-12);
    assert_near(of.frequencies[DAVY_OUTCOME_EXPLOSION].value, 1.08e-6, 1e-16);
}

static void what_does_not_burn_and_is_toxic_is_a_toxic_cloud(void **state)
{
    const davy_source_term source = leak(3);
    const davy_outcomes of = outcomes_of(&source, "chlorine", NAN);

    (void) state;
    assert_near(of.shares[DAVY_OUTCOME_TOXIC_CLOUD].value, 1, 0);
    assert_near(of.shares[DAVY_OUTCOME_FIRE].value, 0, 0);
    assert_int_equal(of.frequencies[DAVY_OUTCOME_TOXIC_CLOUD].kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(of.frequencies[DAVY_OUTCOME_TOXIC_CLOUD].what, "frequency of the release");
}

/* Acetone flashes at -20 degC: class K1, 0.065; what its vapour does hangs on what is around. */
static void a_liquid_that_flashes_is_lit_at_once_by_table_4_5(void **state)
{
    davy_source_term source = leak(40);
    davy_outcomes of;

    (void) state;
    source.is_liquid = true;
    of = outcomes_of(&source, "acetone", 1e-3);
    assert_near(of.shares[DAVY_OUTCOME_FIRE].value, 0.065, 0);
    assert_near(of.frequencies[DAVY_OUTCOME_FIRE].value, 6.5e-5, 1e-18);
    assert_int_equal(of.shares[DAVY_OUTCOME_EXPLOSION].kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(of.shares[DAVY_OUTCOME_EXPLOSION].what, "number of sources of ignition");
    of = outcomes_of(&source, "styrene", 1e-3); /* 31 degC: not of K1, and no table read has it */
    assert_string_equal(of.shares[DAVY_OUTCOME_FIRE].what, "class of the liquid");
}

static void a_gas_let_out_at_once_needs_its_reactivity(void **state)
{
    const davy_source_term source = {.sudden = true, .mass = value(20000)};
    const davy_outcomes of = outcomes_of(&source, "propane", 1e-6);

    (void) state;
    assert_int_equal(of.shares[DAVY_OUTCOME_FIRE].kind, DAVY_ANSWER_NO_DATA);
    assert_string_equal(of.shares[DAVY_OUTCOME_FIRE].what, "reactivity of the substance");
}

static void a_charge_explodes_and_nothing_else(void **state)
{
    const davy_source_term source = {.is_charge = true, .sudden = true, .mass = value(100)};
    const davy_outcomes of = outcomes_of(&source, "2,4,6-Trinitrotoluene", 1e-5);

    (void) state;
    assert_near(of.shares[DAVY_OUTCOME_EXPLOSION].value, 1, 0);
    assert_near(of.frequencies[DAVY_OUTCOME_EXPLOSION].value, 1e-5, 0);
    assert_near(of.shares[DAVY_OUTCOME_FIRE].value + of.shares[DAVY_OUTCOME_DISPERSED].value, 0, 0);
}

static void what_is_not_known_is_named(void **state)
{
    const davy_source_term source = leak(1);
    davy_source_term without_rate = leak(NAN);
    davy_outcomes of = outcomes_of(&source, "mystery", 1e-5);

    (void) state;
    for (davy_outcome i = 0; i < DAVY_OUTCOMES; i++) {
        assert_int_equal(of.shares[i].kind, DAVY_ANSWER_NO_DATA);
        assert_string_equal(of.shares[i].what, "chemical");
    }
    of = outcomes_of(&without_rate, "hydrogen", 1e-5);
    assert_string_equal(of.frequencies[DAVY_OUTCOME_DISPERSED].what, "rate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gas_that_leaks_burns_by_the_rows_of_hyram),
        cmocka_unit_test(what_does_not_burn_and_is_toxic_is_a_toxic_cloud),
        cmocka_unit_test(a_liquid_that_flashes_is_lit_at_once_by_table_4_5),
        cmocka_unit_test(a_gas_let_out_at_once_needs_its_reactivity),
        cmocka_unit_test(a_charge_explodes_and_nothing_else),
        cmocka_unit_test(what_is_not_known_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
