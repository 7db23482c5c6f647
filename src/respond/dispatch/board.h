/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/dispatch.h"
#include "respond/dispatch/ppe.h"
#include "respond/incident/incident.h"
#include "site/site.h"

#include <jansson.h>

/**
 * @file
 * The board of an incident: what its tasks, its resources, its impact and the site's roads ask of
 * dispatch.
 *
 * Stage: respond, room dispatch. A task needs one unit of its capability, and its crew. Its weight
 * is 6 - priority, and 3 without one. Its place is its own, or that of the place, asset or junction
 * with the name it gives, or the incident's. A task that is silent about protection asks for what
 * the appendix lets it (ppe.h) when it lies in a toxic zone.
 *
 * Zones of severity 2 and more, of lasting harm and of death, close roads, and as long as the
 * impact stands; a forecast takes its place when the forecast's time has come.
 */

/** 15 minutes: from then on the zones of a forecast hold, when it does not say. */
#define DAVY_BOARD_FORECAST_S 900.0

/** Zones of lesser severity (discomfort, alert) leave roads open. */
#define DAVY_BOARD_SEVERITY 2

/** Zeroed is empty. All of it is copied, but for the site, which is borrowed. */
typedef struct davy_board {
    davy_arena arena;
    davy_roads roads;
    davy_dispatch_question question;
    davy_zone zones[DAVY_CLOSURES_MAX];
    davy_closure closures[DAVY_CLOSURES_MAX];
    davy_dispatch_unit *units;
    davy_dispatch_task *tasks;
    davy_said *notes; /* what the plan could not know */
    size_t note_count, note_capacity;
    davy_ppe protection; /* in the toxic zones */
    davy_dispatch_plan before;
    bool has_before;
} davy_board;

/**
 * What an incident asks.
 *
 * @param now_ns  the moment of the question, for what is due
 * @return DAVY_ERR_INVALID names a task without a place or an impact that is none
 */
DAVY_MUST_CHECK davy_status davy_board_read(davy_board *board, const davy_site *site,
                                            const davy_incident *incident, int64_t now_ns);

/** The resources of another open incident are not free. */
void davy_board_hold(davy_board *board, const davy_incident *other);

/**
 * What a request adds, all of it optional:
 *
 *     {"before": a plan as it was answered, "forecast": {"impact": Impact, "from": 900},
 *      "reserve": 1, "reserve_price": 600, "within": 1800}
 *
 * @return DAVY_ERR_INVALID names the key that does not fit
 */
DAVY_MUST_CHECK davy_status davy_board_order(davy_board *board, const json_t *body);

/** Solve, and write the plan with its notes. */
DAVY_MUST_CHECK davy_status davy_board_answer(davy_board *board, davy_buffer *out);

void davy_board_clear(davy_board *board);

/**
 * Zones of an impact as davy_impact_json() writes it, as closures of the board from `from_s` on.
 *
 * Zones that are not known close nothing, and are noted.
 *
 * @return DAVY_ERR_INVALID for an impact that is none, and when there are too many
 */
DAVY_MUST_CHECK davy_status davy_board_zones(davy_board *board, const json_t *impact,
                                             double from_s);

/** Note something; the texts are copied. Too many are dropped. */
void davy_board_note(davy_board *board, davy_said said);
