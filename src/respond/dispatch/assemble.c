/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/assemble.h"

#include <math.h>
#include <string.h>

#include "respond/dispatch/ppe.h"

const char *davy_dispatch_plan_text(davy_dispatch_plan *plan, const char *text)
{
    return text ? davy_arena_text(&plan->arena, text, strlen(text)) : NULL;
}

davy_said davy_dispatch_say(const char *key)
{
    return (davy_said){.key = key, .seconds = NAN, .metres = NAN};
}

const char *davy_dispatch_plan_zone(davy_dispatch_plan *plan, const davy_problem *problem,
                                    uint32_t closure)
{
    return closure == DAVY_NOWHERE
               ? NULL
               : davy_dispatch_plan_text(plan, problem->question->closures[closure].zone->endpoint);
}

/* --- who goes --- */

/** A point of the path, unless it is the one before. */
static void go_by(davy_assignment *assignment, davy_site_point at)
{
    const size_t count = assignment->path_count;

    if (count > 0 && assignment->path[count - 1].east == at.east &&
        assignment->path[count - 1].north == at.north)
        return;
    assignment->path[assignment->path_count++] = at;
}

/** Where it stands, the junctions, and the place when that is where the route ends. */
static bool draw_path(davy_dispatch_plan *plan, davy_problem *problem, size_t u, size_t t,
                      davy_assignment *assignment)
{
    const davy_roads *roads = problem->question->roads;
    const davy_access *start = &problem->units[u];
    const size_t most = problem->closed.safe_first[roads->junction_count] + (size_t) 1;
    uint32_t *junctions = davy_arena_array(&problem->arena, most, sizeof *junctions);
    davy_route again;
    size_t count;

    if (!junctions)
        return false;
    /* The search kept the last unit's arrivals: run it again for this one. */
    davy_search_run(problem->search, start, problem->question->units[u].speed, 0.0);
    again = davy_search_to(problem->search, &problem->tasks[t], problem->question->wind_from);
    count = davy_search_path(problem->search, &again, junctions, most);
    assignment->path = davy_arena_array(&plan->arena, count + 2, sizeof *assignment->path);
    if (!assignment->path)
        return false;
    go_by(assignment, start->at);
    for (size_t i = 0; i < count; i++)
        go_by(assignment, roads->junctions[junctions[i]]);
    if (again.kind == DAVY_ROUTE_REACHED)
        go_by(assignment, problem->tasks[t].at);
    return true;
}

static bool assign(davy_dispatch_plan *plan, davy_problem *problem, size_t u, size_t t)
{
    const davy_dispatch_unit *unit = &problem->question->units[u];
    const davy_pair *pair = davy_problem_pair(problem, u, t);
    davy_assignment *assignment = &plan->assignments[plan->assignment_count];

    *assignment = (davy_assignment){
        .unit = davy_dispatch_plan_text(plan, unit->name),
        .task = davy_dispatch_plan_text(plan, problem->question->tasks[t].name),
        .task_id = problem->question->tasks[t].id,
        .bound = unit->state == DAVY_UNIT_BOUND,
        .route = pair->route,
        .seconds = pair->seconds,
        .ppe = unit->ppe,
        .ppe_ok = davy_ppe_is_enough(unit->ppe, problem->question->tasks[t].ppe),
    };
    if (!assignment->unit || !assignment->task)
        return false;
    if (!assignment->bound && pair->route.kind == DAVY_ROUTE_STAGED) {
        assignment->staging = "";
        if (problem->question->junction_names)
            assignment->staging = davy_dispatch_plan_text(
                plan, problem->question->junction_names[pair->route.junction]);
        assignment->zone = davy_dispatch_plan_zone(plan, problem, pair->route.closure);
    }
    if (!assignment->bound && !draw_path(plan, problem, u, t, assignment))
        return false;
    plan->assignment_count++;
    return true;
}

/* --- what is missing, and why --- */

/** Of all units that have what is missing, the one that is nearest to coming. */
static size_t nearest_to_coming(const davy_problem *problem, const size_t *choice,
                                const davy_demand *demand, size_t d, bool *taken)
{
    size_t nearest = SIZE_MAX;
    davy_unfit least = DAVY_UNFIT_CAPABILITY;
    double soonest = INFINITY;

    *taken = false;
    for (size_t u = 0; u < problem->question->unit_count; u++) {
        const davy_pair *pair = davy_problem_pair(problem, u, demand->task);

        if (davy_problem_gain(problem, u, d) == 0 || choice[u] == demand->task ||
            pair->unfit == DAVY_UNFIT_CAPABILITY)
            continue;
        if (pair->unfit == DAVY_FIT)
            *taken = true;
        else if (pair->unfit < least || (pair->unfit == least && pair->seconds < soonest)) {
            nearest = u;
            least = pair->unfit;
            soonest = pair->seconds;
        }
    }
    return nearest;
}

static const char *key_of_route(const davy_route *route)
{
    switch (route->why) {
    case DAVY_ROUTE_INSIDE:
        if (route->kind != DAVY_ROUTE_STAGED)
            return "lack.stays";
        return route->upwind ? "lack.inside-upwind" : "lack.inside";
    case DAVY_ROUTE_CUT:
        if (route->kind != DAVY_ROUTE_STAGED)
            return "lack.stays";
        return route->upwind ? "lack.cut-upwind" : "lack.cut";
    case DAVY_ROUTE_STARTS_INSIDE:
        return "lack.starts-inside";
    default:
        return "lack.no-road";
    }
}

static void say_route(davy_dispatch_plan *plan, const davy_problem *problem,
                      const davy_route *route, davy_said *why)
{
    why->key = key_of_route(route);
    why->zone = davy_dispatch_plan_zone(plan, problem, route->closure);
    if (route->kind != DAVY_ROUTE_STAGED)
        return;
    why->metres = route->left_m;
    if (problem->question->junction_names)
        why->place =
            davy_dispatch_plan_text(plan, problem->question->junction_names[route->junction]);
}

static davy_said say_lack(davy_dispatch_plan *plan, const davy_problem *problem,
                          const size_t *choice, const davy_demand *demand, size_t d)
{
    static const char *const keys[] = {[DAVY_UNFIT_LATE] = "lack.late",
                                       [DAVY_UNFIT_ROUTE] = "lack.no-road",
                                       [DAVY_UNFIT_PPE] = "lack.ppe",
                                       [DAVY_UNFIT_BOUND] = "lack.bound",
                                       [DAVY_UNFIT_UNAVAILABLE] = "lack.unavailable"};
    bool taken;
    const size_t unit = nearest_to_coming(problem, choice, demand, d, &taken);
    davy_said why = davy_dispatch_say("lack.none");

    why.task = davy_dispatch_plan_text(plan, problem->question->tasks[demand->task].name);
    why.capability = davy_dispatch_plan_text(plan, demand->capability);
    if (taken) {
        why.key = "lack.taken";
    } else if (unit != SIZE_MAX) {
        const davy_pair *pair = davy_problem_pair(problem, unit, demand->task);

        why.key = keys[pair->unfit];
        why.unit = davy_dispatch_plan_text(plan, problem->question->units[unit].name);
        if (pair->unfit == DAVY_UNFIT_LATE)
            why.seconds = pair->seconds;
        if (pair->unfit == DAVY_UNFIT_ROUTE)
            say_route(plan, problem, &pair->route, &why);
    }
    return why;
}

static void list_lacks(davy_dispatch_plan *plan, const davy_problem *problem, const size_t *choice)
{
    for (size_t d = 0; d < problem->demand_count; d++) {
        const davy_demand *demand = &problem->demands[d];
        const int missing = davy_problem_missing(problem, choice, d);

        if (missing == 0)
            continue;
        plan->lacks[plan->lack_count++] = (davy_lack){
            .task = davy_dispatch_plan_text(plan, problem->question->tasks[demand->task].name),
            .task_id = problem->question->tasks[demand->task].id,
            .capability = davy_dispatch_plan_text(plan, demand->capability),
            .missing = missing,
            .why = say_lack(plan, problem, choice, demand, d)};
    }
    for (size_t r = 0; r < problem->reserve_count; r++)
        if (davy_problem_short(problem, choice, r) > 0) {
            davy_said *said = &plan->kept_short[plan->kept_short_count++];

            *said = davy_dispatch_say("reserve.short");
            said->capability = davy_dispatch_plan_text(plan, problem->reserves[r].capability);
        }
}

davy_status davy_assemble(davy_dispatch_plan *plan, davy_problem *problem, const size_t *choice)
{
    const davy_dispatch_question *question = problem->question;
    bool whole = true;

    plan->assignments =
        davy_arena_array(&plan->arena, question->unit_count + 1, sizeof *plan->assignments);
    plan->lacks = davy_arena_array(&plan->arena, problem->demand_count + 1, sizeof *plan->lacks);
    plan->kept_short =
        davy_arena_array(&plan->arena, problem->reserve_count + 1, sizeof *plan->kept_short);
    if (!plan->assignments || !plan->lacks || !plan->kept_short)
        return davy_fail(DAVY_ERR_NOMEM, "plan of %zu units", question->unit_count);
    for (size_t u = 0; whole && u < question->unit_count; u++) {
        const davy_dispatch_unit *unit = &question->units[u];
        const size_t task = unit->state == DAVY_UNIT_BOUND && unit->task < question->task_count
                                ? unit->task
                                : choice[u];

        if (task != DAVY_IDLE)
            whole = assign(plan, problem, u, task);
    }
    if (!whole)
        return davy_fail(DAVY_ERR_NOMEM, "plan of %zu units", question->unit_count);
    list_lacks(plan, problem, choice);
    return DAVY_OK;
}
