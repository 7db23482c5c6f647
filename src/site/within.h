/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/emergency.h"

/**
 * @file
 * Places in places: a person is in one place at a time, and is counted once.
 *
 * Stage: site. A place whose whole outline lies in another's is within it, and the people of the
 * outer place are taken to be all who are on its ground, those of the inner ones among them. The
 * public and those who work on the site are counted apart, and muster points not at all. Places
 * that overlap in part count each for itself: who stands in both nobody knows, and too many are
 * better than too few.
 */

/** Set `within` of every place: the smallest that holds it, of two equal ones the earlier. */
void davy_places_nest(davy_site_place *places, size_t count);

/**
 * The people of each place that no place within it counts: at least 0.
 *
 * @param people  [place_count] of each place, those of the places within it among them
 * @param apart   [place_count] result
 */
void davy_places_apart(const davy_site_emergency *emergency, const double *people, double *apart);
