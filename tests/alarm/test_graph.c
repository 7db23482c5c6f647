/* SPDX-License-Identifier: Apache-2.0 */

/* Causal orders of small plants that were drawn by hand. */
#include "alarm/flood/graph.h"

#include "../testing.h"

#include "core/random.h"
#include "site/load.h"

#include <stdio.h>
#include <stdlib.h>

/*
 *     T-1 -> P-1 -> R-1 -> C-1 -> T-2        R-1, C-1 and H-1 are a circle: a recycle stream
 *             \      ^      |
 *              F-1   +- H-1 <          X-1 stands alone
 *
 *     A-1 -> B-1 -> D-1 <- C-2
 */
static const char plant[] = "site: {name: a}\n"
                            "assets:\n"
                            "  - {name: T-2}\n"
                            "  - {name: C-1, downstream: [T-2, H-1]}\n"
                            "  - {name: H-1, downstream: [R-1]}\n"
                            "  - {name: R-1, downstream: [C-1]}\n"
                            "  - {name: F-1}\n"
                            "  - {name: P-1, downstream: [R-1, F-1]}\n"
                            "  - {name: T-1, downstream: [P-1]}\n"
                            "  - {name: X-1}\n"
                            "  - {name: A-1, downstream: [B-1]}\n"
                            "  - {name: B-1, downstream: [D-1]}\n"
                            "  - {name: C-2, downstream: [D-1]}\n"
                            "  - {name: D-1}\n";

static davy_site *site_from(const char *text)
{
    davy_site_faults faults = {0};
    davy_site *site;

    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

static size_t asset_of(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->asset_count; i++)
        if (strcmp(site->assets[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

/* "P-1@3" is an alarm of P-1 at 3 s. The answer has a line for each: "P-1@3 downstream T-1 1". */
static void assert_order(const char *const *alarms, size_t count, const char *expected)
{
    davy_site *site = site_from(plant);
    davy_plant_graph *graph;
    davy_placed items[16] = {0};
    char told[1024] = "";
    size_t length = 0;

    assert_ok(davy_plant_graph_create(site, &graph));
    for (size_t i = 0; i < count; i++) {
        char name[16];
        int second;

        assert_int_equal(sscanf(alarms[i], "%15[^@]@%d", name, &second), 2);
        items[i] = (davy_placed){.item = i, .asset = asset_of(site, name), .time_ns = second};
    }
    assert_ok(davy_plant_graph_order(graph, items, count));
    for (size_t i = 0; i < count; i++) {
        const char *of = items[i].of == DAVY_SITE_NONE ? "-" : site->assets[items[i].of].name;

        length += (size_t) snprintf(told + length, sizeof told - length, "%s %s %s %u\n",
                                    alarms[items[i].item], davy_place_why_name(items[i].why), of,
                                    items[i].steps);
    }
    assert_string_equal(told, expected);
    davy_plant_graph_destroy(graph);
    davy_site_destroy(site);
}

static void upstream_comes_first_whatever_the_time(void **state)
{
    static const char *const alarms[] = {"T-2@1", "R-1@2", "P-1@3", "T-1@4"};

    (void) state;
    assert_order(alarms, 4,
                 "T-1@4 source - 0\n"
                 "P-1@3 downstream T-1 1\n"
                 "R-1@2 downstream P-1 1\n"
                 "T-2@1 downstream R-1 2\n"); /* R-1 feeds C-1, which feeds it */
}

/* P-1 has no alarm and joins T-1 to its two lines; those are not ordered but by time. */
static void the_graph_goes_on_through_what_is_quiet(void **state)
{
    static const char *const alarms[] = {"F-1@9", "H-1@5", "T-1@8"};

    (void) state;
    assert_order(alarms, 3,
                 "T-1@8 source - 0\n"
                 "H-1@5 downstream T-1 4\n" /* by P-1, R-1 and C-1 */
                 "F-1@9 downstream T-1 2\n");
}

/* A-1 was earlier, and C-2 is nearer. */
static void the_nearest_asset_upstream_is_the_reason(void **state)
{
    static const char *const alarms[] = {"A-1@1", "C-2@2", "D-1@3"};

    (void) state;
    assert_order(alarms, 3,
                 "A-1@1 source - 0\n"
                 "C-2@2 source - 0\n"
                 "D-1@3 downstream C-2 1\n");
}

static void inside_a_circle_time_decides(void **state)
{
    static const char *const alarms[] = {"R-1@7", "H-1@6", "C-1@5", "R-1@4", "T-2@1"};

    (void) state;
    assert_order(alarms, 5,
                 "R-1@4 first H-1 1\n"
                 "C-1@5 circle R-1 0\n"
                 "H-1@6 circle R-1 0\n"
                 "R-1@7 same R-1 0\n"
                 "T-2@1 downstream C-1 1\n");
}

/* A source of data and an asset without arrows have their times alone. */
static void what_the_graph_has_not_comes_by_time(void **state)
{
    static const char *const alarms[] = {"X-1@3", "plc@1", "T-1@2", "P-1@1"};

    (void) state;
    assert_order(alarms, 4,
                 "plc@1 time - 0\n"
                 "T-1@2 source - 0\n"
                 "P-1@1 downstream T-1 1\n"
                 "X-1@3 time - 0\n");
}

static void alarms_of_the_same_moment_keep_the_order_they_came_in(void **state)
{
    static const char *const alarms[] = {"X-1@1", "plc@1", "F-1@1", "T-2@1"};

    (void) state;
    assert_order(alarms, 4,
                 "X-1@1 time - 0\n"
                 "plc@1 time - 0\n"
                 "F-1@1 source - 0\n"
                 "T-2@1 source - 0\n");
}

static void nothing_is_in_order(void **state)
{
    (void) state;
    assert_order(NULL, 0, "");
}

/* H-1 feeds R-1, that feeds C-1, and C-1 feeds H-1 again: both are quiet. */
static void nothing_is_upstream_of_itself(void **state)
{
    static const char *const alarms[] = {"H-1@1", "T-2@2"};

    (void) state;
    assert_order(alarms, 2,
                 "H-1@1 source - 0\n" /* its own circle leads back to it, and to nobody else */
                 "T-2@2 downstream H-1 3\n");
}

#define ASSETS 40
#define FAR    1000

/* distance[i][j] by Floyd and Warshall, on a random graph with circles. */
static unsigned distance[ASSETS][ASSETS];

static void draw_plant(uint64_t seed, davy_site_asset *assets, size_t (*fed)[3])
{
    for (size_t i = 0; i < ASSETS; i++) {
        for (size_t j = 0; j < ASSETS; j++)
            distance[i][j] = i == j ? 0 : FAR;
        assets[i].downstream = fed[i];
        for (uint32_t n = 0; n < davy_random_below(seed, 0, i, 3); n++) {
            size_t to = davy_random_below(seed, 1 + n, i, ASSETS);

            if (to != i && distance[i][to] == FAR) {
                fed[i][assets[i].downstream_count++] = to;
                distance[i][to] = 1;
            }
        }
    }
    for (size_t k = 0; k < ASSETS; k++)
        for (size_t i = 0; i < ASSETS; i++)
            for (size_t j = 0; j < ASSETS; j++)
                if (distance[i][k] + distance[k][j] < distance[i][j])
                    distance[i][j] = distance[i][k] + distance[k][j];
}

static bool reaches(size_t a, size_t b)
{
    return distance[a][b] < FAR;
}

static void assert_placed(const davy_placed *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            size_t a = items[i].asset, b = items[j].asset;

            assert_false(reaches(b, a) && !reaches(a, b)); /* b stands later */
            if (a == b || (reaches(a, b) && reaches(b, a)))
                assert_true(items[i].time_ns <= items[j].time_ns);
        }
}

/* Steps from the nearest other asset in alarm. */
static unsigned nearest_of(const davy_placed *items, size_t count, size_t asset)
{
    unsigned nearest = FAR;

    for (size_t i = 0; i < count; i++)
        if (items[i].asset != asset && distance[items[i].asset][asset] < nearest)
            nearest = distance[items[i].asset][asset];
    return nearest;
}

static bool is_in_alarm(const davy_placed *items, size_t count, size_t asset)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].asset == asset)
            return true;
    return false;
}

static void assert_explained(const davy_placed *items, size_t count, const davy_placed *item)
{
    const unsigned nearest = nearest_of(items, count, item->asset);

    switch (item->why) {
    case DAVY_PLACE_DOWNSTREAM:
    case DAVY_PLACE_FIRST:
        assert_true(item->of != item->asset && is_in_alarm(items, count, item->of));
        assert_int_equal(item->steps, distance[item->of][item->asset]);
        assert_int_equal(item->steps, nearest);
        assert_int_equal(item->why == DAVY_PLACE_FIRST, reaches(item->asset, item->of));
        break;
    case DAVY_PLACE_CIRCLE:
        assert_true(item->of != item->asset && is_in_alarm(items, count, item->of));
        assert_true(reaches(item->of, item->asset) && reaches(item->asset, item->of));
        break;
    case DAVY_PLACE_SAME:
        assert_int_equal(item->of, item->asset);
        break;
    default:
        assert_int_equal(nearest, FAR); /* "nothing upstream of it is in alarm" */
    }
}

static void random_plants_are_ordered_and_explained_as_their_closure_says(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        davy_site_asset assets[ASSETS] = {0};
        size_t fed[ASSETS][3];
        davy_site site = {.assets = assets, .asset_count = ASSETS};
        davy_placed items[ASSETS];
        davy_plant_graph *graph;
        const size_t count = 1 + davy_random_below(seed, 7, 0, ASSETS);

        draw_plant(seed, assets, fed);
        for (size_t i = 0; i < count; i++)
            items[i] = (davy_placed){
                .item = i,
                .asset = davy_random_below(seed, 5, i, ASSETS),
                .time_ns = davy_random_below(seed, 6, i, 20),
            };
        assert_ok(davy_plant_graph_create(&site, &graph));
        assert_ok(davy_plant_graph_order(graph, items, count));
        assert_placed(items, count);
        for (size_t i = 0; i < count; i++)
            assert_explained(items, count, &items[i]);
        davy_plant_graph_destroy(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upstream_comes_first_whatever_the_time),
        cmocka_unit_test(the_graph_goes_on_through_what_is_quiet),
        cmocka_unit_test(the_nearest_asset_upstream_is_the_reason),
        cmocka_unit_test(inside_a_circle_time_decides),
        cmocka_unit_test(what_the_graph_has_not_comes_by_time),
        cmocka_unit_test(alarms_of_the_same_moment_keep_the_order_they_came_in),
        cmocka_unit_test(nothing_is_in_order),
        cmocka_unit_test(nothing_is_upstream_of_itself),
        cmocka_unit_test(random_plants_are_ordered_and_explained_as_their_closure_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
