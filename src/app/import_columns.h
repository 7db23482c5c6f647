/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "site/site.h"
#include "store/store.h"

#include <stdio.h>

/**
 * @file
 * A file of binary columns, as `davy query --columns` writes it, into a store.
 *
 * Stage: app. Times, values to the bit and qualities are kept as they stand.
 */
typedef struct davy_import_count {
    uint64_t samples;
    uint64_t signals_unknown; /* of the file, which the site does not have */
} davy_import_count;

/** Keep all samples of signals that the site has. DAVY_ERR_INVALID for a signal in another unit,
 * DAVY_ERR_CORRUPT for a damaged file: what stands before is kept then. */
DAVY_MUST_CHECK davy_status davy_import_columns(FILE *file, davy_store *store,
                                                const davy_site *site, davy_import_count *count);
