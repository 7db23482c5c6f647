/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "hazard/impact/spread.h"

/**
 * @file
 * How far a scenario reaches while some of its figures are not known: a table, and a part of a
 * page.
 *
 * Stage: app.
 */
DAVY_MUST_CHECK davy_status davy_impact_spread_print(const davy_spread *spread);

/** With a histogram of each level. */
void davy_impact_spread_page(const davy_spread *spread, davy_buffer *html);
