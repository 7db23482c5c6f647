/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/risk.h"

#include <float.h>
#include <math.h>

static const davy_formula individual_formula = {
    "individual-risk",
    "Individual risk at a place",
    "IR = sum of f PM Pphi Pd",
    "1/a",
    "TNO Purple Book CPR 18E (1999), equations 6.1 and 6.2, as transcribed in "
    "Petrolord/petrolord-suite",
    "somebody who is there all the year, in the open, without protection",
    "",
    {{"frequency", "1/a", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"share of the weather", "1", {0, 1}, {0, 1}},
     {"share of the direction", "1", {0, 1}, {0, 1}},
     {"lethality", "1", {0, 1}, {0, 1}}},
    "某处的个人风险",
};

static const char none[] = "list of outcomes";

davy_answer davy_individual_risk_none(void)
{
    davy_answer answer;

    (void) davy_answer_begin(&answer, &individual_formula, (const double[4]){0});
    return davy_answer_missing(answer, none);
}

void davy_individual_risk_add(davy_answer *risk, const davy_risk_term *term)
{
    const bool first = risk->what == none;
    davy_answer answer;

    if (!first && isnan(risk->value))
        return;
    if (davy_answer_begin(
            &answer, &individual_formula,
            (const double[]){term->frequency, term->weather, term->direction, term->lethality}))
        answer = davy_answer_give(answer, (first ? 0 : risk->value) +
                                              term->frequency * term->weather * term->direction *
                                                  term->lethality);
    *risk = answer;
}

static const davy_formula limit_formula = {
    "individual-limit",
    "Acceptable individual risk, China",
    "a table: three kinds of places, new plants and plants in service",
    "1/a",
    "Criteria for acceptable individual and societal risk of plants that make or store hazardous "
    "chemicals (trial), State Administration of Work Safety, notice 13 of 2014, table of "
    "individual risk",
    "GB 36894-2018 has followed it; its own names of places were not read",
    "",
    {{0}},
    "可接受个人风险基准（中国）",
};

davy_risk_target davy_risk_target_of(double people, bool sensitive)
{
    enum { DENSE = 30, CROWD = 100 }; /* people, of the notice's table */

    if (isnan(people) || sensitive || people >= CROWD)
        return DAVY_RISK_TARGET_SENSITIVE; /* what is not known is protected most */
    return people >= DENSE ? DAVY_RISK_TARGET_DENSE : DAVY_RISK_TARGET_SPARSE;
}

davy_answer davy_individual_limit(davy_risk_target target, bool in_service)
{
    static const double table[DAVY_RISK_TARGETS][2] = {
        [DAVY_RISK_TARGET_SPARSE] = {1e-5, 3e-5},
        [DAVY_RISK_TARGET_DENSE] = {3e-6, 1e-5},
        [DAVY_RISK_TARGET_SENSITIVE] = {3e-7, 3e-6},
    };
    davy_answer answer;

    (void) davy_answer_begin(&answer, &limit_formula, NULL);
    return davy_answer_give(answer, table[target][in_service]);
}

bool davy_individual_is_within(double risk, double limit)
{
    static const double rounding = 1e-9; /* sums over a year of weather end a few bits off */

    return risk <= limit * (1 + rounding);
}
