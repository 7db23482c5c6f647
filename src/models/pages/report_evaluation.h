/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "models/judge/judge.h"

/**
 * @file
 * The page of an evaluation of a model that watches.
 *
 * Stage: models. One HTML file, in two languages, without scripts and without anything from
 * outside.
 */
DAVY_MUST_CHECK davy_status davy_evaluation_report(const davy_model_info *info,
                                                   const davy_table *table, const davy_run *run,
                                                   const davy_watch_judgement *judged,
                                                   davy_buffer *html);
