/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"
#include "site/logic.h"
#include "site/site.h"

#include <stdbool.h>

/**
 * @file
 * Suppression by design: the logic of the site's rules over live values and conditions.
 *
 * Stage: detect. A logic is looked at when one of its signals sends a sample, before and after that
 * sample's own checks, and at every tick. It suppresses while it is true. What is not known does
 * not suppress: no sample yet, a bad or uncertain one, or none within the signal's deadline, by its
 * own time and by when it came; the site file asks a deadline of every signal in a logic. A
 * condition is as unknown as the signal it is about, and that of a model as long as the model gives
 * no verdict.
 *
 * The first answer is told also when it is "no". Whoever remembers a suppression over a restart
 * learns from it that it is over. That a value is not known is told as a first answer only after
 * the deadlines of the logic's signals, or DAVY_SUPPRESS_FIRST_NS: until then the value from before
 * the restart would have counted as well.
 */
typedef struct davy_suppressor davy_suppressor;

/** How long the first answer may wait for signals to speak. */
#define DAVY_SUPPRESS_FIRST_NS (10 * DAVY_NS_PER_S)

typedef struct davy_suppressor_callbacks {
    void *context;
    /* A condition holds, as far as it is told; who asks has looked at its signal already. */
    davy_truth (*holds)(void *context, davy_logic_condition condition);
    void (*tell)(void *context, size_t suppression, bool active, int64_t time_ns);
} davy_suppressor_callbacks;

/** @param site  borrowed; a site without suppressions gives NULL, which all functions take */
DAVY_MUST_CHECK davy_status davy_suppressor_create(const davy_site *site,
                                                   const davy_suppressor_callbacks *callbacks,
                                                   int64_t now_ns, davy_suppressor **out);
/** NULL is fine. */
void davy_suppressor_destroy(davy_suppressor *suppressor);

/** A reload: the newest values of signals that did not change go on. */
void davy_suppressor_adopt(davy_suppressor *suppressor, const davy_suppressor *previous);

/** A logic has to do with this signal. */
bool davy_suppressor_watches(const davy_suppressor *suppressor, size_t signal);

/** Keep the value of a sample of a signal that is watched. */
void davy_suppressor_sample(davy_suppressor *suppressor, size_t signal, const davy_sample *sample,
                            int64_t now_ns);

/** Look at every logic that has to do with this signal. */
void davy_suppressor_look(davy_suppressor *suppressor, size_t signal, int64_t time_ns,
                          int64_t now_ns);

/** Look at all of them: values grow old, and models and sources have no sample of their own. */
void davy_suppressor_tick(davy_suppressor *suppressor, int64_t time_ns, int64_t now_ns);

/** Its memory. */
size_t davy_suppressor_bytes(const davy_suppressor *suppressor);
