/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "hazard/impact/impact.h"

/**
 * @file
 * The map of a page on an impact: the zones of one effect, the wind, who and what stands there.
 *
 * Stage: app. SVG, north up, in metres of the site.
 */
void davy_impact_map(davy_buffer *html, const davy_impact *impact, davy_effect effect);
