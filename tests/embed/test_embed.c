/* SPDX-License-Identifier: Apache-2.0 */
#include "models.h"
#include "words.h"

#include <math.h>

#define TESTDATA "/usr/share/libonnx-testdata/data/node/"

#define ROWS 60

/* What the program answers to the first rows of watch.csv: time,score,limit,verdict. */
static void ask_the_program(double scores[ROWS], char verdicts[ROWS][16])
{
    char path[256], line[256];
    FILE *file;

    call_davy("infer pump --csv watch.csv --models models --out answers.csv");
    file = fopen(in_folder("answers.csv", path), "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (int i = 0; i < ROWS; i++) {
        assert_non_null(fgets(line, sizeof line, file));
        line[strcspn(line, "\r\n")] = '\0';
        scores[i] = strtod(strchr(line, ',') + 1, NULL);
        (void) snprintf(verdicts[i], 16, "%s", strrchr(line, ',') + 1);
    }
    assert_int_equal(fclose(file), 0);
}

static void a_model_that_watches_scores_as_the_program_does(void **state)
{
    davy *model = open_model("models/pump@champion");
    davy_session *session = open_session(model, 1);
    double scores[ROWS], rows[2 * ROWS];
    char verdicts[ROWS][16];

    (void) state;
    ask_the_program(scores, verdicts);
    for (int i = 0; i < ROWS; i++) {
        rows[2 * i] = i * 7919 % 101;
        rows[2 * i + 1] = i * 104729 % 53 + i * 7919 % 101;
    }
    assert_done(davy_run(session, (davy_array[]){rows_of(rows, ROWS)}, 1));
    for (int i = 0; i < ROWS; i++) {
        const davy_text verdict = ((const davy_text *) davy_output(session, 1)->data)[i];

        assert_int_equal(verdict.length, strlen(verdicts[i]));
        assert_memory_equal(verdict.at, verdicts[i], verdict.length);
        if (i == 0 || i == ROWS - 1)
            assert_int_equal(strcmp(verdicts[i], "abstain") == 0, i == 0);
        if (strcmp(verdicts[i], "abstain") != 0)
            assert_float_equal(doubles(session, 0)[i], scores[i], 1e-5 * (1 + scores[i]));
    }
    davy_session_close(session);
    davy_close(model);
}

static void a_stream_may_be_given_row_by_row_and_begun_anew(void **state)
{
    static const double rows[] = {10, 20, 50, 80, 3, 30, 99, 7, 40, 60, 41, 61, 20, 50};
    davy *model = open_model("models/pump");
    davy_session *session = open_session(model, 1);
    double whole[7];

    (void) state;
    assert_done(davy_run(session, (davy_array[]){rows_of(rows, 7)}, 1));
    assert_done(davy_output_copy(session, 0, whole, sizeof whole));
    for (int round = 0; round < 2; round++) {
        assert_done(davy_session_reset(session));
        for (int i = 0; i < 7; i++) {
            assert_done(davy_run(session, (davy_array[]){rows_of(rows + 2 * i, 1)}, 1));
            assert_memory_equal(doubles(session, 0), &whole[i], sizeof whole[i]);
        }
    }
    davy_session_close(session);
    davy_close(model);
}

static void a_model_says_what_it_is(void **state)
{
    davy *watcher = open_model("models/pump"), *predictor = open_model("models/kind/1");
    const davy_about *about = davy_describe(watcher);

    (void) state;
    assert_string_equal(about->name, "pump");
    assert_int_equal(about->version, 1);
    assert_string_equal(about->kind, "pca");
    assert_string_equal(about->task, "anomaly");
    assert_int_equal(about->period_ns, 1000000000);
    assert_int_equal(about->signal_count, 2);
    assert_string_equal(about->signals[1], "b");
    assert_int_equal(about->inputs[0].type, DAVY_FP64);
    assert_int_equal(about->inputs[0].shape[0], -1);
    assert_int_equal(about->inputs[0].shape[1], 2);
    assert_int_equal(about->output_count, 3);
    assert_int_equal(strlen(about->file_hash), 64);
    assert_int_equal(strlen(about->signer), 64);
    about = davy_describe(predictor);
    assert_string_equal(about->task, "classify");
    assert_int_equal(about->class_count, 2);
    assert_string_equal(about->classes[1], "hot");
    assert_null(davy_describe(NULL));
    davy_close(watcher);
    davy_close(predictor);
}

static void shares_and_what_is_left_add_up_to_the_score(void **state)
{
    static const float rows[] = {90, 100, 5, 30};
    davy *model = open_model("models/kind@1");
    davy_session *session = open_session(model, 1);
    const davy_reasons *why = NULL;

    (void) state;
    assert_refused(davy_explain(session, 0, 0, &why), DAVY_ERR_INVALID, "had 0 samples");
    assert_done(davy_run(session, (davy_array[]){samples_of(rows, 2)}, 1));
    for (size_t sample = 0; sample < 2; sample++) {
        const float *row = floats(session, 0) + 2 * sample;
        double sum;

        assert_done(davy_explain(session, sample, 0, &why));
        assert_int_equal(why->count, 2);
        assert_string_equal(why->names[0], "a"); /* which the class was made of */
        assert_string_equal(why->answer, sample == 0 ? "hot" : "cold");
        assert_true(sample == 0 ? row[1] > 0.5F : row[0] > 0.5F);
        sum = why->base + why->shares[0] + why->shares[1] + why->residual;
        assert_float_equal(sum, why->score, 1e-6 * (1 + fabs(why->score)));
    }
    assert_done(davy_explain(session, 1, 1, &why));
    assert_int_equal(why->count, 1);
    assert_refused(davy_explain(session, 2, 0, &why), DAVY_ERR_INVALID, "had 2 samples");
    davy_session_close(session);
    davy_close(model);
}

/* ONNX, Sub: z = x - y. */
static void a_model_of_others_is_run_from_any_file(void **state)
{
    float x[60], y[60], z[60];
    davy_array inputs[2] = {
        {.name = "x", .type = DAVY_FP32, .rank = 3, .shape = {3, 4, 5}, .data = x, .bytes = 240},
        {.name = "y", .type = DAVY_FP32, .rank = 3, .shape = {3, 4, 5}, .data = y, .bytes = 240}};
    davy_session *session;
    davy *model;
    char path[256];

    (void) state;
    if (access(TESTDATA "test_sub/model.onnx", R_OK) != 0)
        davy_skip_test("libonnx-testdata is not installed");
    call_shell("cp " TESTDATA "test_sub/model.onnx minus.onnx");
    model = open_model("minus.onnx");
    assert_string_equal(davy_describe(model)->name, "minus.onnx");
    assert_string_equal(davy_describe(model)->kind, "onnx");
    assert_string_equal(davy_describe(model)->task, "");
    session = open_session(model, 2);
    for (int i = 0; i < 60; i++) {
        x[i] = (float) i;
        y[i] = 0.5F * (float) (i % 7);
    }
    assert_done(davy_run(session, inputs, 2));
    assert_int_equal(davy_output(session, 0)->rank, 3);
    assert_int_equal(davy_output(session, 0)->shape[2], 5);
    assert_refused(davy_output_copy(session, 0, z, 239), DAVY_ERR_FULL, "room for 239");
    assert_done(davy_output_copy(session, 0, z, sizeof z));
    for (int i = 0; i < 60; i++)
        assert_float_equal(z[i], x[i] - y[i], 0);
    assert_refused(davy_explain(session, 0, 0, &(const davy_reasons *){NULL}), DAVY_ERR_UNSUPPORTED,
                   "no explanation");
    inputs[0].name = "y";
    assert_refused(davy_run(session, inputs, 2), DAVY_ERR_INVALID, "input 0 is 'x'");
    davy_session_close(session);
    davy_close(model);
    call_shell("ln -s minus.onnx link.onnx");
    davy_close(open_model("link.onnx"));
    assert_refused(davy_open(in_folder("none.onnx", path), &model), DAVY_ERR_NOT_FOUND,
                   "none.onnx");
}

/* LabelEncoder of the model: "pump" is 4, "valve" is 5, and any other word -3. */
static void texts_are_counted_bytes(void **state)
{
    davy_text words[3] = {{"pump house", 4}, {"valve", 5}, {"valve", 3}};
    const davy_array input = {
        .type = DAVY_BYTES, .rank = 1, .shape = {3}, .data = words, .bytes = sizeof words};
    davy_session *session;
    davy *model;
    const int64_t *codes;
    char path[256];
    FILE *file = fopen(in_folder("words.onnx", path), "wb");

    (void) state;
    assert_non_null(file);
    assert_int_equal(fwrite(words_onnx, 1, sizeof words_onnx, file), sizeof words_onnx);
    assert_int_equal(fclose(file), 0);
    model = open_model("words.onnx");
    session = open_session(model, 1);
    assert_done(davy_run(session, &input, 1));
    assert_string_equal(davy_output(session, 0)->name, "code");
    assert_int_equal(davy_output(session, 0)->type, DAVY_INT64);
    codes = davy_output(session, 0)->data;
    assert_int_equal(codes[0], 4);
    assert_int_equal(codes[1], 5);
    assert_int_equal(codes[2], -3);
    words[1] = (davy_text){NULL, 3};
    assert_refused(davy_run(session, &input, 1), DAVY_ERR_INVALID, "text 1 is NULL");
    assert_null(davy_output(session, 0));
    words[1] = (davy_text){"a\0b", 3};
    assert_refused(davy_run(session, &input, 1), DAVY_ERR_INVALID, "zero byte");
    davy_session_close(session);
    davy_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_watches_scores_as_the_program_does),
        cmocka_unit_test(a_stream_may_be_given_row_by_row_and_begun_anew),
        cmocka_unit_test(a_model_says_what_it_is),
        cmocka_unit_test(shares_and_what_is_left_add_up_to_the_score),
        cmocka_unit_test(a_model_of_others_is_run_from_any_file),
        cmocka_unit_test(texts_are_counted_bytes),
    };

    return cmocka_run_group_tests(tests, make_models, remove_models);
}
