/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"
#include "hazard/impact/impact.h"

/**
 * @file
 * The words of an impact in both languages.
 *
 * Stage: app.
 */
davy_words davy_impact_effect_words(davy_effect effect);
davy_words davy_impact_advice_words(davy_advice advice);

/** Of a model or a step of the source term; what has none keeps its English name. */
davy_words davy_impact_name_words(const char *name);

/** A distance, "not reached", or what is missing; the Chinese one is written into `text`. */
davy_words davy_impact_reach_words(const davy_answer *reach, char english[DAVY_ANSWER_TEXT_MAX],
                                   char chinese[DAVY_ANSWER_TEXT_MAX]);
