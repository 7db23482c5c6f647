/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Drift of what a version is asked and answers: what is looked at, when a window is told, beside
 * what it is held against, and how good the monitors are.
 */
#include "host_testing.h"

#include "core/random.h"
#include "infer/chores.h"
#include "infer/drift_report.h"

#include <jansson.h>
#include <pthread.h>

#define COLUMNS (PLANT_SIGNALS - 1)

static davy_table table;

/* @param setting  how many samples of training the model keeps */
static void train(const char *setting)
{
    table = plane_train(800, &setting, 1);
}

static int tear_down(void **state)
{
    plane_clear(&table);
    return folder_tear_down(state);
}

/* A row of the history by chance, s1 moved by so much: the n-th such row is always the same. */
static void draw_row(uint64_t n, double shift, float row[COLUMNS])
{
    const uint32_t at = davy_random_below(11, 0, n, (uint32_t) table.rows);

    for (size_t k = 0; k < COLUMNS; k++)
        row[k] = (float) (table.values[k * table.rows + at] + (k == 1 ? shift : 0));
}

static davy_desk *desk_of(davy_host *host, const char *name, davy_lease **lease)
{
    davy_desk *desk = NULL;

    assert_ok(davy_repository_acquire(davy_host_repository(host), name, "", lease));
    assert_ok(davy_desk_of(host, *lease, &desk));
    return desk;
}

static davy_drift_sight look(davy_host *host, const char *name)
{
    davy_drift_sight sight;
    davy_lease *lease = NULL;

    davy_drift_look(desk_of(host, name, &lease)->drift, &sight);
    davy_lease_release(lease);
    return sight;
}

static davy_status ask_plant(davy_host *host, float *row, davy_infer_response *response)
{
    const davy_named_tensor input = {
        "sample", {.type = DAVY_TYPE_F32, .rank = 3, .dims = {1, 1, COLUMNS}, .data = row}};
    const davy_infer_request request = {
        .model = "plant", .version = "", .inputs = &input, .input_count = 1};

    return davy_host_infer(host, &request, response);
}

/* Ask until so many more samples were looked at. What is full is compared before the next one. */
static davy_drift_sight ask_rows(davy_host *host, size_t rows, double shift)
{
    davy_drift_sight sight = look(host, "plant");
    const uint64_t end = sight.rows + rows;

    while (sight.rows < end) {
        davy_infer_response response = {0};
        float row[COLUMNS];

        draw_row(sight.rows, shift, row); /* a sample that passes by is asked again */
        assert_ok(ask_plant(host, row, &response));
        davy_infer_response_clear(&response);
        davy_chores_settle(host->chores);
        sight = look(host, "plant");
    }
    return sight;
}

/* -------------------------------------------------------------------------------- end to end */

/* 100 samples of training are kept unless told otherwise. s1 moves by five, its deviation. */
static void what_training_had_is_quiet_and_a_shift_is_told_within_two_windows(void **state)
{
    davy_host *host;
    davy_drift_sight sight;

    (void) state;
    train("background=100");
    host = host_open(NULL);
    sight = ask_rows(host, 3 * DAVY_DRIFT_WINDOW_ROWS, 0);
    assert_int_equal(sight.state, DAVY_DRIFT_WATCHING);
    assert_true(sight.of_training);
    assert_int_equal(sight.reference_rows, 100);
    assert_int_equal(sight.windows, 3);
    assert_int_equal(sight.fired[DAVY_DRIFT_ANY], 0);
    (void) ask_rows(host, DAVY_DRIFT_WINDOW_ROWS / 2, 0); /* the shift comes amid a window */
    sight = ask_rows(host, 2 * DAVY_DRIFT_WINDOW_ROWS - DAVY_DRIFT_WINDOW_ROWS / 2, 5);
    assert_int_equal(sight.windows, 5);
    assert_true(sight.newest.fired[DAVY_DRIFT_PSI]);
    assert_true(sight.newest.fired[DAVY_DRIFT_KS]);
    assert_true(sight.newest.fired[DAVY_DRIFT_MMD]);
    assert_true(sight.figures[1].fired); /* s1 is named */
    assert_false(sight.figures[0].fired);
    assert_false(sight.figures[2].fired);
    assert_int_equal(sight.past_count, 5);
    davy_host_destroy(host);
}

/* The answer follows s1, which is forty deviations away. */
static void answers_are_watched_like_what_is_asked(void **state)
{
    davy_host *host;
    davy_drift_sight sight;
    davy_lease *lease = NULL;
    const davy_drift_features *features;

    (void) state;
    train("background=100");
    host = host_open(NULL);
    features = davy_drift_describe(desk_of(host, "plant", &lease)->drift);
    assert_int_equal(features->input_count, COLUMNS);
    assert_int_equal(features->count, COLUMNS + 1);
    assert_string_equal(features->at[1].name, "s1");
    assert_string_equal(features->at[COLUMNS].name, "value");
    assert_true(features->at[COLUMNS].output);
    davy_lease_release(lease);
    sight = ask_rows(host, DAVY_DRIFT_WINDOW_ROWS, 200);
    assert_true(sight.figures[COLUMNS].fired);
    davy_host_destroy(host);
}

/* Nothing of training is kept: the first answers are held against, and said to be. */
static void without_samples_of_training_the_first_answers_are_the_reference(void **state)
{
    davy_host *host;
    davy_drift_sight sight;

    (void) state;
    train("background=0");
    host = host_open(NULL);
    sight = ask_rows(host, DAVY_DRIFT_REFERENCE_ROWS - 1, 0);
    assert_int_equal(sight.state, DAVY_DRIFT_LEARNING);
    assert_int_equal(sight.reference_rows, 0);
    sight = ask_rows(host, 1, 0);
    assert_int_equal(sight.state, DAVY_DRIFT_WATCHING);
    assert_false(sight.of_training);
    assert_int_equal(sight.reference_rows, DAVY_DRIFT_REFERENCE_ROWS);
    assert_true(sight.rated);
    sight = ask_rows(host, 2 * DAVY_DRIFT_WINDOW_ROWS, 0);
    assert_int_equal(sight.fired[DAVY_DRIFT_ANY], 0);
    sight = ask_rows(host, DAVY_DRIFT_WINDOW_ROWS, 5);
    assert_true(sight.newest.fired[DAVY_DRIFT_ANY]);
    davy_host_destroy(host);
}

/* A sample with a gap is not judged, so it has no answer; it counts as missing, not as the zero
 * that it was run with. */
static void gaps_are_seen_as_gaps(void **state)
{
    davy_host *host;
    davy_drift_sight sight;

    (void) state;
    train("background=100");
    host = host_open(NULL);
    sight = ask_rows(host, DAVY_DRIFT_WINDOW_ROWS, NAN);
    assert_near(sight.figures[1].missing, 1, 0);
    assert_near(sight.figures[0].missing, 0, 0);
    assert_near(sight.figures[COLUMNS].missing, 1, 0);
    assert_near(sight.figures[1].reference_missing, 0, 0);
    assert_true(isnan(sight.figures[1].ks));
    assert_true(sight.figures[1].fired);
    davy_host_destroy(host);
}

/* What was not answered is not looked at; of a large request a few samples are. */
static void only_what_is_answered_counts_and_a_large_request_costs_little(void **state)
{
    davy_host *host;
    davy_drift_sight sight;
    question q;

    (void) state;
    folder_put("scale", 1, 2);
    host = host_open(NULL);
    question_set(&q, "scale", 32);
    assert_ok(question_ask(host, &q));
    sight = look(host, "scale");
    assert_int_equal(sight.rows, DAVY_DRIFT_REQUEST_ROWS);
    assert_int_equal(sight.passed, 32 - DAVY_DRIFT_REQUEST_ROWS);
    q.input.name = "w";
    assert_int_equal(question_ask(host, &q), DAVY_ERR_INVALID);
    assert_int_equal(look(host, "scale").rows, DAVY_DRIFT_REQUEST_ROWS);
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

enum { ASKERS = 4, QUESTIONS = 400, QUESTION_ROWS = 5 };

static void *ask_much(void *context)
{
    question q;

    question_set(&q, "scale", QUESTION_ROWS);
    for (size_t i = 0; i < QUESTIONS; i++)
        assert_ok(question_ask(context, &q));
    davy_infer_response_clear(&q.response);
    return NULL;
}

/* Each sample was looked at or passed by, whoever asked and whatever was compared meanwhile. */
static void no_sample_is_lost_among_threads(void **state)
{
    davy_host *host;
    davy_drift_sight sight;
    pthread_t askers[ASKERS];

    (void) state;
    folder_put("scale", 1, 2);
    host = host_open(NULL);
    for (size_t i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&askers[i], NULL, ask_much, host), 0);
    do
        sight = look(host, "scale");
    while (sight.rows + sight.passed < ASKERS * QUESTIONS * QUESTION_ROWS / 2);
    for (size_t i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_join(askers[i], NULL), 0);
    davy_chores_settle(host->chores);
    sight = look(host, "scale");
    assert_int_equal(sight.rows + sight.passed, ASKERS * QUESTIONS * QUESTION_ROWS);
    assert_int_equal(sight.state, DAVY_DRIFT_WATCHING);
    assert_int_equal(sight.fired[DAVY_DRIFT_ANY], 0);
    davy_host_destroy(host);
}

/* ------------------------------------------------------------------------------------ baselines */

/* Rows of three numbers that do not depend on each other, and a category of four. */
static const davy_drift_feature at[] = {
    {.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d", .categories = 4}};
static const davy_drift_features features = {.at = at, .count = 4, .input_count = 4};

static void make_rows(size_t count, uint32_t stream, float *rows)
{
    for (size_t i = 0; i < 4 * count; i++)
        rows[i] = i % 4 < 3 ? davy_random_normal(3, stream, i)
                            : (float) davy_random_below(3, stream, i, 4);
}

/* The chance of a false alarm is at most 1 % for a monitor, so 3 % for all three together; of a
 * hundred trials at most 3 and 8, which chance exceeds once in a hundred times. */
static void without_a_change_the_monitors_fire_as_seldom_as_they_promise(void **state)
{
    davy_drift_baseline rates[DAVY_DRIFT_MONITORS];
    static float rows[4 * DAVY_DRIFT_REFERENCE_ROWS];

    (void) state;
    make_rows(DAVY_DRIFT_REFERENCE_ROWS, 1, rows);
    assert_ok(davy_drift_rate(&features, rows, DAVY_DRIFT_REFERENCE_ROWS, rates));
    for (size_t i = 0; i < DAVY_DRIFT_ANY; i++)
        assert_true(rates[i].false_alarms <= 0.03 + 1e-9);
    assert_true(rates[DAVY_DRIFT_ANY].false_alarms <= 0.08 + 1e-9);
    for (size_t i = 0; i < DAVY_DRIFT_MMD; i++) /* one of four moves by a deviation */
        assert_true(rates[i].detected > 0.7);
    assert_true(rates[DAVY_DRIFT_ANY].detected > 0.95);
}

/* Windows of the size of those that are watched, of the same distribution. */
static void fresh_windows_of_the_same_kind_are_quiet(void **state)
{
    static float reference[4 * 100], window[4 * DAVY_DRIFT_WINDOW_ROWS];
    davy_drift_figure figures[4];
    davy_drift_verdict verdict;
    size_t fired[DAVY_DRIFT_MONITORS] = {0};

    (void) state;
    for (uint32_t i = 0; i < 200; i++) {
        make_rows(100, 1000 + i, reference);
        make_rows(DAVY_DRIFT_WINDOW_ROWS, 5000 + i, window);
        assert_ok(davy_drift_compare(&features, reference, 100, window, DAVY_DRIFT_WINDOW_ROWS, i,
                                     figures, &verdict));
        for (size_t m = 0; m < DAVY_DRIFT_MONITORS; m++)
            fired[m] += verdict.fired[m];
    }
    for (size_t m = 0; m < DAVY_DRIFT_ANY; m++)
        assert_true(fired[m] <= 7); /* of 200 at 1 %: 8 or more come once in a thousand times */
}

/* A reference that never moved: what comes is told, and nothing is divided by nothing. */
static void a_signal_that_stood_still_is_told_when_it_moves(void **state)
{
    static float reference[4 * 100], window[4 * DAVY_DRIFT_WINDOW_ROWS];
    davy_drift_figure figures[4];
    davy_drift_verdict verdict;

    (void) state;
    make_rows(100, 1, reference);
    make_rows(DAVY_DRIFT_WINDOW_ROWS, 2, window);
    for (size_t i = 0; i < 100; i++)
        reference[4 * i] = 7;
    for (size_t i = 0; i < DAVY_DRIFT_WINDOW_ROWS; i++)
        window[4 * i] = 7;
    assert_ok(davy_drift_compare(&features, reference, 100, window, DAVY_DRIFT_WINDOW_ROWS, 1,
                                 figures, &verdict));
    assert_false(figures[0].fired);
    assert_near(figures[0].psi, 0, 0);
    for (size_t i = 0; i < DAVY_DRIFT_WINDOW_ROWS; i++)
        window[4 * i] = 6.5F;
    assert_ok(davy_drift_compare(&features, reference, 100, window, DAVY_DRIFT_WINDOW_ROWS, 1,
                                 figures, &verdict));
    assert_true(figures[0].fired);
    assert_near(figures[0].ks, 1, 0);
    assert_true(isfinite(verdict.mmd.value));
}

/* Of four even categories two are gone, half a sample of 200 each, and two have half of all:
 * 2 (0.0025 - 0.25) ln 0.01 + 2 (0.5 - 0.25) ln 2. */
static void shares_of_categories_are_compared_without_an_order(void **state)
{
    static float reference[4 * 100], window[4 * DAVY_DRIFT_WINDOW_ROWS];
    davy_drift_figure figures[4];
    davy_drift_verdict verdict;

    (void) state;
    make_rows(100, 1, reference);
    make_rows(DAVY_DRIFT_WINDOW_ROWS, 2, window);
    for (size_t i = 0; i < 100; i++)
        reference[4 * i + 3] = (float) (i % 4);
    for (size_t i = 0; i < DAVY_DRIFT_WINDOW_ROWS; i++)
        window[4 * i + 3] = (float) (i % 2 == 0 ? 1 : 3);
    assert_ok(davy_drift_compare(&features, reference, 100, window, DAVY_DRIFT_WINDOW_ROWS, 1,
                                 figures, &verdict));
    assert_near(figures[3].psi, 2 * (0.0025 - 0.25) * log(0.0025 / 0.25) + 2 * 0.25 * log(2),
                1e-12);
    assert_true(figures[3].fired);
    assert_true(isnan(figures[3].ks));
    assert_false(verdict.fired[DAVY_DRIFT_KS]);
}

/* --------------------------------------------------------------------------- what is looked at */

static davy_drift_features choose(const davy_served_info *info, davy_arena *arena)
{
    davy_drift_features out;

    assert_ok(davy_drift_features_choose(info, arena, &out));
    return out;
}

/* Two pixels a channel: of the first 1 and 3, of the second 10 and 10; 2 and 1, 10 and 0. */
static void a_picture_is_the_mean_and_contrast_of_its_channels(void **state)
{
    static const davy_infer_config config;
    static const davy_port planes = {
        .name = "image", .type = DAVY_TYPE_F32, .rank = 4, .dims = {-1, 2, 64, 64}};
    static const davy_port score = {
        .name = "score", .type = DAVY_TYPE_F32, .rank = 2, .dims = {-1, 2}};
    static const char *const labels[] = {"crack", "whole"};
    const davy_served_info info = {.inputs = &planes,
                                   .input_count = 1,
                                   .outputs = &score,
                                   .output_count = 1,
                                   .config = &config,
                                   .labels = labels,
                                   .label_count = 2};
    float pixels[2][2][2] = {{{0}}, {{1, 3}, {10, 10}}}, scores[] = {0, 0, 0.2F, 0.8F};
    const davy_tensor in = {.type = DAVY_TYPE_F32, .rank = 4, .dims = {2, 2, 1, 2}, .data = pixels};
    const davy_tensor out = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {2, 2}, .data = scores};
    davy_arena arena = {0};
    const davy_drift_features chosen = choose(&info, &arena);
    float numbers[DAVY_DRIFT_FEATURES_MAX];

    (void) state;
    assert_int_equal(chosen.count, 5);
    assert_string_equal(chosen.at[0].name, "image 0 mean");
    assert_string_equal(chosen.at[3].name, "image 1 contrast");
    assert_string_equal(chosen.at[4].name, "class");
    assert_int_equal(chosen.at[4].categories, 2);
    davy_drift_features_read(&chosen, &in, 1, &out, 1, numbers);
    assert_near(numbers[0], 2, 0);
    assert_near(numbers[1], 1, 0);
    assert_near(numbers[2], 10, 0);
    assert_near(numbers[3], 0, 0);
    assert_near(numbers[4], 1, 0);
    davy_drift_features_read(&chosen, &in, 1, NULL, 0, numbers);
    assert_true(isnan(numbers[4]));
    davy_arena_clear(&arena);
}

/* 64 x 64 pixels whose columns are 0 and 1 in turn: a 16th of them is taken, and not of one column.
 */
static void a_picture_of_stripes_is_seen_as_one(void **state)
{
    static const davy_drift_feature mean = {.name = "mean", .parts = 1};
    static const davy_drift_features one = {.at = &mean, .count = 1, .rowed = true};
    static float pixels[64 * 64];
    const davy_tensor in = {
        .type = DAVY_TYPE_F32, .rank = 4, .dims = {1, 1, 64, 64}, .data = pixels};
    float number;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pixels); i++)
        pixels[i] = (float) (i % 2);
    davy_drift_features_read(&one, &in, 0, NULL, 0, &number);
    assert_near(number, 0.5, 0.01);
}

/* 200 signals: 64 of them are looked at, the first of every three or so. */
static void of_many_columns_some_are_looked_at_and_the_rest_are_told(void **state)
{
    static const davy_infer_config config;
    static char names[200][8];
    const char *signals[200];
    const davy_port ports[] = {
        {.name = "rows", .type = DAVY_TYPE_F64, .rank = 2, .dims = {-1, 200}},
        {.name = "score", .type = DAVY_TYPE_F64, .rank = 1, .dims = {-1}},
        {.name = "verdict", .type = DAVY_TYPE_TEXT, .rank = 1, .dims = {-1}},
        {.name = "contributions", .type = DAVY_TYPE_F64, .rank = 2, .dims = {-1, 200}}};
    const davy_model_info watcher = {.signals = signals, .signal_count = 200};
    const davy_served_info info = {.inputs = ports,
                                   .input_count = 1,
                                   .outputs = ports + 1,
                                   .output_count = 3,
                                   .config = &config,
                                   .watcher = &watcher};
    davy_arena arena = {0};
    davy_drift_features chosen;

    (void) state;
    for (size_t i = 0; i < 200; i++) {
        (void) snprintf(names[i], sizeof names[i], "s%zu", i);
        signals[i] = names[i];
    }
    chosen = choose(&info, &arena);
    assert_int_equal(chosen.input_count, DAVY_DRIFT_INPUTS_MAX);
    assert_int_equal(chosen.count, DAVY_DRIFT_INPUTS_MAX + 2);
    assert_int_equal(chosen.left_out, 200 - DAVY_DRIFT_INPUTS_MAX);
    assert_string_equal(chosen.at[1].name, "s3");
    assert_string_equal(chosen.at[63].name, "s196");
    assert_string_equal(chosen.at[65].name, "verdict");
    davy_arena_clear(&arena);
}

/* ----------------------------------------------------------------------------------- as it is told
 */

static const json_t *named(const json_t *list, const char *key, const char *name)
{
    size_t i;
    const json_t *one;

    json_array_foreach(list, i, one) if (strcmp(json_string_value(json_object_get(one, key)),
                                                name) == 0) return one;
    fail_msg("there is no %s", name);
    return NULL;
}

static double real(const json_t *object, const char *key)
{
    assert_true(json_is_number(json_object_get(object, key)));
    return json_number_value(json_object_get(object, key));
}

static void never_and_always_stand_beside_the_monitors(void **state)
{
    davy_host *host;
    davy_buffer text = {0};
    json_t *root;
    const json_t *version, *monitors, *psi;

    (void) state;
    train("background=100");
    host = host_open(NULL);
    (void) ask_rows(host, DAVY_DRIFT_WINDOW_ROWS, 5);
    assert_ok(davy_host_drift_json(host, "plant", &text));
    root = json_loads(text.bytes, 0, NULL);
    assert_non_null(root);
    version = json_array_get(json_object_get(root, "versions"), 0);
    monitors = json_object_get(version, "monitors");
    psi = named(monitors, "monitor", "psi");
    assert_true(json_is_true(json_object_get(psi, "fired")));
    assert_near(real(psi, "windows_fired"), 1, 0);
    assert_true(real(psi, "right") > real(named(monitors, "monitor", "never"), "right"));
    assert_near(real(named(monitors, "monitor", "never"), "right"), 0.5, 0);
    assert_near(real(named(monitors, "monitor", "always"), "right"), 0.5, 0);
    assert_near(real(named(monitors, "monitor", "always"), "false_alarms"), 1, 0);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(version, "reference"), "of")),
        "training");
    assert_true(json_is_true(
        json_object_get(named(json_object_get(version, "features"), "name", "s1"), "fired")));
    json_decref(root);
    davy_buffer_reset(&text);
    assert_fails(davy_host_drift_json(host, "other", &text), DAVY_ERR_NOT_FOUND, "other");
    davy_buffer_clear(&text);
    davy_host_destroy(host);
}

static void prometheus_gets_gauges(void **state)
{
    static const char *const lines[] = {
        "davy_drift_windows_total{model=\"plant\",version=\"1\"} 1\n",
        "davy_drift_fired{model=\"plant\",version=\"1\",monitor=\"any\"} 1\n",
        "davy_drift_fired_windows_total{model=\"plant\",version=\"1\",monitor=\"never\"} 0\n",
        "davy_drift_fired_windows_total{model=\"plant\",version=\"1\",monitor=\"always\"} 1\n",
        "davy_drift_psi{model=\"plant\",version=\"1\",of=\"input\",feature=\"s1\"} ",
        "davy_drift_ks{model=\"plant\",version=\"1\",of=\"output\",feature=\"value\"} ",
        "davy_drift_mmd_p{model=\"plant\",version=\"1\"} 0.005\n"};
    davy_host *host;
    davy_buffer text = {0};

    (void) state;
    train("background=100");
    host = host_open(NULL);
    (void) ask_rows(host, DAVY_DRIFT_WINDOW_ROWS, 5);
    davy_host_drift_metrics(host, NULL, NULL, &text);
    assert_ok(davy_buffer_ok(&text));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lines); i++)
        if (!strstr(text.bytes, lines[i]))
            fail_msg("no line \"%s\" in:\n%s", lines[i], text.bytes);
    davy_buffer_clear(&text);
    davy_host_destroy(host);
}

#define TRAINED(test)   cmocka_unit_test_setup_teardown(test, folder_set_up, tear_down)
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_set_up, folder_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRAINED(what_training_had_is_quiet_and_a_shift_is_told_within_two_windows),
        TRAINED(answers_are_watched_like_what_is_asked),
        TRAINED(without_samples_of_training_the_first_answers_are_the_reference),
        TRAINED(gaps_are_seen_as_gaps),
        IN_FOLDER(no_sample_is_lost_among_threads),
        IN_FOLDER(only_what_is_answered_counts_and_a_large_request_costs_little),
        cmocka_unit_test(without_a_change_the_monitors_fire_as_seldom_as_they_promise),
        cmocka_unit_test(fresh_windows_of_the_same_kind_are_quiet),
        cmocka_unit_test(a_signal_that_stood_still_is_told_when_it_moves),
        cmocka_unit_test(shares_of_categories_are_compared_without_an_order),
        cmocka_unit_test(a_picture_is_the_mean_and_contrast_of_its_channels),
        cmocka_unit_test(a_picture_of_stripes_is_seen_as_one),
        cmocka_unit_test(of_many_columns_some_are_looked_at_and_the_rest_are_told),
        TRAINED(never_and_always_stand_beside_the_monitors),
        TRAINED(prometheus_gets_gauges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
