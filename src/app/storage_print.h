/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdio.h>

/**
 * @file
 * The object "Storage" of the API for people at a terminal.
 *
 * Stage: app.
 */

/** Bytes of a text like "1.2 GB". */
#define DAVY_BYTES_TEXT_MAX 24

/** Bytes in the unit that needs least digits, of 1,000 each: "1.2 GB". */
const char *davy_bytes_text(double bytes, char text[DAVY_BYTES_TEXT_MAX]);

DAVY_MUST_CHECK davy_status davy_storage_print(const char *json, size_t length, FILE *file);
