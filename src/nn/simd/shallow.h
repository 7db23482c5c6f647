/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Shallow trees, asked whole: a row answers all 63 branches of a tree at once (AVX-512 VBMI).
 *
 * Stage: nn. A step of a walk waits for memory, and which memory the next one needs depends on its
 * answer. Here what is read depends on nothing, and 63 answers cost less than two steps.
 *
 * A threshold is known by its *rank*, its place among those of its column, and a row by how many
 * thresholds of each column it lies above. Both fit a byte, for a column has 255 thresholds at
 * most. The ranks of a row lie in a register or two, where a permutation of bytes finds what the
 * branches of a tree ask for; one comparison makes a bit for each; the way down is chosen by
 * shifting those bits, in eight trees side by side.
 *
 * There is no emulation: elsewhere trees are walked (simd/tree.c). One thread, no allocation.
 *
 * Source: thresholds as ranks and answers as bits after Ye et al., "RapidScorer", KDD 2018, and
 * Lucchese et al., "QuickScorer", SIGIR 2015. Theirs go through the branches of a feature up to the
 * first that the row passes, and clear leaves; ours ask all, and need no order of branches.
 */

/** Whether this CPU has the instructions. */
bool davy_shallow_available(void);

#define DAVY_SHALLOW_DEPTH   6
#define DAVY_SHALLOW_NODES   64  /* leaves at that depth; branches are one fewer */
#define DAVY_SHALLOW_RANKS   255 /* thresholds of a column at most */
#define DAVY_SHALLOW_COLUMNS 128
#define DAVY_SHALLOW_TREES   8  /* side by side */
#define DAVY_SHALLOW_ASKED   64 /* at once at most */

/** A column of numbers that are asked for. */
typedef struct davy_shallow_column {
    int32_t every_16th[16];                     /* the last of each 16 thresholds */
    int32_t thresholds[DAVY_SHALLOW_RANKS + 1]; /* ascending, filled up with INT32_MAX */
} davy_shallow_column;

/**
 * A tree. Branch 1 is its root, the children of branch i are 2 i and 2 i + 1, and those of the last
 * 32 branches are the leaves. A leaf that is less deep is the first of those in its place.
 */
typedef struct davy_shallow_tree {
    uint8_t column[DAVY_SHALLOW_NODES];
    uint8_t rank[DAVY_SHALLOW_NODES]; /* a row above it goes to the second child; 255: none is */
    int32_t leaves[DAVY_SHALLOW_NODES];
} davy_shallow_tree;

/**
 * How many thresholds of its column each number lies above.
 *
 * @param keys   [columns] in the order of the numbers
 * @param ranks  set, zero behind `columns`
 */
void davy_shallow_rank(size_t columns, const davy_shallow_column *column, const int32_t *keys,
                       uint8_t ranks[DAVY_SHALLOW_COLUMNS]);

/**
 * What trees say of a row.
 *
 * @param count    a multiple of DAVY_SHALLOW_TREES, at most DAVY_SHALLOW_ASKED
 * @param columns  that the trees may ask for
 * @param says     [count] leaves
 */
void davy_shallow_ask(size_t count, const davy_shallow_tree *trees, size_t columns,
                      const uint8_t ranks[DAVY_SHALLOW_COLUMNS], int32_t *says);
