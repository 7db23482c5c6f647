/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/options.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * `davy impact --major`: the major hazards of a site by GB 18218, and what if an asset were not
 * there.
 */
typedef struct davy_impact_major {
    const char *site;         /* file */
    uint64_t people;          /* within 500 m of the fence; UINT64_MAX: those of the site file */
    davy_option_list without; /* names of assets */
    bool json;
} davy_impact_major;

/** @return exit code: EX_DATAERR for a site with faults */
int davy_impact_major_print(const davy_impact_major *wish);
