/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "core/random.h"
#include "respond/routes/route.h"

/*
 * A small site, metres and seconds by hand. Every road is driven at 10 m/s.
 *
 *     c (0,1000) ------- d (1000,1000)
 *     |                  |
 *     a (0,0) ---------- b (1000,0) ---- e (2000,0)      f (0,5000): no road
 */
static davy_site_junction junctions[] = {
    {.name = "a", .east = 0, .north = 0},    {.name = "b", .east = 1000, .north = 0},
    {.name = "c", .east = 0, .north = 1000}, {.name = "d", .east = 1000, .north = 1000},
    {.name = "e", .east = 2000, .north = 0}, {.name = "f", .east = 0, .north = 5000},
};
enum { A, B, C, D, E, F };

static davy_site_road roads_of_site[] = {
    {.from = A, .to = B, .length_m = 1000, .speed = 10},
    {.from = A, .to = C, .length_m = 1000, .speed = 10},
    {.from = C, .to = D, .length_m = 1000, .speed = 10},
    {.from = D, .to = B, .length_m = 1000, .speed = 10},
    {.from = B, .to = E, .length_m = 1000, .speed = 10},
};
static const davy_site_emergency site = {.junctions = junctions,
                                         .junction_count = DAVY_ARRAY_LENGTH(junctions),
                                         .roads = roads_of_site,
                                         .road_count = DAVY_ARRAY_LENGTH(roads_of_site)};

/* A square over the middle of a-b, and one over the place (1500, 0). */
static davy_site_point on_ab[] = {{400, -100}, {600, -100}, {600, 100}, {400, 100}};
static davy_site_point on_be[] = {{1400, -100}, {1600, -100}, {1600, 100}, {1400, 100}};
static const davy_zone zone_ab = {.ring = on_ab, .count = 4, .endpoint = "AEGL-3 60 min"};
static const davy_zone zone_be = {.ring = on_be, .count = 4, .endpoint = "AEGL-2 60 min"};

typedef struct world {
    davy_roads roads;
    davy_closed closed;
    davy_search *search;
} world;

static void build(world *w, const davy_site_emergency *emergency, const davy_closure *closures,
                  size_t count)
{
    assert_ok(davy_roads_init(&w->roads, emergency));
    assert_ok(davy_closed_init(&w->closed, &w->roads, closures, count));
    assert_ok(davy_search_create(&w->closed, &w->search));
}

static void tear_down(world *w)
{
    davy_search_destroy(w->search);
    davy_closed_clear(&w->closed);
    davy_roads_clear(&w->roads);
}

static davy_route ask(world *w, davy_site_point from, davy_site_point to, double wind_from)
{
    const davy_access start = davy_closed_access(&w->closed, from),
                      target = davy_closed_access(&w->closed, to);

    davy_search_run(w->search, &start, NAN, 0.0);
    return davy_search_to(w->search, &target, wind_from);
}

static void takes_the_shortest_time_when_nothing_is_closed(void **state)
{
    world w;
    davy_route route;
    uint32_t path[8];

    (void) state;
    build(&w, &site, NULL, 0);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){2000, 0}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_REACHED);
    assert_near(route.arrival_s, 200.0, 1e-9); /* a-b-e, 2 km at 10 m/s */
    assert_near(route.metres, 2000.0, 1e-9);
    assert_int_equal(davy_search_path(w.search, &route, path, 8), 3);
    assert_int_equal(path[0], A);
    assert_int_equal(path[1], B);
    assert_int_equal(path[2], E);
    tear_down(&w);
}

static void drives_around_a_zone(void **state)
{
    const davy_closure closure = {&zone_ab, 0.0, INFINITY};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, &closure, 1);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){2000, 0}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_REACHED);
    assert_near(route.arrival_s, 400.0, 1e-9); /* a-c-d-b-e */
    tear_down(&w);
}

/* The zone comes over a-b at 50 s: too soon for a-b, which takes 100 s; gone before it: not. */
static void asks_where_a_zone_will_be_when_one_is_there(void **state)
{
    const davy_closure soon = {&zone_ab, 50.0, INFINITY}, late = {&zone_ab, 101.0, INFINITY};
    world w;

    (void) state;
    build(&w, &site, &soon, 1);
    assert_near(ask(&w, (davy_site_point){0, 0}, (davy_site_point){1000, 0}, NAN).arrival_s, 300.0,
                1e-9);
    tear_down(&w);
    build(&w, &site, &late, 1);
    assert_near(ask(&w, (davy_site_point){0, 0}, (davy_site_point){1000, 0}, NAN).arrival_s, 100.0,
                1e-9);
    tear_down(&w);
}

/* A zone on a-b until 60 s: wait 60 s and drive 100 s is sooner than 300 s around. */
static void waits_for_a_zone_to_pass_when_that_is_sooner(void **state)
{
    const davy_closure passing = {&zone_ab, 0.0, 60.0};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, &passing, 1);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){1000, 0}, NAN);
    assert_near(route.arrival_s, 160.0, 1e-9);
    assert_near(route.waits_s, 60.0, 1e-9);
    tear_down(&w);
}

/*
 * Who comes early has to leave again: a zone lies on junction b from 110 s to 500 s and on b-e
 * until 500 s. Coming to b at 100 s helps nobody; the way waits at a and comes to b at 500 s.
 */
static void does_not_wait_where_a_zone_comes(void **state)
{
    static davy_site_point on_b[] = {{990, -10}, {1010, -10}, {1010, 10}, {990, 10}};
    static const davy_zone zone_b = {.ring = on_b, .count = 4};
    const davy_closure closures[] = {{&zone_b, 110.0, 500.0}, {&zone_be, 0.0, 500.0}};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, closures, 2);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){2000, 0}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_REACHED);
    assert_near(route.arrival_s, 700.0,
                1e-9); /* the zone is off a-b at 500, +100 to b, +100 to e */
    tear_down(&w);
}

static void a_place_in_a_zone_is_answered_by_a_junction_upwind(void **state)
{
    const davy_closure closure = {&zone_be, 0.0, INFINITY};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, &closure, 1);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){1500, 0}, 270.0); /* from the west */
    assert_int_equal(route.kind, DAVY_ROUTE_STAGED);
    assert_int_equal(route.why, DAVY_ROUTE_INSIDE);
    assert_int_equal(route.closure, 0);
    assert_int_equal(route.junction, B);
    assert_near(route.left_m, 500.0, 1e-9);
    assert_true(route.upwind);
    /* Wind from the north: d (1000 m, north of it) is upwind, b (500 m) is not. */
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){1500, 0}, 360.0);
    assert_int_equal(route.junction, D);
    assert_true(route.upwind);
    tear_down(&w);
}

static void a_place_behind_zones_names_the_first_in_the_way(void **state)
{
    static davy_site_point on_ac[] = {{-100, 400}, {100, 400}, {100, 600}, {-100, 600}};
    static const davy_zone zone_ac = {.ring = on_ac, .count = 4};
    const davy_closure closures[] = {
        {&zone_ac, 0.0, INFINITY}, {&zone_be, 0.0, INFINITY}, {&zone_ab, 0.0, INFINITY}};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, closures, 3);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){2000, 0}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_STAGED);
    assert_int_equal(route.why, DAVY_ROUTE_CUT);
    assert_int_equal(route.closure, 2); /* a-b of a-b-e */
    assert_int_equal(route.junction, A);
    tear_down(&w);
}

static void no_road_and_standing_in_a_zone_are_told_apart(void **state)
{
    const davy_closure closure = {&zone_ab, 0.0, INFINITY};
    world w;
    davy_route route;

    (void) state;
    build(&w, &site, &closure, 1);
    route = ask(&w, (davy_site_point){0, 0}, (davy_site_point){0, 5000}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_NONE);
    assert_int_equal(route.why, DAVY_ROUTE_NO_ROAD);
    route = ask(&w, (davy_site_point){450, 0}, (davy_site_point){2000, 0}, NAN);
    assert_int_equal(route.kind, DAVY_ROUTE_NONE);
    assert_int_equal(route.why, DAVY_ROUTE_STARTS_INSIDE);
    assert_int_equal(route.closure, 0);
    tear_down(&w);
}

/* From (0, -250), 250 m off the road at 30 km/h: 30 s, then 100 s; a lorry of 5 m/s: 50 s + 200 s.
 */
static void counts_the_way_to_the_road_and_the_vehicles_speed(void **state)
{
    world w;
    davy_access start, target;

    (void) state;
    build(&w, &site, NULL, 0);
    start = davy_closed_access(&w.closed, (davy_site_point){0, -250});
    target = davy_closed_access(&w.closed, (davy_site_point){1000, 0});
    davy_search_run(w.search, &start, NAN, 0.0);
    assert_near(davy_search_to(w.search, &target, NAN).arrival_s, 130.0, 1e-9);
    davy_search_run(w.search, &start, 5.0, 60.0);
    assert_near(davy_search_to(w.search, &target, NAN).arrival_s, 310.0, 1e-9);
    tear_down(&w);
}

static void one_way_roads_have_one_way(void **state)
{
    davy_site_road one[] = {{.from = A, .to = B, .length_m = 1000, .speed = 10, .one_way = true}};
    const davy_site_emergency small = {
        .junctions = junctions, .junction_count = 2, .roads = one, .road_count = 1};
    world w;

    (void) state;
    build(&w, &small, NULL, 0);
    assert_int_equal(ask(&w, (davy_site_point){0, 0}, (davy_site_point){1000, 0}, NAN).kind,
                     DAVY_ROUTE_REACHED);
    assert_int_equal(ask(&w, (davy_site_point){1000, 0}, (davy_site_point){0, 0}, NAN).why,
                     DAVY_ROUTE_NO_ROAD);
    tear_down(&w);
}

/*
 * A road of 1,250 m between ends 1,000 m apart may be anywhere in an ellipse with the half axes 625
 * m and sqrt(625^2 - 500^2) = 375 m. A zone from 370 m north of its middle closes it, one from 380
 * m does not; the straight road is open in both cases.
 */
static void a_winding_road_is_closed_wherever_it_may_be(void **state)
{
    davy_site_road winding[] = {{.from = A, .to = B, .length_m = 1250, .speed = 10}};
    davy_site_road straight[] = {{.from = A, .to = B, .length_m = 1000, .speed = 10}};
    davy_site_emergency small = {
        .junctions = junctions, .junction_count = 2, .roads = winding, .road_count = 1};
    davy_site_point near[] = {{400, 370}, {600, 370}, {600, 500}, {400, 500}};
    davy_site_point far[] = {{400, 380}, {600, 380}, {600, 500}, {400, 500}};
    const davy_zone zone_near = {.ring = near, .count = 4}, zone_far = {.ring = far, .count = 4};
    const davy_closure by_near = {&zone_near, 0, INFINITY}, by_far = {&zone_far, 0, INFINITY};
    world w;

    (void) state;
    build(&w, &small, &by_near, 1);
    assert_int_equal(w.closed.road_masks[0], 1);
    tear_down(&w);
    build(&w, &small, &by_far, 1);
    assert_int_equal(w.closed.road_masks[0], 0);
    tear_down(&w);
    small.roads = straight;
    build(&w, &small, &by_near, 1);
    assert_int_equal(w.closed.road_masks[0], 0);
    tear_down(&w);
}

static void refuses_what_is_no_graph_and_no_closure(void **state)
{
    davy_site_road bad[] = {{.from = A, .to = 77, .length_m = 1, .speed = 10}};
    davy_site_road still[] = {{.from = A, .to = B, .length_m = 1000, .speed = 0}};
    davy_site_emergency small = {
        .junctions = junctions, .junction_count = 2, .roads = bad, .road_count = 1};
    const davy_closure backwards = {&zone_ab, 60.0, 50.0}, never = {&zone_ab, NAN, 50.0};
    davy_roads roads;
    davy_closed closed;

    (void) state;
    assert_fails(davy_roads_init(&roads, &small), DAVY_ERR_INVALID, "ends at no junction");
    small.roads = still;
    assert_fails(davy_roads_init(&roads, &small), DAVY_ERR_INVALID, "no speed");
    assert_ok(davy_roads_init(&roads, &site));
    assert_fails(davy_closed_init(&closed, &roads, &backwards, 1), DAVY_ERR_INVALID,
                 "end after it begins");
    assert_fails(davy_closed_init(&closed, &roads, &never, 1), DAVY_ERR_INVALID,
                 "end after it begins");
    davy_roads_clear(&roads);
}

/* --- property: over random grids and zones, against a search over whole seconds --- */

enum { SIDE = 5, GRID = SIDE * SIDE, HORIZON = 400, TRIALS = 60 };

typedef struct puzzle {
    davy_site_junction junctions[GRID];
    davy_site_road roads[2 * GRID];
    davy_site_point rings[3][4];
    davy_zone zones[3];
    davy_closure closures[3];
    davy_site_emergency site;
} puzzle;

/* Junctions 100 m apart, roads of 10 or 20 s, squares that come and go at whole seconds. */
static void pose(puzzle *p, uint32_t seed)
{
    uint64_t n = 0;
    size_t count = 0;

    *p = (puzzle){0};
    for (size_t j = 0; j < GRID; j++) {
        const size_t row = j / SIDE;

        p->junctions[j] = (davy_site_junction){
            .name = "j", .east = 100.0 * (double) (j % SIDE), .north = 100.0 * (double) row};
    }
    for (size_t j = 0; j < GRID; j++) {
        const double speed = davy_random_below(1, seed, n++, 2) ? 10.0 : 5.0;

        if (j % SIDE + 1 < SIDE)
            p->roads[count++] =
                (davy_site_road){.from = j, .to = j + 1, .length_m = 100, .speed = speed};
        if (j / SIDE + 1 < SIDE && davy_random_below(1, seed, n++, 4))
            p->roads[count++] =
                (davy_site_road){.from = j, .to = j + SIDE, .length_m = 100, .speed = speed};
    }
    for (size_t z = 0; z < 3; z++) {
        const double east = davy_random_below(1, seed, n++, 400),
                     north = davy_random_below(1, seed, n++, 400);
        const double wide = 40 + davy_random_below(1, seed, n++, 120),
                     from = davy_random_below(1, seed, n++, 60);
        const double to = from + 1 + davy_random_below(1, seed, n++, 90);
        const davy_site_point ring[4] = {
            {east, north}, {east + wide, north}, {east + wide, north + wide}, {east, north + wide}};

        memcpy(p->rings[z], ring, sizeof ring);
        p->zones[z] = (davy_zone){.ring = p->rings[z], .count = 4};
        p->closures[z] = (davy_closure){&p->zones[z], from, to};
    }
    p->site = (davy_site_emergency){
        .junctions = p->junctions, .junction_count = GRID, .roads = p->roads, .road_count = count};
}

static bool is_free(const puzzle *p, size_t z, double from, double to)
{
    return to < p->closures[z].from_s || from >= p->closures[z].to_s;
}

/* Second by second: where can one be? Waiting and driving on free ground alone. */
static double arrival_by_seconds(const puzzle *p, size_t start, size_t target)
{
    static bool there[HORIZON + 1][GRID];

    memset(there, 0, sizeof there);
    there[0][start] = true;
    for (int t = 0; t < HORIZON; t++)
        for (size_t j = 0; j < GRID; j++) {
            const davy_site_point at = {p->junctions[j].east, p->junctions[j].north};
            bool stays = true, here = true;

            for (size_t z = 0; z < 3; z++)
                if (davy_zone_contains(&p->zones[z], at)) {
                    here = here && is_free(p, z, t, t);
                    stays = stays && is_free(p, z, t + 1, t + 1);
                }
            there[t][j] = there[t][j] && here;
            if (!there[t][j])
                continue;
            if (j == target)
                return t;
            there[t + 1][j] = there[t + 1][j] || stays;
            for (size_t r = 0; r < p->site.road_count; r++) {
                const davy_site_road *road = &p->roads[r];
                const size_t to = road->from == j ? road->to : road->from;
                const int lasting = (int) (100.0 / road->speed);
                bool open = (road->from == j || road->to == j) && t + lasting <= HORIZON;
                const davy_site_point there_at = {p->junctions[to].east, p->junctions[to].north};

                for (size_t z = 0; open && z < 3; z++)
                    if (davy_zone_crosses(&p->zones[z], at, there_at))
                        open = is_free(p, z, t, t + lasting);
                if (open)
                    there[t + lasting][to] = true;
            }
        }
    return INFINITY;
}

/* Every road of the path is driven while no zone lies on it, and every wait is on free ground. */
static void no_route_crosses_a_forbidden_zone_and_none_is_slower_than_need_be(void **state)
{
    size_t reached = 0, waited = 0;

    (void) state;
    for (uint32_t seed = 0; seed < TRIALS; seed++) {
        puzzle p;
        world w;

        pose(&p, seed);
        build(&w, &p.site, p.closures, 3);
        for (size_t target = 1; target < GRID; target += 5) {
            const davy_route route =
                ask(&w, (davy_site_point){0, 0},
                    (davy_site_point){p.junctions[target].east, p.junctions[target].north}, NAN);
            const double expected = arrival_by_seconds(&p, 0, target);

            if (!(expected < INFINITY)) {
                assert_int_not_equal(route.kind, DAVY_ROUTE_REACHED);
                continue;
            }
            assert_int_equal(route.kind, DAVY_ROUTE_REACHED);
            assert_near(route.arrival_s, expected, 1e-6);
            reached++;
            waited += route.waits_s > 0.0;
        }
        tear_down(&w);
    }
    assert_true(reached > 100 &&
                waited > 5); /* the puzzles are neither all easy nor all hopeless */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_shortest_time_when_nothing_is_closed),
        cmocka_unit_test(drives_around_a_zone),
        cmocka_unit_test(asks_where_a_zone_will_be_when_one_is_there),
        cmocka_unit_test(waits_for_a_zone_to_pass_when_that_is_sooner),
        cmocka_unit_test(does_not_wait_where_a_zone_comes),
        cmocka_unit_test(a_place_in_a_zone_is_answered_by_a_junction_upwind),
        cmocka_unit_test(a_place_behind_zones_names_the_first_in_the_way),
        cmocka_unit_test(no_road_and_standing_in_a_zone_are_told_apart),
        cmocka_unit_test(counts_the_way_to_the_road_and_the_vehicles_speed),
        cmocka_unit_test(one_way_roads_have_one_way),
        cmocka_unit_test(a_winding_road_is_closed_wherever_it_may_be),
        cmocka_unit_test(refuses_what_is_no_graph_and_no_closure),
        cmocka_unit_test(no_route_crosses_a_forbidden_zone_and_none_is_slower_than_need_be),
    };

    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
