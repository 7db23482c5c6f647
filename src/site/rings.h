/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/emergency.h"

/**
 * @file
 * Is a ring of points the edge of one piece of ground?
 *
 * Stage: site. Edge i goes from point i to the next one, the last edge to the first point.
 */

typedef enum davy_ring_fault {
    DAVY_RING_FINE,
    DAVY_RING_SHORT,  /* fewer than three points */
    DAVY_RING_REPEAT, /* edge `a` has no length */
    DAVY_RING_CROSS,  /* edges `a` and `b` cross, touch or lie on one another */
    DAVY_RING_EMPTY   /* no ground inside */
} davy_ring_fault;

davy_ring_fault davy_ring_check(const davy_site_point *ring, size_t count, size_t *a, size_t *b);
