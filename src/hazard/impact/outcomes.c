/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/outcomes.h"

#include "hazard/risk/ignition.h"

#include <math.h>
#include <string.h>

static const davy_formula no_fuel = {
    "ignition-none",
    "Nothing to burn",
    "0",
    "1",
    "the table of chemicals has neither a flash point nor flammable limits of it",
    "",
    "",
    {{0}},
    "无可燃物",
};

static const davy_formula charge_formula = {
    "ignition-charge",
    "An explosive that detonates",
    "1",
    "1",
    "the kind of the release: a charge",
    "",
    "",
    {{0}},
    "爆炸品爆轰",
};

static const davy_formula unknown_formula = {
    "ignition-unknown",
    "Ignition that nothing is known of",
    "none",
    "1",
    "no table of davy has it",
    "",
    "",
    {{0}},
    "点火概率未知",
};

static davy_answer always(const davy_formula *formula, double value)
{
    davy_answer answer;

    (void) davy_answer_begin(&answer, formula, NULL);
    return davy_answer_give(answer, value);
}

static davy_answer unknown(const char *what)
{
    davy_answer answer;

    (void) davy_answer_begin(&answer, &unknown_formula, NULL);
    return davy_answer_missing(answer, what);
}

/* The table has one figure for K1 of any size: whatever is known of it will do. */
static davy_answer of_liquid(const davy_source_term *source, const davy_substance *substance)
{
    static const double k1_below = 21; /* degC: flash points of the Dutch class K1 */
    const double flash = substance->chemical->figures[DAVY_CHEMICAL_FLASH];

    if (!(flash < k1_below))
        return unknown("class of the liquid");
    if (source->mass.kind == DAVY_ANSWER_VALUE)
        return davy_ignition_of_mass(DAVY_IGNITION_K1_LIQUID, source->mass.value);
    return davy_ignition_of_rate(DAVY_IGNITION_K1_LIQUID, source->outflow.kind == DAVY_ANSWER_VALUE
                                                              ? source->outflow.value
                                                              : source->rate.value);
}

static bool is_hydrogen(const davy_substance *substance)
{
    return strcmp(substance->chemical->cas, "1333-74-0") == 0;
}

static void ignite(davy_outcomes *outcomes, const davy_source_term *source,
                   const davy_substance *substance)
{
    if (source->is_charge) {
        outcomes->immediate = always(&charge_formula, 0); /* not a fire, and sure to explode */
        outcomes->delayed = always(&charge_formula, 1);
    } else if (!substance->chemical) {
        outcomes->immediate = outcomes->delayed = unknown("chemical");
    } else if (!substance->burns) {
        outcomes->immediate = outcomes->delayed = always(&no_fuel, 0);
    } else if (source->is_liquid) {
        outcomes->immediate = of_liquid(source, substance);
        outcomes->delayed = unknown("number of sources of ignition");
    } else if (source->sudden) {
        outcomes->immediate = davy_ignition_of_mass(DAVY_IGNITION_SUBSTANCES, source->mass.value);
        outcomes->delayed = unknown("number of sources of ignition");
    } else {
        outcomes->immediate = davy_ignition_hyram(is_hydrogen(substance), source->rate.value);
        outcomes->delayed = davy_ignition_hyram_delayed(is_hydrogen(substance), source->rate.value);
    }
}

static bool is_toxic(const davy_substance *substance)
{
    static const davy_chemical_figure endpoints[] = {DAVY_CHEMICAL_AEGL2, DAVY_CHEMICAL_ERPG2,
                                                     DAVY_CHEMICAL_IDLH};

    for (size_t i = 0; substance->chemical && i < DAVY_ARRAY_LENGTH(endpoints); i++)
        if (!isnan(substance->chemical->figures[endpoints[i]]))
            return true;
    return false;
}

/* Why a branch of the tree has no figure, or that of the tree. */
static davy_answer unless(davy_answer lacking, davy_answer otherwise)
{
    return lacking.kind == DAVY_ANSWER_VALUE ? otherwise : lacking;
}

davy_outcomes davy_outcomes_of(const davy_source_term *source, const davy_substance *substance,
                               double frequency)
{
    davy_outcomes outcomes;
    davy_event_tree tree = {frequency, NAN, NAN, DAVY_EXPLOSION_SHARE, is_toxic(substance)};

    ignite(&outcomes, source, substance);
    tree.immediate = outcomes.immediate.value;
    tree.delayed = outcomes.delayed.value;
    if (source->is_charge)
        tree.explosion = 1;
    for (davy_outcome i = 0; i < DAVY_OUTCOMES; i++) {
        davy_event_tree known = tree;

        if (i == DAVY_OUTCOME_FIRE && isnan(known.delayed))
            known.delayed = 0; /* what burns at once does not ask for it */
        outcomes.shares[i] = davy_event_tree_share(&known, i);
        outcomes.frequencies[i] = davy_event_tree_frequency(&known, i);
        if (i != DAVY_OUTCOME_FIRE) {
            outcomes.shares[i] = unless(outcomes.delayed, outcomes.shares[i]);
            outcomes.frequencies[i] = unless(outcomes.delayed, outcomes.frequencies[i]);
        }
        outcomes.shares[i] = unless(outcomes.immediate, outcomes.shares[i]);
        outcomes.frequencies[i] = unless(outcomes.immediate, outcomes.frequencies[i]);
    }
    return outcomes;
}
