/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "site/site.h"

struct json_t;

/**
 * @file
 * What a site file says about its alarms, as sorted lines of text: to compare, to hash, to keep.
 *
 * Stage: alarm. A line is a condition, one of its settings, and the value as people write it:
 *
 *     T-101/pressure:hi <tab> <tab> 1000 kPa
 *     T-101/pressure:hi <tab> deadband <tab> 5 kPa
 *
 * The setting without a name is there for every condition: its limit, or "on". A setting that is
 * not said has no line. Settings that change no alarm (titles, addresses, receivers) are not in it,
 * so two files that differ in those alone are the same.
 */

/** Bytes of a hash as text, with its zero. */
#define DAVY_SETTINGS_HASH_MAX 65

/** The settings of a site, appended to `out`. */
DAVY_MUST_CHECK davy_status davy_settings_write(const davy_site *site, davy_buffer *out);

/** BLAKE2b-256 of such a text, or of a site file, in hexadecimal. */
void davy_settings_hash(const char *text, size_t length, char hash[DAVY_SETTINGS_HASH_MAX]);

/**
 * What differs: [{"condition", "setting", "before", "after", "text"}], by condition. `setting` is
 * "limit" for the one without a name; a condition that one side has not has null there and no
 * further changes. `text` is the change for people: "T-101/pressure:hi 1000 -> 1050 kPa".
 *
 * @param before, after  texts as davy_settings_write() gives them; other lines are passed over
 * @return a new reference; NULL without memory
 */
struct json_t *davy_settings_diff(const char *before, const char *after);
