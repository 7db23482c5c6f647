/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "hazard/impact/impact.h"
#include "hazard/impact/spread.h"

/**
 * @file
 * A page on an impact, in English and Chinese: one file, without scripts and without anything from
 * outside. Every figure opens its formula: equation, source, range and the published cases.
 *
 * Stage: app.
 *
 * @param spread  NULL: no draws were asked for
 */
DAVY_MUST_CHECK davy_status davy_impact_page(const davy_impact *impact, const davy_spread *spread,
                                             davy_buffer *html);
