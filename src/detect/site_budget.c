/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/site_budget.h"

#include <stdio.h>
#include <stdlib.h>

#define RATE_TEXT_MAX 48

davy_status davy_site_budget_init(davy_site_budget *budget, const davy_model *model, double per_day)
{
    const size_t signals = davy_model_describe(model)->signal_count;

    *budget = (davy_site_budget){.limit = davy_model_limit_for(model, per_day),
                                 .contributions = calloc(signals, sizeof(double)),
                                 .signals = signals};
    return budget->contributions ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu signals", signals);
}

void davy_site_budget_clear(davy_site_budget *budget)
{
    free(budget->contributions);
    *budget = (davy_site_budget){0};
}

void davy_site_budget_apply(davy_site_budget *budget, davy_score *score)
{
    const double ratio = budget->limit.ratio;

    if (ratio == 1.0 || score->verdict == DAVY_VERDICT_ABSTAIN)
        return;
    for (size_t i = 0; score->contributions && i < budget->signals; i++)
        budget->contributions[i] = score->contributions[i] / ratio;
    if (score->contributions)
        score->contributions = budget->contributions;
    score->score /= ratio;
    score->verdict = score->score > 1.0 ? DAVY_VERDICT_ALARM : DAVY_VERDICT_NORMAL;
}

/* "2.5 a day", "1 in 7 days". */
static const char *rate_text(char text[RATE_TEXT_MAX], double per_day)
{
    if (per_day >= 1.0)
        (void) snprintf(text, RATE_TEXT_MAX, "%.3g a day", per_day);
    else
        (void) snprintf(text, RATE_TEXT_MAX, "1 in %.3g days", 1.0 / per_day);
    return text;
}

void davy_site_budget_say(const davy_site_budget *budget, double per_day, char *text,
                          size_t capacity)
{
    const davy_model_limit *limit = &budget->limit;
    char asked[RATE_TEXT_MAX], promised[RATE_TEXT_MAX];

    text[0] = '\0';
    if (!limit->known)
        (void) snprintf(text, capacity,
                        "the model does not know a limit for the budget of %s: its own is used, "
                        "for %s. Train it anew",
                        rate_text(asked, per_day), rate_text(promised, limit->budget_per_day));
    else if (!limit->vouched)
        (void) snprintf(text, capacity,
                        "the model's history is too short to vouch for the budget of %s: its limit "
                        "is extrapolated, and what it promises is %s",
                        rate_text(asked, limit->budget_per_day),
                        rate_text(promised, limit->promise_per_day));
}
