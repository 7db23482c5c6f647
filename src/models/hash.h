/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * The hash by which files of models are known.
 *
 * Stage: models.
 */

/** SHA-256 in hexadecimal. */
#define DAVY_HASH_MAX 65
void davy_hash_bytes(const void *bytes, size_t length, char text[DAVY_HASH_MAX]);
