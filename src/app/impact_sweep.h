/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * `davy impact SCENARIO.yaml --sweep`: a scenario over the weather that the station has measured.
 *
 * Stage: app.
 */
typedef struct davy_impact_sweep {
    const char *path; /* of the scenario file, which names its site */
    const char *data; /* folder of the daemon */
    int64_t from_ns, to_ns;
    bool json;
} davy_impact_sweep;

/** @return exit code */
int davy_impact_sweep_print(const davy_impact_sweep *wanted);
