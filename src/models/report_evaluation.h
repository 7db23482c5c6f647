/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "models/evaluate.h"

/**
 * @file
 * The page of an evaluation: scores beside the labels, and the figures.
 *
 * Stage: models. One HTML file without scripts and without anything from outside.
 */
DAVY_MUST_CHECK davy_status davy_evaluation_report(const davy_model_info *info,
                                                   const davy_table *table, const davy_run *run,
                                                   const davy_evaluation *found, davy_buffer *html);
