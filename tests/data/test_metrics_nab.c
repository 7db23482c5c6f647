/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/metrics_nab.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#define FILES_MAX   64
#define WINDOWS_MAX 8
#define ROWS_MAX    400000

/* Without windows the only score is that of false alarms far from any window: -0.11 each. */
static void an_alarm_outside_of_any_window_costs_its_full_weight(void **state)
{
    double scores[100] = {0};
    const davy_nab_series series = {.scores = scores, .count = 100};

    (void) state;
    scores[3] = 1; /* in the probation of 15 rows */
    scores[15] = scores[50] = 1;
    assert_near(davy_nab_score(&series, &davy_nab_standard, 1), -0.22, 1e-12);
    assert_near(davy_nab_score(&series, &davy_nab_low_fp, 1), -0.44, 1e-12);
}

/* By hand, window 50..59: its first row is worth 1, its last (2 / (1 + exp(-0.5)) - 1) / 0.98661;
 * row 64 lies 5 / 9 of a window behind and costs 0.11 (1 - 2 / (1 + exp(25 / 9))). */
static void a_window_is_worth_more_the_earlier_it_is_met(void **state)
{
    double scores[100] = {0};
    const davy_nab_window window = {50, 59};
    const davy_nab_series series = {scores, 100, &window, 1};
    const double best = 2 / (1 + exp(-5.0)) - 1;

    (void) state;
    assert_near(davy_nab_score(&series, &davy_nab_standard, 1), -1, 0);
    assert_near(davy_nab_score(&series, &davy_nab_low_fn, 1), -2, 0);
    scores[59] = 1;
    assert_near(davy_nab_score(&series, &davy_nab_standard, 1), (2 / (1 + exp(-0.5)) - 1) / best,
                1e-12);
    scores[50] = 1;
    assert_near(davy_nab_score(&series, &davy_nab_standard, 1), 1, 1e-12);
    scores[64] = 1;
    assert_near(davy_nab_score(&series, &davy_nab_standard, 1),
                1 - 0.11 * (1 - 2 / (1 + exp(25.0 / 9))), 1e-12);
}

static void the_best_limit_is_found_and_the_scale_ends_at_a_hundred(void **state)
{
    double scores[100] = {0};
    const davy_nab_window window = {50, 59};
    davy_nab_series series = {scores, 100, &window, 1};
    double score, limit;

    (void) state;
    scores[50] = 0.7;
    scores[20] = 0.6;
    assert_ok(davy_nab_optimise(&series, 1, &davy_nab_standard, &score, &limit));
    assert_near(score, 100, 1e-12);
    assert_near(limit, 0.7, 0);
    scores[50] = 0;
    assert_ok(davy_nab_optimise(&series, 1, &davy_nab_standard, &score, &limit));
    assert_near(score, 0, 1e-12); /* silence is best */
    assert_true(limit == INFINITY);
    scores[99] = NAN;
    assert_fails(davy_nab_optimise(&series, 1, &davy_nab_standard, &score, &limit),
                 DAVY_ERR_INVALID, "row 100 has no score");
    series.window_count = 0;
    scores[99] = 0;
    assert_fails(davy_nab_optimise(&series, 1, &davy_nab_standard, &score, &limit),
                 DAVY_ERR_INVALID, "no series has a window");
}

/* The published set: names, windows and scores of every series. */
typedef struct published {
    char names[FILES_MAX][128];
    davy_nab_series series[FILES_MAX];
    davy_nab_window windows[FILES_MAX][WINDOWS_MAX];
    double values[ROWS_MAX], scores[ROWS_MAX];
    char times[ROWS_MAX][20];
    size_t count, rows;
} published;

#define GAUSSIAN_ROWS ((size_t) 6400) /* of the window; it moves by a hundred */
#define GAUSSIAN_STEP ((size_t) 100)

/* The benchmark's "windowed Gaussian" detector: one minus the tail of a normal distribution. Its
 * scores were written with twelve digits before they were held against the limit. */
static void score_series(const double *values, size_t rows, double *scores)
{
    size_t first = 0, end = 0; /* of the window */
    double mean = 0, deviation = 1;

    for (size_t row = 0; row < rows; row++) {
        const bool grows = row < GAUSSIAN_ROWS;

        if (row > 0)
            scores[row] = 1 - 0.5 * erfc(fabs(values[row] - mean) / deviation / sqrt(2));
        scores[row] = nearbyint(scores[row] * 1e12) / 1e12;
        if (!grows && row + 1 - end < GAUSSIAN_STEP)
            continue;
        end = row + 1;
        first = grows ? 0 : end - GAUSSIAN_ROWS;
        mean = deviation = 0;
        for (size_t i = first; i < end; i++)
            mean += values[i] / (double) (end - first);
        for (size_t i = first; i < end; i++)
            deviation += (values[i] - mean) * (values[i] - mean) / (double) (end - first);
        deviation = deviation > 0 ? sqrt(deviation) : 0.000001;
    }
}

/* The stored scores have ten digits, and the benchmark's limit is 1 to the last bit: they are
 * worked out again from the values, and must be those that are stored. */
static void read_values(published *p, const char *folder)
{
    const size_t k = p->count - 1;
    char path[4096], line[256], time[32];
    double *values = p->values + (p->series[k].scores - p->scores);
    size_t rows = 0;
    FILE *file;

    (void) snprintf(path, sizeof path, "%s/nab/data/%s", folder, p->names[k]);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (rows < p->series[k].count && fgets(line, sizeof line, file))
        assert_int_equal(sscanf(line, "%31[^,],%lf", time, &values[rows++]), 2);
    (void) fclose(file);
    assert_int_equal(rows, p->series[k].count);
    score_series(values, rows, p->scores + (p->series[k].scores - p->scores));
}

static void read_scores(published *p, const char *folder)
{
    char path[4096], line[512], name[128], time[32];
    double stored = 0;
    gzFile file;

    (void) snprintf(path, sizeof path, "%s/nab/results/windowedGaussian/anomaly_scores.csv.gz",
                    folder);
    file = gzopen(path, "rb");
    assert_non_null(file);
    assert_non_null(gzgets(file, line, sizeof line)); /* header */
    while (gzgets(file, line, sizeof line)) {
        assert_int_equal(sscanf(line, "%127[^,],%31[^,],%lf", name, time, &stored), 3);
        if (p->count == 0 || strcmp(p->names[p->count - 1], name) != 0) {
            if (p->count > 0)
                read_values(p, folder);
            assert_true(p->count < FILES_MAX);
            (void) snprintf(p->names[p->count], sizeof p->names[0], "%s", name);
            p->series[p->count++].scores = p->scores + p->rows;
        }
        assert_true(p->rows < ROWS_MAX);
        (void) snprintf(p->times[p->rows++], sizeof p->times[0], "%.19s", time);
        p->series[p->count - 1].count++;
    }
    read_values(p, folder);
    assert_near(p->scores[p->rows - 1], stored, 1e-9);
    (void) gzclose(file);
}

static size_t find_time(const published *p, size_t k, const json_t *text)
{
    const size_t first = (size_t) (p->series[k].scores - p->scores);

    for (size_t row = 0; row < p->series[k].count; row++)
        if (strncmp(p->times[first + row], json_string_value(text), 19) == 0)
            return row;
    fail_msg("%s: no time %s", p->names[k], json_string_value(text));
    return 0;
}

static void read_windows(published *p, const char *path)
{
    json_t *root = json_load_file(path, 0, NULL);

    assert_non_null(root);
    for (size_t k = 0; k < p->count; k++) {
        const json_t *list = json_object_get(root, p->names[k]);

        assert_true(json_array_size(list) <= WINDOWS_MAX);
        for (size_t w = 0; w < json_array_size(list); w++)
            p->windows[k][w] =
                (davy_nab_window){find_time(p, k, json_array_get(json_array_get(list, w), 0)),
                                  find_time(p, k, json_array_get(json_array_get(list, w), 1))};
        p->series[k].windows = p->windows[k];
        p->series[k].window_count = json_array_size(list);
    }
    json_decref(root);
}

/* What the benchmark's own scorer gives every file at its limit of 1. */
static double compare_files(const published *p, const char *path, const davy_nab_profile *profile)
{
    FILE *file = fopen(path, "r");
    char line[512], name[128];
    double limit, expected, total = 0;
    size_t compared = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*[^,],%*[^,],%127[^,],%lf,%lf", name, &limit, &expected) != 3)
            continue;
        for (size_t k = 0; k < p->count; k++)
            if (strcmp(p->names[k], name) == 0) {
                const double found = davy_nab_score(&p->series[k], profile, limit);

                assert_near(found, expected, 1e-9); /* as many digits as there are */
                total += found;
                compared++;
            }
    }
    (void) fclose(file);
    assert_int_equal(compared, 58);
    return total;
}

static void scores_are_those_of_the_benchmarks_own_scorer(void **state)
{
    static const struct {
        const char *file;
        const davy_nab_profile *profile;
        double published; /* results/final_results.json */
    } profiles[] = {{"standard", &davy_nab_standard, 39.649523496077585},
                    {"reward_low_FP_rate", &davy_nab_low_fp, 20.86798582474138},
                    {"reward_low_FN_rate", &davy_nab_low_fn, 47.4100271583046}};
    const char *data = getenv("DAVY_DATA") ? getenv("DAVY_DATA") : "../shared/data";
    char path[4096];
    published *p;

    (void) state;
    (void) snprintf(path, sizeof path, "%s/nab/results/windowedGaussian/anomaly_scores.csv.gz",
                    data);
    if (access(path, R_OK) != 0)
        davy_skip_test("no nab in DAVY_DATA");
    p = calloc(1, sizeof *p);
    assert_non_null(p);
    read_scores(p, data);
    (void) snprintf(path, sizeof path, "%s/nab/labels/combined_windows.json", data);
    read_windows(p, path);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(profiles); i++) {
        double total, score;

        (void) snprintf(path, sizeof path,
                        "%s/nab/results/windowedGaussian/windowedGaussian_%s_scores.csv", data,
                        profiles[i].file);
        total = compare_files(p, path, profiles[i].profile);
        assert_near(davy_nab_normalise(total, 116, profiles[i].profile), profiles[i].published,
                    1e-9);
        assert_ok(davy_nab_optimise(p->series, p->count, profiles[i].profile, &score, NULL));
        assert_near(score, profiles[i].published, 1e-9);
    }
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_outside_of_any_window_costs_its_full_weight),
        cmocka_unit_test(a_window_is_worth_more_the_earlier_it_is_met),
        cmocka_unit_test(the_best_limit_is_found_and_the_scale_ends_at_a_hundred),
        cmocka_unit_test(scores_are_those_of_the_benchmarks_own_scorer),
    };

    return cmocka_run_group_tests_name("data: score of NAB", tests, NULL, NULL);
}
