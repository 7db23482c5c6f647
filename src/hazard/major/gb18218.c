/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/major/gb18218.h"

#include <float.h>
#include <math.h>

/* Sums of quotients are rounded; one that should be 1 or 100 may come out a few bits below. */
static const double rounding = 1e-9;

static const davy_formula s_formula = {
    "gb18218-s",
    "S of GB 18218-2018",
    "S = q1/Q1 + q2/Q2 + ...",
    "1",
    "GB 18218-2018, 4.2.2, equation 1",
    "amounts are the greatest the equipment is designed for",
    "gb-s-one,gb-below",
    {{"amount of a substance", "t", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"threshold of a substance", "t", DAVY_POSITIVE, DAVY_POSITIVE}},
    "GB 18218-2018 的辨识指标 S",
};

static const davy_formula r_formula = {
    "gb18218-r",
    "R of GB 18218-2018",
    "R = alpha (beta1 q1/Q1 + beta2 q2/Q2 + ...)",
    "1",
    "GB 18218-2018, 4.3.2, equation 2",
    "people who may be exposed within 500 m outside the fence",
    "gb-r-2.5,gb-r-400,gb-alpha",
    {{"amount of a substance", "t", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"threshold of a substance", "t", DAVY_POSITIVE, DAVY_POSITIVE},
     {"factor beta of a substance", "1", DAVY_POSITIVE, DAVY_POSITIVE},
     {"number of people outside", "1", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
    "GB 18218-2018 的分级指标 R",
};

davy_gb_item davy_gb_item_of(double amount, const davy_gb_substance *row,
                             const davy_gb_class *const *classes, size_t class_count)
{
    davy_gb_item item = {amount, NAN, NAN};

    for (size_t i = 0; i < class_count; i++) {
        item.threshold = fmin(item.threshold, classes[i]->threshold); /* fmin passes over NaN */
        item.beta = fmax(item.beta, classes[i]->beta);
    }
    if (row)
        item.threshold = row->threshold;
    if (row && row->beta > 0)
        item.beta = row->beta;
    return item;
}

/* Neither sum says anything of a unit of which nothing is known. */
static davy_answer of_nothing(const davy_formula *formula)
{
    const davy_answer answer = {
        .formula = formula, .unit = formula->unit, .value = NAN, .far = NAN, .given = NAN};

    return davy_answer_missing(answer, "list of substances");
}

davy_answer davy_gb_s(const davy_gb_item *items, size_t count)
{
    davy_answer answer;
    double sum = 0;

    if (count == 0)
        return of_nothing(&s_formula);
    for (size_t i = 0; i < count; i++) {
        if (!davy_answer_begin(&answer, &s_formula,
                               (const double[]){items[i].amount, items[i].threshold}))
            return answer;
        sum += items[i].amount / items[i].threshold;
    }
    return davy_answer_give(answer, sum);
}

bool davy_gb_is_major(double s)
{
    return s >= 1 - rounding;
}

double davy_gb_alpha(double people)
{
    static const struct {
        double from, alpha;
    } table[] = {{100, 2}, {50, 1.5}, {30, 1.2}, {1, 1}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (people >= table[i].from)
            return table[i].alpha;
    return 0.5;
}

davy_answer davy_gb_r(const davy_gb_item *items, size_t count, double people)
{
    davy_answer answer;
    double sum = 0;

    if (count == 0)
        return of_nothing(&r_formula);
    for (size_t i = 0; i < count; i++) {
        if (!davy_answer_begin(
                &answer, &r_formula,
                (const double[]){items[i].amount, items[i].threshold, items[i].beta, people}))
            return answer;
        sum += items[i].beta * items[i].amount / items[i].threshold;
    }
    return davy_answer_give(answer, davy_gb_alpha(people) * sum);
}

int davy_gb_grade(double r)
{
    static const double least[] = {100, 50, 10};
    int grade = 1;

    for (size_t i = 0; i < sizeof least / sizeof least[0] && r < least[i] * (1 - rounding); i++)
        grade++;
    return grade;
}
