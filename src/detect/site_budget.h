/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"

/**
 * @file
 * The alarm budget of the site on a model that may have been calibrated for another one.
 *
 * Stage: detect, inside. A score is divided by the limit of the site's budget, and so are its
 * contributions: 1 is the limit of this detector on this site. At the model's own budget nothing is
 * touched, and the scores are those of the batch to the bit.
 */
typedef struct davy_site_budget {
    davy_model_limit limit;
    double *contributions; /* [model's signals] what davy_site_budget_apply() hands out */
    size_t signals;
} davy_site_budget;

/** @param per_day  of the site; 0: the model's own */
DAVY_MUST_CHECK davy_status davy_site_budget_init(davy_site_budget *budget, const davy_model *model,
                                                  double per_day);
void davy_site_budget_clear(davy_site_budget *budget);

/** Put a score on the site's footing; its contributions are then borrowed until the next call. */
void davy_site_budget_apply(davy_site_budget *budget, davy_score *score);

/** What the site must know of its budget: a sentence, or "" when the history vouches for it. */
void davy_site_budget_say(const davy_site_budget *budget, double per_day, char *text,
                          size_t capacity);
