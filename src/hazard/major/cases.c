/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/major/gb18218.h"

#include <math.h>
#include <stdio.h>

/* q, Q and beta of a case, by commas; what is not listed is not known. */
static size_t read_items(const davy_case_inputs *inputs, davy_gb_item items[DAVY_CASE_VALUES_MAX])
{
    double amounts[DAVY_CASE_VALUES_MAX], thresholds[DAVY_CASE_VALUES_MAX];
    double betas[DAVY_CASE_VALUES_MAX];
    size_t count = davy_case_list(inputs, "q", amounts, DAVY_CASE_VALUES_MAX);
    size_t threshold_count = davy_case_list(inputs, "Q", thresholds, DAVY_CASE_VALUES_MAX);
    size_t beta_count = davy_case_list(inputs, "beta", betas, DAVY_CASE_VALUES_MAX);

    for (size_t i = 0; i < count; i++)
        items[i] = (davy_gb_item){amounts[i], i < threshold_count ? thresholds[i] : NAN,
                                  i < beta_count ? betas[i] : NAN};
    return count;
}

static void s(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_gb_item items[DAVY_CASE_VALUES_MAX];
    size_t count = read_items(inputs, items);

    davy_case_give(result, davy_gb_s(items, count));
    (void) snprintf(result->verdict, sizeof result->verdict, "major hazard: %s",
                    davy_gb_is_major(result->answer.value) ? "yes" : "no");
}

static void r(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_gb_item items[DAVY_CASE_VALUES_MAX];
    size_t count = read_items(inputs, items);

    davy_case_give(result, davy_gb_r(items, count, davy_case_number(inputs, "people")));
    (void) snprintf(result->verdict, sizeof result->verdict, "level %d",
                    davy_gb_grade(result->answer.value));
}

/* alpha is R of a unit with one substance at its threshold and a factor of 1. */
static void alpha(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_gb_item one = {1, 1, 1};
    double people[DAVY_CASE_VALUES_MAX];
    size_t count = davy_case_list(inputs, "people", people, DAVY_CASE_VALUES_MAX);

    for (size_t i = 0; i < count; i++) {
        result->answer = davy_gb_r(&one, 1, people[i]);
        result->values[i] = result->answer.value;
    }
    result->count = count;
}

const davy_case_model davy_major_cases[] = {
    {"GB 18218 S index", s},
    {"GB 18218 below threshold", s},
    {"GB 18218 R", r},
    {"GB 18218 table 5 alpha", alpha},
    {0},
};
