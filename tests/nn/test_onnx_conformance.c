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
    };

    if (argc > 1 && strcmp(argv[1], "--list") == 0)
        return list(argc > 2 ? argv[2] : "");
    return cmocka_run_group_tests(tests, run_suite, clear_suite);
}
