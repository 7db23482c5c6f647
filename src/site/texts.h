/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"

/**
 * @file
 * Short texts packed side by side in an arena.
 *
 * Stage: site. Pieces of an arena begin on cache lines; a hundred thousand names of ten characters
 * would waste most of theirs. A pool takes large pieces and cuts texts out of them.
 */
typedef struct davy_texts {
    davy_arena *arena;
    char *next;
    size_t left;
} davy_texts;

/** A copy of `length` characters with a final zero; lives as long as the arena. NULL without
 * memory. */
char *davy_texts_copy(davy_texts *texts, const char *text, size_t length);
