/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as the order of a plan: it is refused, or a plan follows in which nobody drives through
 * a zone, no unit has two tasks, and the JSON is whole.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "respond/dispatch/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static const char *const foam[] = {"foam"};
static davy_site_junction junctions[] = {
    {.name = "gate"}, {.name = "x", .east = 600}, {.name = "farm", .east = 1200, .north = 300}};
static davy_site_road stretches[] = {{.to = 1, .length_m = 700, .speed = 10},
                                     {.from = 1, .to = 2, .speed = 10},
                                     {.to = 2, .speed = 5, .one_way = true}};
static davy_site_resource resources[] = {{.name = "engine-1",
                                          .capabilities = foam,
                                          .capability_count = 1,
                                          .crew = 4,
                                          .ppe = 'B',
                                          .speed = NAN},
                                         {.name = "engine-2",
                                          .capabilities = foam,
                                          .capability_count = 1,
                                          .east = 600,
                                          .crew = 2,
                                          .speed = 9}};
static davy_incident_task tasks[] = {{.id = 1,
                                      .what = "cool",
                                      .place = "farm",
                                      .capability = "foam",
                                      .crew = 3,
                                      .east = NAN,
                                      .north = NAN},
                                     {.id = 2,
                                      .what = "guard",
                                      .place = "gate",
                                      .crew = 2,
                                      .priority = 1,
                                      .east = NAN,
                                      .north = NAN}};

static void look_at(const davy_dispatch_plan *plan, const davy_board *board)
{
    for (size_t i = 0; i < plan->assignment_count; i++) {
        const davy_assignment *sent = &plan->assignments[i];

        for (size_t j = 0; j < i; j++)
            check(strcmp(plan->assignments[j].unit, sent->unit) != 0);
        check(sent->path_count >= 1 && isfinite(sent->route.arrival_s));
        for (size_t p = 1; p < sent->path_count; p++)
            for (size_t c = 0; c < board->question.closure_count; c++) {
                const davy_closure *closure = &board->closures[c];

                /* one that holds all the time is never crossed */
                if (closure->from_s <= 0.0 && closure->to_s >= sent->route.arrival_s)
                    check(!davy_zone_crosses(closure->zone, sent->path[p - 1], sent->path[p]));
            }
    }
}

static void answer(davy_board *board)
{
    davy_dispatch_plan *plan = NULL;
    davy_buffer out = {0};
    json_t *read;

    if (davy_dispatch_solve(&board->question, board->has_before ? &board->before : NULL, &plan) ==
        DAVY_OK)
        look_at(plan, board);
    davy_dispatch_plan_destroy(plan);
    if (davy_board_answer(board, &out) == DAVY_OK) {
        read = json_loads(out.bytes, 0, NULL);
        check(read != NULL);
        json_decref(read);
    }
    davy_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_site site = {.resources = resources,
                      .resource_count = DAVY_ARRAY_LENGTH(resources),
                      .emergency = {.junctions = junctions,
                                    .junction_count = DAVY_ARRAY_LENGTH(junctions),
                                    .roads = stretches,
                                    .road_count = DAVY_ARRAY_LENGTH(stretches)}};
    json_t *body = json_loadb((const char *) data, size, JSON_REJECT_DUPLICATES, NULL);
    json_t *impact = json_object_get(body, "impact");
    davy_incident incident = {
        .id = 1, .tasks = tasks, .task_count = DAVY_ARRAY_LENGTH(tasks), .east = NAN, .north = NAN};
    davy_board *board = calloc(1, sizeof *board);

    check(board != NULL);
    incident.impact = impact ? json_dumps(impact, 0) : NULL;
    if (davy_board_read(board, &site, &incident, 0) == DAVY_OK) {
        board->question.limit_s = 0.0; /* the solver is not what bytes reach */
        (void) json_object_del(body, "impact");
        if (davy_board_order(board, body) == DAVY_OK)
            answer(board);
        davy_board_clear(board);
    }
    free(incident.impact);
    free(board);
    json_decref(body);
    return 0;
}
