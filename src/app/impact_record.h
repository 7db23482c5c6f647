/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * `davy impact --record N`: an impact of a daemon, computed again from its frozen inputs.
 *
 * Stage: app.
 */

/**
 * Print it as JSON.
 *
 * @param data      folder of the daemon
 * @param sequence  of the record
 * @return exit code: EX_DATAERR when the answer has other bits than the recorded one
 */
int davy_impact_record_print(const char *data, uint64_t sequence);
