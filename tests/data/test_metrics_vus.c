/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_rank.h"
#include "data/metrics_vus.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define ROWS 600

typedef struct series {
    double scores[ROWS];
    uint8_t faulty[ROWS];
    uint32_t runs[ROWS];
} series;

static const size_t events[][2] = {{0, 4}, {100, 139}, {148, 160}, {300, 300}, {560, 599}};
static const size_t early[] = {95, 96, 142, 143, 170, 310};

/* Scores by the linear congruence of C89's example of rand(), half a step higher in events. */
static series make_series(void)
{
    series s = {.runs = {0}};
    uint64_t x = 12345;

    for (size_t k = 0; k < DAVY_ARRAY_LENGTH(events); k++)
        memset(s.faulty + events[k][0], 1, events[k][1] - events[k][0] + 1);
    for (size_t i = 0; i < ROWS; i++) {
        x = (1103515245 * x + 12345) % 2147483648U;
        s.scores[i] = (double) x / 2147483648.0 + (s.faulty[i] ? 0.5 : 0);
    }
    for (size_t k = 0; k < DAVY_ARRAY_LENGTH(early); k++)
        s.scores[early[k]] += 1;
    return s;
}

static davy_vus_areas measure(const series *s, size_t rows, size_t window)
{
    davy_vus *vus = NULL;
    davy_vus_areas areas;

    assert_ok(davy_vus_create(&(davy_vus_input){.scores = s->scores,
                                                .faulty = s->faulty,
                                                .runs = s->runs,
                                                .count = rows,
                                                .window = window},
                              &vus));
    areas = davy_vus_exact(vus);
    davy_vus_destroy(vus);
    return areas;
}

/* TSB-AD's basic_metrics.RangeAUC_volume_opt() with 250 limits, on the same series. */
static void areas_are_those_of_tsb_ad(void **state)
{
    static const struct {
        size_t window;
        double roc, pr;
    } expected[] = {{0, 0.803681525837215, 0.535805932643693},
                    {1, 0.803681525837215, 0.535805932643693},
                    {10, 0.853052570070996, 0.586365595860321},
                    {40, 0.908814796205945, 0.724911202033316},
                    {100, 0.944476211418275, 0.820708836919823}};
    series s = make_series();

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++) {
        const davy_vus_areas areas = measure(&s, ROWS, expected[i].window);

        assert_near(areas.roc, expected[i].roc, 1e-6);
        assert_near(areas.pr, expected[i].pr, 1e-6);
    }
    for (size_t i = 0; i < ROWS; i++)
        s.scores[i] = nearbyint(4 * s.scores[i]); /* many equal scores */
    assert_near(measure(&s, ROWS, 20).roc, 0.864771532475107, 1e-6);
    assert_near(measure(&s, ROWS, 20).pr, 0.567513073928055, 1e-6);
}

/* The definition, limit by limit and row by row, for one buffer length and a single event that lies
 * far from the ends of the series. */
static double brute_pr(const series *s, size_t length, size_t first, size_t last)
{
    double area = 0, recall_before = 0;

    for (size_t j = 0; j < DAVY_VUS_LIMITS; j++) {
        double sorted[ROWS], limit, hits = 0, gained = 0, alarmed = 0, positive, recall;
        bool met = false;

        memcpy(sorted, s->scores, sizeof sorted);
        for (size_t a = 1; a < ROWS; a++) /* insertion, largest first */
            for (size_t b = a; b > 0 && sorted[b] > sorted[b - 1]; b--) {
                const double t = sorted[b];

                sorted[b] = sorted[b - 1];
                sorted[b - 1] = t;
            }
        limit = sorted[(size_t) ((double) j * (double) (ROWS - 1) / (DAVY_VUS_LIMITS - 1))];
        for (size_t i = 0; i < ROWS; i++) {
            const size_t off = i < first ? first - i : i > last ? i - last : 0;

            if (!(s->scores[i] >= limit))
                continue;
            alarmed++;
            if (off > length / 2)
                continue;
            met = true;
            *(off == 0 ? &hits : &gained) +=
                off == 0 ? 1 : sqrt(1 - (double) off / (double) length);
        }
        positive = (double) (last - first + 1) + gained / 2;
        recall = met ? fmin((hits + gained) / positive, 1) : 0;
        area += (recall - recall_before) * (hits + gained) / alarmed;
        recall_before = recall;
    }
    return area;
}

static void areas_are_those_of_the_definition(void **state)
{
    series s = make_series();
    double sum = 0;

    (void) state;
    memset(s.faulty, 0, sizeof s.faulty);
    memset(s.faulty + 200, 1, 30);
    for (size_t i = 195; i < 225; i++)
        s.scores[i] += 0.4;
    for (size_t length = 0; length <= 12; length++)
        sum += brute_pr(&s, length, 200, 229);
    assert_near(measure(&s, ROWS, 12).pr, sum / 13, 1e-6);
}

/* With 250 rows every score is a limit, and without a buffer nothing but rows counts. */
static void without_a_buffer_the_area_is_that_of_the_rows(void **state)
{
    series s = make_series();
    davy_ranking ranking = {0};

    (void) state;
    memset(s.faulty, 0, sizeof s.faulty);
    memset(s.faulty + 30, 1, 40);
    assert_ok(davy_ranking_init(&ranking, s.scores, s.faulty, NULL, DAVY_VUS_LIMITS));
    assert_near(measure(&s, DAVY_VUS_LIMITS, 0).pr, davy_ranking_areas(&ranking, NULL).precision,
                1e-6);
    assert_near(measure(&s, DAVY_VUS_LIMITS, 0).roc, davy_ranking_areas(&ranking, NULL).roc, 1e-6);
    davy_ranking_clear(&ranking);
}

/* What the paper asks of a figure: a small shift of the alarm costs little, noise gains nothing. */
static void a_shifted_alarm_costs_less_than_it_does_row_by_row(void **state)
{
    series s = {.runs = {0}}, late = {.runs = {0}}, constant = {.runs = {0}};
    double rows, buffered;

    (void) state;
    memset(s.faulty + 300, 1, 10);
    memcpy(late.faulty, s.faulty, ROWS);
    memcpy(constant.faulty, s.faulty, ROWS);
    for (size_t i = 0; i < 10; i++) {
        s.scores[300 + i] = 1;
        late.scores[306 + i] = 1;
    }
    rows = measure(&s, ROWS, 0).pr - measure(&late, ROWS, 0).pr;
    buffered = measure(&s, ROWS, 40).pr - measure(&late, ROWS, 40).pr;
    assert_true(buffered > 0 && buffered < rows / 2);
    assert_near(measure(&s, ROWS, 0).pr, 1, 1e-6);
    assert_near(measure(&constant, ROWS, 0).roc, 0.5, 1e-6);
    assert_near(measure(&constant, ROWS, 0).pr, 10.0 / ROWS, 1e-6);
}

static void no_buffer_reaches_into_another_run(void **state)
{
    series one = {.runs = {0}}, two;

    (void) state;
    memset(one.faulty + 290, 1, 10); /* the last rows of the first run, if there are two */
    for (size_t i = 300; i < 310; i++)
        one.scores[i] = 1;
    two = one;
    for (size_t i = 300; i < ROWS; i++)
        two.runs[i] = 1;
    assert_true(measure(&one, ROWS, 40).pr > 0.2);
    assert_true(measure(&two, ROWS, 40).pr < 0.05);
}

/* Two runs drawn once each are all rows; one drawn twice is that run alone. */
static void groups_are_weighed_as_they_are_drawn(void **state)
{
    static const uint32_t once[] = {1, 1}, second[] = {0, 2}, none[] = {0, 0};
    series s = make_series();
    davy_vus *vus = NULL;
    davy_vus_areas all;

    (void) state;
    for (size_t i = 300; i < ROWS; i++)
        s.runs[i] = 1;
    assert_ok(davy_vus_create(&(davy_vus_input){.scores = s.scores,
                                                .faulty = s.faulty,
                                                .runs = s.runs,
                                                .groups = s.runs,
                                                .group_count = 2,
                                                .count = ROWS,
                                                .window = 30},
                              &vus));
    all = davy_vus_measure(vus, once);
    assert_near(all.pr, davy_vus_exact(vus).pr, 1e-6);
    assert_near(all.roc, davy_vus_exact(vus).roc, 1e-6);
    assert_true(fabs(davy_vus_measure(vus, second).pr - all.pr) > 0.01);
    assert_true(isnan(davy_vus_measure(vus, none).pr));
    davy_vus_destroy(vus);
}

static void rows_of_one_kind_have_no_area_and_bad_scores_are_named(void **state)
{
    series s = make_series();
    davy_vus *vus = NULL;

    (void) state;
    memset(s.faulty, 0, sizeof s.faulty);
    assert_true(isnan(measure(&s, ROWS, 10).pr));
    memset(s.faulty, 1, sizeof s.faulty);
    assert_true(isnan(measure(&s, ROWS, 10).roc));
    assert_true(isnan(measure(&s, 1, 10).roc));
    s.scores[6] = NAN;
    assert_fails(davy_vus_create(
                     &(davy_vus_input){
                         .scores = s.scores, .faulty = s.faulty, .runs = s.runs, .count = ROWS},
                     &vus),
                 DAVY_ERR_INVALID, "row 7 has no score");
    assert_fails(davy_vus_create(&(davy_vus_input){.count = 0}, &vus), DAVY_ERR_INVALID,
                 "there are no rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_are_those_of_tsb_ad),
        cmocka_unit_test(areas_are_those_of_the_definition),
        cmocka_unit_test(without_a_buffer_the_area_is_that_of_the_rows),
        cmocka_unit_test(a_shifted_alarm_costs_less_than_it_does_row_by_row),
        cmocka_unit_test(no_buffer_reaches_into_another_run),
        cmocka_unit_test(groups_are_weighed_as_they_are_drawn),
        cmocka_unit_test(rows_of_one_kind_have_no_area_and_bad_scores_are_named),
    };

    return cmocka_run_group_tests_name("data: volume under the surface", tests, NULL, NULL);
}
