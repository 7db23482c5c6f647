/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Explanations from a model's folder: by hand, one method against another, and what is missing.
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "core/file.h"
#include "models/explain/explain_private.h"
#include "models/explain/importance.h"

#include <math.h>
#include <unistd.h>

static void train_on(const char *kind, const davy_table *table, const char *const *settings,
                     size_t count, davy_predictor **out, char folder[1100])
{
    const davy_train_options options = golden_options(registry, kind, table, settings, count);
    davy_train_report report;

    assert_ok(davy_train(table, &options, &report));
    (void) snprintf(folder, 1100, "%s", report.folder);
    assert_ok(davy_predictor_open(report.folder, out));
}

static void read_row(const davy_table *table, size_t row, float *sample)
{
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        sample[j] = (float) davy_table_at(table, row, j);
}

static double ask(const davy_predictor *predictor, const float *sample)
{
    davy_asker *asker = NULL;
    davy_answers answers;
    double value;

    assert_ok(davy_asker_create(predictor, NULL, &asker));
    assert_ok(davy_asker_ask(asker, sample, 1, &answers));
    value = (double) answers.values[0];
    davy_asker_destroy(asker);
    return value;
}

/* A line: the share of a number is its slope times its distance from the mean, here of all rows. */
static void a_line_shares_out_slope_times_distance(void **state)
{
    static const char *const settings[] = {"holdout=0", "background=1000"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_predictor *predictor = NULL;
    davy_explainer *explainer = NULL;
    davy_explanation explained;
    float sample[GOLDEN_COLUMNS], moved[GOLDEN_COLUMNS];
    char folder[1100];

    (void) state;
    train_on("linear", &table, settings, 2, &predictor, folder);
    read_row(&table, 3, sample);
    assert_ok(davy_explainer_create(predictor, NULL, &explainer));
    assert_string_equal(davy_explainer_describe(explainer).method, "sums");
    assert_true(davy_explainer_describe(explainer).exact);
    assert_ok(davy_explain_sample(explainer, sample, 0, &explained));
    assert_near(explained.score, ask(predictor, sample), 1e-4);
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++) {
        double mean = 0, slope;

        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            mean += davy_table_at(&table, i, j) / GOLDEN_ROWS;
        memcpy(moved, sample, sizeof moved);
        moved[j] += 8;
        slope = (ask(predictor, moved) - ask(predictor, sample)) / 8;
        assert_near(explained.shares[j], slope * ((double) sample[j] - mean), 1e-3);
        assert_near(explained.values[j], (double) sample[j], 0);
    }
    assert_near(explained.residual, 0, 1e-12);
    davy_explainer_destroy(explainer);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

static void compare(const davy_predictor *predictor, const char *one, const char *other,
                    const float *sample, size_t answer, double tolerance)
{
    davy_explainer *a = NULL, *b = NULL;
    davy_explanation first, second;

    assert_ok(davy_explainer_create(predictor, &(davy_explain_options){.method = one}, &a));
    assert_ok(davy_explainer_create(predictor, &(davy_explain_options){.method = other}, &b));
    assert_ok(davy_explain_sample(a, sample, answer, &first));
    assert_ok(davy_explain_sample(b, sample, answer, &second));
    assert_near(first.base, second.base, 1e-4 * (1 + fabs(first.base)));
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        if (fabs(first.shares[j] - second.shares[j]) > tolerance + 5 * second.error)
            fail_msg("number %zu: %s gives %g, %s gives %g +- %g", j, one, first.shares[j], other,
                     second.shares[j], second.error);
    assert_true(fabs(second.residual) < 1e-4 * (1 + fabs(second.score)));
    davy_explainer_destroy(a);
    davy_explainer_destroy(b);
}

/* Random orders know nothing of the graph. Against the same background they must come to what is
 * exact: to the float where numbers add by themselves, within their own error for trees. */
static void random_orders_agree_with_what_is_exact(void **state)
{
    static const char *const settings[] = {"holdout=0", "background=20"};
    davy_table numbers = golden_table(golden_x, golden_y, 0);
    davy_table classes = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_predictor *predictor = NULL;
    float sample[GOLDEN_COLUMNS];
    char folder[1100];

    (void) state;
    read_row(&numbers, 11, sample);
    train_on("linear", &numbers, settings, 2, &predictor, folder);
    compare(predictor, "sums", "permutation", sample, 0, 1e-4);
    davy_predictor_close(predictor);
    train_on("bayes", &classes, settings, 2, &predictor, folder);
    compare(predictor, "sums", "permutation", sample, 2, 1e-3);
    davy_predictor_close(predictor);
#ifdef DAVY_HAVE_XGBOOST
    train_on("boost", &numbers, settings, 2, &predictor, folder);
    compare(predictor, "background", "permutation", sample, 0, 1e-4);
    davy_predictor_close(predictor);
    train_on("boost", &classes, settings, 2, &predictor, folder);
    compare(predictor, "background", "permutation", sample, 2, 1e-4);
    davy_predictor_close(predictor);
#endif
    davy_table_clear(&numbers);
    davy_table_clear(&classes);
}

static void who_is_asked_for_a_method_that_does_not_fit_says_so(void **state)
{
    static const char *const settings[] = {"holdout=0", "background=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_predictor *predictor = NULL;
    davy_explainer *explainer = NULL;
    davy_explain_options options = {.method = "paths"};
    char folder[1100], path[1200];

    (void) state;
    train_on("knn", &table, settings, 2, &predictor, folder);
    (void) snprintf(path, sizeof path, "%s/%s", folder, DAVY_BACKGROUND_FILE);
    assert_int_equal(access(path, F_OK), -1);
    assert_fails(davy_explainer_create(predictor, &options, &explainer), DAVY_ERR_UNSUPPORTED,
                 "is no trees");
    options.method = "gradients";
    assert_fails(davy_explainer_create(predictor, &options, &explainer), DAVY_ERR_UNSUPPORTED,
                 "no network");
    options.method = "guess";
    assert_fails(davy_explainer_create(predictor, &options, &explainer), DAVY_ERR_INVALID,
                 "'guess' is no way to explain: auto, paths");
    assert_fails(davy_explainer_create(predictor, NULL, &explainer), DAVY_ERR_UNSUPPORTED,
                 "background=0");
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

/* Without samples the usual row is that of the means. */
static void sums_do_without_a_background(void **state)
{
    static const char *const settings[] = {"holdout=0", "background=0"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_predictor *predictor = NULL;
    davy_explainer *explainer = NULL;
    davy_explanation explained;
    float sample[GOLDEN_COLUMNS];
    double mean = 0;
    char folder[1100];

    (void) state;
    train_on("linear", &table, settings, 2, &predictor, folder);
    assert_ok(davy_explainer_create(predictor, NULL, &explainer));
    read_row(&table, 3, sample);
    assert_ok(davy_explain_sample(explainer, sample, 0, &explained));
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        mean += golden_y[i] / GOLDEN_ROWS;
    assert_near(explained.base, mean, 1e-4); /* a ridge goes through the means */
    davy_explainer_destroy(explainer);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

/* ---------------------------------------------------------------------------------- background */

static void samples_are_kept_and_the_nearest_found(void **state)
{
    static const char *const settings[] = {"holdout=0.5", "background=12"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_predictor *predictor = NULL;
    const davy_background *kept;
    davy_neighbour near[3];
    float sample[GOLDEN_COLUMNS];
    char folder[1100];

    (void) state;
    train_on("bayes", &table, settings, 2, &predictor, folder);
    kept = &predictor->background;
    assert_int_equal(kept->count, 12);
    for (size_t i = 0; i < kept->count; i++) {
        read_row(&table, kept->rows[i].place, sample);
        assert_memory_equal(kept->numbers + i * GOLDEN_COLUMNS, sample, sizeof sample);
        assert_near(kept->rows[i].target, golden_classes[kept->rows[i].place], 0);
        assert_true(i == 0 || kept->rows[i].place > kept->rows[i - 1].place);
        assert_int_equal(davy_background_nearest(kept, sample, 3, near), 3);
        assert_int_equal(near[0].row, i);
        assert_near(near[0].distance, 0, 0);
        assert_true(near[0].distance <= near[1].distance && near[1].distance <= near[2].distance);
    }
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

/* Two samples at 0 and 2 of the first number, deviation 1; the second is always the same. */
static void distances_are_in_deviations(void **state)
{
    static const float numbers[] = {0, 5, 2, 5};
    const davy_background background = {.count = 2, .values = 2, .numbers = numbers};
    davy_neighbour near[4];

    (void) state;
    assert_int_equal(davy_background_nearest(&background, (const float[]){5, 100}, 4, near), 2);
    assert_int_equal(near[0].row, 1);
    assert_near(near[0].distance, 3, 1e-12);
    assert_near(near[1].distance, 5, 1e-12);
}

static void damaged_samples_are_told(void **state)
{
    static const char *const settings[] = {"holdout=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_predictor *predictor = NULL;
    char folder[1100], path[1200];

    (void) state;
    train_on("bayes", &table, settings, 1, &predictor, folder);
    davy_predictor_close(predictor);
    (void) snprintf(path, sizeof path, "%s/%s", folder, DAVY_BACKGROUND_FILE);
    assert_ok(davy_file_replace(path, "no floats", 9, 0644));
    assert_fails(davy_predictor_open(folder, &predictor), DAVY_ERR_CORRUPT,
                 "background.f32 is not the file");
    assert_int_equal(unlink(path), 0);
    assert_fails(davy_predictor_open(folder, &predictor), DAVY_ERR_NOT_FOUND, "background.f32");
    davy_table_clear(&table);
}

static void the_largest_shares_come_first(void **state)
{
    static const double shares[] = {1, -5, 2, -2, 0};
    size_t largest[3];

    (void) state;
    assert_int_equal(davy_explain_largest(shares, 5, 3, largest), 3);
    assert_int_equal(largest[0], 1);
    assert_int_equal(largest[1], 2);
    assert_int_equal(largest[2], 3);
    assert_int_equal(davy_explain_largest(shares, 1, 3, largest), 1);
}

/* ---------------------------------------------------------------------------------- importance */

/* y = 3 x0 alone: a permuted x0 is off by 3 (x - x'), whose root mean square is 3 sqrt(2)
 * deviations but for the draw; the others say nothing; and held at a value y goes by 3. */
static void importance_is_of_what_the_answer_hangs_on(void **state)
{
    static const char *const settings[] = {"holdout=0", "l2=1e-6"};
    double y[GOLDEN_ROWS], mean = 0, squares = 0;
    davy_table table;
    davy_predictor *predictor = NULL;
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};
    davy_importance found;
    const davy_dependence *curve;
    char folder[1100];

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        y[i] = 3 * golden_x[i * GOLDEN_COLUMNS];
        mean += y[i] / GOLDEN_ROWS;
    }
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        squares += (y[i] - mean) * (y[i] - mean) / GOLDEN_ROWS;
    table = golden_table(golden_x, y, 0);
    train_on("linear", &table, settings, 2, &predictor, folder);
    assert_ok(davy_predictor_cut(predictor, &table, &samples));
    assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
    assert_ok(davy_importance_find(
        &(davy_importance_of){
            .predictor = predictor, .samples = &samples, .answers = &answers, .seed = 1},
        &found));
    assert_int_equal(found.explained, GOLDEN_ROWS);
    assert_int_equal(found.asked, GOLDEN_ROWS);
    assert_near(found.loss, 0, 1e-3);
    assert_near(found.lost[0], sqrt(2 * squares), 0.3 * sqrt(2 * squares));
    for (size_t s = 1; s < GOLDEN_COLUMNS; s++) {
        assert_true(found.lost[s] < 0.01 * found.lost[0]);
        assert_true(found.sizes[s] < 0.01 * found.sizes[0]);
    }
    curve = &found.curves[0];
    assert_int_equal(curve->signal, 0);
    for (size_t p = 1; p < curve->count; p++) {
        assert_near((curve->mean[p] - curve->mean[0]) / (curve->x[p] - curve->x[0]), 3, 1e-2);
        assert_true(curve->low[p] <= curve->mean[p] + 1e-3 &&
                    curve->mean[p] <= curve->high[p] + 1e-3);
    }
    davy_importance_clear(&found);
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

/* The page of a training says what was found, in both languages, and escapes names. */
static void the_page_tells_what_answers_hang_on(void **state)
{
    static const char *const settings[] = {"holdout=0.4"};
    static const char *const said[] = {"What the answers hang on",    "回答取决于什么",
                                       "What the model would miss",   "How the answer goes",
                                       "Nearest of the kept samples", "&lt;hot&gt;"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_predictor *predictor = NULL;
    davy_buffer page = {0};
    char folder[1100], path[1200];

    (void) state;
    free(table.names[1]);
    table.names[1] = strdup("<hot>");
    train_on("linear", &table, settings, 1, &predictor, folder);
    (void) snprintf(path, sizeof path, "%s/report.html", folder);
    assert_ok(davy_file_read(path, 1 << 22, &page));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(said); i++)
        if (!strstr(page.bytes, said[i]))
            fail_msg("the page does not say '%s'", said[i]);
    assert_null(strstr(page.bytes, "<hot>"));
    davy_buffer_clear(&page);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_shares_out_slope_times_distance),
        cmocka_unit_test(random_orders_agree_with_what_is_exact),
        cmocka_unit_test(who_is_asked_for_a_method_that_does_not_fit_says_so),
        cmocka_unit_test(sums_do_without_a_background),
        cmocka_unit_test(samples_are_kept_and_the_nearest_found),
        cmocka_unit_test(distances_are_in_deviations),
        cmocka_unit_test(damaged_samples_are_told),
        cmocka_unit_test(the_largest_shares_come_first),
        cmocka_unit_test(importance_is_of_what_the_answer_hangs_on),
        cmocka_unit_test(the_page_tells_what_answers_hang_on),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
