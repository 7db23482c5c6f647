/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "core/file.h"
#include "models/judge/judged_figures.h"
#include "models/pages/card.h"

#include <sys/stat.h>

/* Rows by themselves, of two classes or of numbers; the names hold what would be markup. */
static davy_table make_answers(bool classes)
{
    davy_table table = plant_make(400, 5);
    uint64_t seed = 9;

    table.independent = true;
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 0; row < table.rows; row++)
        table.labels[row] =
            classes ? table.values[row] + plant_normal(&seed) > 100 : table.values[row] * 2;
    if (classes) {
        table.classes = calloc(2, sizeof *table.classes);
        assert_non_null(table.classes);
        table.classes[table.class_count++] = strdup("cold");
        table.classes[table.class_count++] = strdup("hot");
    }
    free(table.names[0]);
    table.names[0] = strdup("<s0> & \"co\"");
    return table;
}

static davy_train_report train(const char *folder, const char *task, const char *kind)
{
    const char *units[PLANT_SIGNALS] = {"bar", "", "", "", "", "kPa"};
    const bool watches = strcmp(task, "anomaly") == 0;
    davy_table table = watches ? plant_make(1500, 5) : make_answers(strcmp(task, "classify") == 0);
    const davy_train_options options = {.name = "m",
                                        .kind = kind,
                                        .task = task,
                                        .registry = folder,
                                        .seed = 4,
                                        .label = "answer",
                                        .units = units,
                                        .query = "--csv 'history.csv'"};
    davy_train_report report;

    assert_ok(davy_train(&table, &options, &report));
    davy_table_clear(&table);
    return report;
}

static davy_buffer read_leaf(const davy_train_report *report, const char *leaf)
{
    davy_buffer bytes = {0};
    char path[1100];

    (void) snprintf(path, sizeof path, "%s/%s", report->folder, leaf);
    assert_ok(davy_file_read(path, 1 << 24, &bytes));
    return bytes;
}

static json_t *read_json(const davy_train_report *report)
{
    davy_buffer bytes = read_leaf(report, "model.json");
    json_t *root = json_loadb(bytes.bytes, bytes.length, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(root);
    davy_buffer_clear(&bytes);
    return root;
}

static const char *const tasks[][2] = {
    {"anomaly", "pca"}, {"classify", "linear"}, {"regress", "linear"}, {"classify", "bayes"}};

/* What an auditor asks of any model, under the same names. */
static void every_model_says_where_it_comes_from_in_the_same_keys(void **state)
{
    static const char *const keys[] = {
        "schema", "preprocessing", "calibration", "metrics", "settings", "seed", "libraries",
        "parent", "author",        "data",        "trained", "summary",  "file", "signals"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tasks); i++) {
        davy_train_report report = train(registry, tasks[i][0], tasks[i][1]);
        json_t *root = read_json(&report), *data, *columns, *figures, *value;
        const char *key;

        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(keys); k++)
            if (!json_object_get(root, keys[k]))
                fail_msg("%s %s has no '%s'", tasks[i][0], tasks[i][1], keys[k]);
        data = json_object_get(root, "data");
        assert_string_equal(json_string_value(json_object_get(data, "query")),
                            "--csv 'history.csv'");
        columns = json_object_get(json_object_get(root, "schema"), "columns");
        assert_int_equal(json_array_size(columns), PLANT_SIGNALS);
        assert_string_equal(json_string_value(json_object_get(json_array_get(columns, 5), "unit")),
                            "kPa");
        assert_int_equal(json_integer_value(json_object_get(root, "parent")), i);
        figures = json_object_get(json_object_get(root, "metrics"), "figures");
        assert_true(json_object_size(figures) > 0);
        json_object_foreach(figures, key, value)
        {
            const double found = json_number_value(json_object_get(value, "value"));

            assert_true(json_number_value(json_object_get(value, "low")) <= found);
            assert_true(json_number_value(json_object_get(value, "high")) >= found);
        }
        json_decref(root);
    }
}

/* Two registries: only the time and who signed differ. */
static void the_same_data_seed_and_version_give_the_same_bytes(void **state)
{
    char second[64];

    (void) state;
    plant_folder(second);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tasks); i++) {
        davy_train_report a = train(registry, tasks[i][0], tasks[i][1]);
        davy_train_report b = train(second, tasks[i][0], tasks[i][1]);
        davy_buffer x = read_leaf(&a, "model.onnx"), y = read_leaf(&b, "model.onnx");
        json_t *first = read_json(&a), *other = read_json(&b);

        assert_int_equal(x.length, y.length);
        assert_memory_equal(x.bytes, y.bytes, x.length);
        assert_string_not_equal(json_string_value(json_object_get(first, "author")),
                                json_string_value(json_object_get(other, "author")));
        for (size_t k = 0; k < 2; k++) {
            json_object_del(k == 0 ? first : other, "trained");
            json_object_del(k == 0 ? first : other, "author");
        }
        assert_true(json_equal(first, other));
        json_decref(first);
        json_decref(other);
        davy_buffer_clear(&x);
        davy_buffer_clear(&y);
    }
    plant_remove(second);
}

/* The card stands in the version, in both languages, and names of columns are no markup. */
static void every_version_has_a_card(void **state)
{
    static const char *const words[] = {"Intended use", "用途",    "Where it ends",
                                        "IEC 61511",    "Lineage", "kPa",
                                        "history.csv",  "警告",    "OpenBLAS 0"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tasks); i++) {
        davy_train_report report = train(registry, tasks[i][0], tasks[i][1]);
        davy_buffer card = read_leaf(&report, "card.html");

        for (size_t w = 0; w < DAVY_ARRAY_LENGTH(words); w++)
            if (!strstr(card.bytes, words[w]))
                fail_msg("the card of %s %s does not say '%s'", tasks[i][0], tasks[i][1], words[w]);
        assert_null(strstr(card.bytes, "<s0>"));
        assert_true(strcmp(tasks[i][0], "anomaly") == 0 || strstr(card.bytes, "&lt;s0&gt; &amp;"));
        assert_null(strstr(card.bytes, "http"));
        davy_buffer_clear(&card);
    }
}

static void a_card_of_something_else_is_refused(void **state)
{
    davy_buffer html = {0};
    json_t *root = json_pack("{ss ss ss}", "kind", "<b>", "task", "classify", "trained",
                             "2026-01-01T00:00:00Z");

    (void) state;
    assert_fails(davy_card_make(root, &html), DAVY_ERR_INVALID, "no model.json");
    json_decref(root);
    root = json_array();
    assert_fails(davy_card_make(root, &html), DAVY_ERR_INVALID, "no model.json");
    json_decref(root);
    davy_buffer_clear(&html);
}

/* Garwood's limits, as in table 40 of Pearson and Hartley, Biometrika Tables, volume I. */
static void counts_of_false_alarms_have_the_exact_interval(void **state)
{
    static const struct {
        size_t count;
        double low, high;
    } known[] = {{0, 0, 3.689}, {1, 0.0253, 5.572}, {3, 0.619, 8.767}, {10, 4.795, 18.39}};
    double low, high;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(known); i++) {
        davy_poisson_interval(known[i].count, &low, &high);
        assert_near(low, known[i].low, 0.001);
        assert_near(high, known[i].high, 0.005);
    }
    davy_poisson_interval(2000, &low, &high); /* by the normal distribution: +-1.96 sqrt(n) */
    assert_near(low, 2000 - 87.7, 3);
    assert_near(high, 2000 + 87.7, 3);
}

int main(void)
{
#define with_registry(test) \
    cmocka_unit_test_setup_teardown(test, registry_set_up, registry_tear_down)
    const struct CMUnitTest tests[] = {
        with_registry(every_model_says_where_it_comes_from_in_the_same_keys),
        with_registry(the_same_data_seed_and_version_give_the_same_bytes),
        with_registry(every_version_has_a_card),
        cmocka_unit_test(a_card_of_something_else_is_refused),
        cmocka_unit_test(counts_of_false_alarms_have_the_exact_interval),
    };

    return cmocka_run_group_tests_name("models: lineage", tests, NULL, NULL);
}
