/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Spellings of a path that one reader might take for another's: dots, slashes, escapes, parameters,
 * case, the absolute form. What the server makes of each is the same route with the same rights, or
 * none.
 */
extern const size_t spelling_count;

/** Write the path in one of the spellings; false when it has no such spelling. */
bool spell(size_t spelling, const char *example, char *path, size_t capacity);
