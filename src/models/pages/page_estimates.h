/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/pages/page.h"

/**
 * @file
 * Estimates one under the other, with their intervals: the main figure of a comparison.
 *
 * Stage: models.
 */
void davy_page_estimates(davy_buffer *html, const davy_comparison *comparison);
