/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "models/predictor.h"
#include "models/training/threshold.h"

#define RUNS 100
#define ROWS (10 * (size_t) RUNS)

static davy_cut_wish parse(const char *text)
{
    davy_cut_wish wish;

    assert_ok(davy_cut_parse(text, &wish));
    return wish;
}

static void a_wish_is_one_of_five_and_everything_else_says_so(void **state)
{
    static const char *const wrong[] = {
        "",      "0",      "1",        "-0.1",     "1.5",      "nan",     "fpr:",      "fpr:0",
        "fpr:1", "cost:1", "cost:0,1", "cost:1,x", "fpr:0.1x", "largest", "cost:1,2,3"};
    davy_cut_wish wish;

    (void) state;
    assert_int_equal(parse("argmax").rule, DAVY_CUT_ARGMAX);
    assert_int_equal(parse("auto").rule, DAVY_CUT_AUTO);
    assert_near(parse("0.3").number, 0.3, 0);
    assert_near(parse("fpr:0.08").number, 0.08, 0);
    wish = parse("cost:1,20");
    assert_near(wish.false_cost, 1, 0);
    assert_near(wish.missed_cost, 20, 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_cut_parse(wrong[i], &wish), DAVY_ERR_INVALID, "fpr:RATE");
}

/* Nine normal samples, 0.1 to 0.9: for a rate of 0.2 the cut is above the (9 + 1) * 0.8 = 8th. */
static void the_conformal_cut_of_normals_is_the_rank_of_split_conformal(void **state)
{
    static const float p[] = {0.5F, 0.1F, 0.9F, 0.3F, 0.7F, 0.2F, 0.8F, 0.4F, 0.6F, 0.95F};
    static const uint8_t positive[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const davy_cut_wish wish = parse("fpr:0.2"), strict = parse("fpr:0.05");
    bool vouched;
    float cut;

    (void) state;
    assert_ok(davy_cut_choose(&wish, p, positive, 10, &cut, &vouched));
    assert_true(vouched);
    assert_true(cut > 0.8F && cut < 0.9F);
    assert_near((double) cut, 0.8, 1e-6);
    /* One in twenty cannot be vouched for by nine: the cut is above all of them. */
    assert_ok(davy_cut_choose(&strict, p, positive, 10, &cut, &vouched));
    assert_false(vouched);
    assert_true(cut > 0.9F && cut < 0.95F);
}

/* By hand: negatives at 0.1, 0.2, 0.6; positives at 0.4, 0.7, 0.8. */
static void costs_move_the_cut(void **state)
{
    static const float p[] = {0.1F, 0.2F, 0.6F, 0.4F, 0.7F, 0.8F};
    static const uint8_t positive[] = {0, 0, 0, 1, 1, 1};
    static const struct {
        const char *wish;
        double cut;
    } cases[] = {
        {"cost:1,5", 0.3},  /* one false alarm is cheaper than a miss */
        {"cost:5,1", 0.65}, /* a miss is cheaper than a false alarm */
        {"auto", 0.65}, /* recall 2/3 without a false alarm, or 1 with 1/3: as good; the higher */
        {"0.42", 0.42},
    };
    bool vouched;
    float cut;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const davy_cut_wish wish = parse(cases[i].wish);

        assert_ok(davy_cut_choose(&wish, p, positive, 6, &cut, &vouched));
        assert_near((double) cut, cases[i].cut, 1e-6);
    }
}

static void without_both_classes_nothing_can_be_chosen(void **state)
{
    static const float p[] = {0.1F, 0.2F};
    static const uint8_t normal[] = {0, 0}, faults[] = {1, 1};
    const davy_cut_wish by_costs = parse("auto"), by_rate = parse("fpr:0.5");
    bool vouched;
    float cut;

    (void) state;
    assert_fails(davy_cut_choose(&by_costs, p, normal, 2, &cut, &vouched), DAVY_ERR_INVALID,
                 "none of the other");
    assert_fails(davy_cut_choose(&by_rate, p, faults, 2, &cut, &vouched), DAVY_ERR_INVALID,
                 "none of the other");
    assert_ok(davy_cut_choose(&by_rate, p, normal, 2, &cut, &vouched));
}

static void what_is_looked_for_is_what_is_not_normal_or_rarer(void **state)
{
    static const size_t even[] = {5, 5}, first_rare[] = {2, 9};

    (void) state;
    assert_int_equal(davy_cut_positive((const char *const[]){"attack", "Normal"}, even), 0);
    assert_int_equal(davy_cut_positive((const char *const[]){"0", "1"}, first_rare), 1);
    assert_int_equal(davy_cut_positive((const char *const[]){"a", "b"}, first_rare), 0);
    assert_int_equal(davy_cut_positive((const char *const[]){"a", "b"}, even), 1);
}

/* Noise, of which one row in four is a fault: three runs in five are to learn from, one in five
 * each to watch and to judge by. */
static davy_table make_noise(void)
{
    davy_table table = plant_table(ROWS, 2);
    uint64_t seed = 5;

    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_names = calloc(RUNS, sizeof *table.run_names);
    table.run_parts = calloc(RUNS, 1);
    table.labels = calloc(ROWS, sizeof *table.labels);
    table.classes = calloc(2, sizeof *table.classes);
    assert_true(table.run_names && table.run_parts && table.labels && table.classes);
    table.classes[table.class_count++] = strdup("normal");
    table.classes[table.class_count++] = strdup("fault");
    for (; table.run_count <= RUNS; table.run_count++) {
        const size_t run = table.run_count - 1;
        char name[16];

        (void) snprintf(name, sizeof name, "%zu", run);
        table.run_names[run] = strdup(name);
        table.run_parts[run] = run % 5 == 3   ? DAVY_PURPOSE_WATCH
                               : run % 5 == 4 ? DAVY_PURPOSE_JUDGE
                                              : DAVY_PURPOSE_LEARN;
    }
    table.run_count = RUNS;
    for (size_t i = 0; i < ROWS; i++) {
        table.runs[i] = i / 10;
        table.labels[i] = plant_uniform(&seed) < 0.25;
        table.values[i] = plant_normal(&seed);
        table.values[ROWS + i] = plant_normal(&seed);
    }
    return table;
}

/* Share of the normal rows of a part that are called faults. */
static double false_alarms(const davy_table *table, davy_purpose part, const char *folder)
{
    davy_predictor *predictor = NULL;
    davy_asker *asker = NULL;
    size_t normals = 0, alarms = 0;

    assert_ok(davy_predictor_open(folder, &predictor));
    assert_ok(davy_asker_create(predictor, NULL, &asker));
    for (size_t i = 0; i < ROWS; i++) {
        const float row[] = {(float) table->values[i], (float) table->values[ROWS + i]};
        davy_answers said;

        if (table->run_parts[table->runs[i]] != part || table->labels[i] > 0)
            continue;
        assert_ok(davy_asker_ask(asker, row, 1, &said));
        normals++;
        alarms += said.probabilities[1] >= davy_predictor_describe(predictor)->cut;
    }
    davy_asker_destroy(asker);
    davy_predictor_close(predictor);
    return (double) alarms / (double) normals;
}

/* A nearest neighbour knows by heart what it learnt, and guesses all else: a cut that was chosen on
 * what some of the bags had learnt would promise a tenth, and give a quarter. */
static void no_bag_learns_what_the_threshold_is_chosen_on(void **state)
{
    static const char *const settings[] = {"threshold=fpr:0.1", "k=1", "bags=3"};
    davy_table table = make_noise();
    davy_train_options options = {.name = "noise",
                                  .kind = "knn",
                                  .task = "classify",
                                  .registry = registry,
                                  .seed = 1,
                                  .label = "answer",
                                  .settings = settings,
                                  .setting_count = 2};
    davy_train_report report;

    (void) state;
    for (options.setting_count = 2; options.setting_count <= 3; options.setting_count++) {
        assert_ok(davy_train(&table, &options, &report));
        assert_true(false_alarms(&table, DAVY_PURPOSE_WATCH, report.folder) <= 0.1);
        assert_true(false_alarms(&table, DAVY_PURPOSE_JUDGE, report.folder) <= 0.15);
    }
    davy_table_clear(&table);
}

static void a_threshold_without_watched_samples_is_refused(void **state)
{
    static const char *const settings[] = {"threshold=fpr:0.1", "holdout=0"};
    davy_table table = make_noise();
    const davy_train_options options = {.name = "noise",
                                        .kind = "bayes",
                                        .task = "classify",
                                        .registry = registry,
                                        .label = "answer",
                                        .settings = settings,
                                        .setting_count = 2};
    davy_train_report report;

    (void) state;
    for (size_t run = 0; run < RUNS; run++) /* official files that leave nothing to watch */
        if (table.run_parts[run] == DAVY_PURPOSE_WATCH)
            table.run_parts[run] = DAVY_PURPOSE_JUDGE;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "threshold=fpr:0.1 is chosen on watched samples, and none are held out");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wish_is_one_of_five_and_everything_else_says_so),
        cmocka_unit_test(the_conformal_cut_of_normals_is_the_rank_of_split_conformal),
        cmocka_unit_test(costs_move_the_cut),
        cmocka_unit_test(without_both_classes_nothing_can_be_chosen),
        cmocka_unit_test(what_is_looked_for_is_what_is_not_normal_or_rarer),
        cmocka_unit_test(no_bag_learns_what_the_threshold_is_chosen_on),
        cmocka_unit_test(a_threshold_without_watched_samples_is_refused),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
