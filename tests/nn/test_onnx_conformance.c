/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Conformance with ONNX, by ONNX's own backend tests (onnx_suite.h).
 *
 *     test_nn_onnx_conformance                  the tests
 *     test_nn_onnx_conformance --list [FILTER]  a line for each case whose "set/name" has FILTER in
 * it
 */
#include "../testing.h"

#include "onnx_suite.h"

#include "core/buffer.h"
#include "core/file.h"

#include <stdbool.h>

static onnx_suite suite;

/* One run serves all tests. */
static int run_suite(void **state)
{
    (void) state;
    if (onnx_suite_there())
        onnx_suite_run("", &suite);
    return 0;
}

static int clear_suite(void **state)
{
    (void) state;
    onnx_suite_clear(&suite);
    return 0;
}

#define NEED_DATA                                                \
    do {                                                         \
        (void) state;                                            \
        if (!onnx_suite_there())                                 \
            davy_skip_test("libonnx-testdata is not installed"); \
    } while (0)

static void no_model_crashes(void **state)
{
    NEED_DATA;
    assert_true(suite.count > 1000);
    for (size_t i = 0; i < suite.count; i++)
        if (suite.cases[i].outcome == ONNX_CRASH)
            fail_msg("%s/%s crashes: %s", suite.cases[i].set, suite.cases[i].name,
                     suite.cases[i].reason);
}

/* What inference on images, series and tables is made of: test names begin with these. */
static const char *const core[] = {
    "add",       "argmax",       "argmin",        "averagepool",  "basic_conv",    "batchnorm",
    "clip",      "concat",       "constant",      "conv_",        "convtranspose", "div",
    "elu",       "erf",          "exp",           "expand",       "flatten",       "gather",
    "gelu",      "gemm",         "globalaverage", "globalmax",    "gru",           "hardsigmoid",
    "hardswish", "instancenorm", "layer_norm",    "leakyrelu",    "log_",          "logsoftmax",
    "lstm",      "matmul_",      "max_",          "maxpool",      "min_",          "mul",
    "neg",       "nonmaxsup",    "pad_",          "constant_pad", "edge_pad",      "reflect_pad",
    "pow",       "prelu",        "reciprocal",    "reduce_",      "relu",          "reshape",
    "resize",    "selu",         "shape",         "sigmoid",      "simple_rnn",    "rnn",
    "slice",     "softmax",      "softplus",      "softsign",     "split_equal",   "split_variable",
    "sqrt",      "squeeze",      "sub",           "sum",          "tanh",          "tile",
    "top_k",     "transpose",    "unsqueeze",     "upsample",     "where",
};

static bool is_core(const onnx_case *one)
{
    if (strcmp(one->set, "node") != 0)
        return strncmp(one->set, "pytorch", strlen("pytorch")) == 0;
    for (size_t i = 0; i < sizeof core / sizeof core[0]; i++)
        if (strncmp(one->name + strlen("test_"), core[i], strlen(core[i])) == 0)
            return true;
    return false;
}

static void core_operators_and_all_of_pytorch_pass(void **state)
{
    size_t count = 0;

    NEED_DATA;
    for (size_t i = 0; i < suite.count; i++) {
        const onnx_case *one = &suite.cases[i];

        if (!is_core(one))
            continue;
        count++;
        if (one->outcome != ONNX_PASS)
            fail_msg("%s/%s: %s: %s", one->set, one->name, onnx_outcome_name(one->outcome),
                     one->reason);
    }
    assert_true(count > 500);
}

/* ------------------------------------------------------------------------------- docs/onnx.md */

static void write_totals(davy_buffer *page)
{
    davy_buffer_append_text(page,
                            "| set | pass | unsupported | fail | crash |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < suite.count;) {
        size_t counts[4] = {0};
        const char *set = suite.cases[i].set;

        for (; i < suite.count && strcmp(suite.cases[i].set, set) == 0; i++)
            counts[suite.cases[i].outcome]++;
        davy_buffer_printf(page, "| %s | %zu | %zu | %zu | %zu |\n", set, counts[ONNX_PASS],
                           counts[ONNX_UNSUPPORTED], counts[ONNX_FAIL], counts[ONNX_CRASH]);
    }
}

/* A cell of a table: a bar would end it. */
static void write_cell(davy_buffer *page, const char *text)
{
    for (; *text; text++)
        davy_buffer_append(page, *text == '|' ? "/" : text, 1);
}

static void write_others(davy_buffer *page)
{
    davy_buffer_append_text(page, "| test | outcome | why |\n|---|---|---|\n");
    for (size_t i = 0; i < suite.count; i++) {
        const onnx_case *one = &suite.cases[i];

        if (one->outcome == ONNX_PASS)
            continue;
        davy_buffer_printf(page, "| %s/%s | %s | ", one->set, one->name + strlen("test_"),
                           onnx_outcome_name(one->outcome));
        write_cell(page, one->reason);
        davy_buffer_append_text(page, " |\n");
    }
}

static void write_passes(davy_buffer *page)
{
    for (size_t i = 0; i < suite.count;) {
        const char *set = suite.cases[i].set;
        size_t column = 0;

        davy_buffer_printf(page, "\n### %s\n\n", set);
        for (; i < suite.count && strcmp(suite.cases[i].set, set) == 0; i++) {
            const char *name = suite.cases[i].name + strlen("test_");

            if (suite.cases[i].outcome != ONNX_PASS)
                continue;
            if (column + strlen(name) > 110)
                column = 0;
            davy_buffer_printf(page, "%s%s", column ? " " : (column = 1, "\n"), name);
            column += strlen(name) + 1;
        }
        davy_buffer_append_text(page, "\n");
    }
}

static void write_page(davy_buffer *page)
{
    davy_buffer_append_text(
        page,
        "# What of ONNX runs\n"
        "\n"
        "Every test that Debian's libonnx-testdata (ONNX 1.12) holds a model for, run as ONNX's "
        "own runner does: "
        "outputs must\n"
        "have the type and shape and agree to a relative error of 1e-3 (Bernoulli, which draws: "
        "type and shape).\n"
        "This page is written by\n"
        "`test_nn_onnx_conformance --write docs/onnx.md`, and a test compares it with what is "
        "true.\n"
        "\n"
        "A model with an operator that is not there is refused before anything runs, with the "
        "operator, the node "
        "and the\n"
        "operator set in the sentence. The set `real` of the package names nine models and does "
        "not hold them.\n"
        "It has no test of the domain ai.onnx.ml: of that davy has TreeEnsembleClassifier, "
        "TreeEnsembleRegressor,\n"
        "SVMClassifier, SVMRegressor, LinearClassifier, LinearRegressor, Scaler, Normalizer, "
        "Imputer, Binarizer,\n"
        "LabelEncoder, CategoryMapper, OneHotEncoder, ArrayFeatureExtractor, FeatureVectorizer "
        "and ZipMap (which\n"
        "becomes the tensor of scores), and has not CastMap, DictVectorizer and TreeEnsemble. "
        "`test_onnx_ml` compares\n"
        "models of scikit-learn and XGBoost with ONNX Runtime.\n"
        "\n");
    write_totals(page);
    davy_buffer_append_text(page, "\n## Not passed\n\n");
    write_others(page);
    davy_buffer_append_text(page, "\n## Passed\n");
    write_passes(page);
}

static void the_page_says_what_is_true(void **state)
{
    davy_buffer page = {0}, file = {0};

    NEED_DATA;
    write_page(&page);
    assert_ok(davy_buffer_ok(&page));
    assert_ok(davy_file_read(ONNX_PAGE, (size_t) 1 << 20, &file));
    if (page.length != file.length || memcmp(page.bytes, file.bytes, page.length) != 0)
        fail_msg("docs/onnx.md is old: run build/tests/nn/test_nn_onnx_conformance --write "
                 "docs/onnx.md");
    davy_buffer_clear(&page);
    davy_buffer_clear(&file);
}

static int write_to(const char *path)
{
    davy_buffer page = {0};
    davy_status status;

    if (!onnx_suite_there())
        return 1;
    onnx_suite_run("", &suite);
    write_page(&page);
    status = davy_buffer_ok(&page);
    if (status == DAVY_OK)
        status = davy_file_replace(path, page.bytes, page.length, 0644);
    onnx_suite_clear(&suite);
    davy_buffer_clear(&page);
    return status == DAVY_OK ? 0 : 1;
}

static int list(const char *filter)
{
    size_t counts[4] = {0};

    onnx_suite_run(filter, &suite);
    for (size_t i = 0; i < suite.count; i++) {
        const onnx_case *one = &suite.cases[i];

        counts[one->outcome]++;
        (void) printf("%-11s %s/%s%s%s\n", onnx_outcome_name(one->outcome), one->set, one->name,
                      *one->reason ? ": " : "", one->reason);
    }
    (void) printf("%zu pass, %zu unsupported, %zu fail, %zu crash\n", counts[ONNX_PASS],
                  counts[ONNX_UNSUPPORTED], counts[ONNX_FAIL], counts[ONNX_CRASH]);
    onnx_suite_clear(&suite);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_model_crashes),
        cmocka_unit_test(core_operators_and_all_of_pytorch_pass),
        cmocka_unit_test(the_page_says_what_is_true),
    };

    if (argc > 1 && strcmp(argv[1], "--list") == 0)
        return list(argc > 2 ? argv[2] : "");
    if (argc > 2 && strcmp(argv[1], "--write") == 0)
        return write_to(argv[2]);
    return cmocka_run_group_tests(tests, run_suite, clear_suite);
}
