/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/likelihood.h"

#include <float.h>
#include <math.h>

/* Of a Julian year, UCUM's "a". */
static const double days_per_year = 365.25;

static const davy_formula alarm_formula = {
    "likelihood-alarm",
    "Probability that an alarm is a release",
    "P = f d / (f d + 365.25 b)",
    "1",
    "Bayes' rule for true and false alarms that come at random",
    "one detector; a detector that is calibrated, so that its budget is what it does",
    "",
    {{"frequency of releases", "1/a", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"share that is detected", "1", {0, 1}, {0, 1}},
     {"false alarms", "1/d", DAVY_POSITIVE, DAVY_NOT_NEGATIVE}},
    "报警为真实泄漏的概率",
};

static const davy_formula bound_formula = {
    "likelihood-at-most",
    "Probability at most, by a p-value",
    "P = 1 / (1 + (1 - prior) / prior * B), B = -e p ln p",
    "1",
    "T. Sellke, M. J. Bayarri, J. O. Berger, The American Statistician 55(1), 2001, 62-71",
    "an upper bound over the alternatives of the paper, which make small p more likely; from "
    "p = 1/e a score says nothing and the bound is the prior",
    "p-null-05,p-null-001",
    {{"prior", "1", {0, 1}, {0, 1}}, {"p-value", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
    "由 p 值得到的概率上限",
};

davy_answer davy_likelihood_of_alarm(double releases, double detection, double false_alarms)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &alarm_formula,
                           (const double[]){releases, detection, false_alarms}))
        return answer;
    return davy_answer_give(answer, releases * detection /
                                        (releases * detection + false_alarms * days_per_year));
}

davy_answer davy_likelihood_at_most(double prior, double p)
{
    davy_answer answer;
    double factor;

    if (!davy_answer_begin(&answer, &bound_formula, (const double[]){prior, p}))
        return answer;
    factor = p < exp(-1) ? -exp(1) * p * log(p) : 1;
    return davy_answer_give(answer, prior / (prior + (1 - prior) * factor));
}
