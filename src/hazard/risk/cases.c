/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/risk/event_tree.h"
#include "hazard/risk/ignition.h"
#include "hazard/risk/likelihood.h"

static void ignition(davy_ignition_substance substance, const davy_case_inputs *inputs,
                     davy_case_result *result)
{
    davy_case_give(result, davy_ignition_of_rate(substance, davy_case_number(inputs, "rate_kgs")));
}

static void k1(const davy_case_inputs *inputs, davy_case_result *result)
{
    ignition(DAVY_IGNITION_K1_LIQUID, inputs, result);
}

static void low(const davy_case_inputs *inputs, davy_case_result *result)
{
    ignition(DAVY_IGNITION_LOW_REACTIVE, inputs, result);
}

static void reactive(const davy_case_inputs *inputs, davy_case_result *result)
{
    ignition(DAVY_IGNITION_REACTIVE, inputs, result);
}

static void outcome(davy_outcome which, const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_event_tree tree = {
        davy_case_number(inputs, "f_per_a"), davy_case_number(inputs, "p_immediate"),
        davy_case_number(inputs, "p_delayed"), DAVY_EXPLOSION_SHARE, false};

    davy_case_give(result, davy_event_tree_frequency(&tree, which));
}

static void fire(const davy_case_inputs *inputs, davy_case_result *result)
{
    outcome(DAVY_OUTCOME_FIRE, inputs, result);
}

static void flash_fire(const davy_case_inputs *inputs, davy_case_result *result)
{
    outcome(DAVY_OUTCOME_FLASH_FIRE, inputs, result);
}

static void explosion(const davy_case_inputs *inputs, davy_case_result *result)
{
    outcome(DAVY_OUTCOME_EXPLOSION, inputs, result);
}

static void dispersed(const davy_case_inputs *inputs, davy_case_result *result)
{
    outcome(DAVY_OUTCOME_DISPERSED, inputs, result);
}

/* The paper tells what is left for chance. */
static void p_value(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_answer answer =
        davy_likelihood_at_most(davy_case_number(inputs, "prior"), davy_case_number(inputs, "p"));

    davy_case_give_value(result, answer, 1 - answer.value);
}

const davy_case_model davy_risk_cases[] = {
    {"direct ignition, K1 liquid", k1},
    {"direct ignition, gas of low reactivity", low},
    {"direct ignition, gas of average or high reactivity", reactive},
    {"event tree, fire at once", fire},
    {"event tree, flash fire", flash_fire},
    {"event tree, explosion", explosion},
    {"event tree, unignited", dispersed},
    {"p-value, least probability of the null", p_value},
    {0},
};
