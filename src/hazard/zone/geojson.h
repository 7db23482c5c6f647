/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "hazard/zone/zone.h"

/**
 * @file
 * Zones as GeoJSON, for maps.
 *
 * Stage: hazard, room zone. Source: RFC 7946: WGS 84, [longitude, latitude], rings closed and
 * counter-clockwise (3.1.6).
 */

/**
 * Append a FeatureCollection, one Feature for each zone that has a ring; its properties are `id`
 * (1 for the first zone), `effect`, `endpoint`, `severity` and `distance`.
 *
 * @param key  in the object that it is part of; NULL: it stands alone
 */
void davy_zone_geojson(davy_buffer *out, const char *key, const davy_zone *zones, size_t count,
                       double latitude, double longitude);
