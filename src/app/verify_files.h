/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/store.h"

#include <stdint.h>

/**
 * @file
 * `davy verify`: the files of a data folder beside its samples and records.
 *
 * Stage: app. Keys, the texts that were in force, what is due to receivers, the terms of retention,
 * jobs. docs/store-format.md says what each is checked by, and why the rest needs none.
 */

/** Look at all, and tell of each that is not as it was written. @param damaged  grows by them */
DAVY_MUST_CHECK davy_status davy_verify_files(const char *data, davy_store_tell tell, void *context,
                                              uint64_t *damaged);
