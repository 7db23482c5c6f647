/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/plan.h"

#include <stdlib.h>

#include "core/json.h"

const char *davy_dispatch_plan_method_name(davy_dispatch_plan_method method)
{
    static const char *const names[] = {[DAVY_PLAN_GREEDY] = "greedy",
                                        [DAVY_PLAN_IMPROVED] = "improved",
                                        [DAVY_PLAN_OPTIMAL] = "optimal"};

    return names[method];
}

void davy_dispatch_plan_destroy(davy_dispatch_plan *plan)
{
    if (!plan)
        return;
    davy_arena_clear(&plan->arena);
    free(plan);
}

static void write_path(davy_buffer *out, const davy_assignment *assignment)
{
    davy_json_array(out, "route");
    for (size_t i = 0; i < assignment->path_count; i++) {
        davy_json_array(out, NULL);
        davy_json_number(out, NULL, assignment->path[i].east);
        davy_json_number(out, NULL, assignment->path[i].north);
        davy_json_array_end(out);
    }
    davy_json_array_end(out);
}

static void write_assignment(davy_buffer *out, const davy_assignment *assignment)
{
    const davy_route *route = &assignment->route;
    const char ppe[2] = {assignment->ppe, 0};

    davy_json_object(out, NULL);
    davy_json_text(out, "resource", assignment->unit);
    davy_json_text(out, "task", assignment->task);
    if (assignment->task_id)
        davy_json_unsigned(out, "task_id", assignment->task_id);
    davy_json_boolean(out, "bound", assignment->bound);
    davy_json_text(out, "ppe", ppe[0] ? ppe : NULL);
    davy_json_boolean(out, "ppe_ok", assignment->ppe_ok);
    if (!assignment->bound) {
        write_path(out, assignment);
        davy_json_number(out, "arrival", route->arrival_s);
        davy_json_number(out, "seconds", assignment->seconds);
        davy_json_number(out, "metres", route->metres);
        davy_json_number(out, "waits", route->waits_s);
        davy_json_number(out, "safe_until", route->safe_until_s); /* null: as far as known */
        davy_json_text(out, "staging", assignment->staging);
        davy_json_number(out, "on_foot", route->left_m);
        davy_json_boolean(out, "upwind", route->upwind);
        davy_json_text(out, "zone", assignment->zone);
    }
    davy_json_object_end(out);
}

static void write_lacks(davy_buffer *out, const davy_dispatch_plan *plan)
{
    davy_json_array(out, "uncovered");
    for (size_t i = 0; i < plan->lack_count; i++) {
        davy_json_object(out, NULL);
        davy_json_integer(out, "missing", plan->lacks[i].missing);
        if (plan->lacks[i].task_id)
            davy_json_unsigned(out, "task_id", plan->lacks[i].task_id);
        davy_said_json(out, &plan->lacks[i].why);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_said(davy_buffer *out, const davy_said *said)
{
    davy_json_object(out, NULL);
    davy_said_json(out, said);
    davy_json_object_end(out);
}

void davy_dispatch_plan_json(davy_buffer *out, const davy_dispatch_plan *plan,
                             const davy_said *notes, size_t note_count)
{
    davy_json_object(out, NULL);
    davy_json_array(out, "assignments");
    for (size_t i = 0; i < plan->assignment_count; i++)
        write_assignment(out, &plan->assignments[i]);
    davy_json_array_end(out);
    write_lacks(out, plan);
    davy_json_array(out, "reserve");
    for (size_t i = 0; i < plan->kept_short_count; i++)
        write_said(out, &plan->kept_short[i]);
    davy_json_array_end(out);
    davy_json_array(out, "changes");
    for (size_t i = 0; i < plan->change_count; i++)
        write_said(out, &plan->changes[i].why);
    davy_json_array_end(out);
    davy_json_array(out, "notes");
    for (size_t i = 0; i < note_count; i++)
        write_said(out, &notes[i]);
    davy_json_array_end(out);
    davy_json_text(out, "method", davy_dispatch_plan_method_name(plan->method));
    davy_json_number(out, "cost", plan->cost);
    davy_json_number(out, "gap", plan->gap);
    davy_json_object_end(out);
}
