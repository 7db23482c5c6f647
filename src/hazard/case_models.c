/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case_inputs.h"

#include <string.h>

static const davy_case_model *const tables[] = {
    davy_air_cases,  davy_blast_cases, davy_dense_cases,   davy_fire_cases,
    davy_harm_cases, davy_major_cases, davy_release_cases, davy_risk_cases,
};

const davy_case_model *davy_case_model_find(const char *words)
{
    const davy_case_model *found = NULL;
    size_t longest = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tables); i++)
        for (const davy_case_model *model = tables[i]; model->name; model++) {
            size_t length = strlen(model->name);

            if (length > longest && strncmp(words, model->name, length) == 0) {
                found = model;
                longest = length;
            }
        }
    return found;
}

void davy_case_give_value(davy_case_result *result, davy_answer answer, double value)
{
    result->answer = answer;
    result->values[0] = value;
    result->count = 1;
}

void davy_case_give(davy_case_result *result, davy_answer answer)
{
    davy_case_give_value(result, answer, answer.value);
}
