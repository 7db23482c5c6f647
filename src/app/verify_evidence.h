/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * `davy verify FILE`: the evidence of an incident, replayed.
 *
 * Stage: app.
 */

/** Print what was found. @return exit code: EX_DATAERR for what was changed */
int davy_verify_evidence(const char *file, bool json);
