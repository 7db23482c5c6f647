/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/problem.h"

#include <math.h>

/* s: an exchange that saves less than this is none, so that there is an end. */
static const double least_saving = 1e-6;
/* Moves that are tried at most, so that hundreds of units take tenths of a second: fifty units and
 * ten tasks need about 50,000. */
static const size_t moves_most = 2000000;

/** A choice, with what it leaves open kept up to date. */
typedef struct draft {
    const davy_problem *problem;
    size_t *task; /* [unit] */
    size_t moves;
    int open[DAVY_DISPATCH_TASKS_MAX * (DAVY_DISPATCH_NEEDS_MAX + 1)]; /* below 0: too much */
    int left[DAVY_DISPATCH_TASKS_MAX * DAVY_DISPATCH_NEEDS_MAX];
} draft;

static int at_least_none(int number)
{
    return number > 0 ? number : 0;
}

/** Let a unit come to a task (1) or leave it (-1); what that adds to the cost. */
static double turn(draft *d, size_t u, size_t t, int sign)
{
    const davy_problem *problem = d->problem;
    double cost = sign * davy_problem_pair(problem, u, t)->cost;

    for (size_t i = problem->first_demand[t]; i < problem->first_demand[t + 1]; i++) {
        const int before = at_least_none(d->open[i]);

        d->open[i] -= sign * davy_problem_gain(problem, u, i);
        cost += problem->demands[i].price * (at_least_none(d->open[i]) - before);
    }
    for (size_t r = 0; r < problem->reserve_count; r++)
        if (davy_problem_holds(problem, u, r)) {
            const int keep = problem->reserves[r].keep;
            const int before = at_least_none(keep - d->left[r]);

            d->left[r] -= sign;
            cost +=
                problem->question->reserve_price_s * (at_least_none(keep - d->left[r]) - before);
        }
    return cost;
}

/** Send a unit to a task, or home; what that adds to the cost. */
static double move(draft *d, size_t u, size_t to)
{
    const size_t from = d->task[u];
    double cost = 0.0;

    d->moves++;
    if (from != DAVY_IDLE)
        cost += turn(d, u, from, -1);
    if (to != DAVY_IDLE)
        cost += turn(d, u, to, 1);
    d->task[u] = to;
    return cost;
}

static bool may(const davy_problem *problem, size_t u, size_t t)
{
    return t == DAVY_IDLE || davy_problem_pair(problem, u, t)->unfit == DAVY_FIT;
}

/** Send the pair that saves most, until none saves anything. */
static void send_best(draft *d)
{
    const davy_problem *problem = d->problem;
    const size_t units = problem->question->unit_count, tasks = problem->question->task_count;

    for (;;) {
        size_t best_unit = 0, best_task = DAVY_IDLE;
        double best = -least_saving;

        for (size_t u = 0; u < units; u++)
            for (size_t t = 0; d->task[u] == DAVY_IDLE && t < tasks; t++) {
                double cost;

                if (!may(problem, u, t))
                    continue;
                cost = turn(d, u, t, 1);
                (void) turn(d, u, t, -1);
                if (cost < best) {
                    best = cost;
                    best_unit = u;
                    best_task = t;
                }
            }
        if (best_task == DAVY_IDLE)
            return;
        (void) move(d, best_unit, best_task);
    }
}

/** Another task for one unit, or none. */
static bool reassign(draft *d, size_t u)
{
    const size_t tasks = d->problem->question->task_count, from = d->task[u];

    for (size_t t = 0; t <= tasks; t++) {
        const size_t to = t == tasks ? DAVY_IDLE : t;

        if (to == from || !may(d->problem, u, to))
            continue;
        if (move(d, u, to) < -least_saving)
            return true;
        (void) move(d, u, from);
    }
    return false;
}

/** Two units change tasks; one of them may be idle, or the other goes home instead. */
static bool exchange(draft *d, size_t u, size_t v)
{
    const size_t of_u = d->task[u], of_v = d->task[v];

    if (of_u == of_v)
        return false;
    if (may(d->problem, u, of_v) && may(d->problem, v, of_u)) {
        if (move(d, u, of_v) + move(d, v, of_u) < -least_saving)
            return true;
        (void) move(d, u, of_u);
        (void) move(d, v, of_v);
    }
    if (of_v != DAVY_IDLE && may(d->problem, u, of_v)) {
        if (move(d, u, of_v) + move(d, v, DAVY_IDLE) < -least_saving)
            return true;
        (void) move(d, u, of_u);
        (void) move(d, v, of_v);
    }
    return false;
}

/** One round over all exchanges. */
static bool improve(draft *d)
{
    const size_t units = d->problem->question->unit_count;
    bool improved = false;

    for (size_t u = 0; u < units; u++) {
        improved = reassign(d, u) || improved;
        for (size_t v = 0; v < units && d->moves < moves_most; v++)
            improved = (v != u && exchange(d, u, v)) || improved;
    }
    return improved;
}

void davy_greedy(const davy_problem *problem, size_t *choice)
{
    draft d = {.problem = problem, .task = choice};
    for (size_t u = 0; u < problem->question->unit_count; u++)
        choice[u] = DAVY_IDLE;
    for (size_t i = 0; i < problem->demand_count; i++)
        d.open[i] = problem->demands[i].amount;
    for (size_t r = 0; r < problem->reserve_count; r++)
        d.left[r] = problem->reserves[r].free;
    send_best(&d);
    while (d.moves < moves_most && improve(&d))
        ;
}
