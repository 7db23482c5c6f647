/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/risk/societal.h"

#include <stdbool.h>

struct json_t;

/**
 * @file
 * `davy impact --layout` and `--events`: gas detectors held to GB/T 50493, and the F-N curve of a
 * plant's accidents held to its limits. Each is a CSV file.
 */

/** @return exit code: EX_DATAERR when a place is not watched as it should be */
int davy_impact_layout_print(const char *path, bool json);

/** @return exit code */
int davy_impact_events_print(const char *path, bool json);

/** Set "expected_deaths", "curve" and "limits" of an answer. */
DAVY_MUST_CHECK davy_status davy_impact_curve(const davy_risk_event *events, size_t event_count,
                                              struct json_t *answer);
/** Print them as tables. */
DAVY_MUST_CHECK davy_status davy_impact_curve_print(const struct json_t *answer);
