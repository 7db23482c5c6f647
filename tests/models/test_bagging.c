/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/training/bagging.h"
#include "models/training/train_predictor.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#define ROWS 60

/* Ten groups of six rows; the answer is 3 x + 1, in every second group one more. */
typedef struct prepared {
    davy_table table;
    davy_sample_set samples;
    uint8_t held[ROWS];
    davy_setting settings[DAVY_PREDICTOR_SETTINGS_MAX];
    davy_lesson lesson;
} prepared;

static prepared *make_lesson(size_t groups)
{
    static const size_t columns[] = {0};
    const davy_cut cut = {.form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1},
                          .task = DAVY_TASK_REGRESS,
                          .columns = columns,
                          .column_count = 1,
                          .training = true};
    prepared *l = calloc(1, sizeof *l);

    assert_non_null(l);
    l->table = plant_table(ROWS, 1);
    l->table.labels = calloc(ROWS, sizeof *l->table.labels);
    assert_non_null(l->table.labels);
    for (size_t i = 0; i < ROWS; i++) {
        l->table.values[i] = (double) (i * 7 % 13);
        l->table.labels[i] = 3 * l->table.values[i] + 1 + (double) (i / 6 % 2);
    }
    assert_ok(davy_sample_set_cut(&l->table, &cut, &l->samples));
    for (size_t i = 0; i < ROWS; i++) {
        l->samples.groups[i] = (uint32_t) (i * groups / ROWS);
        l->held[i] = i >= 54 ? DAVY_PURPOSE_JUDGE : DAVY_PURPOSE_LEARN;
    }
    for (size_t i = 0; i < l->samples.group_count; i++)
        free(l->samples.group_names[i]);
    free((void *) l->samples.group_names);
    l->samples.group_names = NULL;
    l->samples.group_count = groups;
    l->lesson = (davy_lesson){.samples = &l->samples,
                              .held = l->held,
                              .task = DAVY_TASK_REGRESS,
                              .seed = 4,
                              .table = l->settings,
                              .table_count = davy_predictor_settings("linear", l->settings)};
    return l;
}

static void lesson_free(prepared *l)
{
    davy_sample_set_clear(&l->samples);
    davy_table_clear(&l->table);
    free(l);
}

/* What the graph says of x = 2. */
static double ask(const davy_lesson_result *result)
{
    float x = 2;
    const davy_tensor in = {.type = DAVY_TYPE_F32, .rank = 3, .dims = {1, 1, 1}, .data = &x};
    davy_buffer onnx = {0};
    davy_graph *graph = NULL;
    davy_network *network;
    davy_session *session;
    davy_tensor out;
    double said;

    davy_graph_output(result->graph, result->score);
    assert_ok(davy_onnx_export(result->graph, NULL, 0, &onnx));
    result->graph->output_count = 0;
    assert_ok(davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &graph));
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &in, &out));
    said = (double) davy_f32(&out)[0];
    davy_session_destroy(session);
    davy_network_destroy(network);
    davy_buffer_clear(&onnx);
    return said;
}

/* A kind that notes what it was dealt, and answers with its seed. */
static size_t learnt[8], watched[8], judged[8], fits;

static davy_status fit_seed(const davy_lesson *lesson, davy_lesson_result *result)
{
    const davy_predictor_kind *linear = davy_predictor_kind_find("linear");

    assert_true(fits < DAVY_ARRAY_LENGTH(learnt));
    for (size_t i = 0; i < lesson->samples->count; i++) {
        learnt[fits] += lesson->held[i] == DAVY_PURPOSE_LEARN;
        watched[fits] += lesson->held[i] == DAVY_PURPOSE_WATCH;
        judged[fits] += lesson->held[i] == DAVY_PURPOSE_JUDGE;
        if (i % 6 > 0)
            assert_int_equal(lesson->held[i], lesson->held[i - 1]); /* groups are whole */
    }
    fits++;
    return linear->fit(lesson, result);
}

static void every_bag_watches_other_whole_groups(void **state)
{
    const davy_predictor_kind kind = {.name = "seed", .fit = fit_seed};
    prepared *l = make_lesson(10);
    davy_lesson_result result = {0};

    (void) state;
    fits = 0;
    assert_ok(davy_bagging_fit(&kind, &l->lesson, 4, &result));
    assert_int_equal(fits, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(judged[i], 6);
        assert_int_equal(watched[i], 6); /* a tenth of nine groups */
        assert_int_equal(learnt[i], 48);
    }
    davy_lesson_result_clear(&result);
    lesson_free(l);
}

/* The mean lies between bags, and two trainings give the same. */
static void the_answer_is_the_mean(void **state)
{
    const davy_predictor_kind *linear = davy_predictor_kind_find("linear");
    prepared *l = make_lesson(10);
    davy_lesson_result all = {0}, again = {0};
    double said;

    (void) state;
    assert_ok(davy_bagging_fit(linear, &l->lesson, 5, &all));
    assert_ok(davy_bagging_fit(linear, &l->lesson, 5, &again));
    said = ask(&all);
    assert_true(said > 7 && said < 8); /* 3 * 2 + 1, and half of the groups one more */
    assert_near(ask(&again), said, 0);
    davy_lesson_result_clear(&all);
    davy_lesson_result_clear(&again);
    lesson_free(l);
}

static void one_group_cannot_be_dealt_out(void **state)
{
    const davy_predictor_kind *linear = davy_predictor_kind_find("linear");
    prepared *l = make_lesson(1);
    davy_lesson_result result = {0};

    (void) state;
    assert_fails(davy_bagging_fit(linear, &l->lesson, 2, &result), DAVY_ERR_INVALID,
                 "deals out whole groups");
    lesson_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bag_watches_other_whole_groups),
        cmocka_unit_test(the_answer_is_the_mean),
        cmocka_unit_test(one_group_cannot_be_dealt_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
