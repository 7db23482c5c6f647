/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/advice/labels.h"
#include "alarm/whatif/events.h"
#include "site/site.h"

/**
 * @file
 * Answers of people as labelled events: what they called true must be found, and what they called
 * false or known work must not ring.
 *
 * Stage: alarm. The stretch of an answer begins where its alarm began, so an alarm that rings
 * earlier and still stands there has found it too: up to DAVY_ANSWER_LEAD_NS before.
 */
#define DAVY_ANSWER_LEAD_NS (3600 * DAVY_NS_PER_S)

/**
 * Add the answers whose stretch has a part in [from_ns, to_ns); what lasts still ends there. An
 * event belongs to the asset of its alarm; that of a detector to the asset of all its signals, and
 * to none when they are of several.
 *
 * @param site  that the keys are looked up in
 */
DAVY_MUST_CHECK davy_status davy_event_list_add_answers(davy_event_list *list,
                                                        const davy_labels *labels,
                                                        const davy_site *site, int64_t from_ns,
                                                        int64_t to_ns);
