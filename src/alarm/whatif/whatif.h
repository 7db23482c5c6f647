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
 * are labelled events, which any alarm of the plant may find, or all is asked for: a flood is made
 * of the alarms of a whole position.
 */
typedef struct davy_whatif_question {
    davy_store *store;
    const char *registry;          /* folder of models */
    davy_site *current, *proposed; /* their signals get the ids that the store knows */
    int64_t from_ns, to_ns;
    const davy_event_list *events; /* sorted; NULL for none */
    bool whole;                    /* leave nothing out */
    /* How far it is, in seconds of history; false ends it. Optional. */
    bool (*progress)(void *context, uint64_t done_s, uint64_t total_s);
    void *context;
} davy_whatif_question;

/**
 * The answer, a new reference:
 *
 *     {"before", "after": hashes of the settings, "changes": [of davy_settings_diff()],
 *      "files": {"before", "after": hashes of both files},
 *      "from", "to", "days", "samples", "whole",
 *      "alarms": {"before", "after", "before_per_day", "after_per_day"},
 *      "conditions": [{"condition", then as in "alarms"}]: what was changed or rings differently,
 *      "priorities": [{"priority", ...}], "positions": [{"position", ...}],
 *      "daily": [{"from", "before", "after"}]: alarms of each day of the site's clock,
 *      "bar_days": days that an entry of "daily" stands for, 1 up to 400 days,
 *      "floods": [{"position", "before": {"count", "seconds", "peak"}, "after"}],
 *      "events": {"count", "outside", "kept", "missed", "gained", "unfound", "earlier", "later",
 *                 "worst_delay_s": {"before", "after"},
 *                 "list": [{"name", "asset", "from", "to", "verdict", "source",
 *                           "before", "after"}]},
 *      "nuisance": {"count", "outside", "spared", "stays", "new", "quiet",
 *                   "list": [{"name", "asset", "from", "to", "verdict", "answer"}]},
 *      "notes": [sentences: what the figures do not say]}
 *
 * The side of an event is {"delay_s", "condition", "stood"}: `stood` tells that an alarm was
 * standing when it began, which finds nothing. `events` is null without any, and so is `nuisance`:
 * what people have called false or known work. `floods` is null when not all of the site was
 * rehearsed, and `daily` (and `floods`) when nothing was or when more than DAVY_WHATIF_RINGS_MAX
 * alarms rang. `peak` is the most in ten minutes, also without a flood. `outside` of the samples
 * nothing was looked at.
 *
 * @return DAVY_ERR_NOT_FOUND when the store holds no sample of what is concerned in that time,
 *         DAVY_ERR_TIMEOUT when it was ended
 */
DAVY_MUST_CHECK davy_status davy_whatif_ask(const davy_whatif_question *question,
                                            struct json_t **out);
