/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/assemble.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* s: less than this is no reason to tell. */
static const double noticed_s = 1.0;

static size_t find_unit(const davy_dispatch_question *question, const char *name)
{
    for (size_t u = 0; u < question->unit_count; u++)
        if (strcmp(question->units[u].name, name) == 0)
            return u;
    return SIZE_MAX;
}

static size_t find_task(const davy_dispatch_question *question, const char *name)
{
    for (size_t t = 0; t < question->task_count; t++)
        if (strcmp(question->tasks[t].name, name) == 0)
            return t;
    return SIZE_MAX;
}

static const davy_assignment *find_in(const davy_dispatch_plan *plan, const char *unit,
                                      const char *task)
{
    for (size_t i = 0; i < plan->assignment_count; i++)
        if (strcmp(plan->assignments[i].unit, unit) == 0 &&
            (!task || strcmp(plan->assignments[i].task, task) == 0))
            return &plan->assignments[i];
    return NULL;
}

/** Does it come later than it was to, since a zone lies on the fastest way? */
static bool is_delayed(davy_dispatch_plan *plan, davy_problem *problem, const davy_assignment *was,
                       size_t u, size_t t, davy_said *said)
{
    const double later = davy_problem_pair(problem, u, t)->seconds - was->seconds;
    uint32_t closure;

    if (!(later > noticed_s))
        return false;
    davy_search_run(problem->search, &problem->units[u], problem->question->units[u].speed, 0.0);
    closure = davy_search_in_the_way(problem->search, &problem->tasks[t]);
    if (closure == DAVY_NOWHERE)
        return false;
    said->zone = davy_dispatch_plan_zone(plan, problem, closure);
    said->seconds = later;
    return true;
}

static const char *why_not_fit(davy_dispatch_plan *plan, davy_problem *problem,
                               const davy_assignment *was, size_t u, size_t t, davy_said *said)
{
    const davy_pair *pair = davy_problem_pair(problem, u, t);

    switch (pair->unfit) {
    case DAVY_UNFIT_UNAVAILABLE:
        return "unavailable";
    case DAVY_UNFIT_BOUND:
        return "bound";
    case DAVY_UNFIT_PPE:
        return "ppe";
    case DAVY_UNFIT_ROUTE:
        if (pair->route.why == DAVY_ROUTE_NO_ROAD)
            return "no-road";
        said->zone = davy_dispatch_plan_zone(plan, problem, pair->route.closure);
        return "route";
    case DAVY_UNFIT_LATE:
        return is_delayed(plan, problem, was, u, t, said) ? "detour" : "late";
    case DAVY_FIT:
        return is_delayed(plan, problem, was, u, t, said) ? "detour" : "enough";
    default:
        return "enough";
    }
}

/** Why a unit that was to go to a task goes there no more: the word behind the dot of a key. */
static const char *why_not(davy_dispatch_plan *plan, davy_problem *problem,
                           const davy_assignment *was, davy_said *said)
{
    const size_t u = find_unit(problem->question, was->unit),
                 t = find_task(problem->question, was->task);
    const davy_assignment *now = find_in(plan, was->unit, NULL);

    if (t == SIZE_MAX)
        return "over";
    if (u == SIZE_MAX)
        return "unavailable";
    if (now && davy_problem_pair(problem, u, t)->unfit == DAVY_FIT) {
        said->place = now->task;
        return "needed";
    }
    return why_not_fit(plan, problem, was, u, t, said);
}

static void add(davy_dispatch_plan *plan, const char *kind, const char *why, davy_said said)
{
    char key[40];

    (void) snprintf(key, sizeof key, "%s.%s", kind, why);
    said.key = davy_dispatch_plan_text(plan, key);
    plan->changes[plan->change_count++] =
        (davy_change){.task = said.task, .unit = said.unit, .other = said.other, .why = said};
}

static bool shares_a_capability(const davy_dispatch_question *question, const char *one,
                                const char *two)
{
    const size_t u = find_unit(question, one), v = find_unit(question, two);

    if (u == SIZE_MAX || v == SIZE_MAX)
        return u != v;
    for (size_t i = 0; i < question->units[u].capability_count; i++)
        for (size_t j = 0; j < question->units[v].capability_count; j++)
            if (strcmp(question->units[u].capabilities[i], question->units[v].capabilities[j]) == 0)
                return true;
    return false;
}

/** One that comes to the task anew, is not told yet and can do what the other could. */
static const davy_assignment *successor(const davy_dispatch_plan *plan, const davy_problem *problem,
                                        const davy_dispatch_plan *before,
                                        const davy_assignment *was, const bool *told)
{
    for (size_t i = 0; i < plan->assignment_count; i++) {
        const davy_assignment *now = &plan->assignments[i];

        if (!told[i] && strcmp(now->task, was->task) == 0 &&
            !find_in(before, now->unit, now->task) &&
            shares_a_capability(problem->question, was->unit, now->unit))
            return now;
    }
    return NULL;
}

static void tell_departed(davy_dispatch_plan *plan, davy_problem *problem,
                          const davy_dispatch_plan *before, const davy_assignment *was, bool *told)
{
    const davy_assignment *now = successor(plan, problem, before, was, told);
    davy_said said = davy_dispatch_say(NULL);
    const char *why;

    said.other = davy_dispatch_plan_text(plan, was->unit);
    said.task = davy_dispatch_plan_text(plan, was->task);
    why = why_not(plan, problem, was, &said);
    if (!now) {
        add(plan, "removed", why, said);
        return;
    }
    told[now - plan->assignments] = true;
    said.unit = now->unit;
    if (strcmp(why, "enough") == 0) {
        const size_t u = find_unit(problem->question, was->unit),
                     t = find_task(problem->question, was->task);
        const double sooner = davy_problem_pair(problem, u, t)->seconds - now->seconds;

        why = "better";
        if (sooner > noticed_s) {
            said.seconds = sooner;
            why = "sooner";
        }
    }
    add(plan, "replaced", why, said);
}

/** The same unit by another way: told when a zone makes it later, or keeps it from the place. */
static void tell_rerouted(davy_dispatch_plan *plan, davy_problem *problem,
                          const davy_assignment *was, const davy_assignment *now)
{
    const size_t u = find_unit(problem->question, now->unit),
                 t = find_task(problem->question, now->task);
    davy_said said = davy_dispatch_say(NULL);

    said.unit = now->unit;
    said.task = now->task;
    if (now->staging && !was->staging) {
        said.zone = now->zone;
        said.place = now->staging;
        add(plan, "rerouted", "staged", said);
    } else if (!now->bound && is_delayed(plan, problem, was, u, t, &said)) {
        add(plan, "rerouted", "detour", said);
    }
}

static bool is_new(const davy_dispatch_plan *before, const char *task)
{
    for (size_t i = 0; i < before->assignment_count; i++)
        if (strcmp(before->assignments[i].task, task) == 0)
            return false;
    for (size_t i = 0; i < before->lack_count; i++)
        if (strcmp(before->lacks[i].task, task) == 0)
            return false;
    return true;
}

davy_status davy_compare(davy_dispatch_plan *plan, davy_problem *problem,
                         const davy_dispatch_plan *before)
{
    const size_t most = before->assignment_count + plan->assignment_count + 1;
    bool *told = davy_arena_array(&plan->arena, most, sizeof *told);

    plan->changes = davy_arena_array(&plan->arena, most, sizeof *plan->changes);
    if (!plan->changes || !told)
        return davy_fail(DAVY_ERR_NOMEM, "changes of a plan");
    for (size_t i = 0; i < before->assignment_count; i++) {
        const davy_assignment *was = &before->assignments[i];

        if (!find_in(plan, was->unit, was->task))
            tell_departed(plan, problem, before, was, told);
    }
    for (size_t i = 0; i < plan->assignment_count; i++) {
        const davy_assignment *now = &plan->assignments[i];
        const davy_assignment *was = find_in(before, now->unit, now->task);
        davy_said said = davy_dispatch_say(NULL);

        if (was)
            tell_rerouted(plan, problem, was, now);
        if (was || told[i])
            continue;
        said.unit = now->unit;
        said.task = now->task;
        add(plan, "added", is_new(before, now->task) ? "task" : "need", said);
    }
    return DAVY_OK;
}
