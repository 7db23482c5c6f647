/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/societal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const davy_formula deaths_formula = {
    "expected-deaths",
    "Deaths to be expected in a year",
    "sum of f N",
    "1/a",
    "TNO Purple Book CPR 18E (1999), equations 6.3 to 6.5, as transcribed in "
    "Petrolord/petrolord-suite",
    "",
    "",
    {{"frequency", "1/a", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"deaths", "1", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
    "年潜在死亡人数期望值",
};

/* A frequency that rounding has put above a line is on it: sums of 1e-5 and the like. */
static const double rounding = 1e-9;

davy_answer davy_expected_deaths(const davy_risk_event *events, size_t count)
{
    davy_answer answer;
    double sum = 0;

    (void) davy_answer_begin(&answer, &deaths_formula, (const double[2]){0});
    if (count == 0)
        return davy_answer_missing(answer, "list of events");
    for (size_t i = 0; i < count; i++) {
        if (!davy_answer_begin(&answer, &deaths_formula,
                               (const double[]){events[i].frequency, events[i].deaths}))
            return answer;
        sum += events[i].frequency * events[i].deaths;
    }
    return davy_answer_give(answer, sum);
}

static int by_deaths(const void *a, const void *b)
{
    const davy_fn_point *x = a, *y = b;

    return (x->deaths > y->deaths) - (x->deaths < y->deaths);
}

/* Points of the same deaths become one, and each has the frequency of all behind it. */
static size_t add_up(davy_fn_point *points, size_t count)
{
    size_t kept = 0;

    for (size_t i = count - 1; i > 0; i--)
        points[i - 1].frequency += points[i].frequency;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || points[i].deaths > points[i - 1].deaths)
            points[kept++] = points[i];
    return kept;
}

davy_status davy_fn_curve(const davy_risk_event *events, size_t count, davy_fn_point *points,
                          size_t *point_count)
{
    size_t deadly = 0;

    for (size_t i = 0; i < count; i++) {
        const davy_risk_event *event = &events[i];

        if (!(event->frequency >= 0 && isfinite(event->frequency) && event->deaths >= 0 &&
              isfinite(event->deaths)))
            return davy_fail(DAVY_ERR_INVALID,
                             "event %zu has frequency %g per year and %g deaths: give both, 0 or "
                             "more",
                             i + 1, event->frequency, event->deaths);
        if (event->deaths > 0)
            points[deadly++] = (davy_fn_point){event->deaths, event->frequency};
    }
    *point_count = deadly;
    if (deadly > 0) {
        qsort(points, deadly, sizeof *points, by_deaths);
        *point_count = add_up(points, deadly);
    }
    return DAVY_OK;
}

static const davy_fn_limit limits[] = {
    {"gb36894", "China, GB 36894-2018",
     "GB 36894-2018, lines through 1e-4 and 1e-6 per year at 10 deaths with the slope -1, as a "
     "study of road transport in Shanghai's Jinshan quotes them; how far the standard's axes go "
     "was not read",
     1e-3, 1e-5, 1, 1},
    {"bevi", "Netherlands, orientation value for establishments",
     "Besluit externe veiligheid inrichtingen (2004, repealed in 2024), article 13(1)(b): 1e-5 "
     "per year for 10 deaths, 1e-7 for 100, 1e-9 for 1000; TNO Purple Book CPR 18E (1999), figure "
     "6.8, as transcribed in Petrolord/petrolord-suite",
     1e-3, 1e-3, 2, 10},
};

const davy_fn_limit *davy_fn_limit_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(limits) ? &limits[index] : NULL;
}

const davy_fn_limit *davy_fn_limit_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(limits); i++)
        if (strcmp(limits[i].name, name) == 0)
            return &limits[i];
    return NULL;
}

/* Falling lines and a curve that is flat to the left of a corner: the corners are the worst. */
davy_risk_region davy_fn_region(const davy_fn_limit *limit, const davy_fn_point *points,
                                size_t count, const davy_fn_point **worst)
{
    double greatest = 0; /* F N^exponent: what is compared with C */

    if (worst)
        *worst = NULL;
    for (size_t i = 0; i < count; i++) {
        const double c = points[i].frequency * pow(points[i].deaths, limit->exponent);

        if (points[i].deaths >= limit->from && c > greatest) {
            greatest = c;
            if (worst)
                *worst = &points[i];
        }
    }
    if (greatest > limit->upper * (1 + rounding))
        return DAVY_RISK_UNACCEPTABLE;
    return greatest > limit->lower * (1 + rounding) ? DAVY_RISK_ALARP : DAVY_RISK_ACCEPTABLE;
}

const char *davy_risk_region_name(davy_risk_region region)
{
    static const char *const names[DAVY_RISK_REGIONS] = {"acceptable", "ALARP", "unacceptable"};

    return names[region];
}
