/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Models of scikit-learn, XGBoost and LightGBM in the layouts of their converters give what ONNX
 * Runtime gives, and the same bits after they were written and read again.
 * tests/nn/make_ml_models.py made the files in tests/nn/ml/ and compared them with the libraries
 * too.
 */
#include "../testing.h"

#include "core/buffer.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"
#include "nn/onnx/tensor_file.h"

#include <math.h>
#include <unistd.h>

#define VALUES_MAX 4

static const char *const models[] = {
    "categories",
    "lightgbm_categories",
    "lightgbm_forest",
    "lightgbm_many",
    "lightgbm_split",
    "lightgbm_two",
    "sklearn_boosting",
    "sklearn_boosting_two",
    "sklearn_forest_two",
    "sklearn_forest_words",
    "sklearn_forest_regressor",
    "sklearn_logistic",
    "sklearn_logistic_two",
    "sklearn_one_class",
    "sklearn_ridge",
    "sklearn_svc_linear",
    "sklearn_svc_poly",
    "sklearn_svc_two",
    "sklearn_svr",
    "sklearn_svc_probability",
    "xgboost_counts",
    "xgboost_gaps",
    "xgboost_hinge",
    "xgboost_many",
    "sklearn_svc_probability_two",
    "xgboost_two",
};

/* A model, what it is asked and what it should say. */
struct trial {
    davy_arena arena;
    davy_graph *graph;
    davy_tensor in[VALUES_MAX], out[VALUES_MAX];
    size_t in_count, out_count;
};

static size_t read_tensors(struct trial *trial, const char *name, const char *what,
                           davy_tensor tensors[VALUES_MAX])
{
    size_t count = 0;

    for (; count < VALUES_MAX; count++) {
        const char *title;
        char path[512];

        (void) snprintf(path, sizeof path, ML_MODELS "/%s/%s_%zu.pb", name, what, count);
        if (access(path, R_OK) != 0)
            break;
        assert_ok(davy_tensor_load(path, &trial->arena, &tensors[count], &title));
    }
    return count;
}

static void open_trial(struct trial *trial, const char *name)
{
    char path[512];

    *trial = (struct trial){0};
    (void) snprintf(path, sizeof path, ML_MODELS "/%s/model.onnx", name);
    assert_ok(davy_onnx_load(path, 0, &trial->graph));
    trial->in_count = read_tensors(trial, name, "input", trial->in);
    trial->out_count = read_tensors(trial, name, "output", trial->out);
    assert_int_equal(trial->graph->input_count, trial->in_count);
    assert_int_equal(trial->graph->output_count, trial->out_count);
}

/* ONNX Runtime adds kernels as floats, and is up to 2.1e-5 from the sum in double. */
#define TOLERANCE 3e-5

static bool same(const davy_tensor *a, const davy_tensor *b, int64_t i)
{
    if (a->type == DAVY_TYPE_TEXT)
        return strcmp(((const char *const *) a->data)[i], ((const char *const *) b->data)[i]) == 0;
    if (a->type == DAVY_TYPE_I64)
        return ((const int64_t *) a->data)[i] == ((const int64_t *) b->data)[i];
    return fabs((double) davy_f32(a)[i] - (double) davy_f32(b)[i]) <=
           TOLERANCE * (1 + fabs((double) davy_f32(b)[i]));
}

static void compare(const char *name, const davy_tensor *made, const davy_tensor *expected)
{
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];

    if (made->type != expected->type || !davy_tensor_same_shape(made, expected))
        fail_msg("%s: %s instead of %s", name, davy_tensor_text(made, left),
                 davy_tensor_text(expected, right));
    for (int64_t i = 0; i < davy_tensor_count(made); i++)
        if (!same(made, expected, i))
            fail_msg("%s: element %lld of %s", name, (long long) i, davy_tensor_text(made, left));
}

/* Run a graph, which is taken, and compare with the trial. */
static void run(const char *name, davy_graph *graph, const struct trial *trial)
{
    davy_network *network;
    davy_session *session;
    davy_tensor out[VALUES_MAX];

    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, trial->in, out));
    for (size_t i = 0; i < trial->out_count; i++)
        compare(name, &out[i], &trial->out[i]);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void converters_files_are_read(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(models); i++) {
        struct trial trial;

        open_trial(&trial, models[i]);
        run(models[i], trial.graph, &trial);
        davy_arena_clear(&trial.arena);
    }
}

/* Numbers of the first and the second reading: the same bits. */
static void compare_bits(const struct trial *trial, davy_graph *again)
{
    davy_graph *graphs[] = {trial->graph, again};
    davy_network *networks[2];
    davy_session *sessions[2];
    davy_tensor out[2][VALUES_MAX];

    for (size_t k = 0; k < 2; k++) {
        assert_ok(davy_network_create(graphs[k], NULL, &networks[k]));
        assert_ok(davy_session_create(networks[k], NULL, &sessions[k]));
        assert_ok(davy_session_run(sessions[k], trial->in, out[k]));
    }
    for (size_t i = 0; i < trial->out_count; i++) {
        if (out[0][i].type == DAVY_TYPE_TEXT)
            compare("written and read again", &out[1][i], &out[0][i]);
        else
            assert_memory_equal(out[0][i].data, out[1][i].data, davy_tensor_bytes(&out[0][i]));
    }
    for (size_t k = 0; k < 2; k++) {
        davy_session_destroy(sessions[k]);
        davy_network_destroy(networks[k]);
    }
}

static void they_come_back_as_they_were(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(models); i++) {
        struct trial trial;
        davy_graph *again;
        davy_buffer bytes = {0};

        open_trial(&trial, models[i]);
        assert_ok(davy_onnx_export(trial.graph, NULL, 0, &bytes));
        assert_ok(davy_onnx_import(bytes.bytes, bytes.length, NULL, 0, &again));
        compare_bits(&trial, again);
        davy_buffer_clear(&bytes);
        davy_arena_clear(&trial.arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(converters_files_are_read),
        cmocka_unit_test(they_come_back_as_they_were),
    };

    return cmocka_run_group_tests_name("nn/onnx_ml", tests, NULL, NULL);
}
