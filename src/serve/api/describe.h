/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "site/site.h"

/**
 * @file
 * Pieces of the site as several handlers write them.
 *
 * Stage: serve.
 */

/** Two numbers in an array, or null when one is not known. */
void davy_write_pair(davy_buffer *out, const char *key, double first, double second);

/** Path of the signal that keeps a detector's score. */
void davy_score_path(const davy_site_detector *detector, char *path, size_t capacity);
