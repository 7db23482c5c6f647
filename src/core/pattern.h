/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * Patterns over signal paths: `T-101/pressure`, `T-101/` + `*`, several separated by commas.
 *
 * Stage: core. `*` stands for any characters except `/`, `**` for any characters at all.
 */

/** True when one of the comma-separated patterns matches the whole path. */
bool davy_pattern_matches(const char *patterns, const char *path);
