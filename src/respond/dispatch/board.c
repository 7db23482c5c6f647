/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/board.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "respond/dispatch/assemble.h"
#include "respond/dispatch/board_private.h"

/** Weight of a task of priority p is LIGHTEST - p, and MIDDLE without one. */
enum { LIGHTEST = DAVY_INCIDENT_SCALE_MAX + 1, MIDDLE = 3 };

static const char *copy(davy_board *board, const char *text)
{
    return text ? davy_arena_text(&board->arena, text, strlen(text)) : NULL;
}

void davy_board_note(davy_board *board, davy_said said)
{
    if (board->note_count == board->note_capacity)
        return;
    said.zone = copy(board, said.zone);
    said.task = copy(board, said.task);
    board->notes[board->note_count++] = said;
}

static bool take_memory(davy_board *board, const davy_site *site, const davy_incident *incident)
{
    board->note_capacity = 2 * DAVY_CLOSURES_MAX + 2 * DAVY_DISPATCH_TASKS_MAX +
                           incident->task_count + incident->resource_count + 4;
    board->notes = davy_arena_array(&board->arena, board->note_capacity, sizeof *board->notes);
    board->units = davy_arena_array(&board->arena, site->resource_count + 1, sizeof *board->units);
    board->tasks = davy_arena_array(&board->arena, incident->task_count + 1, sizeof *board->tasks);
    return board->notes && board->units && board->tasks;
}

/* --- resources --- */

static const davy_incident_resource *find_resource(const davy_incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->resource_count; i++)
        if (strcmp(incident->resources[i].name, name) == 0)
            return &incident->resources[i];
    return NULL;
}

static size_t index_of_task(const davy_board *board, uint32_t id)
{
    for (size_t t = 0; t < board->question.task_count; t++)
        if (board->tasks[t].id == id)
            return t;
    return SIZE_MAX;
}

static davy_unit_state state_of(const davy_incident_resource *resource)
{
    switch (resource->state) {
    case DAVY_RESOURCE_EN_ROUTE:
    case DAVY_RESOURCE_ON_SCENE:
        return DAVY_UNIT_BOUND;
    case DAVY_RESOURCE_OUT_OF_SERVICE:
        return DAVY_UNIT_UNAVAILABLE;
    default: /* requested, committed: may still be told otherwise; released */
        return DAVY_UNIT_AVAILABLE;
    }
}

static void add_unit(davy_board *board, const davy_site_resource *of, const davy_incident *incident)
{
    const davy_incident_resource *now = find_resource(incident, of->name);
    davy_dispatch_unit *unit = &board->units[board->question.unit_count++];

    *unit = (davy_dispatch_unit){.name = of->name,
                                 .capabilities = of->capabilities,
                                 .capability_count = of->capability_count,
                                 .crew = of->crew,
                                 .ppe = of->ppe,
                                 .at = {of->east, of->north},
                                 .speed = of->speed,
                                 .task = SIZE_MAX};
    if (!now)
        return;
    unit->state = state_of(now);
    unit->task = now->task ? index_of_task(board, now->task) : SIZE_MAX;
    if (!isnan(now->east) && !isnan(now->north))
        unit->at = (davy_site_point){now->east, now->north};
}

void davy_board_hold(davy_board *board, const davy_incident *other)
{
    for (size_t u = 0; u < board->question.unit_count; u++) {
        const davy_incident_resource *held = find_resource(other, board->units[u].name);

        if (!held || held->state == DAVY_RESOURCE_RELEASED)
            continue;
        board->units[u].state =
            held->state == DAVY_RESOURCE_OUT_OF_SERVICE ? DAVY_UNIT_UNAVAILABLE : DAVY_UNIT_BOUND;
        board->units[u].task = SIZE_MAX;
    }
}

/* A name that the site does not have is help from outside, or a misprint of one that may then be
 * sent twice: the plan says so. */
static void note_strangers(davy_board *board, const davy_incident *incident)
{
    for (size_t i = 0; i < incident->resource_count; i++) {
        const davy_incident_resource *resource = &incident->resources[i];
        davy_said note = davy_dispatch_say("note.stranger");
        bool known = resource->state == DAVY_RESOURCE_RELEASED;

        for (size_t u = 0; u < board->question.unit_count && !known; u++)
            known = strcmp(board->units[u].name, resource->name) == 0;
        note.unit = copy(board, resource->name);
        if (!known)
            davy_board_note(board, note);
    }
}

/* --- tasks --- */

static davy_site_point middle_of(const davy_site_place *place)
{
    davy_site_point sum = {0.0, 0.0};

    for (size_t i = 0; i < place->outline_count; i++) {
        sum.east += place->outline[i].east / (double) place->outline_count;
        sum.north += place->outline[i].north / (double) place->outline_count;
    }
    return sum;
}

/** A place, an asset or a junction of the site. */
static bool find_place(const davy_site *site, const char *name, davy_site_point *at)
{
    for (size_t i = 0; name && i < site->emergency.place_count; i++)
        if (strcmp(site->emergency.places[i].name, name) == 0) {
            *at = middle_of(&site->emergency.places[i]);
            return true;
        }
    for (size_t i = 0; name && i < site->asset_count; i++)
        if (strcmp(site->assets[i].name, name) == 0 && isfinite(site->assets[i].east)) {
            *at = (davy_site_point){site->assets[i].east, site->assets[i].north};
            return true;
        }
    for (size_t i = 0; name && i < site->emergency.junction_count; i++)
        if (strcmp(site->emergency.junctions[i].name, name) == 0) {
            *at = (davy_site_point){site->emergency.junctions[i].east,
                                    site->emergency.junctions[i].north};
            return true;
        }
    return false;
}

/* Where a task is: its own place, else the incident's. A name that the site does not have (any
 * more) is no place, and not the incident's either: nobody is sent to the wrong one. */
static bool locate(const davy_site *site, const davy_incident *incident,
                   const davy_incident_task *of, davy_site_point *at)
{
    *at = (davy_site_point){of->east, of->north};
    if (isfinite(at->east) && isfinite(at->north))
        return true;
    if (of->place)
        return find_place(site, of->place, at);
    *at = (davy_site_point){incident->east, incident->north};
    return (isfinite(at->east) && isfinite(at->north)) || find_place(site, incident->place, at) ||
           find_place(site, incident->asset, at);
}

static double within(const davy_incident_task *of, int64_t now_ns)
{
    const double left = (double) (of->due_ns - now_ns) / 1e9;

    if (of->due_ns == 0)
        return DAVY_DISPATCH_WITHIN_S;
    return fmin(fmax(left, 0.0), DAVY_DISPATCH_WITHIN_MAX_S);
}

/* A task to which nobody can be sent; the others are planned all the same. */
static void note_task(davy_board *board, const char *key, const davy_dispatch_task *task)
{
    davy_said note = davy_dispatch_say(key);

    note.task = task->name;
    davy_board_note(board, note);
}

static davy_status add_task(davy_board *board, const davy_site *site, const davy_incident *incident,
                            const davy_incident_task *of, int64_t now_ns)
{
    davy_dispatch_task *task = &board->tasks[board->question.task_count];
    davy_need *need = davy_arena_array(&board->arena, 1, sizeof *need);
    char name[DAVY_INCIDENT_TEXT_MAX + 16];

    (void) snprintf(name, sizeof name, "%s (#%u)", of->what, of->id);
    *task = (davy_dispatch_task){.id = of->id,
                                 .name = copy(board, name),
                                 .needs = need,
                                 .crew = (int) of->crew,
                                 .ppe = of->ppe ? of->ppe[0] : 0,
                                 .weight = of->priority ? LIGHTEST - (double) of->priority : MIDDLE,
                                 .within_s = within(of, now_ns)};
    if (!need || !task->name)
        return davy_fail(DAVY_ERR_NOMEM, "board of %zu tasks", incident->task_count);
    if (of->capability) {
        *need = (davy_need){copy(board, of->capability), 1};
        task->need_count = 1;
        if (!need->capability)
            return davy_fail(DAVY_ERR_NOMEM, "board of %zu tasks", incident->task_count);
    }
    if (task->need_count == 0 && task->crew == 0)
        note_task(board, "note.needs-nothing", task);
    else if (!locate(site, incident, of, &task->at))
        note_task(board, "note.nowhere", task);
    else
        board->question.task_count++;
    return DAVY_OK;
}

static davy_status add_tasks(davy_board *board, const davy_site *site,
                             const davy_incident *incident, int64_t now_ns)
{
    davy_status status = DAVY_OK;

    for (size_t t = 0; status == DAVY_OK && t < incident->task_count; t++)
        if (!davy_state_is_settled(DAVY_STATES_TASK, (int) incident->tasks[t].state)) {
            if (board->question.task_count == DAVY_DISPATCH_TASKS_MAX)
                return davy_fail(DAVY_ERR_INVALID, "more than %zu tasks are open",
                                 DAVY_DISPATCH_TASKS_MAX);
            status = add_task(board, site, incident, &incident->tasks[t], now_ns);
        }
    return status;
}

/** Tasks in zones: what they have to wear, and what no suit is made for. */
static void protect(davy_board *board, davy_ppe toxic)
{
    for (size_t t = 0; t < board->question.task_count; t++) {
        davy_dispatch_task *task = &board->tasks[t];
        davy_said note = davy_dispatch_say("note.fire");
        bool in_toxic = false;

        for (size_t c = 0; c < board->question.closure_count; c++) {
            const davy_zone *zone = board->closures[c].zone;

            if (!davy_zone_contains(zone, task->at))
                continue;
            in_toxic = in_toxic || zone->effect == DAVY_EFFECT_TOXIC;
            if (zone->effect != DAVY_EFFECT_TOXIC && !note.zone)
                note.zone = zone->endpoint;
        }
        note.task = task->name;
        if (note.zone)
            davy_board_note(board, note);
        if (in_toxic && task->ppe == 0) {
            task->ppe = toxic.level;
            note = davy_dispatch_say(toxic.level == 'A' ? "note.ppe-a" : "note.ppe-b");
            note.task = task->name;
            davy_board_note(board, note);
        }
    }
}

static davy_status read_impact(davy_board *board, const davy_incident *incident)
{
    json_t *impact = incident->impact ? json_loads(incident->impact, 0, NULL) : NULL;
    davy_status status = DAVY_OK;

    if (!impact) {
        davy_board_note(board, davy_dispatch_say("note.no-impact"));
        return DAVY_OK;
    }
    status = davy_board_zones(board, impact, 0.0);
    if (status == DAVY_OK) {
        const json_t *from = json_object_get(json_object_get(impact, "weather"), "wind_from");

        board->question.wind_from = json_is_number(from) ? json_number_value(from) : NAN;
        board->protection = davy_board_protection(impact);
    }
    json_decref(impact);
    return status;
}

davy_status davy_board_read(davy_board *board, const davy_site *site, const davy_incident *incident,
                            int64_t now_ns)
{
    const davy_site_emergency *emergency = &site->emergency;
    const char **names;
    davy_status status;

    *board = (davy_board){.question = {.wind_from = NAN,
                                       .reserve = 1,
                                       .reserve_price_s = DAVY_DISPATCH_RESERVE_S,
                                       .limit_s = DAVY_DISPATCH_LIMIT_S}};
    names = davy_arena_array(&board->arena, emergency->junction_count + 1, sizeof *names);
    if (!names || !take_memory(board, site, incident))
        status = davy_fail(DAVY_ERR_NOMEM, "board of an incident");
    else
        status = davy_roads_init(&board->roads, emergency);
    if (status == DAVY_OK)
        status = add_tasks(board, site, incident, now_ns);
    if (status == DAVY_OK)
        status = read_impact(board, incident);
    if (status != DAVY_OK) {
        davy_board_clear(board);
        return status;
    }
    for (size_t j = 0; j < emergency->junction_count; j++)
        names[j] = emergency->junctions[j].name;
    for (size_t r = 0; r < site->resource_count; r++)
        add_unit(board, &site->resources[r], incident);
    note_strangers(board, incident);
    if (emergency->junction_count == 0)
        davy_board_note(board, davy_dispatch_say("note.no-roads"));
    board->question.roads = &board->roads;
    board->question.junction_names = names;
    board->question.closures = board->closures;
    board->question.units = board->units;
    board->question.tasks = board->tasks;
    return DAVY_OK;
}

davy_status davy_board_answer(davy_board *board, davy_buffer *out)
{
    davy_dispatch_plan *plan = NULL;
    davy_status status;

    protect(board, board->protection);
    status =
        davy_dispatch_solve(&board->question, board->has_before ? &board->before : NULL, &plan);
    if (status != DAVY_OK)
        return status;
    davy_dispatch_plan_json(out, plan, board->notes, board->note_count);
    davy_dispatch_plan_destroy(plan);
    return davy_buffer_ok(out);
}

void davy_board_clear(davy_board *board)
{
    davy_roads_clear(&board->roads);
    davy_arena_clear(&board->before.arena);
    davy_arena_clear(&board->arena);
    *board = (davy_board){0};
}
