/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/problem.h"

#include <math.h>

/** What sending a unit to a task changes the cost by, with what is still open. */
static double saving(const davy_problem *problem, size_t u, size_t t, const int *missing,
                     const int *left)
{
    double saved = -davy_problem_pair(problem, u, t)->cost;

    for (size_t d = 0; d < problem->demand_count; d++)
        if (problem->demands[d].task == t) {
            const int gain = davy_problem_gain(problem, u, d);

            saved += problem->demands[d].price * (gain < missing[d] ? gain : missing[d]);
        }
    for (size_t r = 0; r < problem->reserve_count; r++)
        if (davy_problem_holds(problem, u, r) && left[r] <= problem->reserves[r].keep)
            saved -= problem->question->reserve_price_s;
    return saved;
}

static void send(const davy_problem *problem, size_t u, size_t t, int *missing, int *left)
{
    for (size_t d = 0; d < problem->demand_count; d++)
        if (problem->demands[d].task == t) {
            missing[d] -= davy_problem_gain(problem, u, d);
            missing[d] = missing[d] > 0 ? missing[d] : 0;
        }
    for (size_t r = 0; r < problem->reserve_count; r++)
        left[r] -= davy_problem_holds(problem, u, r);
}

void davy_greedy(const davy_problem *problem, size_t *choice)
{
    const size_t units = problem->question->unit_count, tasks = problem->question->task_count;
    int missing[DAVY_DISPATCH_TASKS_MAX * (DAVY_DISPATCH_NEEDS_MAX + 1)];
    int left[DAVY_DISPATCH_TASKS_MAX * DAVY_DISPATCH_NEEDS_MAX];

    for (size_t u = 0; u < units; u++)
        choice[u] = DAVY_IDLE;
    for (size_t d = 0; d < problem->demand_count; d++)
        missing[d] = problem->demands[d].amount;
    for (size_t r = 0; r < problem->reserve_count; r++)
        left[r] = problem->reserves[r].free;
    for (;;) {
        size_t best_unit = 0, best_task = DAVY_IDLE;
        double best = 0.0;

        for (size_t u = 0; u < units; u++)
            for (size_t t = 0; choice[u] == DAVY_IDLE && t < tasks; t++) {
                const double saved = davy_problem_pair(problem, u, t)->unfit == DAVY_FIT
                                         ? saving(problem, u, t, missing, left)
                                         : 0.0;

                if (saved > best) {
                    best = saved;
                    best_unit = u;
                    best_task = t;
                }
            }
        if (best_task == DAVY_IDLE)
            return;
        choice[best_unit] = best_task;
        send(problem, best_unit, best_task, missing, left);
    }
}
