/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * The stretch of the sorted paths that begins with a text.
 *
 * Stage: site. What stands before the first star of a pattern narrows the search, so that a file of
 * many patterns is not looked up in every path.
 */

/** First place in by_path whose path is not below the first `length` characters of `prefix`. */
size_t davy_stretch_begin(const davy_site *site, const char *prefix, size_t length);
