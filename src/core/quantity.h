/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Numbers with units as people write them in site files and on the command line.
 *
 * Stage: core. A unit is required wherever the quantity has one: "10" is not a duration.
 */

/** "200ms", "2s", "5 min", "1h", "3d", "1 week" -> nanoseconds, > 0. */
DAVY_MUST_CHECK davy_status davy_duration_parse(const char *text, int64_t *ns);

/** Shortest exact form, for example "90 s" -> "90s", "3600 s" -> "1h". */
void davy_duration_format(int64_t ns, char *text, size_t capacity);

/** "1/week", "6/hour", "0.5/day", "2/month" (30 days) -> events per day, > 0. */
DAVY_MUST_CHECK davy_status davy_rate_parse(const char *text, double *per_day);

/** "20 t", "350 kg", "5 g" -> kilograms, >= 0. */
DAVY_MUST_CHECK davy_status davy_mass_parse(const char *text, double *kg);

/** A finite decimal number and nothing else. */
DAVY_MUST_CHECK davy_status davy_number_parse(const char *text, double *value);
