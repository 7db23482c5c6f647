/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "hazard/impact/impact.h"

struct json_t;

/**
 * @file
 * What an impact was computed from, so that it can be computed again to the same bits.
 *
 * Stage: respond, room threat. A JSON object in which every number has its 17 digits:
 *
 *     {"version": 1, "scenario": {..., "release": {...}, "weather": {...}, "endpoints": [...]},
 *      "site": hash of the site file | null, "asset": name | null, "latitude", "longitude", "day",
 *      "badges": [number | null] | null, "computed_ns", "likelihood"}
 *
 * in SI units, null for what is not known. The site itself is not in it: the daemon keeps every
 * file that came into force as DATA/settings/HASH (alarm/change/ledger.h). The same bits need the
 * same davy on the same kind of machine; a record names its version.
 */
#define DAVY_FROZEN_VERSION 1

/** Bytes of a hash in hexadecimal with its zero. */
#define DAVY_FROZEN_HASH_MAX 65

/** @param site_hash  of the file of input->site; NULL without one @return NULL without memory */
struct json_t *davy_impact_freeze(const davy_impact_input *input, const char *site_hash);

/** An input as it was; borrows nothing of the JSON. */
typedef struct davy_thawed {
    davy_arena arena;
    davy_scenario scenario;
    davy_impact_input input;         /* its site is the caller's to find, by the hash */
    char site[DAVY_FROZEN_HASH_MAX]; /* "" for none */
    const char *asset;               /* name, or NULL: scenario.asset is its index then */
    size_t badge_count;
} davy_thawed;

/**
 * @param thawed  zeroed; davy_thawed_clear() gives it back, also after a failure
 * @return DAVY_ERR_INVALID names the key that is missing or no number
 */
DAVY_MUST_CHECK davy_status davy_impact_thaw(const struct json_t *frozen, davy_thawed *thawed);
void davy_thawed_clear(davy_thawed *thawed);

/**
 * Put it into its site: the index of the asset, and as many badges as places.
 *
 * @param site  of the hash; borrowed. NULL when there was none
 * @return DAVY_ERR_INVALID when it is not that site
 */
DAVY_MUST_CHECK davy_status davy_thawed_place(davy_thawed *thawed, const davy_site *site);

/** Hash of an impact as JSON, of a site file: BLAKE2b-256. */
void davy_frozen_hash(const char *text, size_t length, char hash[DAVY_FROZEN_HASH_MAX]);
