/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/whatif/events.h"
#include "site/site.h"
#include "store/store.h"

struct json_t;

/**
 * @file
 * What would it have done: a proposed site file beside the one in force, over stored history.
 *
 * Stage: alarm. The plant is rehearsed twice over the same samples (alarm/whatif/rehearsal.h), and
 * what operators would have heard is compared. What both files say alike is left out, unless there
 * are labelled events, which any alarm of the plant may find.
 */
typedef struct davy_whatif_question {
    davy_store *store;
    const char *registry;          /* folder of models */
    davy_site *current, *proposed; /* their signals get the ids that the store knows */
    int64_t from_ns, to_ns;
    const davy_event_list *events; /* sorted; NULL for none */
} davy_whatif_question;

/**
 * The answer, a new reference:
 *
 *     {"before", "after": hashes of the settings, "changes": [of davy_settings_diff()],
 *      "from", "to", "days", "samples", "whole",
 *      "alarms": {"before", "after", "before_per_day", "after_per_day"},
 *      "conditions": [{"condition", then as in "alarms"}]: what was changed or rings differently,
 *      "priorities": [{"priority", ...}], "positions": [{"position", ...}],
 *      "events": {"count", "kept", "missed", "gained", "unfound", "earlier", "later",
 *                 "worst_delay_s": {"before", "after"},
 *                 "list": [{"name", "asset", "from", "to", "verdict", "before", "after"}]},
 *      "notes": [sentences: what the figures do not say]}
 *
 * The side of an event is {"delay_s", "condition", "stood"}: `stood` tells that an alarm was
 * standing when it began, which finds nothing. `events` is null without any.
 *
 * @return DAVY_ERR_NOT_FOUND when the store holds no sample of what is concerned in that time
 */
DAVY_MUST_CHECK davy_status davy_whatif_ask(const davy_whatif_question *question,
                                            struct json_t **out);
