/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/change/settings.h"
#include "alarm/whatif/concerned.h"
#include "alarm/whatif/events.h"
#include "alarm/whatif/rehearsal.h"
#include "alarm/whatif/rings.h"

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
    bool stood;       /* an alarm stood since before the event began */
} davy_whatif_find;

typedef struct davy_whatif_side {
    davy_site *site;
    davy_buffer settings;
    char hash[DAVY_SETTINGS_HASH_MAX];
    davy_concerned concerned;
    davy_site alone;            /* the same with one signal */
    davy_condition *conditions; /* of what is concerned */
    size_t condition_count;
    uint64_t *heard;   /* [condition_count] times that it rang */
    int64_t *since_ns; /* [condition_count] in alarm since then; 0: it is not */
    davy_whatif_rings rings;
    davy_rehearsal *rehearsal;
    size_t first;      /* condition that is the rehearsal's first */
    int64_t passed_ns; /* samples of the rehearsal up to there are passed, though they may come */
    const davy_event_list *events;
    int64_t longest_ns;      /* of the events */
    davy_whatif_find *finds; /* [events] */
} davy_whatif_side;

/** Make room for what will be heard. `concerned` is there. */
DAVY_MUST_CHECK davy_status davy_whatif_side_open(davy_whatif_side *side);

/** Rehearse all of what is concerned from begin_ns on. */
DAVY_MUST_CHECK davy_status davy_whatif_side_start(davy_whatif_side *side, const char *registry,
                                                   int64_t begin_ns);

/** Rehearse one signal of it alone; one that the side has not, or asks nothing of, not at all. */
DAVY_MUST_CHECK davy_status davy_whatif_side_start_alone(davy_whatif_side *side,
                                                         davy_signal_id signal, int64_t begin_ns);

/** The next samples of a signal that is rehearsed alone, as one: false when they must come. */
bool davy_whatif_side_pass(davy_whatif_side *side, davy_signal_id signal,
                           const davy_passage *stretch);

/** The next samples of it. */
DAVY_MUST_CHECK davy_status davy_whatif_side_run(davy_whatif_side *side, const davy_store_run *run);

/** The rehearsal is over. Fine without one. */
DAVY_MUST_CHECK davy_status davy_whatif_side_end(davy_whatif_side *side, int64_t end_ns);

void davy_whatif_side_clear(davy_whatif_side *side);

/** What both sides come to. */
typedef struct davy_whatif_answer {
    const davy_whatif_side *before, *after;
    struct json_t *changes;
    bool whole;
    int64_t from_ns, to_ns; /* of the samples that were looked at; the end is not included */
    uint64_t samples;
} davy_whatif_answer;

/** A time as RFC 3339. */
struct json_t *davy_whatif_time_json(int64_t time_ns);

/** Events that must be found, and what must not ring; null without any. New references. */
struct json_t *davy_whatif_events_json(const davy_whatif_answer *answer);
struct json_t *davy_whatif_nuisance_json(const davy_whatif_answer *answer);

/** Most bars of days; of a longer time a bar is several days. */
#define DAVY_WHATIF_BARS_MAX 400

/** "daily" and "bar_days" of the answer. */
void davy_whatif_add_days(const davy_whatif_answer *answer, struct json_t *object);

/** Floods of each position; null when not all of the site was rehearsed. A new reference. */
struct json_t *davy_whatif_floods_json(const davy_whatif_answer *answer);

/** A list of something of each position: those in force, then those that are new. */
struct json_t *davy_whatif_by_position(const davy_whatif_answer *answer,
                                       void (*add)(const davy_whatif_answer *answer,
                                                   struct json_t *list, const char *position));

/** The answer as JSON; NULL without memory. */
struct json_t *davy_whatif_answer_json(const davy_whatif_answer *answer);
