/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "site/emergency.h"

#include <stddef.h>

/**
 * @file
 * Ring: the geometry of zones, by GEOS.
 *
 * Stage: hazard, room zone, inside. A ring is a polygon without holes, its first point not
 * repeated. Functions are reentrant: each has a context of GEOS of its own.
 */

/**
 * Make a drawn ring a valid polygon: simple, counter-clockwise, without holes. Where its line
 * crosses itself the largest piece stays.
 *
 * @param ring   [*count] in, at most `capacity` out
 * @param count  0 out when it has no area
 * @return DAVY_ERR_LIMIT when `capacity` points do not hold it
 */
DAVY_MUST_CHECK davy_status davy_ring_repair(davy_site_point *ring, size_t *count, size_t capacity);

/** Whether it is what davy_ring_repair() makes. */
bool davy_ring_is_valid(const davy_site_point *ring, size_t count);

/** Area in m2; above 0 when it goes counter-clockwise. */
double davy_ring_area(const davy_site_point *ring, size_t count);

/**
 * A ring of fewer points around a valid one, never smaller: it is widened by as much as its line
 * may then be straightened, and GEOS is asked whether it covers what it was.
 *
 * @param margin  m, by which it is wider at least: what rounding of coordinates may take away
 * @param out     [capacity], capacity at least 4
 */
DAVY_MUST_CHECK davy_status davy_ring_around(const davy_site_point *ring, size_t count,
                                             double margin, davy_site_point *out, size_t capacity,
                                             size_t *out_count);

/** Version of GEOS, as linked. */
const char *davy_ring_geos_version(void);
