/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * `davy impact --layout` and `--events`: gas detectors held to GB/T 50493, and the F-N curve of a
 * plant's accidents held to its limits. Each is a CSV file.
 */

/** @return exit code: EX_DATAERR when a place is not watched as it should be */
int davy_impact_layout_print(const char *path, bool json);

/** @return exit code */
int davy_impact_events_print(const char *path, bool json);
