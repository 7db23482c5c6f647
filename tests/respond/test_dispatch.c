/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/random.h"
#include "respond/dispatch/dispatch.h"
#include "respond/dispatch/problem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/*
 * A road of four junctions, 600 m apart, 10 m/s: 60 s from one to the next.
 *
 *     w (0,0) ---- x (600,0) ---- y (1200,0) ---- z (1800,0)
 *     |                           |
 *     s (0,-600) -- t (600,-600)- u (1200,-600)      the way around: 60 s each
 */
static davy_site_junction junctions[] = {
    {.name = "west", .east = 0, .north = 0},    {.name = "x", .east = 600, .north = 0},
    {.name = "yard", .east = 1200, .north = 0}, {.name = "gate", .east = 1800, .north = 0},
    {.name = "s", .east = 0, .north = -600},    {.name = "t", .east = 600, .north = -600},
    {.name = "u", .east = 1200, .north = -600},
};
static const char *const names[] = {"west", "x", "yard", "gate", "s", "t", "u"};
static davy_site_road stretches[] = {
    {.from = 0, .to = 1, .length_m = 600, .speed = 10},
    {.from = 1, .to = 2, .length_m = 600, .speed = 10},
    {.from = 2, .to = 3, .length_m = 600, .speed = 10},
    {.from = 0, .to = 4, .length_m = 600, .speed = 10},
    {.from = 4, .to = 5, .length_m = 600, .speed = 10},
    {.from = 5, .to = 6, .length_m = 600, .speed = 10},
    {.from = 6, .to = 2, .length_m = 600, .speed = 10},
};
static const davy_site_emergency site = {.junctions = junctions,
                                         .junction_count = DAVY_ARRAY_LENGTH(junctions),
                                         .roads = stretches,
                                         .road_count = DAVY_ARRAY_LENGTH(stretches)};

static const char *const foam[] = {"foam"}, *const medical[] = {"medical"},
                         *const both[] = {"foam", "hazmat"};

/* Over the middle of x - yard, and around the gate. */
static davy_site_point on_x_y[] = {{800, -100}, {1000, -100}, {1000, 100}, {800, 100}};
static davy_site_point on_gate[] = {{1700, -100}, {1900, -100}, {1900, 100}, {1700, 100}};
static const davy_zone zone_x_y = {.ring = on_x_y, .count = 4, .endpoint = "AEGL-2 60 min"};
static const davy_zone zone_gate = {.ring = on_gate, .count = 4, .endpoint = "AEGL-3 60 min"};

static davy_dispatch_unit unit(const char *name, double east, const char *const *capabilities,
                               size_t count)
{
    return (davy_dispatch_unit){.name = name,
                                .at = {east, 0},
                                .capabilities = capabilities,
                                .capability_count = count,
                                .crew = 4,
                                .speed = NAN,
                                .task = SIZE_MAX};
}

static davy_dispatch_task task(const char *name, double east, const davy_need *needs, size_t count)
{
    return (davy_dispatch_task){.name = name,
                                .at = {east, 0},
                                .needs = needs,
                                .need_count = count,
                                .weight = 1.0,
                                .within_s = DAVY_DISPATCH_WITHIN_S};
}

static const davy_need one_foam[] = {{"foam", 1}}, two_foam[] = {{"foam", 2}},
                       one_medical[] = {{"medical", 1}}, one_hazmat[] = {{"hazmat", 1}};

typedef struct world {
    davy_roads roads;
    davy_dispatch_unit units[8];
    davy_dispatch_task tasks[4];
    davy_closure closures[2];
    davy_dispatch_question question;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);

    if (!w || davy_roads_init(&w->roads, &site) != DAVY_OK)
        return -1;
    w->question = (davy_dispatch_question){.roads = &w->roads,
                                           .junction_names = names,
                                           .closures = w->closures,
                                           .wind_from = NAN,
                                           .units = w->units,
                                           .tasks = w->tasks,
                                           .reserve_price_s = DAVY_DISPATCH_RESERVE_S,
                                           .limit_s = 5.0};
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;

    davy_roads_clear(&w->roads);
    free(w);
    return 0;
}

static davy_dispatch_plan *solve(world *w, size_t units, size_t tasks, size_t closures,
                                 const davy_dispatch_plan *before)
{
    davy_dispatch_plan *plan = NULL;

    w->question.unit_count = units;
    w->question.task_count = tasks;
    w->question.closure_count = closures;
    assert_ok(davy_dispatch_solve(&w->question, before, &plan));
    return plan;
}

static const char *task_of(const davy_dispatch_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->assignment_count; i++)
        if (strcmp(plan->assignments[i].unit, name) == 0)
            return plan->assignments[i].task;
    return "none";
}

static void assert_says(const davy_said *said, davy_tongue tongue, const char *sentence)
{
    davy_buffer words = {0};

    davy_said_write(&words, said, tongue);
    assert_string_equal(words.bytes, sentence);
    davy_buffer_clear(&words);
}

/*
 * Fire at x, fire at the yard; engine-1 at x (600), engine-2 at the gate (1800). Nearest first
 * sends engine-1 to x (0 s) and engine-2 to the yard (60 s).
 */
static void each_goes_to_its_nearest_when_that_is_best(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->tasks[0] = task("fire-x", 600, one_foam, 1);
    w->tasks[1] = task("fire-yard", 1200, one_foam, 1);
    plan = solve(w, 2, 2, 0, NULL);
    assert_string_equal(task_of(plan, "engine-1"), "fire-x");
    assert_string_equal(task_of(plan, "engine-2"), "fire-yard");
    assert_near(plan->cost, 60.0, 1e-6);
    assert_int_equal(plan->method, DAVY_PLAN_OPTIMAL);
    assert_near(plan->gap, 0.0, 0.0);
    davy_dispatch_plan_destroy(plan);
}

/*
 * What nearest-first does badly: engine-2 stands at the fire at x, engine-1, of 5 m/s, at west;
 * another fire at the gate. Nearest first is 0 + 360 s; engine-1 to x and engine-2 to the gate 120
 * + 120 s. Changing the two finds it without a solver, which alone knows that nothing is better.
 */
static void better_than_nearest_first(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 0, foam, 1);
    w->units[0].speed = 5.0;
    w->units[1] = unit("engine-2", 600, foam, 1);
    w->tasks[0] = task("fire-x", 600, one_foam, 1);
    w->tasks[1] = task("fire-gate", 1800, one_foam, 1);
    w->question.limit_s = 0.0;
    plan = solve(w, 2, 2, 0, NULL);
    assert_int_equal(plan->method, DAVY_PLAN_GREEDY);
    assert_string_equal(task_of(plan, "engine-2"), "fire-gate");
    assert_near(plan->cost, 240.0, 1e-6);
    assert_true(isnan(plan->gap)); /* no bound is known */
    davy_dispatch_plan_destroy(plan);
    w->question.limit_s = 5.0;
    plan = solve(w, 2, 2, 0, NULL);
    assert_int_equal(plan->method, DAVY_PLAN_OPTIMAL);
    assert_near(plan->cost, 240.0, 1e-6);
    davy_dispatch_plan_destroy(plan);
}

/* Two fires, one engine: the weight decides; the other lacks foam since it is taken. */
static void weight_decides_when_there_is_not_enough(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->tasks[0] = task("fire-x", 600, one_foam, 1);
    w->tasks[1] = task("fire-gate", 1800, one_foam, 1);
    w->tasks[1].weight = 3.0;
    plan = solve(w, 1, 2, 0, NULL);
    assert_string_equal(task_of(plan, "engine-1"), "fire-gate");
    assert_int_equal(plan->lack_count, 1);
    assert_string_equal(plan->lacks[0].task, "fire-x");
    assert_string_equal(plan->lacks[0].why.key, "lack.taken");
    assert_near(plan->cost, 3 * 120.0 + DAVY_DISPATCH_LACK_S, 1e-6);
    davy_dispatch_plan_destroy(plan);
}

/* 9 people wanted, 4 a crew: three engines, of the four the nearest three. */
static void sends_enough_people_and_no_more(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    for (size_t u = 0; u < 4; u++)
        w->units[u] = unit((const char *[]){"a", "b", "c", "d"}[u], 600.0 * (double) u, foam, 1);
    w->tasks[0] = task("fire", 0, one_foam, 1);
    w->tasks[0].crew = 9;
    plan = solve(w, 4, 1, 0, NULL);
    assert_int_equal(plan->assignment_count, 3);
    assert_string_equal(task_of(plan, "d"), "none");
    assert_near(plan->cost, 0.0 + 60.0 + 120.0, 1e-6);
    davy_dispatch_plan_destroy(plan);
}

static void protection_is_asked_for(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->units[1].ppe = 'A';
    w->tasks[0] = task("fire", 600, one_foam, 1);
    w->tasks[0].ppe = 'B';
    plan = solve(w, 2, 1, 0, NULL);
    assert_string_equal(task_of(plan, "engine-2"), "fire");
    assert_true(plan->assignments[0].ppe_ok);
    davy_dispatch_plan_destroy(plan);
    plan = solve(w, 1, 1, 0, NULL);
    assert_string_equal(plan->lacks[0].why.key, "lack.ppe");
    assert_says(&plan->lacks[0].why, DAVY_ENGLISH,
                "the crew of engine-1 does not wear what fire asks for");
    davy_dispatch_plan_destroy(plan);
}

/*
 * Foam at west for a task at x, another foam at the gate: keeping one for a second event is worth
 * 600 s, so both stay reserved as far as that goes: one of two is sent, one kept, no price. With
 * two tasks both go, since a task that is not done is worse, and the reserve is told.
 */
static void a_reserve_is_kept_until_it_is_needed(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->question.reserve = 1;
    w->units[0] = unit("engine-1", 0, foam, 1);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->tasks[0] = task("one", 600, one_foam, 1);
    w->tasks[1] = task("two", 1200, one_foam, 1);
    plan = solve(w, 2, 1, 0, NULL);
    assert_int_equal(plan->assignment_count, 1);
    assert_int_equal(plan->kept_short_count, 0);
    davy_dispatch_plan_destroy(plan);
    plan = solve(w, 2, 2, 0, NULL);
    assert_int_equal(plan->assignment_count, 2);
    assert_int_equal(plan->kept_short_count, 1);
    assert_near(plan->cost, 60.0 + 60.0 + DAVY_DISPATCH_RESERVE_S, 1e-6);
    davy_dispatch_plan_destroy(plan);
}

/*
 * The reserve changes who is sent: engine-1, 60 s away, is the only hazmat unit; engine-2, 120 s
 * away, has foam alone. With a hazmat task that wants one too, the price of keeping speaks for
 * engine-2.
 */
static void a_unit_of_two_trades_is_spared(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 0, both, 2);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    w->tasks[1] = task("leak", 600, one_hazmat, 1);
    w->tasks[1].within_s = 1.0; /* out of reach for everybody: hazmat is kept for what comes next */
    w->question.reserve = 1;
    plan = solve(w, 2, 2, 0, NULL);
    assert_int_equal(plan->method, DAVY_PLAN_OPTIMAL);
    assert_string_equal(task_of(plan, "engine-2"), "fire");
    assert_string_equal(plan->lacks[0].why.key, "lack.late");
    assert_near(plan->lacks[0].why.seconds, 60.0, 1e-9);
    davy_dispatch_plan_destroy(plan);
}

static void what_is_missing_is_told_with_its_reason(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("ambulance", 600, medical, 1);
    w->units[1].state = DAVY_UNIT_UNAVAILABLE;
    w->tasks[0] = task("leak", 1200, one_hazmat, 1);
    w->tasks[1] = task("injured", 1200, one_medical, 1);
    w->tasks[2] = task("fire", 1800, two_foam, 1);
    w->closures[0] = (davy_closure){&zone_gate, 0.0, INFINITY};
    plan = solve(w, 2, 3, 1, NULL);
    assert_int_equal(plan->assignment_count, 0);
    assert_int_equal(plan->lack_count, 3);
    assert_says(&plan->lacks[0].why, DAVY_ENGLISH, "nobody has hazmat");
    assert_says(&plan->lacks[1].why, DAVY_ENGLISH, "nobody with medical is in service");
    assert_int_equal(plan->lacks[2].missing, 2);
    assert_says(&plan->lacks[2].why, DAVY_ENGLISH,
                "fire lies in the AEGL-3 60 min zone; the nearest junction engine-1 reaches is "
                "yard, 600 m away");
    assert_says(&plan->lacks[2].why, DAVY_CHINESE,
                "fire位于AEGL-3 60 min区域内;engine-1能到达的最近路口是yard,相距600米");
    davy_dispatch_plan_destroy(plan);
}

/* Who wears enough walks from the last free junction upwind: 120 s of road, 600 m on foot. */
static void a_protected_crew_works_in_the_zone_from_its_edge(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;
    const davy_assignment *sent;

    w->units[0] = unit("hazmat-1", 0, both, 2);
    w->units[0].ppe = 'A';
    w->tasks[0] = task("rescue", 1800, one_hazmat, 1);
    w->tasks[0].ppe = 'A';
    w->closures[0] = (davy_closure){&zone_gate, 0.0, INFINITY};
    w->question.wind_from = 270.0;
    plan = solve(w, 1, 1, 1, NULL);
    assert_int_equal(plan->assignment_count, 1);
    sent = &plan->assignments[0];
    assert_int_equal(sent->route.kind, DAVY_ROUTE_STAGED);
    assert_string_equal(sent->staging, "yard");
    assert_string_equal(sent->zone, "AEGL-3 60 min");
    assert_true(sent->route.upwind);
    assert_near(sent->route.arrival_s, 120.0, 1e-9);
    assert_near(sent->seconds, 120.0 + 600.0 / (3.5 * 0.3048), 1e-9);
    assert_int_equal(sent->path_count, 3); /* west, x, yard: not the place */
    assert_near(sent->path[2].east, 1200.0, 0.0);
    davy_dispatch_plan_destroy(plan);
}

/* The sentence of the issue: engine 2 instead of 1, since a zone lies on engine 1's route. */
static void a_change_says_which_zone_made_it(void **state)
{
    static const char *const more[] = {"foam", "water"};
    world *w = *state;
    davy_dispatch_plan *before, *after;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("engine-2", 1800, more, 2);
    w->units[1].speed = 5.0;
    w->tasks[0] = task("fire", 1200, one_foam, 1);
    w->tasks[0].within_s = 200.0;
    before = solve(w, 2, 1, 0, NULL);
    assert_string_equal(task_of(before, "engine-1"), "fire");
    w->closures[0] = (davy_closure){&zone_x_y, 0.0, INFINITY};
    after = solve(w, 2, 1, 1, before);
    assert_string_equal(task_of(after, "engine-2"),
                        "fire"); /* 120 s; around it is 300 s, too late */
    assert_int_equal(after->change_count, 1);
    assert_string_equal(after->changes[0].unit, "engine-2");
    assert_string_equal(after->changes[0].other, "engine-1");
    assert_string_equal(after->changes[0].why.key, "replaced.detour");
    assert_says(
        &after->changes[0].why, DAVY_ENGLISH,
        "engine-2 instead of engine-1: its way around the AEGL-2 60 min zone takes 240 s more");
    davy_dispatch_plan_destroy(after);
    davy_dispatch_plan_destroy(before);
}

static void a_change_tells_a_road_that_is_cut(void **state)
{
    static davy_site_point wide_ring[] = {{800, -1000}, {1000, -1000}, {1000, 100}, {800, 100}};
    static const davy_zone wide = {.ring = wide_ring, .count = 4, .endpoint = "AEGL-2 60 min"};
    world *w = *state;
    davy_dispatch_plan *before, *after;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->units[1].speed = 5.0;
    w->tasks[0] = task("fire", 1200, one_foam, 1);
    before = solve(w, 2, 1, 0, NULL);
    w->closures[0] = (davy_closure){&wide, 0.0, INFINITY};
    after = solve(w, 2, 1, 1, before);
    assert_int_equal(after->change_count, 1);
    assert_says(&after->changes[0].why, DAVY_ENGLISH,
                "engine-2 instead of engine-1: its route crosses the AEGL-2 60 min zone");
    assert_says(&after->changes[0].why, DAVY_CHINESE,
                "改派engine-2代替engine-1:其路线穿过AEGL-2 60 min区域");
    davy_dispatch_plan_destroy(after);
    davy_dispatch_plan_destroy(before);
}

static void other_changes_have_their_reasons(void **state)
{
    world *w = *state;
    davy_dispatch_plan *before, *after;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    before = solve(w, 2, 1, 0, NULL);
    /* It breaks down. */
    w->units[0].state = DAVY_UNIT_UNAVAILABLE;
    after = solve(w, 2, 1, 0, before);
    assert_string_equal(after->changes[0].why.key, "replaced.unavailable");
    davy_dispatch_plan_destroy(after);
    /* It is at another task that the question does not have. */
    w->units[0].state = DAVY_UNIT_BOUND;
    after = solve(w, 2, 1, 0, before);
    assert_string_equal(after->changes[0].why.key, "replaced.bound");
    davy_dispatch_plan_destroy(after);
    /* A heavier fire next to it takes it away. */
    w->units[0].state = DAVY_UNIT_AVAILABLE;
    w->tasks[1] = task("big fire", 600, one_foam, 1);
    w->tasks[1].weight = 10.0;
    after = solve(w, 2, 2, 0, before);
    assert_int_equal(after->change_count, 2);
    assert_string_equal(after->changes[0].why.key, "replaced.needed");
    assert_string_equal(after->changes[0].why.place, "big fire");
    assert_string_equal(after->changes[1].why.key, "added.task");
    davy_dispatch_plan_destroy(after);
    /* The fire is out. */
    after = solve(w, 2, 0, 0, before);
    assert_string_equal(after->changes[0].why.key, "removed.over");
    davy_dispatch_plan_destroy(after);
    /* It is not enough. */
    w->tasks[0].needs = two_foam;
    after = solve(w, 2, 1, 0, before);
    assert_int_equal(after->change_count, 1);
    assert_string_equal(after->changes[0].why.key, "added.need");
    davy_dispatch_plan_destroy(after);
    /* Nothing changed. */
    w->tasks[0].needs = one_foam;
    after = solve(w, 2, 1, 0, before);
    assert_int_equal(after->change_count, 0);
    davy_dispatch_plan_destroy(after);
    davy_dispatch_plan_destroy(before);
}

/* A unit at work counts for its task and is not sent anywhere. */
static void who_is_there_counts(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 600, foam, 1);
    w->units[0].state = DAVY_UNIT_BOUND;
    w->units[0].task = 0;
    w->units[1] = unit("engine-2", 1800, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    plan = solve(w, 2, 1, 0, NULL);
    assert_int_equal(plan->assignment_count, 1);
    assert_true(plan->assignments[0].bound);
    assert_int_equal(plan->lack_count, 0);
    davy_dispatch_plan_destroy(plan);
}

static void the_plan_reads_as_json(void **state)
{
    world *w = *state;
    davy_buffer out = {0};
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 0, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    plan = solve(w, 1, 1, 0, NULL);
    davy_dispatch_plan_json(&out, plan, NULL, 0);
    assert_string_equal(
        out.bytes,
        "{\"assignments\":[{\"resource\":\"engine-1\",\"task\":\"fire\",\"bound\":false,\"ppe\":"
        "null,"
        "\"ppe_ok\":true,\"route\":[[0,0],[600,0]],\"arrival\":60,\"seconds\":60,"
        "\"metres\":600,"
        "\"waits\":0,"
        "\"safe_until\":null,\"staging\":null,\"on_foot\":0,\"upwind\":false,\"zone\":null}],"
        "\"uncovered\":[],\"reserve\":[],\"changes\":[],\"notes\":[],\"method\":\"optimal\","
        "\"cost\":60,\"gap\":"
        "0}");
    davy_buffer_clear(&out);
    davy_dispatch_plan_destroy(plan);
}

static void refuses_what_is_no_question(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan = NULL;

    w->question.unit_count = w->question.task_count = 1;
    w->units[0] = unit("engine-1", NAN, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    assert_fails(davy_dispatch_solve(&w->question, NULL, &plan), DAVY_ERR_INVALID,
                 "nobody knows where 'engine-1' is");
    w->units[0] = unit("engine-1", 0, foam, 1);
    w->tasks[0].weight = -1.0;
    assert_fails(davy_dispatch_solve(&w->question, NULL, &plan), DAVY_ERR_INVALID, "weight -1");
    w->tasks[0].weight = 1.0;
    w->tasks[0].ppe = 'E';
    assert_fails(davy_dispatch_solve(&w->question, NULL, &plan), DAVY_ERR_INVALID, "A, B, C or D");
    w->tasks[0].ppe = 0;
    w->tasks[0].within_s = INFINITY;
    assert_fails(davy_dispatch_solve(&w->question, NULL, &plan), DAVY_ERR_INVALID, "at most a day");
    w->question.unit_count = DAVY_DISPATCH_UNITS_MAX + 1;
    assert_fails(davy_dispatch_solve(&w->question, NULL, &plan), DAVY_ERR_INVALID, "at most 512");
}

static void take_note(int number, siginfo_t *info, void *context)
{
    (void) number;
    (void) info;
    (void) context;
}

/* Cbc puts its own handler in with signal(), and the old one back so: without its flags. */
static void a_signal_handler_stays_what_it_was(void **state)
{
    world *w = *state;
    const struct sigaction ours = {.sa_sigaction = take_note, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction before, after;

    w->units[0] = unit("engine-1", 0, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    assert_int_equal(sigaction(SIGINT, &ours, &before), 0);
    davy_dispatch_plan_destroy(solve(w, 1, 1, 0, NULL));
    assert_int_equal(sigaction(SIGINT, &before, &after), 0);
    assert_true(after.sa_sigaction == take_note);
    assert_int_equal(after.sa_flags & (SA_SIGINFO | SA_NODEFER), SA_SIGINFO | SA_NODEFER);
}

/* A millisecond is too short for a solver: the first answer stands, and no child is left behind. */
static void a_solver_that_is_late_leaves_the_first_answer(void **state)
{
    world *w = *state;
    davy_dispatch_plan *plan;

    w->units[0] = unit("engine-1", 0, foam, 1);
    w->units[1] = unit("engine-2", 600, foam, 1);
    w->tasks[0] = task("fire", 600, one_foam, 1);
    w->question.limit_s = 1e-4;
    plan = solve(w, 2, 1, 0, NULL);
    assert_string_equal(task_of(plan, "engine-2"), "fire");
    assert_int_equal(plan->method, DAVY_PLAN_GREEDY);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    davy_dispatch_plan_destroy(plan);
}

/* --- the optimum against everything there is --- */

enum { RANDOM_UNITS = 6, RANDOM_TASKS = 3, RANDOM_TRIALS = 60 };

static void make_random(world *w, uint32_t seed)
{
    static const char *const kinds[][2] = {
        {"foam", "medical"}, {"medical", "hazmat"}, {"hazmat", "foam"}};
    static const davy_need needs[][2] = {{{"foam", 1}, {"medical", 1}},
                                         {{"foam", 2}, {"hazmat", 1}},
                                         {{"medical", 1}, {"hazmat", 2}}};
    static const char *const unit_names[] = {"a", "b", "c", "d", "e", "f"}, *const task_names[] = {
                                                                                "one", "two",
                                                                                "three"};
    uint64_t n = 0;

    for (size_t u = 0; u < RANDOM_UNITS; u++) {
        const double east = davy_random_below(2, seed, n++, 1800);
        const char *const *kind = kinds[davy_random_below(2, seed, n++, 3)];

        w->units[u] = unit(unit_names[u], east, kind, 1 + davy_random_below(2, seed, n++, 2));
        w->units[u].crew = 1 + (int) davy_random_below(2, seed, n++, 5);
        w->units[u].ppe = (char) ('A' + davy_random_below(2, seed, n++, 4));
        if (davy_random_below(2, seed, n++, 8) == 0)
            w->units[u].state = DAVY_UNIT_UNAVAILABLE;
    }
    for (size_t t = 0; t < RANDOM_TASKS; t++) {
        const double east = davy_random_below(2, seed, n++, 1800);
        const davy_need *need = needs[davy_random_below(2, seed, n++, 3)];

        w->tasks[t] = task(task_names[t], east, need, 1 + davy_random_below(2, seed, n++, 2));
        w->tasks[t].crew = (int) davy_random_below(2, seed, n++, 8);
        w->tasks[t].ppe = (char) ('B' + davy_random_below(2, seed, n++, 3));
        w->tasks[t].weight = 1.0 + davy_random_below(2, seed, n++, 4);
        w->tasks[t].within_s = 100.0 + davy_random_below(2, seed, n++, 900);
    }
    w->question.reserve = (int) davy_random_below(2, seed, n++, 2);
    w->question.wind_from = 270.0;
    w->closures[0] =
        (davy_closure){&zone_x_y, 0.0, davy_random_below(2, seed, n, 2) ? 200.0 : INFINITY};
    w->closures[1] = (davy_closure){&zone_gate, 60.0, INFINITY};
}

/* Every choice there is: (tasks + 1)^units = 4,096 of them. */
static double least_of_all(const world *w)
{
    davy_problem problem;
    size_t choice[RANDOM_UNITS];
    double least = INFINITY;

    assert_ok(davy_problem_init(&problem, &w->question));
    for (size_t code = 0; code < 4096; code++) {
        size_t rest = code;

        for (size_t u = 0; u < RANDOM_UNITS; u++, rest /= RANDOM_TASKS + 1)
            choice[u] = rest % (RANDOM_TASKS + 1) == 0 ? DAVY_IDLE : rest % (RANDOM_TASKS + 1) - 1;
        least = fmin(least, davy_problem_cost(&problem, choice));
    }
    davy_problem_clear(&problem);
    return least;
}

static void the_optimum_is_the_least_of_all_choices(void **state)
{
    world *w = *state;
    size_t better = 0;

    for (uint32_t seed = 0; seed < RANDOM_TRIALS; seed++) {
        davy_dispatch_plan *plan;

        make_random(w, seed);
        plan = solve(w, RANDOM_UNITS, RANDOM_TASKS, 2, NULL);
        assert_int_equal(plan->method, DAVY_PLAN_OPTIMAL);
        assert_near(plan->cost, least_of_all(w), 1e-3);
        assert_true(plan->cost <= plan->greedy_cost);
        better += plan->cost < plan->greedy_cost - 1e-3;
        davy_dispatch_plan_destroy(plan);
    }
    assert_true(better > 0); /* the greedy rule is not always best: the comparison can fail */
}

/* Two threads at once have the plans that one has. */
static void *solve_some(void *given)
{
    world *w = given;

    for (uint32_t seed = 0; seed < 8; seed++) {
        davy_dispatch_plan *plan;

        make_random(w, seed);
        plan = solve(w, RANDOM_UNITS, RANDOM_TASKS, 2, NULL);
        if (plan->method != DAVY_PLAN_OPTIMAL)
            abort();
        davy_dispatch_plan_destroy(plan);
    }
    return NULL;
}

static void threads_may_solve_at_once(void **state)
{
    void *other = NULL;
    pthread_t thread;

    assert_int_equal(set_up(&other), 0);
    assert_int_equal(pthread_create(&thread, NULL, solve_some, other), 0);
    (void) solve_some(*state);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void) tear_down(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_goes_to_its_nearest_when_that_is_best, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(better_than_nearest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weight_decides_when_there_is_not_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sends_enough_people_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(protection_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reserve_is_kept_until_it_is_needed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_unit_of_two_trades_is_spared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_missing_is_told_with_its_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_protected_crew_works_in_the_zone_from_its_edge, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_change_says_which_zone_made_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_tells_a_road_that_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_changes_have_their_reasons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_there_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_plan_reads_as_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_question, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_solver_that_is_late_leaves_the_first_answer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_signal_handler_stays_what_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_optimum_is_the_least_of_all_choices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_may_solve_at_once, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
