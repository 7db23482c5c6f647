/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The contract of every kind of predictor: learn, judge, save, open, and answer the same bits. A
 * new kind is tested by being in the table of kinds.
 */
#include "scratch_registry.h"

#include "core/file.h"
#include "models/explain/explain.h"
#include "models/judge/assess.h"
#include "models/predictor_kind.h"
#include "models/samples/answer_set.h"
#include "models/training/train.h"
#include "models/training/train_predictor.h"

#define STEPS   16
#define SIGNALS 2
#define RUNS    160

/* A table of two classes, of which the first signal tells and the second is noise alone. */
static davy_table make_classes(size_t rows)
{
    davy_table table = plant_table(rows, SIGNALS);

    table.labels = calloc(table.rows, sizeof *table.labels);
    table.classes = calloc(2, sizeof *table.classes);
    assert_true(table.labels && table.classes);
    table.classes[table.class_count++] = strdup("fast");
    table.classes[table.class_count++] = strdup("slow");
    return table;
}

/* Runs of one wave of a slow or a fast rhythm, each of its own phase, with noise: the class is the
 * rhythm. */
static davy_table make_rhythms(uint64_t seed)
{
    davy_table table = make_classes((size_t) RUNS * STEPS);

    for (size_t i = 0; i < table.run_count; i++)
        free(table.run_names[i]);
    free((void *) table.run_names);
    table.run_count = RUNS;
    table.run_names = calloc(RUNS, sizeof *table.run_names);
    assert_non_null(table.run_names);
    for (size_t run = 0; run < RUNS; run++) {
        const double phase = 6.28 * plant_uniform(&seed), pace = run % 2 ? 0.4 : 1.6;
        char name[16];

        (void) snprintf(name, sizeof name, "run %zu", run);
        table.run_names[run] = strdup(name);
        for (size_t t = 0; t < STEPS; t++) {
            const size_t row = run * STEPS + t;

            table.runs[row] = (uint32_t) run;
            table.labels[row] = (double) (run % 2);
            table.values[row] = 40 + 5 * sin(phase + pace * (double) t) + 0.3 * plant_normal(&seed);
            table.values[table.rows + row] = plant_normal(&seed);
        }
    }
    return table;
}

/* Rows by themselves: the class is the level. */
static davy_table make_levels(uint64_t seed)
{
    davy_table table = make_classes(RUNS);

    table.independent = true;
    for (size_t row = 0; row < RUNS; row++) {
        table.labels[row] = (double) (row % 2);
        table.values[row] = 40 + 6 * table.labels[row] + plant_normal(&seed);
        table.values[RUNS + row] = plant_normal(&seed);
    }
    return table;
}

/* As many samples of either: kinds that take no recordings see no rhythm. */
static davy_table make_lesson(const davy_predictor_kind *kind, uint64_t seed)
{
    return kind->forms & DAVY_FORM_BIT(DAVY_FORM_RECORDING) ? make_rhythms(seed)
                                                            : make_levels(seed);
}

/* Whether a kind has the setting of KEY=VALUE, and can take the value. */
static bool knows(const davy_predictor_kind *kind, const char *given)
{
    davy_setting table[DAVY_PREDICTOR_SETTINGS_MAX];
    const size_t count = davy_predictor_settings(kind->name, table);

    if (strcmp(given, "per=group") == 0)
        return kind->forms & DAVY_FORM_BIT(DAVY_FORM_RECORDING);
    return davy_settings_check(table, count, &given, 1) == DAVY_OK;
}

#define GIVEN_MAX 8

/* Those of the settings that the kind knows. */
static size_t known_settings(const davy_predictor_kind *kind, const char *const *settings,
                             size_t count, const char *known[GIVEN_MAX])
{
    size_t kept = 0;

    assert_true(count <= GIVEN_MAX);
    for (size_t i = 0; i < count; i++)
        if (knows(kind, settings[i]))
            known[kept++] = settings[i];
    return kept;
}

static davy_train_options options_of(const char *kind, const char *task,
                                     const char *const *settings, size_t count)
{
    return (davy_train_options){.name = kind,
                                .kind = kind,
                                .task = task,
                                .registry = registry,
                                .seed = 3,
                                .label = "answer",
                                .settings = settings,
                                .setting_count = count};
}

static davy_predictor *train(const davy_table *table, const davy_train_options *options,
                             davy_train_report *report)
{
    davy_predictor *predictor = NULL;

    assert_ok(davy_train(table, options, report));
    assert_ok(davy_predictor_open(report->folder, &predictor));
    return predictor;
}

static void forget_targets(davy_table *table)
{
    for (size_t i = 0; i < table->class_count; i++)
        free(table->classes[i]);
    free((void *) table->classes);
    table->classes = NULL;
    table->class_count = 0;
}

static const char *const quick[] = {"per=group", "epochs=40", "batch=16", "holdout=0.25"};

static void every_kind_tells_two_classes_apart(void **state)
{
    (void) state;
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        const davy_train_options options =
            options_of(kind->name, "classify", known, known_settings(kind, quick, 4, known));
        davy_table table = make_lesson(kind, 1), fresh = make_lesson(kind, 99);
        davy_train_report report;
        davy_predictor *predictor = train(&table, &options, &report);
        davy_sample_set samples = {0};
        davy_answer_set answers = {0};
        davy_assessment found = {0};

        assert_ok(davy_predictor_cut(predictor, &fresh, &samples));
        assert_int_equal(samples.count, RUNS);
        assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
        assert_ok(
            davy_assess(davy_predictor_describe(predictor), &samples, &answers, NULL, 0, &found));
        if (found.accuracy < 0.9)
            fail_msg("%s: accuracy %g", options.kind, found.accuracy);
        assert_true(strstr(report.summary, "160 samples"));
        davy_assessment_clear(&found);
        davy_answer_set_clear(&answers);
        davy_sample_set_clear(&samples);
        davy_predictor_close(predictor);
        davy_table_clear(&table);
        davy_table_clear(&fresh);
    }
}

/* Of two settings of one name a kind would read the one that all kinds have. */
static void no_setting_has_two_meanings(void **state)
{
    (void) state;
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        davy_setting table[DAVY_PREDICTOR_SETTINGS_MAX];
        const size_t count = davy_predictor_settings(davy_predictor_kinds()[k]->name, table);

        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (strcmp(table[i].key, table[j].key) == 0)
                    fail_msg("%s: two settings '%s'", davy_predictor_kinds()[k]->name,
                             table[i].key);
    }
}

/* Rows of the wrong class among those by themselves: between classes that are wide apart a tree
 * finds the same threshold whichever rows it sees. */
static void confuse(davy_table *table)
{
    for (size_t row = 0; table->independent && row < table->rows; row += 1 + row % 13)
        table->labels[row] = 1 - table->labels[row];
}

/* The same seed gives the same bytes; another one others. */
static void every_kind_is_a_function_of_its_seed(void **state)
{
    static const char *const little[] = {"per=group", "epochs=2", "batch=8"};

    (void) state;
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        davy_train_options options =
            options_of(kind->name, "classify", known, known_settings(kind, little, 3, known));
        davy_table table = make_lesson(kind, 1);
        davy_train_report report;
        davy_predictor *first, *second, *other;

        confuse(&table);
        first = train(&table, &options, &report);
        second = train(&table, &options, &report);
        options.seed = 4;
        other = train(&table, &options, &report);
        assert_string_equal(davy_predictor_describe(first)->file_hash,
                            davy_predictor_describe(second)->file_hash);
        assert_string_not_equal(davy_predictor_describe(first)->file_hash,
                                davy_predictor_describe(other)->file_hash);
        davy_predictor_close(first);
        davy_predictor_close(second);
        davy_predictor_close(other);
        davy_table_clear(&table);
    }
}

/* Alone and in a batch, in one thread and in two: the same bits. */
static void every_kind_answers_alone_as_in_a_batch(void **state)
{
    static const char *const little[] = {"per=group", "epochs=2", "batch=8"};
    float batch[5 * STEPS * SIGNALS];
    float together[10];

    (void) state;
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        const davy_train_options options =
            options_of(kind->name, "classify", known, known_settings(kind, little, 3, known));
        davy_table table = make_lesson(kind, 1);
        davy_train_report report;
        davy_predictor *predictor = train(&table, &options, &report);
        const size_t numbers = davy_form_values(&davy_predictor_describe(predictor)->form);
        davy_sample_set samples = {0};
        davy_asker *asker = NULL;
        davy_pool *pool = NULL;
        davy_answers answers;

        assert_ok(davy_predictor_cut(predictor, &table, &samples));
        for (size_t i = 0; i < 5; i++)
            assert_ok(davy_sample_set_read(&samples, i, batch + i * numbers));
        assert_ok(davy_pool_create(2, &pool));
        assert_ok(davy_asker_create(predictor, pool, &asker));
        assert_ok(davy_asker_ask(asker, batch, 5, &answers));
        memcpy(together, answers.probabilities, sizeof together);
        davy_asker_destroy(asker);
        assert_ok(davy_asker_create(predictor, NULL, &asker));
        for (size_t i = 0; i < 5; i++) {
            assert_ok(davy_asker_ask(asker, batch + i * numbers, 1, &answers));
            assert_memory_equal(answers.probabilities, together + 2 * i, 2 * sizeof(float));
        }
        davy_asker_destroy(asker);
        davy_pool_destroy(pool);
        davy_sample_set_clear(&samples);
        davy_predictor_close(predictor);
        davy_table_clear(&table);
    }
}

/* A line y = 3 x + 2: what is asked for is the number itself, and the interval must hold it. */
static void every_kind_learns_a_line_with_its_interval(void **state)
{
    static const char *const settings[] = {"epochs=40", "batch=16", "dropout=0", "augment=no"};
    davy_table table = plant_table(400, 1);
    uint64_t seed = 5;

    (void) state;
    table.independent = true;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 0; row < table.rows; row++) {
        table.values[row] = 100 + 10 * plant_normal(&seed);
        table.labels[row] = 3 * table.values[row] + 2;
    }
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        const davy_train_options options =
            options_of(kind->name, "regress", known, known_settings(kind, settings, 4, known));
        davy_train_report report;
        davy_predictor *predictor;
        davy_sample_set samples = {0};
        davy_answer_set answers = {0};
        davy_assessment found = {0};

        if (!(kind->tasks & DAVY_TASK_BIT(DAVY_TASK_REGRESS)) ||
            !(kind->forms & DAVY_FORM_BIT(DAVY_FORM_ROW)))
            continue;
        predictor = train(&table, &options, &report);
        assert_ok(davy_predictor_cut(predictor, &table, &samples));
        assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
        assert_ok(
            davy_assess(davy_predictor_describe(predictor), &samples, &answers, NULL, 0, &found));
        if (found.r2 < 0.9)
            fail_msg("%s: %g of the variance", options.kind, found.r2);
        assert_near(davy_predictor_describe(predictor)->coverage, 0.9, 0);
        assert_true(found.covered > 0.8);
        davy_assessment_clear(&found);
        davy_answer_set_clear(&answers);
        davy_sample_set_clear(&samples);
        davy_predictor_close(predictor);
    }
    davy_table_clear(&table);
}

/* A ramp: the value four rows later is the value and four steps. */
static void every_kind_forecasts_a_ramp(void **state)
{
    static const char *const settings[] = {"window=8", "horizon=4", "epochs=30", "dropout=0",
                                           "augment=no"};
    davy_table table = plant_table(300, 1);
    uint64_t seed = 5;

    (void) state;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 0; row < table.rows; row++) {
        table.values[row] = plant_normal(&seed);
        table.labels[row] = sin((double) row / 5.0);
    }
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        const davy_train_options options =
            options_of(kind->name, "forecast", known, known_settings(kind, settings, 5, known));
        davy_train_report report;
        davy_predictor *predictor;
        const davy_predictor_info *info;
        davy_sample_set samples = {0};
        davy_answer_set answers = {0};

        if (!(kind->tasks & DAVY_TASK_BIT(DAVY_TASK_FORECAST)))
            continue;
        predictor = train(&table, &options, &report);
        info = davy_predictor_describe(predictor);
        assert_int_equal(info->signal_count, 2);
        assert_string_equal(info->signals[1], "answer");
        assert_ok(davy_predictor_cut(predictor, &table, &samples));
        assert_int_equal(samples.count, table.rows - 7);
        assert_ok(davy_predictor_ask_all(predictor, &samples, NULL, &answers));
        for (size_t i = 20; i < 40; i++)
            assert_near(answers.values[i], sin((double) (samples.places[i] + 4) / 5.0), 0.5);
        davy_answer_set_clear(&answers);
        davy_sample_set_clear(&samples);
        davy_predictor_close(predictor);
    }
    davy_table_clear(&table);
}

/* Shares sum to the difference of the scores, whatever the method. Of the two signals only the
 * first one says anything. */
static void every_kind_explains_completely(void **state)
{
    (void) state;
    for (size_t k = 0; davy_predictor_kinds()[k]; k++) {
        const davy_predictor_kind *kind = davy_predictor_kinds()[k];
        const char *known[GIVEN_MAX];
        const davy_train_options options =
            options_of(kind->name, "classify", known, known_settings(kind, quick, 4, known));
        davy_table table = make_lesson(kind, 1);
        davy_train_report report;
        davy_predictor *predictor = train(&table, &options, &report);
        davy_sample_set samples = {0};
        davy_explainer *explainer = NULL;
        float sample[STEPS * SIGNALS];
        double shares[2][SIGNALS], said = 0, noise = 0;
        davy_explanation explained;

        assert_ok(davy_predictor_cut(predictor, &table, &samples));
        assert_ok(davy_explainer_create(predictor, NULL, &explainer));
        assert_int_equal(davy_explainer_parts(explainer), SIGNALS);
        for (size_t run = 0; run < 8; run++) {
            assert_ok(davy_sample_set_read(&samples, run, sample));
            for (size_t answer = 0; answer < 2; answer++) {
                assert_ok(davy_explain_sample(explainer, sample, answer, &explained));
                if (fabs(explained.residual) >
                    0.05 * fmax(fabs(explained.score - explained.base), 1))
                    fail_msg("%s: the shares miss %g of %g", options.kind, explained.residual,
                             explained.score - explained.base);
                davy_explain_parts(explainer, &explained, shares[answer]);
            }
            for (size_t i = 0; i < SIGNALS; i++) /* two classes: what speaks for one, ... */
                assert_near(shares[0][i], -shares[1][i], 0.05 * (1 + fabs(shares[0][i])));
            said += fabs(shares[0][0]);
            noise += fabs(shares[0][1]);
        }
        if (said < 2 * noise)
            fail_msg("%s: the signal has %g, the noise %g", options.kind, said, noise);
        davy_explainer_destroy(explainer);
        davy_sample_set_clear(&samples);
        davy_predictor_close(predictor);
        davy_table_clear(&table);
    }
}

/* Whether model.json declares f32; its settings tell what was asked for. */
static bool answers_in_f32(const davy_train_report *report)
{
    char path[1100];
    davy_buffer json = {0};
    bool found;

    (void) snprintf(path, sizeof path, "%s/model.json", report->folder);
    assert_ok(davy_file_read(path, 1 << 20, &json));
    found = strstr(json.bytes, "\"precision\": \"f32\"") != NULL;
    davy_buffer_clear(&json);
    return found;
}

/* What is easily told apart is told apart in bf16 as well; unjudged, bf16 is not believed. */
static void bf16_is_served_only_when_judged_samples_approve(void **state)
{
    static const char *const judged[] = {"per=group", "epochs=20", "holdout=0.25",
                                         "precision=bf16"};
    static const char *const unjudged[] = {"per=group", "epochs=1", "holdout=0", "precision=bf16"};
    davy_train_options options = options_of("cnn", "classify", judged, 4);
    davy_table table = make_rhythms(1);
    davy_train_report report;

    (void) state;
    davy_predictor_close(train(&table, &options, &report));
    assert_false(answers_in_f32(&report));
    assert_null(strstr(report.summary, "answers in f32"));
    options.settings = unjudged;
    davy_predictor_close(train(&table, &options, &report));
    assert_true(answers_in_f32(&report));
    assert_non_null(strstr(report.summary, "nothing approves bf16"));
    davy_table_clear(&table);
}

static void what_cannot_be_learnt_says_why(void **state)
{
    static const char *const wrong_wave[] = {"wave=s0-s1"}, *const odd[] = {"units=10", "heads=3"};
    static const char *const everything[] = {"per=group", "holdout=0.8"};
    davy_table table = make_rhythms(1);
    davy_train_options options = options_of("cnn", "classify", NULL, 0);
    davy_train_report report;
    double *labels = table.labels;

    (void) state;
    options.kind = "pca";
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_UNSUPPORTED, "'pca' is no kind");
    options.kind = "cnn";
    options.task = "foretell";
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_UNSUPPORTED, "task 'foretell'");
    options.task = "classify";
    table.labels = NULL;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "--label");
    table.labels = labels;
    options.settings = wrong_wave;
    options.setting_count = 1;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "FIRST..LAST@RATE");
    options.kind = "transformer";
    options.settings = odd;
    options.setting_count = 2;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "not a multiple");
    options.settings = everything;
    assert_ok(davy_train(&table, &options, &report)); /* 32 of them are still something */
    for (size_t row = 0; row < table.rows; row++)
        labels[row] = 0;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "class 'slow' has 0");
    free(table.classes[--table.class_count]);
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "only one class, 'fast'");
    forget_targets(&table);
    for (size_t row = 0; row < table.rows; row++)
        table.values[row] = NAN;
    options.task = "regress";
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "missing value");
    davy_table_clear(&table);
}

static void a_batch_larger_than_the_set_is_told(void **state)
{
    static const char *const settings[] = {"per=group", "epochs=2", "batch=4096"};
    davy_table table = make_rhythms(1);
    const davy_train_options options = options_of("cnn", "classify", settings, 3);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "a batch of 4096 samples is more than");
    davy_table_clear(&table);
}

static void a_model_refuses_other_columns_and_other_shapes(void **state)
{
    static const char *const settings[] = {"per=group", "epochs=1"};
    davy_table table = make_rhythms(1);
    const davy_train_options options = options_of("lstm", "classify", settings, 2);
    davy_train_report report;
    davy_predictor *predictor = train(&table, &options, &report);
    davy_sample_set samples = {0};
    davy_asker *asker = NULL;
    davy_answers answers;
    float sample[STEPS * SIGNALS] = {0};
    davy_model *model = NULL;

    (void) state;
    sample[3] = NAN;
    assert_ok(davy_asker_create(predictor, NULL, &asker));
    assert_fails(davy_asker_ask(asker, sample, 1, &answers), DAVY_ERR_INVALID, "not finite");
    davy_asker_destroy(asker);
    table.names[1][0] = 'x';
    assert_fails(davy_predictor_cut(predictor, &table, &samples), DAVY_ERR_NOT_FOUND, "'s1'");
    assert_fails(davy_registry_open(registry, "lstm", &model), DAVY_ERR_UNSUPPORTED, "answers");
    davy_predictor_close(predictor);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_tells_two_classes_apart),
        cmocka_unit_test(no_setting_has_two_meanings),
        cmocka_unit_test(every_kind_is_a_function_of_its_seed),
        cmocka_unit_test(every_kind_answers_alone_as_in_a_batch),
        cmocka_unit_test(every_kind_learns_a_line_with_its_interval),
        cmocka_unit_test(every_kind_forecasts_a_ramp),
        cmocka_unit_test(every_kind_explains_completely),
        cmocka_unit_test(bf16_is_served_only_when_judged_samples_approve),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
        cmocka_unit_test(a_batch_larger_than_the_set_is_told),
        cmocka_unit_test(a_model_refuses_other_columns_and_other_shapes),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
