/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/harm/probit.h"

#include <float.h>
#include <math.h>

static const davy_formula share_formula = {
    "probit-share",
    "Share that a probit harms",
    "P = Phi(Pr - 5)",
    "1",
    "D. J. Finney, Probit Analysis, Cambridge 1971",
    "",
    "pr-co-pb-P",
    {{"probit", "1", DAVY_ANY, DAVY_ANY}},
    "概率函数对应的伤害比例",
};

static const davy_formula inverse_formula = {
    "probit-inverse",
    "What harms a share",
    "Phi(a + b ln(C^n t) - 5) = P",
    "load in SI units",
    "the probit that is turned around",
    "",
    "lc50-chlorine-30,lc50-ammonia-30,lc50-h2s-30,th-eis-dose50,th-eis-hyram,op-lung-50,op-hsc-50",
    {{"share", "1", {1e-6, 1 - 1e-6}, {DBL_MIN, 1 - DBL_EPSILON}},
     {"time", "s", DAVY_POSITIVE, DAVY_POSITIVE}},
    "造成某伤害比例的强度",
};

static const davy_formula load_formula = {
    "probit-load",
    "Probit of a load",
    "Pr = a + b ln(integral of C^n dt)",
    "1",
    "the probit whose load it is",
    "",
    "",
    {{"load", "load in SI units", DAVY_POSITIVE, DAVY_NOT_NEGATIVE}},
    "负荷的概率函数值",
};

static const davy_formula collapse_formula = {
    "probit-collapse-tno",
    "Collapse of buildings by pressure and impulse",
    "Pr = 5 - 0.22 ln((40000/P)^7.4 + (460/I)^11.3)",
    "1",
    "TNO Green Book CPR 16E, as transcribed in sandialabs/hyram",
    "",
    "op-tno-collapse",
    {{"overpressure", "Pa", DAVY_POSITIVE, DAVY_POSITIVE},
     {"impulse", "Pa.s", DAVY_POSITIVE, DAVY_POSITIVE}},
    "超压和冲量造成的建筑物倒塌",
};

static double normal_share(double deviation)
{
    return erfc(-deviation / M_SQRT2) / 2;
}

davy_answer davy_probit_share(double pr)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &share_formula, &pr))
        return answer;
    return davy_answer_give(answer, normal_share(pr - 5));
}

/* The deviation of a share: halving an interval that holds every share a double can tell from 0
 * and 1; 100 halvings are more than its bits. */
static double normal_deviation(double share)
{
    double low = -40, high = 40;

    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;

        if (normal_share(middle) < share)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

davy_answer davy_probit_value(const davy_probit *probit, double intensity, double time)
{
    davy_answer answer;
    double dose;

    if (!davy_answer_begin(&answer, &probit->formula, (const double[]){intensity, time}))
        return answer;
    dose = pow(intensity * probit->scale, probit->n);
    if (probit->per_second > 0)
        dose *= time * probit->per_second;
    return davy_answer_give(answer, probit->a + probit->b * log(dose));
}

/* What an SI load is multiplied by to be in the author's units. */
static double load_scale(const davy_probit *probit)
{
    return pow(probit->scale, probit->n) * (probit->per_second > 0 ? probit->per_second : 1);
}

davy_answer davy_probit_value_of_load(const davy_probit *probit, double load)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &load_formula, &load))
        return answer;
    return davy_answer_give(answer, probit->a + probit->b * log(load * load_scale(probit)));
}

static davy_answer invert(const davy_probit *probit, double share, double time, double power,
                          const char *unit)
{
    davy_answer answer;
    double load;

    if (!davy_answer_begin(&answer, &inverse_formula, (const double[]){share, time}))
        return answer;
    answer.unit = unit;
    load = exp((5 + normal_deviation(share) - probit->a) / probit->b) / load_scale(probit);
    return davy_answer_give(answer, pow(load / time, power));
}

davy_answer davy_probit_intensity(const davy_probit *probit, double share, double time)
{
    return invert(probit, share, probit->per_second > 0 ? time : 1, 1 / probit->n,
                  probit->formula.inputs[0].unit);
}

davy_answer davy_probit_load(const davy_probit *probit, double share)
{
    return invert(probit, share, 1, 1, inverse_formula.unit);
}

davy_answer davy_collapse_probit(double pressure, double impulse)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &collapse_formula, (const double[]){pressure, impulse}))
        return answer;
    return davy_answer_give(answer,
                            5 - 0.22 * log(pow(40000 / pressure, 7.4) + pow(460 / impulse, 11.3)));
}
