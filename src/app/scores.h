/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/site_slot.h"
#include "core/buffer.h"
#include "detect/engine.h"
#include "store/store.h"

/**
 * @file
 * Scores of detectors, kept as signals `<detector>/score` and published, beside the alarm path.
 *
 * Stage: app. The thread that detects must not wait for a disk or build JSON for a picture, so the
 * scores pass through a bounded ring to a thread of their own. When that ring is full, scores are
 * left out and counted; alarms do not depend on them.
 */
typedef struct davy_scores davy_scores;

typedef void (*davy_publish)(void *context, const char *event, const char *json);

/** Scores that may wait. */
#define DAVY_SCORES_RING 8192

DAVY_MUST_CHECK davy_status davy_scores_create(davy_site_slot *slot, davy_store *store,
                                               davy_publish publish, void *context,
                                               davy_scores **out);
/** NULL is fine. */
void davy_scores_destroy(davy_scores *scores);

/** The site now has these detectors; scores of an older generation are stored and not published. */
DAVY_MUST_CHECK davy_status davy_scores_configure(davy_scores *scores, const davy_site *site);

/** Figures in Prometheus text. */
void davy_scores_metrics(davy_scores *scores, davy_buffer *out);

/** Take one score, from the detecting thread. */
void davy_scores_take(davy_scores *scores, const davy_detect_score *score);
