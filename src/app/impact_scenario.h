/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * `davy impact SCENARIO.yaml`: computed, and shown as tables, JSON or a page.
 *
 * Stage: app.
 */
typedef struct davy_impact_wanted {
    const char *path; /* of the scenario file */
    const char *page; /* file to write; NULL: none */
    bool json;
    uint64_t draws; /* of what is uncertain; 0: none */
    uint64_t seed;
} davy_impact_wanted;

/** @return exit code: EX_DATAERR for a file with faults, which are told on standard error */
int davy_impact_run(const davy_impact_wanted *wanted);
