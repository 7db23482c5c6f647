/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * "Did you mean ...": the candidate nearest to a word that was probably mistyped.
 *
 * Stage: site. Distance counts letters put in, left out, changed, and neighbours swapped.
 *
 * Source: optimal string alignment, after F. J. Damerau, "A technique for computer detection and
 * correction of spelling errors", Communications of the ACM 7(3), 1964.
 */

/** Words longer than this are compared with nothing. */
#define DAVY_NEAREST_MAX ((size_t) 64)

/** Start with {.word = "dedline"}; `best` is NULL while nothing is near enough. */
typedef struct davy_nearest {
    const char *word;
    const char *best;
    size_t distance; /* of best */
} davy_nearest;

/** Keep the candidate if it is nearer than the best, and at most a third of the word away. */
void davy_nearest_offer(davy_nearest *nearest, const char *candidate);
