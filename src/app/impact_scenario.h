/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * `davy impact SCENARIO.yaml`: computed, and shown as tables or JSON.
 *
 * Stage: app.
 */
typedef struct davy_impact_wanted {
    const char *path; /* of the scenario file */
    bool json;
} davy_impact_wanted;

/** @return exit code: EX_DATAERR for a file with faults, which are told on standard error */
int davy_impact_run(const davy_impact_wanted *wanted);
