/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The model.json of a predictor, which may be a stranger's: what does not hold together is refused
 * by the name of its key.
 */
#include "plant.h"

#include "models/predictor_private.h"

/* A waveform of four values, one of two classes. */
static json_t *the_json(void)
{
    static const char text[] =
        "{\"format\": 1, \"name\": \"pump\", \"version\": 3, \"kind\": \"cnn\","
        " \"task\": \"classify\","
        " \"form\": {\"kind\": \"wave\", \"steps\": 4, \"channels\": 1, \"height\": 0,"
        "            \"width\": 0, \"stride\": 1, \"horizon\": 0, \"cap\": 0.0, \"rate\": 12000.0},"
        " \"signals\": [\"s0\", \"s1\", \"s2\", \"s3\"], \"classes\": [\"ball\", \"normal\"],"
        " \"label\": \"state\", \"abstain\": 0.5, \"coverage\": 0.0, \"precision\": \"f32\","
        " \"hold\": 5, \"period_ns\": 0, \"trained\": \"2026-11-21T20:15:00Z\","
        " \"data\": {\"hash\": \"d\"}, \"file\": {\"name\": \"model.onnx\", \"hash\": \"f\"}}";
    json_t *root = json_loads(text, 0, NULL);

    assert_non_null(root);
    return root;
}

static davy_status read_json(json_t *root, davy_predictor **out)
{
    char *text = json_dumps(root, 0);
    const davy_status status = davy_predictor_json_read(text, strlen(text), out);

    free(text);
    json_decref(root);
    return status;
}

static void says_what_the_file_says(void **state)
{
    davy_predictor *predictor = NULL;
    const davy_predictor_info *info;

    (void) state;
    assert_ok(read_json(the_json(), &predictor));
    info = davy_predictor_describe(predictor);
    assert_int_equal(info->version, 3);
    assert_int_equal(info->form.kind, DAVY_FORM_WAVE);
    assert_int_equal(davy_form_values(&info->form), 4);
    assert_string_equal(info->signals[3], "s3");
    assert_string_equal(info->classes[1], "normal");
    davy_predictor_close(predictor);
}

/* Samples are cut by the form, so a wave of two channels would be read beyond its rows. */
static void refuses_a_form_with_sizes_that_its_kind_has_not(void **state)
{
    static const struct {
        const char *kind;
        int steps, channels;
    } cases[] = {{"wave", 4, 2}, {"row", 2, 4}, {"window", 0, 4}, {"image", 4, 1}, {"cube", 4, 1}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        json_t *root = the_json(), *form = json_object_get(root, "form");
        davy_predictor *predictor = NULL;

        json_object_set_new(form, "kind", json_string(cases[i].kind));
        json_object_set_new(form, "steps", json_integer(cases[i].steps));
        json_object_set_new(form, "channels", json_integer(cases[i].channels));
        assert_fails(read_json(root, &predictor), DAVY_ERR_CORRUPT, "'form'");
    }
}

static void refuses_what_does_not_hold_together(void **state)
{
    static const struct {
        const char *key, *value, *words;
        davy_status status;
    } cases[] = {
        {"format", "2", "format", DAVY_ERR_UNSUPPORTED},
        {"task", "\"anomaly\"", "watches rows", DAVY_ERR_UNSUPPORTED},
        {"task", "\"guess\"", "'task'", DAVY_ERR_CORRUPT},
        {"task", "\"regress\"", "'classes'", DAVY_ERR_CORRUPT},
        {"classes", "[\"one\"]", "'classes'", DAVY_ERR_CORRUPT},
        {"signals", "[\"s0\"]", "'signals'", DAVY_ERR_CORRUPT},
        {"signals", "\"s0\"", "'signals'", DAVY_ERR_CORRUPT},
        {"abstain", "1.5", "'abstain'", DAVY_ERR_CORRUPT},
        {"period_ns", "9223372036854775807", "'period_ns'", DAVY_ERR_CORRUPT},
        {"version", "0", "'version'", DAVY_ERR_CORRUPT},
        {"file", "null", "'hash'", DAVY_ERR_CORRUPT},
        {"imputed", "[\"nobody\"]", "'imputed'", DAVY_ERR_CORRUPT},
        {"imputed", "3", "'imputed'", DAVY_ERR_CORRUPT},
        {"flows", "3", "'flows'", DAVY_ERR_CORRUPT},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        json_t *root = the_json();
        davy_predictor *predictor = NULL;

        json_object_set_new(root, cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_fails(read_json(root, &predictor), cases[i].status, cases[i].words);
        assert_null(predictor);
    }
}

/* What is said of the samples that are kept sizes what is read of their file. */
static void what_is_said_of_kept_samples_is_checked(void **state)
{
    static const char sample[] = "{\"row\": 7, \"answer\": 1, \"run\": \"a\", \"time_ns\": 5}";
    static const struct {
        const char *samples, *words;
    } cases[] = {
        {"[{\"row\": 0, \"answer\": 1}]", "'row'"},
        {"[{\"row\": 1, \"answer\": \"x\"}]", "'answer'"},
        {"[{\"row\": 1, \"answer\": 1, \"run\": 3}]", "'run'"},
        {"[3]", "'row'"},
    };
    davy_predictor *predictor = NULL;
    json_t *root = the_json(), *many = json_array();
    const davy_background *kept;

    (void) state;
    json_object_set_new(root, "background",
                        json_pack("{s[o]ss}", "samples", json_loads(sample, 0, NULL), "hash", "h"));
    assert_ok(read_json(root, &predictor));
    kept = &predictor->background;
    assert_int_equal(kept->count, 1);
    assert_int_equal(kept->values, 4);
    assert_int_equal(kept->rows[0].place, 6);
    assert_int_equal(kept->rows[0].time_ns, 5);
    assert_string_equal(kept->rows[0].run, "a");
    davy_predictor_close(predictor);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        root = the_json();
        json_object_set_new(
            root, "background",
            json_pack("{soss}", "samples", json_loads(cases[i].samples, 0, NULL), "hash", "h"));
        assert_fails(read_json(root, &predictor), DAVY_ERR_CORRUPT, cases[i].words);
    }
    for (size_t i = 0; i <= DAVY_BACKGROUND_ROWS_MAX; i++)
        json_array_append_new(many, json_loads(sample, 0, NULL));
    root = the_json();
    json_object_set_new(root, "background", json_pack("{soss}", "samples", many, "hash", "h"));
    assert_fails(read_json(root, &predictor), DAVY_ERR_CORRUPT, "'background'");
}

/* A number has no classes, not even one: its answer would be looked for among probabilities. */
static void a_number_has_no_classes(void **state)
{
    json_t *root = the_json();
    davy_predictor *predictor = NULL;

    (void) state;
    json_object_set_new(root, "task", json_string("regress"));
    json_object_set_new(root, "classes", json_pack("[s]", "one"));
    assert_fails(read_json(root, &predictor), DAVY_ERR_CORRUPT, "'classes'");
    root = the_json();
    json_object_set_new(root, "task", json_string("regress"));
    json_object_set_new(root, "classes", json_array());
    assert_ok(read_json(root, &predictor));
    davy_predictor_close(predictor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_file_says),
        cmocka_unit_test(refuses_a_form_with_sizes_that_its_kind_has_not),
        cmocka_unit_test(refuses_what_does_not_hold_together),
        cmocka_unit_test(what_is_said_of_kept_samples_is_checked),
        cmocka_unit_test(a_number_has_no_classes),
    };

    return cmocka_run_group_tests_name("models: model.json of a predictor", tests, NULL, NULL);
}
