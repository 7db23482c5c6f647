/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "models/training/training.h"

/**
 * @file
 * The page a training leaves for people: score over time, calibration, and what drove the score.
 *
 * Stage: models. One HTML file without scripts and without anything from outside.
 */
DAVY_MUST_CHECK davy_status davy_training_report(const davy_training *training, davy_buffer *html);
