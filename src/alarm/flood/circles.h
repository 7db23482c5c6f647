/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * Which assets feed one another in a circle.
 *
 * Stage: alarm, inside. The strongly connected parts of the plant's graph, without recursion.
 *
 * Source: R. Tarjan, 1972, as graph.h.
 */

/**
 * Number the parts: two assets have the same number when each is upstream of the other.
 *
 * @param out    [assets] from 0; the caller frees it
 * @param count  of parts
 */
DAVY_MUST_CHECK davy_status davy_plant_circles(const davy_site *site, uint32_t **out,
                                               size_t *count);
