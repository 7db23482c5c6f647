/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/problem.h"

#include <math.h>
#include <string.h>

#include "respond/dispatch/ppe.h"

static davy_status check_task(const davy_dispatch_task *task)
{
    if (task->need_count > DAVY_DISPATCH_NEEDS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "task '%s' needs %zu capabilities: at most %zu",
                         task->name, task->need_count, DAVY_DISPATCH_NEEDS_MAX);
    for (size_t n = 0; n < task->need_count; n++)
        if (task->needs[n].amount < 1 || task->needs[n].amount > (int) DAVY_DISPATCH_UNITS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "task '%s' needs %d of '%s': 1 to %zu", task->name,
                             task->needs[n].amount, task->needs[n].capability,
                             DAVY_DISPATCH_UNITS_MAX);
    if (task->crew < 0 || task->crew > 10000)
        return davy_fail(DAVY_ERR_INVALID, "task '%s' needs a crew of %d: 0 to 10000", task->name,
                         task->crew);
    if (!(task->weight > 0.0) || !(task->weight <= 1000.0))
        return davy_fail(DAVY_ERR_INVALID, "task '%s' has weight %g: more than 0, at most 1000",
                         task->name, task->weight);
    if (!(task->from_s >= 0.0) || !(task->within_s >= task->from_s) ||
        !(task->within_s <= DAVY_DISPATCH_WITHIN_MAX_S))
        return davy_fail(DAVY_ERR_INVALID,
                         "task '%s' is from %g s to %g s: from 0 on, and at most a day", task->name,
                         task->from_s, task->within_s);
    if (!isfinite(task->at.east) || !isfinite(task->at.north))
        return davy_fail(DAVY_ERR_INVALID, "task '%s' has no place: give its asset or metres",
                         task->name);
    if (task->ppe != 0 && (task->ppe < 'A' || task->ppe > 'D'))
        return davy_fail(DAVY_ERR_INVALID, "task '%s' needs protection '%c': A, B, C or D",
                         task->name, task->ppe);
    return DAVY_OK;
}

static davy_status check_unit(const davy_dispatch_unit *unit)
{
    if (!isfinite(unit->at.east) || !isfinite(unit->at.north))
        return davy_fail(DAVY_ERR_INVALID, "nobody knows where '%s' is: give its place",
                         unit->name);
    if (unit->crew < 0 || unit->crew > 10000)
        return davy_fail(DAVY_ERR_INVALID, "'%s' has a crew of %d: 0 to 10000", unit->name,
                         unit->crew);
    if (!isnan(unit->speed) && !(unit->speed > 0.0))
        return davy_fail(DAVY_ERR_INVALID, "'%s' has a speed of %g m/s: more than 0", unit->name,
                         unit->speed);
    return DAVY_OK;
}

static davy_status check(const davy_dispatch_question *question)
{
    davy_status status = DAVY_OK;

    if (question->unit_count > DAVY_DISPATCH_UNITS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu units to send: at most %zu", question->unit_count,
                         DAVY_DISPATCH_UNITS_MAX);
    if (question->task_count > DAVY_DISPATCH_TASKS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu tasks at once: at most %zu", question->task_count,
                         DAVY_DISPATCH_TASKS_MAX);
    if (question->reserve < 0 || !(question->reserve_price_s >= 0.0) ||
        !(question->reserve_price_s < DAVY_DISPATCH_LACK_S))
        return davy_fail(DAVY_ERR_INVALID,
                         "a reserve of %d at %g s: none or more, from 0 s to less than a day",
                         question->reserve, question->reserve_price_s);
    for (size_t t = 0; status == DAVY_OK && t < question->task_count; t++)
        status = check_task(&question->tasks[t]);
    for (size_t u = 0; status == DAVY_OK && u < question->unit_count; u++)
        status = check_unit(&question->units[u]);
    return status;
}

static bool has(const davy_dispatch_unit *unit, const char *capability)
{
    for (size_t c = 0; c < unit->capability_count; c++)
        if (strcmp(unit->capabilities[c], capability) == 0)
            return true;
    return false;
}

static bool has_any(const davy_dispatch_unit *unit, const davy_dispatch_task *task)
{
    for (size_t n = 0; n < task->need_count; n++)
        if (has(unit, task->needs[n].capability))
            return true;
    return false;
}

/** What a unit adds to a need of a task (NULL: to its crew). */
static int adds(const davy_dispatch_unit *unit, const davy_dispatch_task *task,
                const char *capability)
{
    if (capability)
        return has(unit, capability);
    return task->need_count == 0 || has_any(unit, task) ? unit->crew : 0;
}

static bool is_at(const davy_dispatch_unit *unit, size_t task)
{
    return unit->state == DAVY_UNIT_BOUND && unit->task == task;
}

static void demand(davy_problem *problem, size_t task, const char *capability, int amount)
{
    const davy_dispatch_question *question = problem->question;

    for (size_t u = 0; u < question->unit_count; u++)
        if (is_at(&question->units[u], task))
            amount -= adds(&question->units[u], &question->tasks[task], capability);
    if (amount > 0)
        problem->demands[problem->demand_count++] =
            (davy_demand){.task = task,
                          .capability = capability,
                          .amount = amount,
                          .price = DAVY_DISPATCH_LACK_S * question->tasks[task].weight};
}

static void keep(davy_problem *problem, const char *capability)
{
    const davy_dispatch_question *question = problem->question;
    davy_reserve reserve = {.capability = capability};

    for (size_t r = 0; r < problem->reserve_count; r++)
        if (strcmp(problem->reserves[r].capability, capability) == 0)
            return;
    for (size_t u = 0; u < question->unit_count; u++)
        reserve.free +=
            question->units[u].state == DAVY_UNIT_AVAILABLE && has(&question->units[u], capability);
    reserve.keep = question->reserve < reserve.free ? question->reserve : reserve.free;
    if (reserve.keep > 0)
        problem->reserves[problem->reserve_count++] = reserve;
}

static void list_demands(davy_problem *problem)
{
    const davy_dispatch_question *question = problem->question;

    for (size_t t = 0; t < question->task_count; t++) {
        const davy_dispatch_task *task = &question->tasks[t];

        problem->first_demand[t] = problem->demand_count;
        for (size_t n = 0; n < task->need_count; n++) {
            demand(problem, t, task->needs[n].capability, task->needs[n].amount);
            keep(problem, task->needs[n].capability);
        }
        if (task->crew > 0)
            demand(problem, t, NULL, task->crew);
    }
    problem->first_demand[question->task_count] = problem->demand_count;
}

/** What can be told of a pair before any route is looked for. */
static davy_unfit fitness(const davy_problem *problem, size_t u, size_t t)
{
    const davy_dispatch_unit *unit = &problem->question->units[u];
    const davy_dispatch_task *task = &problem->question->tasks[t];
    bool useful = false;

    for (size_t d = 0; d < problem->demand_count; d++)
        useful = useful || (problem->demands[d].task == t && davy_problem_gain(problem, u, d) > 0);
    if (!useful)
        return DAVY_UNFIT_CAPABILITY;
    if (unit->state == DAVY_UNIT_UNAVAILABLE)
        return DAVY_UNFIT_UNAVAILABLE;
    if (unit->state == DAVY_UNIT_BOUND)
        return DAVY_UNFIT_BOUND;
    return davy_ppe_is_enough(unit->ppe, task->ppe) ? DAVY_FIT : DAVY_UNFIT_PPE;
}

/**
 * A place in a zone is reached on foot from the staging junction, by those who wear what the task
 * asks for. Where it asks for nothing, or the place itself is free, the junction is no arrival.
 */
static bool arrives(const davy_route *route, const davy_dispatch_task *task)
{
    return route->kind == DAVY_ROUTE_REACHED ||
           (route->kind == DAVY_ROUTE_STAGED && route->why == DAVY_ROUTE_INSIDE && task->ppe != 0 &&
            task->ppe != 'D');
}

static void look_for_route(davy_problem *problem, size_t t, davy_pair *pair)
{
    const davy_dispatch_task *task = &problem->question->tasks[t];

    pair->route = davy_search_to(problem->search, &problem->tasks[t], problem->question->wind_from);
    pair->seconds =
        fmax(pair->route.arrival_s + pair->route.left_m / DAVY_DISPATCH_WALK, task->from_s);
    if (!arrives(&pair->route, task))
        pair->unfit = DAVY_UNFIT_ROUTE;
    else if (pair->seconds > task->within_s)
        pair->unfit = DAVY_UNFIT_LATE;
    else
        pair->cost = task->weight * pair->seconds;
}

static void fill_pairs(davy_problem *problem)
{
    const davy_dispatch_question *question = problem->question;

    for (size_t u = 0; u < question->unit_count; u++) {
        bool searched = false;

        for (size_t t = 0; t < question->task_count; t++) {
            davy_pair *pair = davy_problem_pair(problem, u, t);

            *pair = (davy_pair){.unfit = fitness(problem, u, t),
                                .cost = INFINITY,
                                .seconds = INFINITY,
                                .route = {.closure = DAVY_NOWHERE, .junction = DAVY_NOWHERE}};
            if (pair->unfit != DAVY_FIT)
                continue;
            if (!searched)
                davy_search_run(problem->search, &problem->units[u], question->units[u].speed, 0.0);
            searched = true;
            look_for_route(problem, t, pair);
        }
    }
}

static void fill_gains(davy_problem *problem)
{
    const davy_dispatch_question *question = problem->question;

    for (size_t u = 0; u < question->unit_count; u++) {
        const davy_dispatch_unit *unit = &question->units[u];

        for (size_t d = 0; d < problem->demand_count; d++)
            problem->gains[u * problem->demand_count + d] = adds(
                unit, &question->tasks[problem->demands[d].task], problem->demands[d].capability);
        for (size_t r = 0; r < problem->reserve_count; r++)
            problem->holds[u * problem->reserve_count + r] =
                unit->state == DAVY_UNIT_AVAILABLE && has(unit, problem->reserves[r].capability);
    }
}

static bool take_memory(davy_problem *problem)
{
    const size_t units = problem->question->unit_count + 1,
                 tasks = problem->question->task_count + 1;
    const size_t most = tasks * (DAVY_DISPATCH_NEEDS_MAX + 1);
    davy_arena *arena = &problem->arena;

    problem->tasks = davy_arena_array(arena, tasks, sizeof *problem->tasks);
    problem->units = davy_arena_array(arena, units, sizeof *problem->units);
    problem->pairs = davy_arena_array(arena, units * tasks, sizeof *problem->pairs);
    problem->demands = davy_arena_array(arena, most, sizeof *problem->demands);
    problem->first_demand = davy_arena_array(arena, tasks, sizeof *problem->first_demand);
    problem->reserves = davy_arena_array(arena, most, sizeof *problem->reserves);
    if (!problem->tasks || !problem->units || !problem->pairs || !problem->demands ||
        !problem->first_demand || !problem->reserves)
        return false;
    list_demands(problem);
    problem->gains = davy_arena_array(arena, units * (problem->demand_count + 1), sizeof(int));
    problem->holds = davy_arena_array(arena, units * (problem->reserve_count + 1), sizeof(bool));
    return problem->gains && problem->holds;
}

davy_status davy_problem_init(davy_problem *problem, const davy_dispatch_question *question)
{
    davy_status status = check(question);

    *problem = (davy_problem){.question = question};
    if (status == DAVY_OK)
        status = davy_closed_init(&problem->closed, question->roads, question->closures,
                                  question->closure_count);
    if (status == DAVY_OK)
        status = davy_search_create(&problem->closed, &problem->search);
    if (status == DAVY_OK && !take_memory(problem))
        status = davy_fail(DAVY_ERR_NOMEM, "dispatch of %zu units", question->unit_count);
    if (status != DAVY_OK) {
        davy_problem_clear(problem);
        return status;
    }
    for (size_t t = 0; t < question->task_count; t++)
        problem->tasks[t] = davy_closed_access(&problem->closed, question->tasks[t].at);
    for (size_t u = 0; u < question->unit_count; u++)
        problem->units[u] = davy_closed_access(&problem->closed, question->units[u].at);
    fill_gains(problem);
    fill_pairs(problem);
    return DAVY_OK;
}

void davy_problem_clear(davy_problem *problem)
{
    davy_search_destroy(problem->search);
    davy_closed_clear(&problem->closed);
    davy_arena_clear(&problem->arena);
    *problem = (davy_problem){0};
}

int davy_problem_missing(const davy_problem *problem, const size_t *choice, size_t d)
{
    int missing = problem->demands[d].amount;

    for (size_t u = 0; u < problem->question->unit_count; u++)
        if (choice[u] == problem->demands[d].task)
            missing -= davy_problem_gain(problem, u, d);
    return missing > 0 ? missing : 0;
}

int davy_problem_short(const davy_problem *problem, const size_t *choice, size_t r)
{
    int left = problem->reserves[r].free;

    for (size_t u = 0; u < problem->question->unit_count; u++)
        left -= choice[u] != DAVY_IDLE && davy_problem_holds(problem, u, r);
    return left < problem->reserves[r].keep ? problem->reserves[r].keep - left : 0;
}

double davy_problem_cost(const davy_problem *problem, const size_t *choice)
{
    double cost = 0.0;

    for (size_t u = 0; u < problem->question->unit_count; u++)
        if (choice[u] != DAVY_IDLE)
            cost += davy_problem_pair(problem, u, choice[u])->cost;
    for (size_t d = 0; d < problem->demand_count; d++)
        cost += problem->demands[d].price * davy_problem_missing(problem, choice, d);
    for (size_t r = 0; r < problem->reserve_count; r++)
        cost += problem->question->reserve_price_s * davy_problem_short(problem, choice, r);
    return cost;
}
