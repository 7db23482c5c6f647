/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/novel.h"
#include "store/store.h"

/**
 * @file
 * The past of a signal, from the store: what `novel` had learnt survives a restart and a reload.
 *
 * Stage: detect. Nothing of a check is kept in a file of its own: what it knows follows from the
 * samples, and the store has those.
 */

/** Most samples that are looked at, give or take a factor of four. */
#define DAVY_RECALL_MAX 1e6

/**
 * Look at the newest samples of a signal that the store holds, so many as the tails remember or as
 * the limit asks for.
 *
 * @param novel  zeroed
 * @return DAVY_OK also when the store has none; else the store's failure
 */
DAVY_MUST_CHECK davy_status davy_recall_novel(davy_store *store, davy_signal_id signal,
                                              double limit, davy_novel *novel);
