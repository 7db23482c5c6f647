/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * A note in the data folder of when a copy of it was made, or it was verified, and what was found:
 * who asks what the storage holds is told.
 *
 * Stage: app. A note that cannot be written (a folder of somebody else, a full disk) fails nothing.
 */

/** @param what  "backup" or "verify": the note is DATA/last-WHAT.json
 * @param to  folder of the copy, NULL without one */
void davy_last_done_note(const char *data, const char *what, const char *to, uint64_t damaged);
