/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Operators of classical models beside trees: hand calculations and what is refused. Models of
 * scikit-learn and XGBoost are asked in test_onnx_ml.c.
 */
#include "operator.h"

#define NUMBERS F32(DIMS(2, 3), 1, -2, 3, 0, 4, -3)

static void prepares_features(void **state)
{
    (void) state;
    gives(&(operator_case){"scaler", .in = {NUMBERS},
                           .attributes = {FLOATS("offset", 1, 2, 3), FLOATS("scale", 0.5F)}},
          F32(DIMS(2, 3), 0, -2, 0, -0.5F, 1, -3));
    gives(&(operator_case){"scaler", .in = {I64(DIMS(2), 3, 4)},
                           .attributes = {FLOATS("scale", 2, 3)}},
          F32(DIMS(2), 6, 12));
    gives(&(operator_case){"normalizer", .in = {NUMBERS}},
          F32(DIMS(2, 3), 1.0F / 3, -2.0F / 3, 1, 0, 1, -0.75F));
    gives(&(operator_case){"normalizer", .in = {NUMBERS}, .attributes = {TEXT("norm", "L1")}},
          F32(DIMS(2, 3), 1.0F / 6, -1.0F / 3, 0.5F, 0, 4.0F / 7, -3.0F / 7));
    gives(&(operator_case){"normalizer", .in = {F32(DIMS(2, 2), 3, -4, 0, 0)},
                           .attributes = {TEXT("norm", "L2")}},
          F32(DIMS(2, 2), 0.6F, -0.8F, 0, 0));
    gives(&(operator_case){"binarizer", .in = {NUMBERS}, .attributes = {FLOAT("threshold", 1)}},
          F32(DIMS(2, 3), 0, 0, 1, 0, 1, 0));
    gives(&(operator_case){"imputer", .in = {F32(DIMS(2, 2), NAN, 2, 3, NAN)},
                           .attributes = {FLOAT("replaced_value_float", NAN),
                                          FLOATS("imputed_value_floats", 7, 8)}},
          F32(DIMS(2, 2), 7, 2, 3, 8));
    gives(&(operator_case){"imputer", .in = {I64(DIMS(3), -1, 0, -1)},
                           .attributes = {INT("replaced_value_int64", -1),
                                          INTS("imputed_value_int64s", INT64_MAX)}},
          I64(DIMS(3), INT64_MAX, 0, INT64_MAX));
    refuses(&(operator_case){"scaler", .in = {NUMBERS}, .attributes = {FLOATS("scale", 1, 2)}},
            DAVY_ERR_INVALID, "2 scale for 3 features");
    refuses(&(operator_case){"imputer", .in = {NUMBERS}}, DAVY_ERR_INVALID, "0 imputed values");
    refuses(&(operator_case){"normalizer", .in = {NUMBERS}, .attributes = {TEXT("norm", "L3")}},
            DAVY_ERR_INVALID, "norm 'L3'");
}

static void chooses_and_joins_features(void **state)
{
    (void) state;
    gives(&(operator_case){"array_feature_extractor", .in = {NUMBERS, I64(DIMS(1, 2), 2, 0)}},
          F32(DIMS(2, 2), 3, 1, -3, 0));
    gives(&(operator_case){"array_feature_extractor",
                           .in = {I64(DIMS(3), 7, 8, 9), I64(DIMS(2), 1, 1)}},
          I64(DIMS(1, 2), 8, 8));
    gives(&(operator_case){"feature_vectorizer", .in = {NUMBERS, I64(DIMS(2, 1), 5, 6)},
                           .attributes = {INTS("inputdimensions", 2, 2)}},
          F32(DIMS(2, 4), 1, -2, 5, 0, 0, 4, 6, 0));
    refuses(&(operator_case){"array_feature_extractor", .in = {NUMBERS, I64(DIMS(1), 3)}},
            DAVY_ERR_INVALID, "feature 3 of 3");
    refuses(&(operator_case){"array_feature_extractor", .in = {NUMBERS, I64(DIMS(1), -1)}},
            DAVY_ERR_INVALID, "feature -1 of 3");
    refuses(&(operator_case){"feature_vectorizer", .in = {NUMBERS, I64(DIMS(3, 1), 5, 6, 7)}},
            DAVY_ERR_INVALID, "rows of the first");
    refuses(&(operator_case){"feature_vectorizer", .in = {NUMBERS},
                             .attributes = {INTS("inputdimensions", INT64_MAX)}},
            DAVY_ERR_INVALID, "inputdimensions");
}

#define WORDS(dims_, ...) \
    ((davy_tensor){.type = DAVY_TYPE_TEXT, dims_, .data = (const char *[]){__VA_ARGS__}})

static void finds_categories(void **state)
{
    (void) state;
    gives(&(operator_case){"label_encoder", .in = {WORDS(DIMS(3), "b", "a", "?")},
                           .attributes = {TEXTS("keys_strings", "a", "b", "a"),
                                          INTS("values_int64s", 10, 20, 30)}},
          I64(DIMS(3), 20, 10, -1));
    gives(&(operator_case){"label_encoder", .in = {F32(DIMS(4), 1, NAN, -0.0F, 9)},
                           .attributes = {FLOATS("keys_floats", NAN, 0, 1),
                                          FLOATS("values_floats", 5, 6, 7),
                                          FLOAT("default_float", 0.5F)}},
          F32(DIMS(4), 7, 5, 6, 0.5F));
    gives(&(operator_case){"category_mapper", .in = {WORDS(DIMS(2, 1), "b", "c")},
                           .attributes = {TEXTS("cats_strings", "a", "b"),
                                          INTS("cats_int64s", 1, 2), INT("default_int64", -7)}},
          I64(DIMS(2, 1), 2, -7));
    gives(&(operator_case){"one_hot_encoder", .in = {I64(DIMS(2, 2), 4, 6, 7, 4)},
                           .attributes = {INTS("cats_int64s", 7, 4)}},
          F32(DIMS(2, 2, 2), 0, 1, 0, 0, 1, 0, 0, 1));
    gives(&(operator_case){"one_hot_encoder", .in = {WORDS(DIMS(2), "x", "")},
                           .attributes = {TEXTS("cats_strings", "", "x")}},
          F32(DIMS(2, 2), 0, 1, 1, 0));
    refuses(&(operator_case){"one_hot_encoder", .in = {F32(DIMS(1), 3)},
                             .attributes = {INTS("cats_int64s", 1, 2), INT("zeros", 0)}},
            DAVY_ERR_INVALID, "no known category");
    refuses(&(operator_case){"label_encoder", .in = {F32(DIMS(1), 3)},
                             .attributes = {TEXTS("keys_strings", "a"), INTS("values_int64s", 1)}},
            DAVY_ERR_INVALID, "its categories are strings");
    refuses(&(operator_case){"label_encoder", .in = {F32(DIMS(1), 3)},
                             .attributes = {FLOATS("keys_floats", 1, 2), INTS("values_int64s", 1)}},
            DAVY_ERR_INVALID, "2 keys and 1 values");
}

/* Texts that come out belong to the node or to the input: read them while both live. */
static void gives_texts(void **state)
{
    const operator_case trial = {"label_encoder", .in = {I64(DIMS(3), 2, 1, 3)},
                                 .attributes = {INTS("keys_int64s", 1, 2),
                                                TEXTS("values_strings", "one", "two"),
                                                TEXT("default_string", "many")}};
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor out;

    (void) state;
    assert_ok(davy_network_create(operator_graph(&trial, false), NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, trial.in, &out));
    assert_int_equal(out.type, DAVY_TYPE_TEXT);
    assert_string_equal(((const char *const *) out.data)[0], "two");
    assert_string_equal(((const char *const *) out.data)[2], "many");
    davy_session_destroy(session);
    davy_network_destroy(network);
}

static void adds_weighted_features(void **state)
{
    (void) state;
    gives(&(operator_case){"linear_regressor", .in = {NUMBERS},
                           .attributes = {INT("targets", 2), FLOATS("intercepts", 10, 20),
                                          FLOATS("coefficients", 1, 1, 1, 2, 0, -1)}},
          F32(DIMS(2, 2), 12, 19, 11, 23));
    gives(&(operator_case){"linear_regressor", .in = {NUMBERS},
                           .attributes = {FLOATS("coefficients", 1, 1, 1)}},
          F32(DIMS(2, 1), 2, 1));
    gives_all(&(operator_case){"linear_classifier", .in = {NUMBERS}, .out_count = 2,
                               .attributes = {FLOATS("intercepts", 10, 11, 0),
                                              FLOATS("coefficients", 1, 1, 1, 0, 0, 0, -5, 0, 4),
                                              INTS("classlabels_ints", 7, 8, 9)}},
              (davy_tensor[]){I64(DIMS(2), 7, 7), F32(DIMS(2, 3), 12, 11, 7, 11, 11, -12)});
    gives_all(&(operator_case){"linear_classifier", .in = {NUMBERS}, .out_count = 2,
                               .attributes = {FLOATS("intercepts", -1.5F),
                                              FLOATS("coefficients", 1, 1, 1),
                                              TEXT("post_transform", "LOGISTIC"),
                                              INTS("classlabels_ints", 3, 4)}},
              (davy_tensor[]){I64(DIMS(2), 4, 3), F32(DIMS(2, 2), 0.3775406688F, 0.6224593312F,
                                                      0.6224593312F, 0.3775406688F)});
    refuses(&(operator_case){"linear_regressor", .in = {NUMBERS},
                             .attributes = {FLOATS("coefficients", 1, 1)}},
            DAVY_ERR_INVALID, "2 coefficients and 0 intercepts for 1 targets of 3 features");
    refuses(&(operator_case){"linear_regressor", .in = {NUMBERS},
                             .attributes = {FLOATS("coefficients", 1, 1, NAN)}},
            DAVY_ERR_INVALID, "no finite number");
    refuses(&(operator_case){"linear_classifier", .in = {NUMBERS}, .out_count = 2,
                             .attributes = {FLOATS("intercepts", 1, 2),
                                            FLOATS("coefficients", 1, 1, 1, 2, 2, 2),
                                            INTS("classlabels_ints", 1, 2, 3)}},
            DAVY_ERR_INVALID, "3 class names for 2 sums");
}

/* Rows (0, 0) and (1, 2); support vectors (1, 0) and (0, 2) with weights 2 and -1, rho 0.25. */
#define PLANE F32(DIMS(2, 2), 0, 0, 1, 2)
#define TWO_VECTORS                                                                    \
    INT("n_supports", 2), FLOATS("support_vectors", 1, 0, 0, 2), FLOATS("rho", 0.25F), \
        FLOATS("coefficients", 2, -1), FLOATS("kernel_params", 0.5F, 1, 3)

static void weighs_support_vectors(void **state)
{
    (void) state;
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {TWO_VECTORS, TEXT("kernel_type", "LINEAR")}},
          F32(DIMS(2, 1), 0.25F, 2 * 1 - 4 + 0.25F));
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {TWO_VECTORS, TEXT("kernel_type", "RBF")}},
          F32(DIMS(2, 1), 2 * 0.6065306597F - 0.1353352832F + 0.25F,
              2 * 0.1353352832F - 0.6065306597F + 0.25F));
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {TWO_VECTORS, TEXT("kernel_type", "POLY")}},
          F32(DIMS(2, 1), 1.25F, 2 * 3.375F - 27 + 0.25F));
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {TWO_VECTORS, TEXT("kernel_type", "SIGMOID")}},
          F32(DIMS(2, 1), 0.7615941560F + 0.25F, 2 * 0.9051482536F - 0.9950547537F + 0.25F));
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {TWO_VECTORS, INT("one_class", 1)}},
          F32(DIMS(2, 1), 1, -1));
    gives(&(operator_case){"svm_regressor", .in = {PLANE},
                           .attributes = {FLOATS("coefficients", 3, 4), FLOATS("rho", 0.5F)}},
          F32(DIMS(2, 1), 0.5F, 11.5F));
}

static void lets_pairs_of_classes_vote(void **state)
{
    const davy_tensor x = F32(DIMS(3, 1), -1, 0.25F, 3);

    (void) state;
    gives_all(&(operator_case){"svm_classifier", .in = {x}, .out_count = 2,
                               .attributes = {INTS("vectors_per_class", 1, 1),
                                              FLOATS("support_vectors", -1, 1),
                                              FLOATS("coefficients", 1, -1), FLOATS("rho", 0),
                                              INTS("classlabels_ints", 5, 6)}},
              (davy_tensor[]){I64(DIMS(3), 5, 6, 6), F32(DIMS(3, 2), -2, 2, 0.5F, -0.5F, 6, -6)});
    /* Three classes on a line at -1, 0 and 3; of the pairs 01, 02 and 12 the sums are -x - 0.5,
     * -x + 1 and -3 x + 4.5 */
    gives_all(
        &(operator_case){
            "svm_classifier", .in = {x}, .out_count = 2,
            .attributes = {INTS("vectors_per_class", 1, 1, 1), FLOATS("support_vectors", -1, 0, 3),
                           FLOATS("coefficients", 1, 0, 0, 1, 0, -1), FLOATS("rho", -0.5F, 1, 4.5F),
                           INTS("classlabels_ints", 5, 6, 7)}},
        (davy_tensor[]){I64(DIMS(3), 5, 6, 7),
                        F32(DIMS(3, 3), 0.5F, 2, 7.5F, -0.75F, 0.75F, 3.75F, -3.5F, -2, -4.5F)});
}

static void refuses_machines_that_do_not_fit(void **state)
{
    const struct {
        davy_attribute wrong;
        const char *words;
    } cases[] = {{INT("n_supports", 3), "4 support_vectors for 6"},
                 {INT("n_supports", -1), "n_supports is -1"},
                 {INT("n_supports", INT64_MAX), "n_supports is"},
                 {FLOATS("rho", 1, 2), "2 rho for 1"},
                 {FLOATS("coefficients", 1), "1 coefficients for 2"},
                 {FLOATS("support_vectors", 1, 0, 0, NAN), "no finite number"},
                 {FLOATS("kernel_params", 1), "1 kernel_params"},
                 {TEXT("kernel_type", "CUBE"), "kernel_type 'CUBE'"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        refuses(&(operator_case){"svm_regressor", .in = {PLANE},
                                 .attributes = {TWO_VECTORS, TEXT("kernel_type", "RBF"),
                                                cases[i].wrong}},
                DAVY_ERR_INVALID, cases[i].words);
    refuses(&(operator_case){"svm_classifier", .in = {PLANE}, .out_count = 2,
                             .attributes = {INTS("vectors_per_class", 1, 1, 1),
                                            INTS("classlabels_ints", 5, 6)}},
            DAVY_ERR_INVALID, "3 vectors_per_class for 2 classes");
    refuses(&(operator_case){"svm_classifier", .in = {PLANE}, .out_count = 2,
                             .attributes = {INTS("vectors_per_class", -1, 3),
                                            INTS("classlabels_ints", 5, 6)}},
            DAVY_ERR_INVALID, "vectors_per_class has -1");
}

static void says_the_same_in_threads(void **state)
{
    float x[200];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(x); i++)
        x[i] = sinf((float) i);
    agrees_in_threads(&(operator_case){"svm_regressor",
                                       .in = {{.type = DAVY_TYPE_F32, DIMS(100, 2), .data = x}},
                                       .attributes = {TWO_VECTORS, TEXT("kernel_type", "RBF")}});
    agrees_in_threads(&(operator_case){"linear_regressor",
                                       .in = {{.type = DAVY_TYPE_F32, DIMS(100, 2), .data = x}},
                                       .attributes = {FLOATS("coefficients", 0.1F, 0.7F)}});
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(prepares_features),
        cmocka_unit_test(chooses_and_joins_features),
        cmocka_unit_test(finds_categories),
        cmocka_unit_test(gives_texts),
        cmocka_unit_test(adds_weighted_features),
        cmocka_unit_test(weighs_support_vectors),
        cmocka_unit_test(lets_pairs_of_classes_vote),
        cmocka_unit_test(refuses_machines_that_do_not_fit),
        cmocka_unit_test(says_the_same_in_threads),
    };

    return cmocka_run_group_tests_name("nn/ml", tests, NULL, NULL);
}
