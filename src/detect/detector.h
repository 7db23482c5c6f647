/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/emitter.h"
#include "site/logic.h"

/**
 * @file
 * A model over live signals: rows, scores, the conditions "model" and "verdict".
 *
 * Stage: detect, inside the engine. The model's signals are found among the detector's by their
 * paths; signals the model does not know are passed over. A score above 1 begins the model
 * condition after the on-delay; it ends when the score has been at most DAVY_MODEL_RELEASE for the
 * off-delay. While the model abstains, both wait.
 *
 * A detector that gives no verdict for verdict_ns (whatever the reason: no model, a missing signal,
 * no rows) is not silent: its verdict condition begins and says why.
 */

/** A model alarm is over at or below this score. */
#define DAVY_MODEL_RELEASE 0.9

/** No verdict for so long is a condition, and for at least ten periods and twice the longest cap.
 */
#define DAVY_VERDICT_DELAY_NS (30 * DAVY_NS_PER_S)

typedef struct davy_detector davy_detector;

/**
 * A model that cannot be opened or does not fit is no failure: the detector says so for ever.
 *
 * @param first  index of its model condition; its verdict condition is the next
 */
DAVY_MUST_CHECK davy_status davy_detector_create(davy_emitter *emitter, size_t index, size_t first,
                                                 const char *registry, int64_t now_ns,
                                                 davy_detector **out);
/** NULL is fine. */
void davy_detector_destroy(davy_detector *detector);

/** The score was above its limit when the program last ran. */
void davy_detector_restore(davy_detector *detector);

/** What it has answered is taken back; its rows and its model go on. */
void davy_detector_ask_anew(davy_detector *detector);

/** Its score is above its limit, or it gives no verdict: as far as it has been told. What a model
 * that gives no verdict would say is not known. */
davy_truth davy_detector_holds(const davy_detector *detector, davy_condition_kind kind);

/**
 * Take over from the detector of the site before a reload, when both watch the same signals with
 * the same version of the model. @return false, and no change, when they do not
 */
bool davy_detector_adopt(davy_detector *detector, davy_detector *previous);

/** The column of a signal in the model's rows, or DAVY_SITE_NONE. */
size_t davy_detector_column(const davy_detector *detector, size_t signal);

/** Look at a sample of one of its columns. */
void davy_detector_sample(davy_detector *detector, size_t column, const davy_sample *sample,
                          int64_t now_ns);

/** Look at the time. */
void davy_detector_tick(davy_detector *detector, int64_t now_ns, int64_t wall_ns);

/** Make the rows that still wait: the history is over. */
void davy_detector_flush(davy_detector *detector);

/** How it does; from any thread. */
void davy_detector_get_status(davy_detector *detector, davy_detect_status *status);
