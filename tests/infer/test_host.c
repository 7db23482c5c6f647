/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Asking a host: answers, and what is said of questions that do not fit. The sentences are those of
 * Triton's server (core's infer_request.cc), which its clients know.
 */
#include "host_testing.h"

static void answers_a_question(void **state)
{
    davy_host *host;
    question q;

    (void) state;
    folder_put("scale", 3, 2);
    host = host_open(NULL);
    question_set(&q, "scale", 2);
    assert_ok(question_ask(host, &q));
    assert_string_equal(q.response.model, "scale");
    assert_int_equal(q.response.version, 3);
    assert_int_equal(strlen(q.response.file_hash), 64);
    assert_int_equal(q.response.output_count, 1);
    assert_int_equal(q.response.outputs[0].tensor.dims[0], 2);
    for (size_t i = 0; i < 4; i++)
        assert_near(davy_f32(&q.response.outputs[0].tensor)[i], 2 * q.numbers[i], 0);
    assert_int_equal(q.response.refusal, DAVY_REFUSAL_NONE);
    assert_true(q.response.times.compute > 0);
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

static void asks_the_version_that_is_named(void **state)
{
    davy_host *host;
    question q;

    (void) state;
    folder_put("scale", 1, 2);
    folder_put("scale", 2, 5);
    host = host_open(NULL);
    question_set(&q, "scale", 1);
    assert_near(question_factor(host, &q), 5, 0); /* the newest */
    q.request.version = "2";
    assert_near(question_factor(host, &q), 5, 0);
    q.request.version = "7";
    assert_int_equal(question_ask(host, &q), DAVY_ERR_NOT_FOUND);
    q.request.model = "other";
    assert_int_equal(question_ask(host, &q), DAVY_ERR_NOT_FOUND);
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

static void refuses_what_does_not_fit_with_the_sentences_that_clients_know(void **state)
{
    const char *const outputs[] = {"y", "z"}, *const twice[] = {"y", "y"};
    davy_named_tensor two[2];
    davy_host *host;
    question q;

    (void) state;
    folder_put("scale", 1, 2);
    host = host_open(NULL);

    question_set(&q, "scale", 1);
    q.input.name = "w";
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID,
                 "unexpected inference input 'w' for model 'scale'");
    question_reset(&q, "scale", 1);
    q.request.input_count = 0;
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID,
                 "expected 1 inputs but got 0 inputs for model 'scale'. Missing required input(s) "
                 "['x']");
    question_reset(&q, "scale", 1);
    two[0] = two[1] = q.input;
    q.request.inputs = two;
    q.request.input_count = 2;
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID, "input 'x' already exists in request");
    question_reset(&q, "scale", 1);
    q.input.tensor.type = DAVY_TYPE_I32;
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID,
                 "inference input 'x' data-type is 'INT32', but model 'scale' expects 'FP32'");
    question_reset(&q, "scale", 1);
    q.input.tensor.dims[1] = 3;
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID,
                 "unexpected shape for input 'x' for model 'scale'. Expected [-1,2], got [1,3]");
    question_reset(&q, "scale", 1);
    q.request.outputs = outputs;
    q.request.output_count = 2;
    assert_fails(question_ask(host, &q), DAVY_ERR_NOT_FOUND,
                 "unexpected inference output 'z' for model 'scale'");
    q.request.outputs = twice;
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID, "output 'y' already exists in request");
    question_reset(&q, "scale", 1);
    q.request.sequence = "7";
    assert_fails(question_ask(host, &q), DAVY_ERR_INVALID, "model 'scale' keeps no state");
    davy_infer_response_clear(&q.response);
    davy_host_destroy(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_a_question, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(asks_the_version_that_is_named, folder_set_up,
                                        folder_tear_down),
        cmocka_unit_test_setup_teardown(
            refuses_what_does_not_fit_with_the_sentences_that_clients_know, folder_set_up,
            folder_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
