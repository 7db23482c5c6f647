/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/dispatch.h"

#include <math.h>
#include <stdlib.h>

#include "respond/dispatch/assemble.h"

static void judge(davy_dispatch_plan *plan, const davy_problem *problem, const size_t *choice,
                  const davy_optimum *optimum)
{
    plan->cost = davy_problem_cost(problem, choice);
    plan->bound = optimum->bound;
    plan->method = DAVY_PLAN_GREEDY;
    if (optimum->proven)
        plan->method = DAVY_PLAN_OPTIMAL;
    else if (plan->cost < plan->greedy_cost)
        plan->method = DAVY_PLAN_IMPROVED;
    if (optimum->proven || plan->cost == 0.0)
        plan->gap = 0.0;
    else
        plan->gap = fmax(0.0, (plan->cost - optimum->bound) / plan->cost);
    if (isnan(optimum->bound))
        plan->gap = plan->cost == 0.0 ? 0.0 : NAN;
}

static davy_status fill(davy_dispatch_plan *plan, davy_problem *problem, size_t *choice,
                        const davy_dispatch_plan *before)
{
    davy_optimum optimum = {.bound = NAN};
    davy_status status;

    davy_greedy(problem, choice);
    plan->greedy_cost = davy_problem_cost(problem, choice);
    if (problem->question->limit_s > 0.0)
        optimum = davy_optimise(problem, choice);
    judge(plan, problem, choice, &optimum);
    status = davy_assemble(plan, problem, choice);
    if (status == DAVY_OK && before)
        status = davy_compare(plan, problem, before);
    return status;
}

davy_status davy_dispatch_solve(const davy_dispatch_question *question,
                                const davy_dispatch_plan *before, davy_dispatch_plan **out)
{
    davy_problem problem;
    size_t choice[DAVY_DISPATCH_UNITS_MAX];
    davy_dispatch_plan *plan = NULL;
    davy_status status = davy_problem_init(&problem, question);

    if (status != DAVY_OK)
        return status;
    plan = calloc(1, sizeof *plan);
    status = plan ? fill(plan, &problem, choice, before)
                  : davy_fail(DAVY_ERR_NOMEM, "plan of %zu units", question->unit_count);
    davy_problem_clear(&problem);
    if (status != DAVY_OK) {
        davy_dispatch_plan_destroy(plan);
        return status;
    }
    *out = plan;
    return DAVY_OK;
}
