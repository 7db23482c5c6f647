/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "respond/dispatch/words.h"
#include "respond/routes/route.h"

/**
 * @file
 * A plan: who goes where by which way, what is missing and why, and what differs from the plan
 * before.
 *
 * Stage: respond, room dispatch. Texts are the plan's own. Sentences are keys with arguments, so a
 * console says them in its language.
 */

typedef enum davy_dispatch_plan_method {
    DAVY_PLAN_GREEDY,   /* the greedy rule alone; the gap is that to the bound, NaN without one */
    DAVY_PLAN_IMPROVED, /* the best found before the time was over */
    DAVY_PLAN_OPTIMAL   /* nothing is better, proven */
} davy_dispatch_plan_method;

/** "greedy", "improved", "optimal". */
const char *davy_dispatch_plan_method_name(davy_dispatch_plan_method method);

/** Why a unit cannot do a task, from the one that is nearest to doing it. */
typedef enum davy_unfit {
    DAVY_FIT,
    DAVY_UNFIT_LATE,        /* it comes after the task's end */
    DAVY_UNFIT_ROUTE,       /* no way: the route says why */
    DAVY_UNFIT_PPE,         /* its crew does not wear enough */
    DAVY_UNFIT_BOUND,       /* it is at another task */
    DAVY_UNFIT_UNAVAILABLE, /* out of service */
    DAVY_UNFIT_CAPABILITY   /* it has nothing that is needed */
} davy_unfit;

typedef struct davy_assignment {
    const char *unit, *task;
    uint32_t task_id; /* 0: none */
    bool bound;       /* it was there already: no route */
    davy_route route;
    double seconds;        /* arrival with the way on foot, not before the task's start */
    const char *staging;   /* junction where the road ends and people walk; NULL: none */
    const char *zone;      /* that the task lies in then */
    davy_site_point *path; /* from where it stands to where it stops */
    size_t path_count;
    char ppe;    /* that its crew wears at most; 0: none */
    bool ppe_ok; /* that is enough for the task */
} davy_assignment;

typedef struct davy_lack {
    const char *task;
    uint32_t task_id;
    const char *capability; /* NULL: crew */
    int missing;
    davy_said why;
} davy_lack;

typedef struct davy_change {
    const char *task;
    const char *unit;  /* that comes anew; NULL: none */
    const char *other; /* that goes there no more; NULL: none */
    davy_said why;
} davy_change;

typedef struct davy_dispatch_plan {
    davy_arena arena;
    davy_assignment *assignments;
    davy_lack *lacks;
    davy_said *kept_short; /* reserves that the plan could not keep */
    davy_change *changes;
    size_t assignment_count, lack_count, kept_short_count, change_count;
    davy_dispatch_plan_method method;
    double cost, bound; /* s; bound NaN: not known */
    double gap;         /* (cost - bound) / cost; 0 when proven; NaN: not known */
    double greedy_cost; /* of the first answer */
} davy_dispatch_plan;

void davy_dispatch_plan_destroy(davy_dispatch_plan *plan);

/**
 * The plan as JSON:
 *
 *     {"assignments": [{"unit" as "resource", "task", "route": [[e, n], ...], "arrival": s, ...}],
 *      "uncovered": [{"task", "capability", "missing", "key", "text": {"en", "zh"}}],
 *      "reserve": [...], "changes": [...], "notes": [...], "gap": 0.0, "method": "optimal",
 *      "cost": s}
 *
 * @param notes  what the plan could not know
 */
void davy_dispatch_plan_json(davy_buffer *out, const davy_dispatch_plan *plan,
                             const davy_said *notes, size_t note_count);
