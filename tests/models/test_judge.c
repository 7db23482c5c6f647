/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Models judged beside their baselines: what must hold whatever the model is.
 */
#include "scratch_registry.h"

#include "data/metrics_forecast.h"
#include "models/judge/baseline_train.h"
#include "models/judge/judge.h"
#include "models/pages/report_answers.h"
#include "models/pages/report_evaluation.h"
#include "models/predictor_kind.h"

#define RUNS     6
#define RUN_ROWS 400

static void name_runs(davy_table *table, size_t count)
{
    for (size_t i = 0; i < table->run_count; i++)
        free(table->run_names[i]);
    free((void *) table->run_names);
    table->run_count = count;
    table->run_names = calloc(count, sizeof *table->run_names);
    assert_non_null(table->run_names);
    for (size_t i = 0; i < count; i++) {
        char name[32];

        (void) snprintf(name, sizeof name, "run %zu", i);
        table->run_names[i] = strdup(name);
    }
}

static void set_runs(davy_table *table, size_t rows_each)
{
    for (size_t row = 0; row < table->rows; row++)
        table->runs[row] = (uint32_t) (row / rows_each);
    name_runs(table, (table->rows + rows_each - 1) / rows_each);
}

/* Runs with a fault each, of forty rows, at another place: the first signal is 30 too high. */
static davy_table make_faults(uint64_t seed)
{
    davy_table table = plant_make((size_t) RUNS * RUN_ROWS, seed);

    set_runs(&table, RUN_ROWS);
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t run = 0; run < RUNS; run++)
        for (size_t t = 0; t < 40; t++) {
            const size_t row = run * RUN_ROWS + 60 + 50 * run + t;

            table.labels[row] = 1;
            table.values[row] += 30;
        }
    return table;
}

static davy_model *train_watcher(void)
{
    davy_table history = plant_make(8000, 1);
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 24, &report);

    davy_table_clear(&history);
    return model;
}

static davy_watch_judgement *judge_watcher(const davy_model *model, const davy_table *table,
                                           const davy_judge_options *options)
{
    davy_watch_judgement *judged = NULL;
    davy_run run = {0};

    assert_ok(davy_model_run(model, table, false, &run));
    assert_ok(davy_judge_watch(model, table, &run, options, &judged));
    davy_run_clear(&run);
    return judged;
}

static const davy_method *find(const davy_comparison *c, const char *key)
{
    for (size_t m = 0; m < c->count; m++)
        if (strcmp(c->methods[m].key, key) == 0)
            return &c->methods[m];
    fail_msg("no method '%s'", key);
    return NULL;
}

static size_t figure(const davy_comparison *c, const char *key)
{
    for (size_t k = 0; k < c->kind_count; k++)
        if (strcmp(c->kinds[k].key, key) == 0)
            return k;
    fail_msg("no figure '%s'", key);
    return 0;
}

static double value_of(const davy_comparison *c, const char *method, const char *key)
{
    return find(c, method)->figures[figure(c, key)].value;
}

static void a_watcher_is_judged_beside_every_baseline(void **state)
{
    static const char *const keys[] = {"model",      "random", "always", "clock",
                                       "last_value", "pca",    "boost"};
    const davy_judge_options options = {.seed = 3};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();
    davy_watch_judgement *judged = judge_watcher(model, &table, &options);
    const davy_comparison *c = &judged->comparison;
    const double share =
        (double) judged->found.faulty / (double) (judged->found.rows - judged->found.abstained);

    (void) state;
    assert_int_equal(c->count, DAVY_ARRAY_LENGTH(keys));
    for (size_t m = 0; m < c->count; m++) {
        assert_string_equal(c->methods[m].key, keys[m]);
        assert_true(c->methods[m].measured || c->methods[m].why[0]); /* a gap says why */
    }
    if (davy_predictor_kind_find("boost"))
        assert_true(value_of(c, "boost", "vus_pr") > 0.8);
    assert_near(value_of(c, "always", "auc_roc"), 0.5, 1e-12);
    assert_near(value_of(c, "always", "auc_pr"), share, 1e-12);
    assert_near(value_of(c, "random", "auc_roc"), 0.5, 0.1);
    assert_true(value_of(c, "model", "vus_pr") > 0.9);
    assert_true(value_of(c, "pca", "vus_pr") > 0.9);
    assert_true(find(c, "random")->ahead.low > 0.5);
    assert_near(find(c, "random")->ahead.value,
                value_of(c, "model", "vus_pr") - value_of(c, "random", "vus_pr"), 1e-5);
    assert_int_equal(judged->protocol.group_count, RUNS);
    assert_int_equal(judged->protocol.fold_count, DAVY_FOLDS_MAX);
    for (size_t k = 0; k < c->kind_count; k++) {
        const davy_estimate *e = &c->methods[0].figures[k];

        assert_true(e->low <= e->value + 1e-6 && e->value <= e->high + 1e-6);
    }
    free(judged);
    davy_model_close(model);
    davy_table_clear(&table);
}

/* The definition of a budget: what is chosen with hindsight keeps it, for every method. */
static void budgets_are_kept_with_hindsight_and_an_endless_alarm_finds_nothing(void **state)
{
    const davy_judge_options options = {.seed = 3, .draws = 50};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();
    davy_watch_judgement *judged = judge_watcher(model, &table, &options);

    (void) state;
    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS; b++) {
        for (size_t m = 0; m < judged->comparison.count; m++)
            if (judged->comparison.methods[m].measured)
                assert_true(judged->hindsight[m][b].episodes.value <= davy_judge_budgets[b]);
        assert_near(judged->hindsight[0][b].recall.value, 1, 0);
        assert_near(judged->hindsight[2][b].recall.value, 0, 0); /* always */
    }
    assert_near(judged->own.recall.value, 1, 0);
    assert_true(judged->timed && judged->own.delay.value <= judged->own.delay_p90.value);
    assert_true(judged->limits[0].ratio >= judged->limits[2].ratio);
    free(judged);
    davy_model_close(model);
    davy_table_clear(&table);
}

static void the_same_seed_gives_the_same_figures(void **state)
{
    const davy_judge_options options = {.seed = 3, .draws = 100}, other = {.seed = 4, .draws = 100};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();
    davy_watch_judgement *a = judge_watcher(model, &table, &options);
    davy_watch_judgement *b = judge_watcher(model, &table, &options);
    davy_watch_judgement *c = judge_watcher(model, &table, &other);

    (void) state;
    assert_memory_equal(a->comparison.methods[0].figures, b->comparison.methods[0].figures,
                        sizeof a->comparison.methods[0].figures);
    assert_memory_equal(a->comparison.methods[1].figures, b->comparison.methods[1].figures,
                        sizeof a->comparison.methods[1].figures);
    assert_true(a->comparison.methods[0].figures[0].value ==
                c->comparison.methods[0].figures[0].value);
    assert_true(a->comparison.methods[1].figures[0].value !=
                c->comparison.methods[1].figures[0].value);
    free(a);
    free(b);
    free(c);
    davy_model_close(model);
    davy_table_clear(&table);
}

static void baselines_learn_from_the_history_when_there_is_one(void **state)
{
    davy_table table = make_faults(7), history = plant_make(8000, 1), another = plant_make(800, 2);
    davy_model *model = train_watcher();
    const davy_judge_options same = {.history = &history, .draws = 20};
    const davy_judge_options not_same = {.history = &another, .draws = 20};
    davy_watch_judgement *a = judge_watcher(model, &table, &same);
    davy_watch_judgement *b = judge_watcher(model, &table, &not_same);

    (void) state;
    assert_int_equal(a->protocol.fold_count, 0);
    assert_true(a->protocol.same_history);
    assert_false(b->protocol.same_history);
    assert_true(find(&a->comparison, "pca")->measured);
    assert_false(find(&a->comparison, "boost")->measured); /* there are no faults to learn */
    free(a);
    free(b);
    davy_model_close(model);
    davy_table_clear(&table);
    davy_table_clear(&history);
    davy_table_clear(&another);
}

static void labels_of_one_kind_or_none_are_told_and_nothing_is_measured(void **state)
{
    const davy_judge_options options = {.draws = 20};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();

    (void) state;
    for (int kind = 0; kind < 3; kind++) {
        davy_watch_judgement *judged;
        davy_buffer html = {0};
        davy_run run = {0};

        for (size_t row = 0; row < table.rows; row++)
            table.labels[row] = kind == 2 ? NAN : kind;
        assert_ok(davy_model_run(model, &table, false, &run));
        assert_ok(davy_judge_watch(model, &table, &run, &options, &judged));
        assert_false(judged->labelled);
        assert_ok(davy_evaluation_report(davy_model_describe(model), &table, &run, judged, &html));
        assert_non_null(strstr(html.bytes, kind == 1 ? "Every row is labelled as a fault"
                                                     : "No row is labelled as a fault"));
        assert_null(strstr(html.bytes, "nan"));
        davy_buffer_clear(&html);
        davy_run_clear(&run);
        free(judged);
    }
    davy_model_close(model);
    davy_table_clear(&table);
}

/* One run: intervals are of stretches, and the clock is the age. */
static void a_single_run_is_cut_into_stretches(void **state)
{
    const davy_judge_options options = {.draws = 50};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();
    davy_watch_judgement *judged;

    (void) state;
    memset(table.runs, 0, table.rows * sizeof *table.runs);
    name_runs(&table, 1);
    judged = judge_watcher(model, &table, &options);
    assert_in_range(judged->protocol.group_count, 15, 20);
    assert_int_equal(judged->protocol.fold_count, DAVY_FOLDS_MAX);
    assert_true(find(&judged->comparison, "clock")->measured);
    assert_true(find(&judged->comparison, "pca")->measured);
    assert_true(isfinite(judged->comparison.methods[0].figures[0].low));
    free(judged);
    davy_model_close(model);
    davy_table_clear(&table);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        count++;
    return count;
}

static void check_page(const davy_buffer *html)
{
    assert_non_null(strstr(html->bytes, "English"));
    assert_non_null(strstr(html->bytes, "中文"));
    assert_int_equal(count_of(html->bytes, "lang=\"zh\""),
                     count_of(html->bytes, "lang=\"en\"") - 1); /* one is the page's own */
    assert_null(strstr(html->bytes, "<script"));
    assert_null(strstr(html->bytes, "http"));
    assert_null(strstr(html->bytes, "nan"));
    assert_non_null(strstr(html->bytes, "no point was adjusted"));
}

static void the_page_of_a_watcher_stands_alone_in_two_languages(void **state)
{
    const davy_judge_options options = {.draws = 20};
    davy_table table = make_faults(7);
    davy_model *model = train_watcher();
    davy_watch_judgement *judged = NULL;
    davy_buffer html = {0};
    davy_run run = {0};

    (void) state;
    assert_ok(davy_model_run(model, &table, false, &run));
    assert_ok(davy_judge_watch(model, &table, &run, &options, &judged));
    assert_ok(davy_evaluation_report(davy_model_describe(model), &table, &run, judged, &html));
    check_page(&html);
    assert_non_null(strstr(html.bytes, "VUS-PR"));
    davy_buffer_clear(&html);
    davy_run_clear(&run);
    free(judged);
    davy_model_close(model);
    davy_table_clear(&table);
}

#define SAMPLES 400

/* Rows of two classes, of which the first signal tells; names with what would be markup. */
static davy_table make_classes(size_t rows, uint64_t seed)
{
    davy_table table = plant_table(rows, 2);

    table.labels = calloc(rows, sizeof *table.labels);
    table.classes = calloc(3, sizeof *table.classes);
    assert_true(table.labels && table.classes);
    table.classes[table.class_count++] = strdup("<b>pump");
    table.classes[table.class_count++] = strdup("valve");
    for (size_t row = 0; row < rows; row++) {
        table.labels[row] = plant_uniform(&seed) < 0.3;
        table.values[row] = 4 * table.labels[row] + plant_normal(&seed);
        table.values[rows + row] = plant_normal(&seed);
    }
    return table;
}

static davy_predictor *train_predictor(const davy_table *table, const char *task,
                                       const char *const *settings, size_t count)
{
    const davy_train_options options = {.name = "answers",
                                        .kind = "linear",
                                        .task = task,
                                        .registry = registry,
                                        .seed = 1,
                                        .label = "label",
                                        .settings = settings,
                                        .setting_count = count};
    davy_train_report report;
    davy_predictor *predictor = NULL;

    assert_ok(davy_train(table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &predictor));
    return predictor;
}

/* A predictor and what it said of a table. */
typedef struct answered {
    davy_predictor *predictor;
    davy_table table;
    davy_sample_set samples;
    davy_answer_set answers;
    davy_assessment found;
    davy_answer_judgement *judged;
} answered;

static answered judge_predictor(davy_predictor *predictor, davy_table table,
                                const davy_judge_options *options)
{
    answered a = {.predictor = predictor, .table = table};

    assert_ok(davy_predictor_cut(predictor, &a.table, &a.samples));
    assert_ok(davy_predictor_ask_all(predictor, &a.samples, NULL, &a.answers));
    assert_ok(
        davy_assess(davy_predictor_describe(predictor), &a.samples, &a.answers, NULL, 0, &a.found));
    assert_ok(davy_judge_answers(&(davy_answer_case){predictor, &a.samples, &a.table, &a.answers},
                                 options, &a.judged));
    return a;
}

static void answered_clear(answered *a)
{
    davy_answer_judgement_free(a->judged);
    davy_assessment_clear(&a->found);
    davy_answer_set_clear(&a->answers);
    davy_sample_set_clear(&a->samples);
    davy_predictor_close(a->predictor);
    davy_table_clear(&a->table);
}

static void check_answer_page(const answered *a)
{
    const davy_answer_page page = {.predictor = a->predictor,
                                   .samples = &a->samples,
                                   .answers = &a->answers,
                                   .figures = &a->found};
    davy_buffer html = {0};

    assert_ok(davy_answer_report(&page, a->judged, &html));
    check_page(&html);
    assert_null(strstr(html.bytes, "<b>pump"));
    davy_buffer_clear(&html);
}

static void classes_are_judged_beside_every_baseline(void **state)
{
    const davy_judge_options options = {.seed = 5, .draws = 200};
    davy_table history = make_classes(SAMPLES, 1), table = make_classes(SAMPLES, 2);
    answered a;
    const davy_comparison *c;

    (void) state;
    history.independent = table.independent = true;
    a = judge_predictor(train_predictor(&history, "classify", NULL, 0), table, &options);
    c = &a.judged->comparison;
    assert_int_equal(a.judged->protocol.group_count, SAMPLES);
    assert_near(value_of(c, "model", "accuracy"), a.found.accuracy, 1e-12);
    assert_near(value_of(c, "model", "brier"), a.found.brier, 1e-9);
    assert_near(value_of(c, "model", "log_loss"), a.found.log_loss, 1e-9);
    assert_near(value_of(c, "always", "accuracy"), a.found.common_accuracy, 1e-12);
    assert_near(value_of(c, "always", "macro_auc_roc"), 0.5, 1e-12);
    assert_near(value_of(c, "random", "macro_auc_roc"), 0.5, 0.1);
    assert_true(value_of(c, "pca", "macro_f1") > 0.8);
    assert_false(find(c, "clock")->measured);
    assert_non_null(strstr(find(c, "clock")->why, "no order"));
    assert_true(find(c, "always")->ahead.low > 0);
    for (size_t k = 0; k < 2; k++)
        assert_near(a.judged->class_figures[3 * k + 2].value, a.found.classes[k].f1, 1e-12);
    assert_int_equal(a.judged->curve_count, 1); /* of the rarer of two classes */
    assert_string_equal(a.judged->curves[0].class, "valve");
    check_answer_page(&a);
    answered_clear(&a);
    davy_table_clear(&history);
}

/* Any kind that answers can be a baseline; it is asked only about what it did not learn from. */
static void a_kind_of_ones_own_can_be_a_baseline(void **state)
{
    davy_table table = make_classes(SAMPLES, 3), faults = make_faults(9);
    davy_predictor *predictor = train_predictor(&table, "classify", NULL, 0);
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};
    uint8_t folds[SAMPLES], row_folds[RUNS * RUN_ROWS];
    static double scores[RUNS * RUN_ROWS];
    davy_answer_task task = {.info = davy_predictor_describe(predictor),
                             .samples = &samples,
                             .folds = folds,
                             .fold_count = 4};
    davy_watch_task watched = {.table = &faults, .folds = row_folds, .fold_count = RUNS};
    double area;

    (void) state;
    assert_ok(davy_predictor_cut(predictor, &table, &samples));
    for (size_t i = 0; i < SAMPLES; i++)
        folds[i] = (uint8_t) (4 * i / SAMPLES);
    assert_ok(davy_answer_set_init(task.info, samples.count, &answers));
    assert_ok(davy_baseline_answer(&task, "linear", NULL, 0, &answers));
    for (size_t i = 0; i < samples.count; i++)
        assert_true(answers.given[i]);
    assert_fails(davy_baseline_answer(&task, "oracle", NULL, 0, &answers), DAVY_ERR_UNSUPPORTED,
                 "no kind 'oracle'");
    for (size_t row = 0; row < faults.rows; row++)
        row_folds[row] = (uint8_t) faults.runs[row];
    assert_ok(davy_baseline_tell_faults(&watched, "linear", NULL, 0, scores));
    assert_ok(davy_auc_roc(scores, faults.labels, faults.rows, &area));
    assert_true(area > 0.95);
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
    davy_table_clear(&faults);
}

/* Engines whose first signal rises with age; each lives for another number of rows. */
static davy_table make_lives(uint64_t seed)
{
    davy_table table = plant_table(2000, 2);
    size_t row = 0, runs = 0;

    for (; row < table.rows; runs++) {
        const size_t length = 80 + (size_t) (60 * plant_uniform(&seed));

        for (size_t t = 0; t < length && row < table.rows; t++, row++) {
            table.runs[row] = (uint32_t) runs;
            table.values[row] = exp(-(double) (length - t) / 40) * 10 + 0.1 * plant_normal(&seed);
            table.values[table.rows + row] = plant_normal(&seed);
        }
    }
    name_runs(&table, runs);
    return table;
}

/* Four runs, of which two hold both classes: what is held out for a baseline to watch may hold all
 * that is left of one. */
static void a_baseline_of_few_runs_holds_nothing_out(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    const davy_judge_options options = {.seed = 5, .draws = 50};
    davy_table table = make_classes(SAMPLES, 3), judged = make_classes(SAMPLES, 2);
    answered a;

    (void) state;
    judged.run_names = realloc((void *) judged.run_names, 4 * sizeof *judged.run_names);
    assert_non_null(judged.run_names);
    for (size_t run = judged.run_count; run < 4; run++)
        judged.run_names[run] = strdup(names[run]);
    judged.run_count = 4;
    for (size_t row = 0; row < SAMPLES; row++) {
        judged.runs[row] = (uint32_t) (4 * row / SAMPLES);
        if (judged.runs[row] % 2 == 0)
            judged.labels[row] = 0;
    }
    a = judge_predictor(train_predictor(&table, "classify", NULL, 0), judged, &options);
    if (davy_predictor_kind_find("boost"))
        assert_true(find(&a.judged->comparison, "boost")->measured);
    answered_clear(&a);
    davy_table_clear(&table);
}

static void a_life_is_held_against_the_capped_and_the_raw_truth(void **state)
{
    static const char *const settings[] = {"cap=50", "window=5"};
    const davy_judge_options options = {.draws = 100};
    davy_table history = make_lives(1);
    answered a =
        judge_predictor(train_predictor(&history, "life", settings, 2), make_lives(2), &options);
    const davy_comparison *c = &a.judged->comparison;
    double squares = 0, late = 0;
    size_t last = 0;

    (void) state;
    assert_near(a.judged->cap, 50, 0);
    assert_near(value_of(c, "model", "rmse"), a.found.rmse, 1e-9);
    assert_true(value_of(c, "model", "rmse_raw") > value_of(c, "model", "rmse"));
    for (size_t i = 0; i < a.samples.count; i++) {
        const bool ends =
            i + 1 == a.samples.count || a.samples.groups[i + 1] != a.samples.groups[i];
        const double off = (double) a.answers.values[i]; /* nothing is left of the life */

        if (!ends)
            continue;
        squares += off * off;
        late += off < 0 ? exp(-off / 13) - 1 : exp(off / 10) - 1;
        last++;
    }
    assert_near(value_of(c, "model", "rmse_last"), sqrt(squares / (double) last), 1e-9);
    assert_near(value_of(c, "model", "phm_last"), late, 1e-9);
    assert_true(find(c, "clock")->measured);
    assert_true(value_of(c, "clock", "rmse") < value_of(c, "always", "rmse"));
    assert_true(find(c, "always")->ahead.low > 0);
    assert_near(value_of(c, "clock", "covered"), 0.9, 0.05); /* as it was calibrated */
    check_answer_page(&a);
    answered_clear(&a);
    davy_table_clear(&history);
}

/* A walk without a season: the last value is the naive forecast, and its MASE is 1. */
static void a_forecast_is_held_against_the_last_value(void **state)
{
    static const char *const settings[] = {"horizon=1", "window=4"};
    const davy_judge_options options = {.draws = 50};
    davy_table table = plant_table(600, 2), fresh;
    uint64_t seed = 5;
    answered a;
    const davy_comparison *c;

    (void) state;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 1; row < table.rows; row++)
        table.labels[row] = table.labels[row - 1] + plant_normal(&seed);
    for (size_t row = 0; row < 2 * table.rows; row++)
        table.values[row] = plant_normal(&seed);
    assert_ok(davy_table_copy(&table, &fresh));
    a = judge_predictor(train_predictor(&table, "forecast", settings, 2), fresh, &options);
    c = &a.judged->comparison;
    assert_int_equal(a.judged->naive_lag, 1);
    assert_near(a.judged->naive_error, davy_naive_error(table.labels, table.runs, table.rows, 1),
                1e-12);
    assert_near(value_of(c, "last_value", "mase"), 1, 0.02); /* less the first windows */
    assert_near(value_of(c, "last_value", "mae"),
                value_of(c, "last_value", "mase") * a.judged->naive_error, 1e-9);
    assert_false(find(c, "season")->measured);
    assert_non_null(strstr(find(c, "season")->why, "repeats itself"));
    assert_true(value_of(c, "model", "crps") < value_of(c, "model", "mae"));
    assert_near(value_of(c, "last_value", "covered"), 0.9, 0.03);
    check_answer_page(&a);
    answered_clear(&a);
    davy_table_clear(&table);
}

static void samples_without_a_truth_cannot_be_judged(void **state)
{
    const davy_judge_options options = {.draws = 20};
    davy_table table = make_classes(SAMPLES, 4);
    davy_predictor *predictor = train_predictor(&table, "classify", NULL, 0);
    davy_sample_set samples = {0};
    davy_answer_set answers = {0};
    davy_answer_judgement *judged = NULL;

    (void) state;
    assert_ok(davy_predictor_cut(predictor, &table, &samples));
    assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
    for (size_t i = 0; i < samples.count; i++)
        samples.targets[i] = i == 7 ? 1 : NAN;
    assert_ok(davy_judge_answers(&(davy_answer_case){predictor, &samples, &table, &answers},
                                 &options, &judged));
    assert_true(isnan(judged->comparison.methods[0].figures[0].low)); /* one sample, no interval */
    davy_answer_judgement_free(judged);
    samples.targets[7] = NAN;
    assert_fails(davy_judge_answers(&(davy_answer_case){predictor, &samples, &table, &answers},
                                    &options, &judged),
                 DAVY_ERR_INVALID, "no sample has an answer");
    davy_answer_set_clear(&answers);
    davy_sample_set_clear(&samples);
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watcher_is_judged_beside_every_baseline),
        cmocka_unit_test(budgets_are_kept_with_hindsight_and_an_endless_alarm_finds_nothing),
        cmocka_unit_test(the_same_seed_gives_the_same_figures),
        cmocka_unit_test(baselines_learn_from_the_history_when_there_is_one),
        cmocka_unit_test(labels_of_one_kind_or_none_are_told_and_nothing_is_measured),
        cmocka_unit_test(a_single_run_is_cut_into_stretches),
        cmocka_unit_test(the_page_of_a_watcher_stands_alone_in_two_languages),
        cmocka_unit_test(classes_are_judged_beside_every_baseline),
        cmocka_unit_test(a_kind_of_ones_own_can_be_a_baseline),
        cmocka_unit_test(a_baseline_of_few_runs_holds_nothing_out),
        cmocka_unit_test(a_life_is_held_against_the_capped_and_the_raw_truth),
        cmocka_unit_test(a_forecast_is_held_against_the_last_value),
        cmocka_unit_test(samples_without_a_truth_cannot_be_judged),
    };

    return cmocka_run_group_tests_name("models: judgement", tests, registry_set_up,
                                       registry_tear_down);
}
