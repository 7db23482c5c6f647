/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dispatch: 50 units to 10 tasks over 2,000 stretches of road with four zones on them, two of them
 * of in a quarter of an hour.
 *
 *     bench_dispatch [ROUNDS [LIMIT]]     LIMIT of the optimum in seconds
 *
 * A grid of 32 x 32 junctions, 100 m apart, of whose 1,984 stretches and 16 diagonals the speeds
 * are drawn; zones are plumes of 64 points. Each round has another seed. Prints the times of the
 * greedy answer and of the whole, with the processor's, and the gap.
 */
#include "core/clock.h"
#include "core/random.h"
#include "respond/dispatch/dispatch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum {
    SIDE = 32,
    JUNCTIONS = SIDE * SIDE,
    ROADS = 2000,
    UNITS = 50,
    TASKS = 10,
    ZONES = 4,
    RING = 64
};

typedef struct town {
    davy_site_junction junctions[JUNCTIONS];
    davy_site_road roads[ROADS];
    davy_site_point rings[ZONES][RING];
    davy_zone zones[ZONES];
    davy_closure closures[ZONES];
    davy_dispatch_unit units[UNITS];
    davy_dispatch_task tasks[TASKS];
    davy_site_emergency site;
} town;

static const char *const trades[] = {"foam", "water", "hazmat", "medical", "rescue"};
static const char *const kits[][2] = {{"foam", "water"},
                                      {"water", "rescue"},
                                      {"hazmat", "rescue"},
                                      {"medical", "rescue"},
                                      {"foam", "hazmat"}};
static const davy_need wants[][2] = {{{"foam", 2}, {"water", 2}},
                                     {{"water", 3}, {"rescue", 1}},
                                     {{"hazmat", 1}, {"medical", 1}},
                                     {{"medical", 2}, {"rescue", 1}},
                                     {{"foam", 1}, {"hazmat", 2}}};

static void lay_roads(town *t, uint32_t seed, uint64_t *n)
{
    size_t count = 0;

    for (size_t j = 0; j < JUNCTIONS; j++) {
        const size_t row = j / SIDE;

        t->junctions[j] = (davy_site_junction){
            .name = trades[0], .east = 100.0 * (double) (j % SIDE), .north = 100.0 * (double) row};
    }
    for (size_t j = 0; j < JUNCTIONS; j++) {
        const size_t next[] = {j + 1, j + SIDE, j + SIDE + 1};
        const bool is[] = {j % SIDE + 1 < SIDE, j / SIDE + 1 < SIDE,
                           j % SIDE + 1 < SIDE && j / SIDE + 1 < SIDE && j % 62 == 0};

        for (size_t k = 0; k < 3 && count < ROADS; k++)
            if (is[k])
                t->roads[count++] =
                    (davy_site_road){.from = j,
                                     .to = next[k],
                                     .length_m = 0.0,
                                     .speed = 4.0 + davy_random_below(3, seed, (*n)++, 12)};
    }
    t->site = (davy_site_emergency){.junctions = t->junctions,
                                    .junction_count = JUNCTIONS,
                                    .roads = t->roads,
                                    .road_count = count};
}

/* A plume to the east: as wide as a sixth of its length. */
static void lay_zones(town *t, uint32_t seed, uint64_t *n)
{
    for (size_t z = 0; z < ZONES; z++) {
        const size_t size = z / 2;
        const double east = 300 + davy_random_below(3, seed, (*n)++, 1500),
                     north = 300 + davy_random_below(3, seed, (*n)++, 2400),
                     length = 500 + 300.0 * (double) size;

        for (size_t i = 0; i < RING; i++) {
            const double angle = 2.0 * 3.14159265358979323846 * (double) i / RING;

            t->rings[z][i] = (davy_site_point){east + length / 2 * (1.0 + cos(angle)),
                                               north + length / 6 * sin(angle)};
        }
        t->zones[z] = (davy_zone){.ring = t->rings[z], .count = RING, .endpoint = "AEGL-2 60 min"};
        t->closures[z] =
            (davy_closure){&t->zones[z], z % 2 ? 900.0 : 0.0, z % 2 ? INFINITY : 900.0};
    }
}

static void draw(town *t, uint32_t seed)
{
    uint64_t n = 0;

    lay_roads(t, seed, &n);
    lay_zones(t, seed, &n);
    for (size_t u = 0; u < UNITS; u++) {
        const davy_site_point at = {davy_random_below(3, seed, 10000 + u, 3100),
                                    davy_random_below(3, seed, 20000 + u, 3100)};

        t->units[u] = (davy_dispatch_unit){.name = trades[u % 5],
                                           .capabilities = kits[u % 5],
                                           .capability_count = 1 + u % 2,
                                           .crew = 2 + (int) (u % 5),
                                           .ppe = (char) ('A' + u % 3),
                                           .at = at,
                                           .speed = NAN,
                                           .task = SIZE_MAX};
    }
    for (size_t k = 0; k < TASKS; k++)
        t->tasks[k] = (davy_dispatch_task){.name = trades[k % 5],
                                           .at = {davy_random_below(3, seed, 30000 + k, 3100),
                                                  davy_random_below(3, seed, 40000 + k, 3100)},
                                           .needs = wants[k % 5],
                                           .need_count = 2,
                                           .crew = 8 + (int) (k % 4) * 2,
                                           .ppe = (char) ('B' + k % 3),
                                           .weight = 1.0 + (double) (k % 3),
                                           .within_s = 1800.0};
}

static double ms_since(const davy_clock *wall, int64_t start)
{
    return (double) (davy_monotonic_ns(wall) - start) / 1e6;
}

/* Of the program and its children that have ended. */
static double processor_ms_of(int who)
{
    struct rusage used;

    if (getrusage(who, &used) != 0)
        return NAN;
    return (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
           (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static double clock_ms(void)
{
    return processor_ms_of(RUSAGE_SELF) + processor_ms_of(RUSAGE_CHILDREN);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static int run(town *t, int rounds, double limit_s, double *greedy, double *whole)
{
    const davy_clock *wall = davy_clock_system();
    int proven = 0;
    double worst_gap = 0.0, saved = 0.0, processor_ms = 0.0;

    for (int round = 0; round < rounds; round++) {
        davy_roads roads;
        davy_dispatch_plan *plan;
        davy_dispatch_question question = {.roads = &roads,
                                           .closures = t->closures,
                                           .closure_count = ZONES,
                                           .wind_from = 270.0,
                                           .units = t->units,
                                           .unit_count = UNITS,
                                           .tasks = t->tasks,
                                           .task_count = TASKS,
                                           .reserve = 1,
                                           .reserve_price_s = DAVY_DISPATCH_RESERVE_S};
        int64_t start;
        double processor;

        draw(t, (uint32_t) round);
        if (davy_roads_init(&roads, &t->site) != DAVY_OK)
            return 1;
        start = davy_monotonic_ns(wall);
        if (davy_dispatch_solve(&question, NULL, &plan) != DAVY_OK)
            return 1;
        greedy[round] = ms_since(wall, start);
        davy_dispatch_plan_destroy(plan);
        question.limit_s = limit_s;
        start = davy_monotonic_ns(wall);
        processor = clock_ms();
        if (davy_dispatch_solve(&question, NULL, &plan) != DAVY_OK)
            return 1;
        whole[round] = ms_since(wall, start);
        processor_ms += (clock_ms() - processor) / rounds;
        printf("seed %d: greedy %.1f ms, cost %.0f s; whole %.1f ms, %s, cost %.0f s, gap %.4f, "
               "%zu sent, %zu lacks\n",
               round, greedy[round], plan->greedy_cost, whole[round],
               davy_dispatch_plan_method_name(plan->method), plan->cost, plan->gap,
               plan->assignment_count, plan->lack_count);
        proven += plan->method == DAVY_PLAN_OPTIMAL;
        worst_gap = fmax(worst_gap, plan->gap);
        saved += (plan->greedy_cost - plan->cost) / plan->greedy_cost / rounds;
        davy_dispatch_plan_destroy(plan);
        davy_roads_clear(&roads);
    }
    qsort(greedy, (size_t) rounds, sizeof *greedy, by_size);
    qsort(whole, (size_t) rounds, sizeof *whole, by_size);
    printf("%d roads, %d units, %d tasks, %d rounds: greedy median %.1f ms, worst %.1f; whole "
           "median %.1f ms, worst %.1f, of the processor %.1f in the mean; "
           "%d proven, worst gap %.4f; optimum %.1f %% below greedy in the mean\n",
           (int) t->site.road_count, UNITS, TASKS, rounds, greedy[rounds / 2], greedy[rounds - 1],
           whole[rounds / 2], whole[rounds - 1], processor_ms, proven, worst_gap, 100.0 * saved);
    return 0;
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? (int) strtol(argv[1], NULL, 10) : 20;
    const double limit_s = argc > 2 ? strtod(argv[2], NULL) : DAVY_DISPATCH_LIMIT_S;
    town *t = malloc(sizeof *t);
    double *greedy = calloc(rounds > 0 ? (size_t) rounds : 1, sizeof *greedy),
           *whole = calloc(rounds > 0 ? (size_t) rounds : 1, sizeof *whole);
    const int code =
        t && greedy && whole && rounds > 0 ? run(t, rounds, limit_s, greedy, whole) : 1;

    free(whole);
    free(greedy);
    free(t);
    return code;
}
