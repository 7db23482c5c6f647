/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * Which asset in alarm is nearest upstream of another, by the arrows that the site draws.
 *
 * Stage: alarm, inside. One breadth-first search from all assets in alarm at once, over the graph
 * as it is: circles are walked, not folded.
 */
typedef struct davy_arrows {
    size_t asset_count;
    uint32_t *first; /* [asset_count + 1] into to */
    uint32_t *to;    /* assets that an asset feeds */
} davy_arrows;

DAVY_MUST_CHECK davy_status davy_arrows_make(const davy_site *site, davy_arrows *out);
void davy_arrows_clear(davy_arrows *arrows);

typedef struct davy_upstream {
    size_t of;      /* the nearest other asset in alarm, or DAVY_SITE_NONE */
    unsigned steps; /* arrows from it: 1 feeds it */
} davy_upstream;

/**
 * @param alarmed  [count] assets, none twice; of two that are as near the one that stands first
 * @param out      [asset_count] written for those in alarm
 */
DAVY_MUST_CHECK davy_status davy_upstream_find(const davy_arrows *arrows, const size_t *alarmed,
                                               size_t count, davy_upstream *out);
