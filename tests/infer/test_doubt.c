/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What is said beside an answer: doubts and explanations, of models that davy trained to answer.
 */
#include "host_testing.h"

#include "data/image_write.h"

#define COLUMNS (PLANT_SIGNALS - 1)

static davy_table table;

/* A plane: the last signal from the others, where each was in training. */
static int set_up(void **state)
{
    (void) folder_set_up(state);
    table = plane_train(400, NULL, 0);
    return 0;
}

static int tear_down(void **state)
{
    plane_clear(&table);
    return folder_tear_down(state);
}

/* Rows of the table that the model learnt from. */
static void read_rows(float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            numbers[i * COLUMNS + k] = (float) table.values[k * table.rows + i];
}

static davy_status ask(davy_host *host, const float *numbers, size_t count, bool explain,
                       davy_infer_response *response)
{
    const davy_port *port;
    davy_named_tensor input = {.name = "sample"};
    davy_lease *lease = NULL;
    davy_infer_request request = {.model = "plant",
                                  .version = "",
                                  .inputs = &input,
                                  .input_count = 1,
                                  .explain = explain,
                                  .explain_top = 3};

    assert_ok(davy_repository_acquire(davy_host_repository(host), "plant", "", &lease));
    port = &davy_served_describe(davy_lease_served(lease))->inputs[0];
    input.tensor = (davy_tensor){.type = DAVY_TYPE_F32, .rank = port->rank};
    memcpy(input.tensor.dims, port->dims, sizeof port->dims);
    davy_lease_release(lease);
    input.tensor.dims[0] = (int64_t) count;
    input.tensor.data = (void *) (uintptr_t) numbers;
    davy_infer_response_clear(response);
    return davy_host_infer(host, &request, response);
}

static void what_is_usual_is_not_doubted(void **state)
{
    davy_host *host = host_open(NULL);
    davy_infer_response response = {0};
    float numbers[10 * COLUMNS];

    (void) state;
    read_rows(numbers, 10);
    assert_ok(ask(host, numbers, 10, false, &response));
    assert_int_equal(response.doubt_count, 0);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

static void a_number_outside_of_training_is_answered_and_told(void **state)
{
    davy_host *host = host_open(NULL);
    davy_infer_response response = {0};
    float numbers[2 * COLUMNS];

    (void) state;
    read_rows(numbers, 2);
    numbers[COLUMNS + 1] = 1000; /* s1 of the second row */
    assert_ok(ask(host, numbers, 2, false, &response));
    assert_int_equal(response.doubt_count, 1);
    assert_int_equal(response.doubts[0].sample, 1);
    assert_false(response.doubts[0].abstain);
    assert_memory_equal(response.doubts[0].reason, "outside: s1 1000 above ", 23);
    assert_true(isfinite(davy_f32(&response.outputs[0].tensor)[1]));
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

/* The sample with a gap is not judged; the others are, with the bits they have without it. */
static void a_sample_with_a_gap_is_not_judged_and_its_company_is(void **state)
{
    davy_host *host = host_open(NULL);
    davy_infer_response response = {0};
    float numbers[3 * COLUMNS], right[3];

    (void) state;
    read_rows(numbers, 3);
    assert_ok(ask(host, numbers, 3, false, &response));
    memcpy(right, response.outputs[0].tensor.data, sizeof right);
    numbers[COLUMNS + 2] = NAN;
    assert_ok(ask(host, numbers, 3, false, &response));
    assert_int_equal(response.doubt_count, 1);
    assert_int_equal(response.doubts[0].sample, 1);
    assert_true(response.doubts[0].abstain);
    assert_string_equal(response.doubts[0].reason, "missing: s2");
    assert_memory_equal(&davy_f32(&response.outputs[0].tensor)[0], &right[0], sizeof(float));
    assert_true(isnan(davy_f32(&response.outputs[0].tensor)[1]));
    assert_memory_equal(&davy_f32(&response.outputs[0].tensor)[2], &right[2], sizeof(float));
    numbers[COLUMNS + 2] = INFINITY;
    assert_ok(ask(host, numbers, 3, false, &response));
    assert_string_equal(response.doubts[0].reason, "not finite: s2");
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

/* A plane's shares and its base are its answer, exactly; the largest three are told. */
static void an_answer_comes_with_its_reasons(void **state)
{
    davy_host *host = host_open(NULL);
    davy_infer_response response = {0};
    float numbers[2 * COLUMNS];

    (void) state;
    read_rows(numbers, 2);
    assert_ok(ask(host, numbers, 2, true, &response));
    assert_int_equal(response.attribution_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const davy_attribution *why = &response.attributions[i];

        assert_string_equal(why->method, "sums");
        assert_true(why->exact);
        assert_int_equal(why->count, 3);
        assert_true(fabs(why->shares[0]) >= fabs(why->shares[1]));
        assert_true(fabs(why->shares[1]) >= fabs(why->shares[2]));
        assert_near(why->score, (double) davy_f32(&response.outputs[0].tensor)[i], 1e-3);
        assert_near(why->residual, 0, 1e-9);
    }
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

/* A window that the rule looks at: 16 steps of two signals, which moved in training. */
#define STEPS 16

static const davy_signal_range ranges[2] = {{0, 10, 1, 9}, {0, 10, 1, 9}};

static davy_predictor_info window_info(void)
{
    return (davy_predictor_info){.form = {.kind = DAVY_FORM_WINDOW, .steps = STEPS, .channels = 2},
                                 .ranges = ranges};
}

static void a_window_stands_is_clipped_or_moves(void **state)
{
    const davy_predictor_info info = window_info();
    float numbers[STEPS * 2];
    double level;

    (void) state;
    for (size_t t = 0; t < STEPS; t++) {
        numbers[2 * t] = 5;
        numbers[2 * t + 1] = t < 7 ? (float) t : 10;
    }
    assert_int_equal(davy_window_look_at(&info, numbers, 0, &level), DAVY_WINDOW_STANDS);
    assert_near(level, 5, 0);
    assert_int_equal(davy_window_look_at(&info, numbers, 1, &level), DAVY_WINDOW_CLIPPED);
    assert_near(level, 10, 0);
    numbers[2 * 12 + 1] = 9.5F; /* five and three steps at the end: no eight in a row */
    assert_int_equal(davy_window_look_at(&info, numbers, 1, &level), DAVY_WINDOW_MOVES);
    for (size_t t = 0; t < STEPS; t++) /* long at a number in the middle */
        numbers[2 * t + 1] = t < 4 ? (float) t : 6;
    assert_int_equal(davy_window_look_at(&info, numbers, 1, &level), DAVY_WINDOW_MOVES);
}

/* What training had too is usual: a valve that stood open there may stand open now. */
static void what_training_did_too_is_usual(void **state)
{
    const davy_predictor_info info = window_info();
    davy_background background = {.count = 20, .values = STEPS * 2};
    float *numbers = calloc(20 * STEPS * 2, sizeof *numbers);
    davy_arena arena = {0};
    davy_habits habits;

    (void) state;
    assert_non_null(numbers);
    for (size_t i = 0; i < 20; i++)
        for (size_t t = 0; t < STEPS; t++) {
            numbers[(i * STEPS + t) * 2] = i == 7 ? 3 : (float) (t % 5);
            numbers[(i * STEPS + t) * 2 + 1] = (float) (t % 7);
        }
    background.numbers = numbers;
    assert_ok(davy_habits_learn(&info, &background, &arena, &habits));
    assert_true(habits.sees && habits.known && habits.moves[0] && habits.moves[1]);
    assert_true(habits.stands[0]);
    assert_false(habits.stands[1]);
    assert_false(habits.clipped[0] || habits.clipped[1]);
    background.count = 3;
    assert_ok(davy_habits_learn(&info, &background, &arena, &habits));
    assert_false(habits.known);
    davy_arena_clear(&arena);
    free(numbers);
}

/* A forecast sees the signals and what it forecasts. A window in which none of them moves is no
 * window: the model does not judge it, and says why. */
#define CHANNELS (PLANT_SIGNALS + 1)

static void a_window_in_which_nothing_moves_is_not_judged(void **state)
{
    static const char *const settings[] = {"window=16", "horizon=1"};
    davy_table series = plant_make(600, 11);
    const davy_train_options options = {.name = "ahead",
                                        .kind = "linear",
                                        .task = "forecast",
                                        .registry = folder,
                                        .label = "s0",
                                        .settings = settings,
                                        .setting_count = 2,
                                        .seed = 1};
    davy_train_report report = {0};
    davy_infer_response response = {0};
    davy_named_tensor input = {"sample",
                               {.type = DAVY_TYPE_F32, .rank = 3, .dims = {2, STEPS, CHANNELS}}};
    const davy_infer_request request = {
        .model = "ahead", .version = "", .inputs = &input, .input_count = 1};
    float numbers[2][STEPS][CHANNELS];
    size_t stuck = 0;
    davy_host *host;

    (void) state;
    series.labels = calloc(series.rows, sizeof *series.labels);
    assert_non_null(series.labels);
    memcpy(series.labels, series.values, series.rows * sizeof *series.labels);
    assert_ok(davy_train(&series, &options, &report));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t k = 0; k < CHANNELS; k++) { /* the label is s0 again */
            const double *values = series.values + k % PLANT_SIGNALS * series.rows;

            numbers[0][t][k] = (float) values[100 + t];
            numbers[1][t][k] = (float) values[100];
        }
    host = host_open(NULL);
    input.tensor.data = numbers;
    assert_ok(davy_host_infer(host, &request, &response));
    assert_true(isfinite(davy_f32(&response.outputs[0].tensor)[0]));
    assert_true(isnan(davy_f32(&response.outputs[0].tensor)[1]));
    for (size_t i = 0; i < response.doubt_count; i++) /* beside what is outside of training */
        if (strstr(response.doubts[i].reason, "stuck: ")) {
            assert_int_equal(response.doubts[i].sample, 1);
            assert_true(response.doubts[i].abstain);
            stuck++;
        }
    assert_int_equal(stuck, CHANNELS);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
    davy_table_clear(&series);
}

/* One signal stands beside others that live: s0 carries the forecast of s0, s1 hardly does. */
static void a_window_is_not_judged_when_what_its_answer_hangs_on_stands(void **state)
{
    static const char *const settings[] = {"window=16", "horizon=1"};
    davy_table series = plant_table(600, 3); /* s0 is smooth, s1 is noise, s2 is noise */
    const davy_train_options options = {.name = "ahead",
                                        .kind = "linear",
                                        .task = "forecast",
                                        .registry = folder,
                                        .label = "s0",
                                        .settings = settings,
                                        .setting_count = 2,
                                        .seed = 1};
    davy_train_report report = {0};
    davy_infer_response response = {0};
    davy_named_tensor input = {"sample", {.type = DAVY_TYPE_F32, .rank = 3, .dims = {2, STEPS, 4}}};
    const davy_infer_request request = {
        .model = "ahead", .version = "", .inputs = &input, .input_count = 1};
    float numbers[2][STEPS][4];
    uint64_t random = 5;
    davy_host *host;

    (void) state;
    for (size_t t = 0; t < 600; t++) {
        series.values[t] = 50 + 10 * sin((double) t / 9) + 0.01 * plant_normal(&random);
        series.values[600 + t] = plant_normal(&random);
        series.values[1200 + t] = plant_normal(&random);
    }
    series.labels = calloc(series.rows, sizeof *series.labels);
    assert_non_null(series.labels);
    memcpy(series.labels, series.values, series.rows * sizeof *series.labels);
    assert_ok(davy_train(&series, &options, &report));
    for (size_t t = 0; t < STEPS; t++)
        for (size_t k = 0; k < 4; k++) { /* the label is s0 again */
            const double *values = series.values + k % 3 * series.rows;

            numbers[0][t][k] = (float) values[100 + (k == 1 ? 0 : t)];
            numbers[1][t][k] = (float) values[100 + (k % 3 == 0 ? 0 : t)];
        }
    host = host_open(NULL);
    input.tensor.data = numbers;
    assert_ok(davy_host_infer(host, &request, &response));
    assert_true(isfinite(davy_f32(&response.outputs[0].tensor)[0]));
    assert_true(isnan(davy_f32(&response.outputs[0].tensor)[1]));
    assert_int_equal(response.doubt_count, 3);
    assert_non_null(strstr(response.doubts[0].reason, "stuck: s1 at "));
    assert_false(response.doubts[0].abstain);
    assert_int_equal(response.doubts[1].sample, 1);
    assert_non_null(strstr(response.doubts[1].reason, "stuck: s0 at "));
    assert_true(response.doubts[1].abstain || response.doubts[2].abstain);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
    davy_table_clear(&series);
}

/* A watcher over the plant's six signals, asked for rows that it learnt from and what we make of
 * them. */
#define ROWS 100

static void train_watcher(const char *kind, davy_table *history)
{
    static const char *const settings[] = {"hold=2", "epochs=2"};
    const davy_train_options options = {.name = "watch",
                                        .kind = kind,
                                        .task = "anomaly",
                                        .registry = folder,
                                        .budget_per_day = 100,
                                        .settings = settings,
                                        .setting_count = strcmp(kind, "pca") == 0 ? 1 : 2,
                                        .seed = 1};
    davy_train_report report = {0};

    *history = plant_make(1500, 7);
    assert_ok(davy_train(history, &options, &report));
}

static void ask_watcher(davy_host *host, double (*rows)[PLANT_SIGNALS],
                        davy_infer_response *response)
{
    const davy_named_tensor input = {
        "rows", {.type = DAVY_TYPE_F64, .rank = 2, .dims = {ROWS, PLANT_SIGNALS}, .data = rows}};
    const davy_infer_request request = {
        .model = "watch", .version = "", .inputs = &input, .input_count = 1};

    davy_infer_response_clear(response);
    assert_ok(davy_host_infer(host, &request, response));
}

static const char *verdict_at(const davy_infer_response *response, size_t row)
{
    return ((const davy_bytes *) response->outputs[1].tensor.data)[row].at;
}

/* The last doubt of a kind. */
static const davy_doubt *find_doubt(const davy_infer_response *response, const char *reason)
{
    const davy_doubt *found = NULL;

    for (size_t i = 0; i < response->doubt_count; i++)
        if (strncmp(response->doubts[i].reason, reason, strlen(reason)) == 0)
            found = &response->doubts[i];
    return found;
}

static void fill_rows(const davy_table *history, double (*rows)[PLANT_SIGNALS])
{
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < PLANT_SIGNALS; k++)
            rows[i][k] = history->values[k * history->rows + 300 + i];
}

static void check_watcher(const char *kind)
{
    static double rows[ROWS][PLANT_SIGNALS];
    davy_infer_response response = {0};
    davy_table history;
    const davy_doubt *doubt;
    davy_host *host;

    train_watcher(kind, &history);
    host = host_open(NULL);
    fill_rows(&history, rows);
    ask_watcher(host, rows, &response);
    assert_string_equal(verdict_at(&response, ROWS - 1), "normal");
    assert_null(find_doubt(&response, "stuck"));
    assert_null(find_doubt(&response, "gaps"));
    assert_null(find_doubt(&response, "outside"));

    for (size_t i = 0; i < ROWS; i++) /* a plant that stands still at its means */
        for (size_t k = 0; k < PLANT_SIGNALS; k++)
            rows[i][k] = 100.0 + 10.0 * (double) k;
    ask_watcher(host, rows, &response);
    assert_string_equal(verdict_at(&response, ROWS - 1), "abstain");
    assert_true(isnan(((const double *) response.outputs[0].tensor.data)[ROWS - 1]));
    doubt = find_doubt(&response, "stuck: s0 at ");
    assert_non_null(doubt);
    assert_int_equal(doubt->sample, ROWS - 1);

    fill_rows(&history, rows);
    for (size_t i = 1; i < ROWS; i += 2)
        rows[i][2] = NAN;
    ask_watcher(host, rows, &response);
    assert_string_equal(verdict_at(&response, ROWS - 1), "abstain");
    doubt = find_doubt(&response, "gaps: s2 is missing in 32 of 64 rows");
    assert_non_null(doubt);
    assert_true(doubt->abstain);

    fill_rows(&history, rows);
    rows[50][1] = 1e6; /* an alarm is not taken back, and told why it may be another one */
    ask_watcher(host, rows, &response);
    assert_string_equal(verdict_at(&response, 50), "alarm");
    doubt = find_doubt(&response, "outside: s1 1e+06 above ");
    assert_non_null(doubt);
    assert_false(doubt->abstain);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
    davy_table_clear(&history);
}

static void a_watcher_tells_what_its_verdict_is_worth(void **state)
{
    (void) state;
    check_watcher("pca");
}

static void a_network_that_watches_tells_so_too(void **state)
{
    (void) state;
    check_watcher("autoencoder");
}

#define SIDE 32

/* Noise, and a bright square on the left or on the right. */
static void draw(uint64_t *random, bool right, davy_image *out)
{
    assert_ok(davy_image_init(out, SIDE, SIDE));
    for (size_t i = 0; i < (size_t) SIDE * SIDE * 3; i++)
        out->pixels[i] = (uint8_t) (100 * plant_uniform(random));
    for (size_t y = 8; y < 24; y++)
        for (size_t x = 0; x < 12; x++)
            for (size_t c = 0; c < 3; c++)
                out->pixels[(y * SIDE + x + (right ? 18 : 2)) * 3 + c] = 250;
}

static void train_on_pictures(void)
{
    static const char *const settings[] = {"size=32", "epochs=2"};
    const davy_train_options options = {.name = "side",
                                        .kind = "cnn",
                                        .task = "classify",
                                        .registry = folder,
                                        .settings = settings,
                                        .setting_count = 2,
                                        .seed = 1};
    davy_train_report report = {0};
    char pictures[64];
    uint64_t random = 1;

    plant_folder(pictures);
    for (size_t i = 0; i < 60; i++) {
        davy_image image = {0};
        davy_buffer png = {0};
        char path[128];

        draw(&random, i % 2 == 1, &image);
        assert_ok(davy_image_append_png(&image, &png));
        (void) snprintf(path, sizeof path, "%s/%s/%zu.png", pictures, i % 2 == 1 ? "right" : "left",
                        i);
        folder_write(path, png.bytes, png.length);
        davy_buffer_clear(&png);
        davy_image_clear(&image);
    }
    assert_ok(davy_train_pictures(pictures, NULL, &options, &report));
    plant_remove(pictures);
}

/* Where the network looked lies over what it was asked: a PNG of the same size, and not the same.
 */
static void a_picture_comes_with_a_picture_of_its_reasons(void **state)
{
    davy_host *host;
    davy_infer_response response = {0};
    davy_image asked = {0}, told = {0};
    float pixels[SIDE * SIDE * 3];
    const davy_named_tensor input = {
        "sample", {.type = DAVY_TYPE_F32, .rank = 4, .dims = {1, SIDE, SIDE, 3}, .data = pixels}};
    const davy_infer_request request = {
        .model = "side", .version = "", .inputs = &input, .input_count = 1, .explain = true};
    uint64_t random = 99;

    (void) state;
    train_on_pictures();
    draw(&random, true, &asked);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(pixels); i++)
        pixels[i] = (float) asked.pixels[i];
    host = host_open(NULL);
    assert_ok(davy_host_infer(host, &request, &response));
    assert_int_equal(response.attribution_count, 1);
    assert_string_equal(response.attributions[0].method, "gradients");
    assert_int_equal(response.attributions[0].count, 3); /* red, green, blue */
    assert_true(response.attributions[0].picture.length > 0);
    assert_ok(davy_image_decode(response.attributions[0].picture.at,
                                response.attributions[0].picture.length, NULL, &told, NULL));
    assert_int_equal(told.width, SIDE);
    assert_int_equal(told.height, SIDE);
    assert_memory_not_equal(told.pixels, asked.pixels, sizeof pixels / sizeof *pixels);
    davy_image_clear(&told);
    davy_image_clear(&asked);
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

static void a_graph_of_anybody_has_no_reasons(void **state)
{
    davy_host *host;
    davy_infer_response response = {0};
    davy_named_tensor input = {"x", {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 2}}};
    float numbers[2] = {1, 2};
    const davy_infer_request request = {
        .model = "scale", .version = "", .inputs = &input, .input_count = 1, .explain = true};

    (void) state;
    folder_put("scale", 1, 2);
    host = host_open(NULL);
    input.tensor.data = numbers;
    assert_fails(davy_host_infer(host, &request, &response), DAVY_ERR_UNSUPPORTED,
                 "model 'scale' has no explanation: it is served as onnx");
    davy_infer_response_clear(&response);
    davy_host_destroy(host);
}

#define WITH_PLANT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLANT(what_is_usual_is_not_doubted),
        WITH_PLANT(a_number_outside_of_training_is_answered_and_told),
        WITH_PLANT(a_sample_with_a_gap_is_not_judged_and_its_company_is),
        WITH_PLANT(an_answer_comes_with_its_reasons),
        cmocka_unit_test(a_window_stands_is_clipped_or_moves),
        cmocka_unit_test(what_training_did_too_is_usual),
        cmocka_unit_test_setup_teardown(a_window_in_which_nothing_moves_is_not_judged,
                                        folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(a_window_is_not_judged_when_what_its_answer_hangs_on_stands,
                                        folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(a_watcher_tells_what_its_verdict_is_worth, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(a_network_that_watches_tells_so_too, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(a_picture_comes_with_a_picture_of_its_reasons,
                                        folder_set_up, folder_tear_down),
        WITH_PLANT(a_graph_of_anybody_has_no_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
