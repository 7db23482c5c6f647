/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "core/file.h"
#include "models/model_private.h"
#include "models/onnx_file.h"

#include <sys/stat.h>

static char registry[64];
static char folder[128];
static davy_buffer graph, json;

/* What is behind the signature is what is tested here: test_seal has the signature itself. */
static void take_the_seal_away(void)
{
    static const char *const names[] = {"manifest.json", "manifest.sig"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        char path[256];

        (void) snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
}

static int set_up(void **state)
{
    davy_table history = plant_make(600, 3);
    davy_train_report report;
    char path[256];

    (void) state;
    plant_folder(registry);
    davy_model_close(plant_train(&history, registry, (const char *[]){"lags=1"}, 1, 0, &report));
    davy_table_clear(&history);
    (void) snprintf(folder, sizeof folder, "%s/plant/1", registry);
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    assert_ok(davy_file_read(path, 1 << 20, &graph));
    (void) snprintf(path, sizeof path, "%s/model.json", folder);
    assert_ok(davy_file_read(path, 1 << 20, &json));
    take_the_seal_away();
    return 0;
}

static int tear_down(void **state)
{
    (void) state;
    davy_buffer_clear(&graph);
    davy_buffer_clear(&json);
    plant_remove(registry);
    return 0;
}

/* Write both files; model.json gets the hash of these bytes, so that the graph itself is read. */
static void write_model(const void *bytes, size_t length)
{
    json_t *root = json_loadb(json.bytes, json.length, 0, NULL);
    char path[256], hash[DAVY_HASH_MAX];
    char *text;

    davy_hash_bytes(bytes, length, hash);
    json_object_set_new(json_object_get(root, "file"), "hash", json_string(hash));
    text = json_dumps(root, 0);
    (void) snprintf(path, sizeof path, "%s/model.json", folder);
    assert_ok(davy_file_replace(path, text, strlen(text), 0644));
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    assert_ok(davy_file_replace(path, bytes, length, 0644));
    free(text);
    json_decref(root);
}

static void write_json(json_t *root)
{
    char path[256];
    char *text = json_dumps(root, 0);

    (void) snprintf(path, sizeof path, "%s/model.json", folder);
    assert_ok(davy_file_replace(path, text, strlen(text), 0644));
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    assert_ok(davy_file_replace(path, graph.bytes, graph.length, 0644));
    free(text);
    json_decref(root);
}

static json_t *the_json(void)
{
    return json_loadb(json.bytes, json.length, 0, NULL);
}

static void refuse_json(json_t *root, davy_status status, const char *words)
{
    davy_model *model = NULL;

    write_json(root);
    assert_fails(davy_model_open(folder, &model), status, words);
}

static void refuses_a_graph_that_is_not_the_one_hashed(void **state)
{
    davy_model *model = NULL;
    char path[256];

    (void) state;
    write_json(the_json());
    graph.bytes[graph.length / 2] ^= 1;
    (void) snprintf(path, sizeof path, "%s/model.onnx", folder);
    assert_ok(davy_file_replace(path, graph.bytes, graph.length, 0644));
    graph.bytes[graph.length / 2] ^= 1;
    assert_fails(davy_model_open(folder, &model), DAVY_ERR_CORRUPT, "SHA-256");
}

static void names_the_key_that_does_not_fit(void **state)
{
    static const struct {
        const char *key, *value, *words;
    } cases[] = {
        {"name", "3", "'name'"},
        {"version", "0", "'version'"},
        {"version", "1.5", "'version'"},
        {"lags", "-1", "'lags'"},
        {"lags", "65", "'lags'"},
        {"hold", "1e99", "'hold'"},
        {"period_ns", "\"fast\"", "'period_ns'"},
        {"period_ns", "9223372036854775807", "'period_ns'"},
        {"trained", "\"yesterday\"", "'trained'"},
        {"signals", "[]", "0 signals"},
        {"signals", "[{\"name\": 1, \"unit\": \"\"}]", "'name'"},
        {"smoothing", "{\"memory\": 1.0, \"start\": [0,0,0,0,0,0]}", "'memory'"},
        {"smoothing", "{\"memory\": 0.9, \"start\": [0]}", "'start'"},
        {"smoothing", "{\"memory\": 0.9, \"start\": [0,0,0,0,0,-1]}", "'start'"},
        {"calibration", "{}", "'budget_per_day'"},
        {"data", "null", "'hash'"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        json_t *root = the_json();

        json_object_set_new(root, cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        refuse_json(root, DAVY_ERR_CORRUPT, cases[i].words);
    }
}

static void refuses_a_curve_that_is_none(void **state)
{
    static const struct {
        const char *curve, *words;
    } cases[] = {
        {"{}", "'steps'"},
        {"[]", "'steps'"},
        {"{\"days\": 1, \"steps\": []}", "'steps'"},
        {"{\"days\": 1, \"tail\": {}, \"steps\": [[0]]}", "a step is out of range"},
        {"{\"days\": 1, \"tail\": {}, \"steps\": [[-1, 2]]}", "begin without"},
        {"{\"days\": 0, \"tail\": {}, \"steps\": [[0, 2]]}", "days"},
        {"{\"days\": 1, \"tail\": {\"from\": -1}, \"steps\": [[0, 2]]}", "tail"},
        {"{\"days\": 1, \"tail\": {}, \"steps\": [[0, 1], [1, 2]]}", "go down"},
    };
    json_t *root = the_json(), *many = json_array(), *curve;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        json_object_set_new(json_object_get(root, "calibration"), "curve",
                            json_loads(cases[i].curve, JSON_DECODE_ANY, NULL));
        refuse_json(json_incref(root), DAVY_ERR_CORRUPT, cases[i].words);
    }
    for (int i = 0; i <= (int) DAVY_BUDGET_STEPS_MAX; i++)
        json_array_append_new(many, json_pack("[if]", i, 1.0 / (i + 1)));
    curve = json_pack("{s:f, s:{}, s:o}", "days", 1.0, "tail", "steps", many);
    json_object_set_new(json_object_get(root, "calibration"), "curve", curve);
    refuse_json(root, DAVY_ERR_CORRUPT, "'steps'");
}

/* 600 rows a second apart, the last quarter calibrates: 149 to 150 rows vouch for 576 or so a day.
 */
static void answers_other_budgets_than_its_own(void **state)
{
    davy_model *model = NULL;
    davy_model_limit own, day, often;

    (void) state;
    write_json(the_json());
    assert_ok(davy_model_open(folder, &model));
    own = davy_model_limit_for(model, 1.0 / 7.0);
    assert_true(own.ratio == 1.0 && own.known && !own.vouched);
    assert_true(davy_model_limit_for(model, 0).ratio == 1.0);
    day = davy_model_limit_for(model, 1.0);
    assert_true(day.known && !day.vouched && day.ratio < 1.0);
    assert_near(day.budget_per_day, 1.0, 0.0);
    assert_near(day.promise_per_day, 86400.0 / 150.0, 10.0);
    often = davy_model_limit_for(model, 2000.0); /* three in the history: one short of four */
    assert_true(often.vouched && often.ratio < day.ratio);
    assert_true(often.promise_per_day <= 2000.0);
    davy_model_close(model);
}

static void a_model_of_before_there_were_curves_says_so(void **state)
{
    json_t *root = the_json();
    davy_model *model = NULL;
    davy_model_limit limit;

    (void) state;
    json_object_del(json_object_get(root, "calibration"), "curve");
    write_json(root);
    assert_ok(davy_model_open(folder, &model));
    limit = davy_model_limit_for(model, 1.0);
    assert_false(limit.known);
    assert_true(limit.ratio == 1.0);
    assert_near(limit.budget_per_day, 1.0 / 7.0, 1e-15);
    assert_true(davy_model_limit_for(model, 1.0 / 7.0).known);
    davy_model_close(model);
}

static void refuses_formats_and_kinds_it_does_not_know(void **state)
{
    json_t *root = the_json();

    (void) state;
    json_object_set_new(root, "format", json_integer(2));
    refuse_json(root, DAVY_ERR_UNSUPPORTED, "format");
    root = the_json();
    json_object_set_new(root, "kind", json_string("oracle"));
    refuse_json(root, DAVY_ERR_UNSUPPORTED, "oracle");
}

static void refuses_a_shape_that_is_not_that_of_the_graph(void **state)
{
    json_t *root = the_json();

    (void) state;
    json_object_set_new(root, "lags", json_integer(2));
    refuse_json(root, DAVY_ERR_CORRUPT, "loadings are [12,");
}

static void refuses_every_shortened_graph(void **state)
{
    (void) state;
    for (size_t length = 0; length < graph.length; length += 1 + length / 50) {
        davy_model *model = NULL;

        write_model(graph.bytes, length);
        if (davy_model_open(folder, &model) == DAVY_OK)
            fail_msg("opened a graph cut to %zu of %zu bytes", length, graph.length);
    }
}

/* Every learnt number in turn becomes what arithmetic must not meet. */
static void refuses_numbers_that_are_not_finite(void **state)
{
    static const char *const names[] = {"centre", "scale", "mean", "loadings", "whiten"};
    const double hostile = NAN;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++) {
        davy_buffer changed = {0};
        davy_model *model = NULL;
        char *at = NULL;
        char key[32];

        davy_buffer_append(&changed, graph.bytes, graph.length);
        /* A tensor is its dims, its type, then its name (field 8) and its bytes (field 9). */
        (void) snprintf(key, sizeof key, "\x42%c%s\x4a", (int) strlen(names[i]), names[i]);
        at = memmem(changed.bytes, changed.length, key, strlen(key));
        assert_non_null(at);
        at += strlen(key);
        while (*at & (char) 0x80)
            at++;
        memcpy(at + 1, &hostile, sizeof hostile);
        write_model(changed.bytes, changed.length);
        assert_fails(davy_model_open(folder, &model), DAVY_ERR_CORRUPT, "not finite");
        davy_buffer_clear(&changed);
    }
}

/* Graphs in attributes in nodes in graphs: a few kilobytes that would recurse without end. */
static void refuses_messages_nested_too_deep(void **state)
{
    davy_buffer inner = {0}, outer = {0};
    davy_onnx_file *file = NULL;

    (void) state;
    for (size_t depth = 0; depth < 3000; depth++) {
        static const unsigned char tags[] = {0x32, 0x2a, 0x0a}; /* g = 6, attribute = 5, node = 1 */

        davy_buffer_reset(&outer);
        davy_buffer_append(&outer, &tags[depth % 3], 1);
        for (size_t rest = inner.length;; rest >>= 7) {
            const unsigned char byte = (unsigned char) ((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));

            davy_buffer_append(&outer, &byte, 1);
            if (rest <= 0x7f)
                break;
        }
        davy_buffer_append(&outer, inner.bytes, inner.length);
        davy_buffer_reset(&inner);
        davy_buffer_append(&inner, outer.bytes, outer.length);
    }
    /* The last tag written is a node's; it stands in the graph, field 7 of the model. */
    davy_buffer_reset(&outer);
    davy_buffer_printf(&outer, "\x3a%c%c", (int) ((inner.length & 0x7f) | 0x80),
                       (int) (inner.length >> 7));
    davy_buffer_append(&outer, inner.bytes, inner.length);
    assert_fails(davy_onnx_file_parse(outer.bytes, outer.length, &file), DAVY_ERR_CORRUPT,
                 "nested too deep");
    davy_buffer_clear(&inner);
    davy_buffer_clear(&outer);
}

static void says_that_a_folder_without_a_model_is_not_there(void **state)
{
    davy_model *model = NULL;

    (void) state;
    assert_int_not_equal(davy_model_open("/nonexistent/model", &model), DAVY_OK);
    assert_non_null(strstr(davy_error(), "/nonexistent/model"));
}

/*
 * The formula of the graph, worked from its initializers without any of the scorer's code: an
 * independent second opinion on what the file says. The score has no smoothing with memory 0.
 */
static void scores_what_the_formula_of_the_graph_gives(void **state)
{
    enum { WINDOW = 2 * PLANT_SIGNALS };
    davy_table fresh = plant_make(50, 17);
    davy_onnx_file *file = NULL;
    davy_model *model = NULL;
    davy_run run = {0};
    double centre[PLANT_SIGNALS], scale[PLANT_SIGNALS], mean[WINDOW], weight_t2, weight_q;
    size_t rows, k;
    double *p, *whiten;
    json_t *root = the_json();

    (void) state;
    json_object_set_new(json_object_get(root, "smoothing"), "memory", json_real(0));
    write_json(root);
    assert_ok(davy_model_open(folder, &model));
    assert_ok(davy_model_run(model, &fresh, false, &run));
    assert_ok(davy_onnx_file_parse(graph.bytes, graph.length, &file));
    assert_ok(davy_onnx_file_shape(file, "loadings", &rows, &k));
    p = calloc(rows * k, sizeof *p);
    whiten = calloc(k, sizeof *whiten);
    assert_ok(davy_onnx_file_numbers(file, "centre", 1, PLANT_SIGNALS, centre));
    assert_ok(davy_onnx_file_numbers(file, "scale", 1, PLANT_SIGNALS, scale));
    assert_ok(davy_onnx_file_numbers(file, "mean", WINDOW, 0, mean));
    assert_ok(davy_onnx_file_numbers(file, "loadings", WINDOW, k, p));
    assert_ok(davy_onnx_file_numbers(file, "whiten", k, 0, whiten));
    assert_ok(davy_onnx_file_numbers(file, "weight_t2", 1, 0, &weight_t2));
    assert_ok(davy_onnx_file_numbers(file, "weight_q", 1, 0, &weight_q));
    for (size_t r = 1; r < fresh.rows; r++) {
        double x[WINDOW], t2 = 0, q = 0, norm = 0;

        for (size_t d = 0; d < WINDOW; d++) {
            const size_t j = d % PLANT_SIGNALS;
            const double value = davy_table_at(&fresh, r - d / PLANT_SIGNALS, j);

            x[d] = (value - centre[j]) / scale[j] - mean[d];
            norm += x[d] * x[d];
        }
        q = norm; /* orthonormal loadings: |x - P t|^2 = |x|^2 - |t|^2 */
        for (size_t i = 0; i < k; i++) {
            double t = 0;

            for (size_t d = 0; d < WINDOW; d++)
                t += x[d] * p[d * k + i];
            t2 += t * whiten[i] * t * whiten[i];
            q -= t * t;
        }
        assert_near(run.scores[r], weight_t2 * t2 + weight_q * q, 1e-9);
    }
    free(p);
    free(whiten);
    davy_run_clear(&run);
    davy_onnx_file_destroy(file);
    davy_model_close(model);
    davy_table_clear(&fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_graph_that_is_not_the_one_hashed),
        cmocka_unit_test(names_the_key_that_does_not_fit),
        cmocka_unit_test(refuses_a_curve_that_is_none),
        cmocka_unit_test(answers_other_budgets_than_its_own),
        cmocka_unit_test(a_model_of_before_there_were_curves_says_so),
        cmocka_unit_test(refuses_formats_and_kinds_it_does_not_know),
        cmocka_unit_test(refuses_a_shape_that_is_not_that_of_the_graph),
        cmocka_unit_test(refuses_every_shortened_graph),
        cmocka_unit_test(refuses_numbers_that_are_not_finite),
        cmocka_unit_test(refuses_messages_nested_too_deep),
        cmocka_unit_test(says_that_a_folder_without_a_model_is_not_there),
        cmocka_unit_test(scores_what_the_formula_of_the_graph_gives),
    };

    return cmocka_run_group_tests_name("models: files", tests, set_up, tear_down);
}
