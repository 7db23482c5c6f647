/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

/* A stranger's model: two rows in, two rows out, and what is said of it. */
static void runs_a_model_of_anybody(void **state)
{
    float rows[4] = {1, 2, 3, 4};
    const davy_tensor input = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {2, 2}, .data = rows};
    const davy_served_info *info;
    davy_served *served = NULL;
    davy_instance *instance = NULL;
    davy_tensor output;

    (void) state;
    folder_put("scale", 1, 3);
    assert_ok(davy_served_open(folder_path("scale/1"), "scale", 1, NULL, &served));
    info = davy_served_describe(served);
    assert_string_equal(info->backend, "onnx");
    assert_string_equal(info->name, "scale");
    assert_int_equal(info->input_count, 1);
    assert_string_equal(info->inputs[0].name, "x");
    assert_int_equal(info->inputs[0].dims[0], -1);
    assert_int_equal(info->inputs[0].dims[1], 2);
    assert_string_equal(info->outputs[0].name, "y");
    assert_int_equal(info->outputs[0].type, DAVY_TYPE_F32);
    assert_int_equal(info->outputs[0].dims[0], -1);
    assert_int_equal(info->batch_max, 0); /* nobody said that rows are samples */
    assert_int_equal(strlen(info->file_hash), 64);
    assert_ok(davy_instance_create(served, NULL, &instance));
    assert_ok(davy_instance_run(instance, &input, &output));
    for (size_t i = 0; i < 4; i++)
        assert_near(davy_f32(&output)[i], 3 * rows[i], 0);
    davy_instance_destroy(instance);
    davy_served_close(served);
}

static void refuses_tensors_that_are_not_what_the_graph_takes(void **state)
{
    float rows[6] = {0};
    const davy_tensor wide = {.type = DAVY_TYPE_F32, .rank = 2, .dims = {2, 3}, .data = rows},
                      flat = {.type = DAVY_TYPE_F32, .rank = 1, .dims = {2}, .data = rows},
                      whole = {.type = DAVY_TYPE_I32, .rank = 2, .dims = {1, 2}, .data = rows};
    davy_served *served = NULL;
    davy_instance *instance = NULL;
    davy_tensor output;

    (void) state;
    folder_put("scale", 1, 3);
    assert_ok(davy_served_open(folder_path("scale/1"), "scale", 1, NULL, &served));
    assert_ok(davy_instance_create(served, NULL, &instance));
    assert_fails(davy_instance_run(instance, &wide, &output), DAVY_ERR_INVALID,
                 "model 'scale': input 'x': dimension 1 is 2, and 3 was given");
    assert_fails(davy_instance_run(instance, &flat, &output), DAVY_ERR_INVALID,
                 "input 'x' has 2 dimensions, and 1 were given");
    assert_fails(davy_instance_run(instance, &whole, &output), DAVY_ERR_INVALID,
                 "input 'x' is FP32, and INT32 was given");
    assert_fails(davy_served_check_explain(served, NULL), DAVY_ERR_UNSUPPORTED, "served as onnx");
    davy_instance_destroy(instance);
    davy_served_close(served);
}

/* What davy trained to answer: the asker's own answers, and shares that add up to the score. */
static void serves_what_davy_trained_to_answer(void **state)
{
    davy_table table = plant_make(400, 7);
    const davy_train_options options = {.name = "plant",
                                        .kind = "linear",
                                        .task = "regress",
                                        .registry = folder,
                                        .label = "s5",
                                        .seed = 1};
    davy_infer_request request = {.explain = true};
    davy_attribution why;
    davy_train_report report = {0};
    davy_served *served = NULL;
    davy_instance *instance = NULL;
    davy_predictor *predictor = NULL;
    davy_asker *asker = NULL;
    davy_answers answers;
    davy_tensor input = {.type = DAVY_TYPE_F32}, outputs[3];
    davy_arena arena = {0};
    float rows[20];
    double sum;

    (void) state;
    table.columns = PLANT_SIGNALS - 1; /* the last one is what is asked for */
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    memcpy(table.labels, table.values + table.columns * table.rows,
           table.rows * sizeof *table.labels);
    assert_ok(davy_train(&table, &options, &report));
    assert_ok(davy_served_open(folder_path("plant/1"), "plant", 1, NULL, &served));
    assert_string_equal(davy_served_describe(served)->backend, "predictor");
    assert_non_null(davy_served_describe(served)->predictor);
    for (size_t i = 0; i < 20; i++)
        rows[i] = (float) (95 + (int) i);
    input.rank = davy_served_describe(served)->inputs[0].rank;
    memcpy(input.dims, davy_served_describe(served)->inputs[0].dims, sizeof input.dims);
    input.dims[0] = 4;
    input.data = rows;
    assert_int_equal(davy_tensor_count(&input), 20);
    assert_ok(davy_instance_create(served, NULL, &instance));
    assert_ok(davy_instance_run(instance, &input, outputs));
    assert_ok(davy_predictor_open(folder_path("plant/1"), &predictor));
    assert_ok(davy_asker_create(predictor, NULL, &asker));
    assert_ok(davy_asker_ask(asker, rows, 4, &answers));
    assert_memory_equal(outputs[0].data, answers.values, 4 * sizeof(float));
    assert_ok(davy_instance_explain(instance, 2, &request, &arena, &why));
    sum = why.base + why.residual;
    for (size_t i = 0; i < why.count; i++)
        sum += why.shares[i];
    assert_int_equal(why.count, 5);
    assert_near(sum, why.score, 1e-6);
    assert_fails(davy_instance_explain(instance, 4, &request, &arena, &why), DAVY_ERR_INVALID,
                 "no sample 4");
    davy_arena_clear(&arena);
    davy_asker_destroy(asker);
    davy_predictor_close(predictor);
    davy_instance_destroy(instance);
    davy_served_close(served);
    table.columns = PLANT_SIGNALS;
    davy_table_clear(&table);
}

/* What davy trained to watch: the scorer's own numbers, row by row, and again after a reset. */
static void serves_what_davy_trained_to_watch(void **state)
{
    davy_table table = plant_make(2000, 3);
    davy_train_report report = {0};
    davy_model *model = plant_train(&table, folder, NULL, 0, 1.0, &report);
    davy_scorer *scorer = NULL;
    davy_served *served = NULL;
    davy_instance *instance = NULL;
    davy_tensor input = {.type = DAVY_TYPE_F64, .rank = 2, .dims = {50, PLANT_SIGNALS}}, outputs[3];
    double rows[50 * PLANT_SIGNALS];

    (void) state;
    for (size_t i = 0; i < 50; i++)
        for (size_t k = 0; k < PLANT_SIGNALS; k++)
            rows[i * PLANT_SIGNALS + k] = table.values[k * table.rows + i];
    input.data = rows;
    assert_ok(davy_served_open(folder_path("plant/1"), "plant", 1, NULL, &served));
    assert_string_equal(davy_served_describe(served)->backend, "watcher");
    assert_true(davy_served_describe(served)->stateful);
    assert_ok(davy_instance_create(served, NULL, &instance));
    assert_ok(davy_scorer_create(model, &scorer));
    for (int again = 0; again < 2; again++) {
        davy_instance_reset(instance);
        assert_ok(davy_instance_run(instance, &input, outputs));
        davy_scorer_reset(scorer);
        for (size_t i = 0; i < 50; i++) {
            const davy_bytes *verdict = (const davy_bytes *) outputs[1].data + i;
            davy_score score;

            davy_scorer_update(scorer, rows + i * PLANT_SIGNALS, &score);
            assert_memory_equal((double *) outputs[0].data + i, &score.score, sizeof(double));
            assert_memory_equal(verdict->at, davy_verdict_name(score.verdict), verdict->length);
        }
    }
    davy_scorer_destroy(scorer);
    davy_instance_destroy(instance);
    davy_served_close(served);
    davy_model_close(model);
    davy_table_clear(&table);
}

static void names_what_is_not_there(void **state)
{
    davy_served *served = NULL;

    (void) state;
    assert_fails(davy_served_open(folder_path("none/1"), "none", 1, NULL, &served),
                 DAVY_ERR_NOT_FOUND, "none/1");
    assert_ok(davy_folder_make(folder_path("none/1"), 0755));
    assert_fails(davy_served_open(folder_path("none/1"), "none", 1, NULL, &served),
                 DAVY_ERR_NOT_FOUND, "there is no file model.onnx");
    folder_write_text(folder_path("none/1/model.onnx"), "these are no bytes of a graph");
    assert_fails(davy_served_open(folder_path("none/1"), "none", 1, NULL, &served),
                 DAVY_ERR_CORRUPT, "none/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(runs_a_model_of_anybody, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(refuses_tensors_that_are_not_what_the_graph_takes,
                                        folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(serves_what_davy_trained_to_answer, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(serves_what_davy_trained_to_watch, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(names_what_is_not_there, folder_set_up, folder_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
