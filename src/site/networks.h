/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "site/emergency.h"

#include <stdint.h>

/**
 * @file
 * Networks: junctions that stretches of road join, whichever way they may be driven.
 *
 * Stage: site. Most sites have one. Two may be meant (a pier, an island), or a stretch may have
 * been forgotten: then nobody is sent across, and nobody knows why. So it is told, and no fault.
 */

/** One of them, with its first junction in the file. */
typedef struct davy_site_network {
    const char *first;
    size_t junctions;
} davy_site_network;

/**
 * The networks of a site, in the order of their first junctions.
 *
 * @param scratch   for working memory
 * @param networks  [capacity] the first ones
 * @param count     how many there are
 */
DAVY_MUST_CHECK davy_status davy_site_networks(const davy_site_emergency *emergency,
                                               davy_arena *scratch, davy_site_network *networks,
                                               size_t capacity, size_t *count);
