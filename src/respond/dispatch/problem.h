/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/dispatch/dispatch.h"

/**
 * @file
 * The question as figures: which pairs are possible and what each costs, what is demanded, what is
 * to be kept.
 *
 * Stage: respond, room dispatch. What greedy.c, optimum.c and the tests' search over everything
 * share, so that a cost is one thing.
 */

/** A need or the crew of a task, less what is there already. */
typedef struct davy_demand {
    size_t task;
    const char *capability; /* NULL: crew */
    int amount;
    double price; /* of each that is missing */
} davy_demand;

/** A capability of which some units are to stay. */
typedef struct davy_reserve {
    const char *capability;
    int free, keep; /* units that have it and may be sent; of these to stay */
} davy_reserve;

typedef struct davy_pair {
    davy_unfit unfit;
    davy_route route;
    double cost; /* weight x seconds; INFINITY when unfit */
    double seconds;
} davy_pair;

typedef struct davy_problem {
    const davy_dispatch_question *question;
    davy_arena arena;
    davy_closed closed;
    davy_search *search;
    davy_access *tasks, *units;
    davy_pair *pairs; /* [unit][task] */
    davy_demand *demands;
    size_t *first_demand; /* [task + 1]: demands of task t are first_demand[t] .. */
    size_t demand_count;
    davy_reserve *reserves;
    size_t reserve_count;
    int *gains;  /* [unit][demand] what a unit adds */
    bool *holds; /* [unit][reserve] a unit that may be sent has it */
} davy_problem;

/** No task. */
#define DAVY_IDLE SIZE_MAX

DAVY_MUST_CHECK davy_status davy_problem_init(davy_problem *problem,
                                              const davy_dispatch_question *question);
void davy_problem_clear(davy_problem *problem);

static inline davy_pair *davy_problem_pair(const davy_problem *problem, size_t unit, size_t task)
{
    return &problem->pairs[unit * problem->question->task_count + task];
}

static inline int davy_problem_gain(const davy_problem *problem, size_t unit, size_t demand)
{
    return problem->gains[unit * problem->demand_count + demand];
}

static inline bool davy_problem_holds(const davy_problem *problem, size_t unit, size_t reserve)
{
    return problem->holds[unit * problem->reserve_count + reserve];
}

/** The cost of a choice: the task of each unit, or DAVY_IDLE. INFINITY when a unit is unfit. */
double davy_problem_cost(const davy_problem *problem, const size_t *choice);

/** How much of a demand a choice leaves open. */
int davy_problem_missing(const davy_problem *problem, const size_t *choice, size_t demand);

/** How many units of a reserve a choice leaves short. */
int davy_problem_short(const davy_problem *problem, const size_t *choice, size_t reserve);

/**
 * The first answer: the pair that saves most is sent, again and again, until none saves anything;
 * then units change tasks, alone and in twos, while that saves something.
 */
void davy_greedy(const davy_problem *problem, size_t *choice);

/** What the search for the optimum found. */
typedef struct davy_optimum {
    bool found;   /* `choice` is a plan, and no worse than the one it was given */
    bool proven;  /* nothing is better */
    double bound; /* no plan costs less; NaN: not known */
} davy_optimum;

/**
 * The best choice within the time limit.
 *
 * Source: binary assignment with elastic demands; solved by branch and cut (COIN-OR Cbc).
 *
 * @param choice  in: the first answer; out: the best
 */
davy_optimum davy_optimise(const davy_problem *problem, size_t *choice);
