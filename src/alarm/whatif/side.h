/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/change/settings.h"
#include "alarm/whatif/concerned.h"
#include "alarm/whatif/events.h"
#include "alarm/whatif/rehearsal.h"

/**
 * @file
 * One of the two sides of a what-if: a site, its rehearsal, and what operators would have heard.
 *
 * Stage: alarm, inside.
 */

/** What a side made of an event. */
typedef struct davy_whatif_find {
    int64_t at_ns;    /* first alarm that rang in it; 0: none did */
    size_t condition; /* its condition */
    bool stood;       /* an alarm was standing already when the event began */
} davy_whatif_find;

typedef struct davy_whatif_side {
    davy_site *site;
    davy_buffer settings;
    char hash[DAVY_SETTINGS_HASH_MAX];
    davy_concerned concerned;
    davy_rehearsal *rehearsal;
    const davy_condition *conditions;
    size_t condition_count;
    uint64_t *heard; /* [condition_count] times that it rang */
    const davy_event_list *events;
    davy_whatif_find *finds; /* [events] */
    size_t first_open;       /* events before it are over */
    size_t next_event;       /* first one that has not begun */
} davy_whatif_side;

/** What both sides come to. */
typedef struct davy_whatif_answer {
    const davy_whatif_side *before, *after;
    struct json_t *changes;
    bool whole;
    int64_t from_ns, to_ns; /* of the samples that were looked at; the end is not included */
    uint64_t samples;
} davy_whatif_answer;

/** The answer as JSON; NULL without memory. */
struct json_t *davy_whatif_answer_json(const davy_whatif_answer *answer);
