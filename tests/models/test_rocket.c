/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `rocket`: the shares are those of the paper, and what is learnt from them tells rhythms
 * apart that no level tells.
 */
#include "rocket_golden.h"
#include "scratch_registry.h"

#include "models/judge/assess.h"
#include "models/kinds/rocket_kernels.h"
#include "models/samples/answer_set.h"
#include "nn/network.h"

#define RHYTHM_RUNS  60
#define RHYTHM_STEPS 40

/* Run the transform as a network. @param y  [rows * rocket->count] */
static void transform(const davy_rocket *rocket, const float *x, size_t rows, float *y)
{
    const davy_tensor in = {
        .type = DAVY_TYPE_F32,
        .rank = 3,
        .dims = {(int64_t) rows, (int64_t) rocket->steps, (int64_t) rocket->channels},
        .data = (void *) (uintptr_t) x};
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor out;

    assert_ok(davy_graph_create("rocket", 0, &graph));
    davy_graph_output(
        graph, davy_rocket_build(rocket, graph,
                                 davy_graph_input(graph, "x", DAVY_TYPE_F32, 3,
                                                  (const int64_t[]){-1, in.dims[1], in.dims[2]})));
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &in, &out));
    assert_int_equal(davy_tensor_count(&out), rows * rocket->count);
    memcpy(y, out.data, rows * rocket->count * sizeof *y);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void measure(const float *x, size_t count, float *mean, float *scale)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double) x[i] / (double) count;
    for (size_t i = 0; i < count; i++)
        squares += ((double) x[i] - sum) * ((double) x[i] - sum) / (double) count;
    *mean = (float) sum;
    *scale = (float) sqrt(squares);
}

/* A step of rounding may move one step of 60 over a threshold: none of 672 does. */
static void shares_are_those_of_the_paper(void **state)
{
    static float x[2 * ROCKET_STEPS], y[2 * ROCKET_SHARES];
    float mean, scale;
    const davy_channel_scale channel = {1, &mean, &scale};
    davy_rocket rocket;

    (void) state;
    measure(rocket_series, ROCKET_STEPS, &mean, &scale);
    assert_ok(davy_rocket_fit(&(davy_rocket_options){.x = rocket_series,
                                                     .rows = 1,
                                                     .steps = ROCKET_STEPS,
                                                     .channels = 1,
                                                     .scale = &channel,
                                                     .shares = ROCKET_SHARES},
                              &rocket));
    assert_int_equal(rocket.count, ROCKET_SHARES);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(x); i++)
        x[i] = (rocket_series[i] - mean) / scale;
    transform(&rocket, x, 2, y);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(y); i++)
        if (!(fabsf(y[i] - rocket_shares[i]) <= 1e-6F))
            fail_msg("share %zu is %.9g, not %.9g", i, (double) y[i], (double) rocket_shares[i]);
    davy_rocket_clear(&rocket);
}

/* 9,996 shares of 1,000 steps, as the paper has them: 119 of each kernel, and the widest kernel
 * spans the series. */
static void dilations_reach_from_one_step_to_the_whole_series(void **state)
{
    static float x[1000];
    const davy_channel_scale channel = {1, &(float){0}, &(float){1}};
    davy_rocket rocket;
    size_t shares = 0;

    (void) state;
    assert_ok(davy_rocket_fit(
        &(davy_rocket_options){
            .x = x, .rows = 1, .steps = 1000, .channels = 1, .scale = &channel, .shares = 10000},
        &rocket));
    assert_int_equal(rocket.count, 9996);
    assert_int_equal(rocket.dilations[0].step, 1);
    for (size_t d = 0; d < rocket.dilation_count; d++) {
        shares += rocket.dilations[d].shares;
        assert_true(d == 0 || rocket.dilations[d].step > rocket.dilations[d - 1].step);
    }
    assert_int_equal(shares, 119);
    assert_int_equal(rocket.dilations[rocket.dilation_count - 1].step, 124);
    davy_rocket_clear(&rocket);
}

/* Where a signal stands still all steps are alike, so all or none of them lie above: rounding
 * decides nothing. */
static void a_series_that_stands_still_is_above_all_or_nothing(void **state)
{
    static float x[64], y[2 * 84];
    const davy_channel_scale channel = {1, &(float){0}, &(float){1}};
    davy_rocket rocket;

    (void) state;
    for (size_t i = 0; i < 64; i++)
        x[i] = 0.1F;
    assert_ok(davy_rocket_fit(
        &(davy_rocket_options){
            .x = x, .rows = 1, .steps = 64, .channels = 1, .scale = &channel, .shares = 84},
        &rocket));
    transform(&rocket, x, 1, y);
    for (size_t k = 42; k < 84; k++) /* those that see no zeros around it */
        assert_true(y[k] == 0 || y[k] == 1);
    davy_rocket_clear(&rocket);
}

/* Each kernel adds one channel to nine, and not always the same. */
static void kernels_add_a_few_channels(void **state)
{
    enum { CHANNELS = 20, STEPS = 16 };
    static float x[STEPS * CHANNELS], mean[CHANNELS], scale[CHANNELS];
    const davy_channel_scale channel = {CHANNELS, mean, scale};
    davy_rocket rocket;
    size_t seen[CHANNELS] = {0}, ones = 0;

    (void) state;
    for (size_t c = 0; c < CHANNELS; c++)
        scale[c] = 1;
    assert_ok(davy_rocket_fit(&(davy_rocket_options){.x = x,
                                                     .rows = 1,
                                                     .steps = STEPS,
                                                     .channels = CHANNELS,
                                                     .scale = &channel,
                                                     .shares = 84,
                                                     .seed = 1},
                              &rocket));
    for (size_t i = 0; i < rocket.dilation_count * DAVY_ROCKET_KERNELS; i++) {
        size_t count = 0;

        for (size_t c = 0; c < CHANNELS; c++) {
            count += rocket.sees[i * CHANNELS + c];
            seen[c] += rocket.sees[i * CHANNELS + c];
        }
        assert_in_range(count, 1, 9);
        ones += count == 1;
    }
    for (size_t c = 0; c < CHANNELS; c++)
        assert_true(seen[c] > 0);
    assert_in_range(ones, 10, 50); /* log2(2) / log2(10) of 84: 25 */
    davy_rocket_clear(&rocket);
}

static void samples_of_fewer_steps_than_a_kernel_are_refused(void **state)
{
    static float x[8];
    const davy_channel_scale channel = {1, &(float){0}, &(float){1}};
    davy_rocket rocket;

    (void) state;
    assert_fails(
        davy_rocket_fit(
            &(davy_rocket_options){.x = x, .rows = 1, .steps = 8, .channels = 1, .scale = &channel},
            &rocket),
        DAVY_ERR_INVALID, "a longer window");
}

/* Runs of two channels; the class is whether they move alike or against each other: no channel
 * alone tells. */
static davy_table make_runs(uint64_t seed, bool numbers)
{
    davy_table table = plant_table((size_t) RHYTHM_RUNS * RHYTHM_STEPS, 2);

    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_count = RHYTHM_RUNS;
    table.run_names = calloc(RHYTHM_RUNS, sizeof *table.run_names);
    table.labels = calloc(table.rows, sizeof *table.labels);
    table.classes = calloc(2, sizeof *table.classes);
    assert_true(table.run_names && table.labels && table.classes);
    for (size_t k = 0; k < 2 && !numbers; k++)
        table.classes[table.class_count++] = strdup(k ? "alike" : "against");
    if (numbers) {
        free((void *) table.classes);
        table.classes = NULL;
    }
    for (size_t run = 0; run < RHYTHM_RUNS; run++) {
        const double phase = 6.28 * plant_uniform(&seed), pace = 0.4 + plant_uniform(&seed);
        char name[16];

        (void) snprintf(name, sizeof name, "%zu", run);
        table.run_names[run] = strdup(name);
        for (size_t t = 0; t < RHYTHM_STEPS; t++) {
            const size_t row = run * RHYTHM_STEPS + t;
            const double lead = run % 2 ? 0 : 3.14, beat = numbers ? pace : 0.7;

            table.runs[row] = (uint32_t) run;
            table.labels[row] = numbers ? pace : (double) (run % 2);
            table.values[row] = 40 + 5 * sin(phase + beat * (double) t) + plant_normal(&seed);
            table.values[table.rows + row] =
                7 + sin(phase + lead + beat * (double) t) + 0.2 * plant_normal(&seed);
        }
    }
    return table;
}

static void judge(const davy_table *table, const davy_table *fresh, const char *task,
                  davy_assessment *found)
{
    static const char *const settings[] = {"per=group", "shares=2520"};
    const davy_train_options options = {.name = task,
                                        .kind = "rocket",
                                        .task = task,
                                        .registry = registry,
                                        .seed = 2,
                                        .label = "answer",
                                        .settings = settings,
                                        .setting_count = 2};
    davy_train_report report;
    davy_predictor *predictor = NULL;
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};

    assert_ok(davy_train(table, &options, &report));
    assert_non_null(strstr(report.summary, "MiniRocket of 2520 shares"));
    assert_ok(davy_predictor_open(report.folder, &predictor));
    assert_ok(davy_predictor_cut(predictor, fresh, &samples));
    assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
    assert_ok(davy_assess(davy_predictor_describe(predictor), &samples, &answers, NULL, 0, found));
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    davy_predictor_close(predictor);
}

static void two_channels_tell_together_what_neither_tells(void **state)
{
    davy_table table = make_runs(1, false), fresh = make_runs(77, false);
    davy_assessment found = {0};

    (void) state;
    judge(&table, &fresh, "classify", &found);
    assert_true(found.accuracy > 0.95);
    davy_assessment_clear(&found);
    davy_table_clear(&table);
    davy_table_clear(&fresh);
}

static void the_pace_of_a_series_is_a_number(void **state)
{
    davy_table table = make_runs(1, true), fresh = make_runs(77, true);
    davy_assessment found = {0};

    (void) state;
    judge(&table, &fresh, "regress", &found);
    assert_true(found.r2 > 0.9);
    davy_assessment_clear(&found);
    davy_table_clear(&table);
    davy_table_clear(&fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_paper),
        cmocka_unit_test(dilations_reach_from_one_step_to_the_whole_series),
        cmocka_unit_test(a_series_that_stands_still_is_above_all_or_nothing),
        cmocka_unit_test(kernels_add_a_few_channels),
        cmocka_unit_test(samples_of_fewer_steps_than_a_kernel_are_refused),
        cmocka_unit_test(two_channels_tell_together_what_neither_tells),
        cmocka_unit_test(the_pace_of_a_series_is_a_number),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
