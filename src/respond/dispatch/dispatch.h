/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/plan.h"
#include "respond/routes/route.h"

/**
 * @file
 * Dispatch: which unit goes to which task, by which road.
 *
 * Stage: respond, room dispatch. The least sum over the units sent of weight x arrival, where every
 * task has the capabilities and the crew it needs, each unit has at most one task, everybody wears
 * enough, and no road lies in a zone while it is driven. What is not there has a price instead of
 * being forbidden, so there is always a plan, and it says what it lacks:
 *
 *     cost = sum of weight x max(arrival, from)                of the units sent
 *          + DAVY_DISPATCH_LACK_S x weight x what is missing   units of a capability, or people
 *          + reserve_price_s x what is missing of the reserve  for a second event
 *
 * First an answer by the greedy rule and exchanges (problem.h), then the optimum by an integer
 * program (COIN-OR Cbc) within the time limit, with the gap to the bound that is left. Without Cbc
 * in the build the greedy answer stands and its gap is not known.
 *
 * Bad at: a task that needs two units at the same moment pays for both arrivals, not for the later;
 * shifts and fuel; it sees this moment, and the reserve is all it keeps for the next.
 *
 * Times are seconds from the moment of the question.
 */

/** Limits: a large park with its neighbours' brigades. */
#define DAVY_DISPATCH_UNITS_MAX ((size_t) 512)
#define DAVY_DISPATCH_TASKS_MAX ((size_t) 64)
#define DAVY_DISPATCH_NEEDS_MAX ((size_t) 8)

/** A missing unit, or person of a crew, costs as much as one that comes a day late: more than any
 * detour, and less than any other task's unit of a greater weight. */
#define DAVY_DISPATCH_LACK_S 86400.0
/** A day: nothing that comes later helps. */
#define DAVY_DISPATCH_WITHIN_MAX_S 86400.0
/** 30 minutes, of a task that does not say. */
#define DAVY_DISPATCH_WITHIN_S 1800.0
/** Sending the last of a kind costs as much as 10 minutes; no standard has a figure, so a question
 * says its own. */
#define DAVY_DISPATCH_RESERVE_S 600.0
/** Of the optimum; the goal of the whole is 200 ms. */
#define DAVY_DISPATCH_LIMIT_S 0.15

/**
 * m/s on foot from where the road ends: 3.5 ft/s, the walking speed that MUTCD 2009, section 4E.06,
 * has pedestrians cross a road with. People in suits are slower: the figure orders plans and is no
 * promise.
 */
#define DAVY_DISPATCH_WALK 1.0668

typedef struct davy_need {
    const char *capability;
    int amount; /* units that have it */
} davy_need;

typedef struct davy_dispatch_task {
    uint32_t id; /* of an incident's task; 0: none */
    const char *name;
    davy_site_point at;
    const davy_need *needs;
    size_t need_count;
    int crew;        /* people, of units that have any of the needs; of all units without needs */
    char ppe;        /* 'A' to 'D'; 0: none */
    double weight;   /* 1: as usual; what a second later costs */
    double from_s;   /* no use before */
    double within_s; /* no use after */
} davy_dispatch_task;

typedef enum davy_unit_state {
    DAVY_UNIT_AVAILABLE,  /* may be sent, also elsewhere than it was told */
    DAVY_UNIT_BOUND,      /* on its way or at work: for `task` it counts, for others not */
    DAVY_UNIT_UNAVAILABLE /* out of service, released */
} davy_unit_state;

typedef struct davy_dispatch_unit {
    const char *name;
    const char *const *capabilities;
    size_t capability_count;
    int crew;
    char ppe; /* 0: none */
    davy_site_point at;
    double speed; /* m/s at most; NaN: the road's */
    davy_unit_state state;
    size_t task; /* of BOUND; SIZE_MAX: one that is not in the question */
} davy_dispatch_unit;

typedef struct davy_dispatch_question {
    const davy_roads *roads;
    const char *const *junction_names; /* NULL: none */
    const davy_closure *closures;
    size_t closure_count;
    double wind_from; /* degrees from north; NaN: not known */
    const davy_dispatch_unit *units;
    size_t unit_count;
    const davy_dispatch_task *tasks;
    size_t task_count;
    int reserve;            /* units of each needed capability to keep back; 0: none */
    double reserve_price_s; /* of each that is not kept */
    double limit_s;         /* for the optimum; 0: the greedy answer is enough */
} davy_dispatch_question;

/**
 * The plan. It copies the names it uses, so it outlives the question.
 *
 * @param before  the plan that stands, to tell what changes and why; NULL: none
 * @return DAVY_ERR_INVALID for limits, amounts, weights or times that are none
 */
DAVY_MUST_CHECK davy_status davy_dispatch_solve(const davy_dispatch_question *question,
                                                const davy_dispatch_plan *before,
                                                davy_dispatch_plan **out);
