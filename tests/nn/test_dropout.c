/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dropout: the identity when serving; reproducible noise that keeps the mean in training.
 */
#include "alone.h"

static void set_rate(davy_graph *graph, davy_node *node, const void *context)
{
    davy_node_set_float(graph, node, "rate", *(const float *) context);
}

static davy_tensor ones(int64_t rows, int64_t columns)
{
    davy_tensor x = gradient_input(2, (int64_t[]){rows, columns}, 1, 1);

    for (int64_t i = 0; i < davy_tensor_count(&x); i++)
        davy_f32(&x)[i] = 1;
    return x;
}

static davy_tensor dropped(const davy_tensor *x, float rate, const struct operator_options *options)
{
    davy_value y;
    davy_graph *graph = operator_graph("dropout", x, 1, set_rate, &rate, &y);
    davy_tensor result = operator_run_with(graph, y, x, options);

    davy_graph_destroy(graph);
    return result;
}

static void changes_nothing_when_serving(void **state)
{
    davy_tensor x = gradient_input(2, (int64_t[]){7, 4000}, 1, 1);
    davy_tensor result = dropped(&x, 0.5F, &(struct operator_options){.threads = 2});

    (void) state;
    assert_memory_equal(result.data, x.data, davy_tensor_bytes(&x));
    free(result.data);
    free(x.data);
}

/* 100,000 elements: five standard errors of the share that stays. */
static void drops_the_share_that_was_asked_for(void **state)
{
    davy_tensor x = ones(100, 1000);
    davy_tensor result =
        dropped(&x, 0.2F, &(struct operator_options){.threads = 1, .training = true, .seed = 9});
    double kept = 0;

    (void) state;
    for (int64_t i = 0; i < davy_tensor_count(&x); i++) {
        const float value = davy_f32(&result)[i];

        assert_true(value == 0 || fabsf(value - 1.25F) < 1e-6F);
        kept += value != 0;
    }
    assert_near(kept / 100000, 0.8, 5 * 0.4 / 316);
    free(result.data);
    free(x.data);
}

static void draws_the_same_whatever_the_threads_and_anew_each_step(void **state)
{
    davy_tensor x = ones(100, 1003);
    struct operator_options options = {.threads = 1, .training = true, .seed = 4, .step = 7};
    davy_tensor one = dropped(&x, 0.5F, &options), two, next, other;

    (void) state;
    options.threads = 2;
    two = dropped(&x, 0.5F, &options);
    options.step = 8;
    next = dropped(&x, 0.5F, &options);
    options.step = 7;
    options.seed = 5;
    other = dropped(&x, 0.5F, &options);
    assert_memory_equal(one.data, two.data, davy_tensor_bytes(&one));
    assert_memory_not_equal(one.data, next.data, davy_tensor_bytes(&one));
    assert_memory_not_equal(one.data, other.data, davy_tensor_bytes(&one));
    free(one.data);
    free(two.data);
    free(next.data);
    free(other.data);
    free(x.data);
}

static void has_the_gradient_that_differences_show(void **state)
{
    static const float rate = 0.3F;
    davy_tensor x = gradient_input(2, (int64_t[]){5, 70}, 1, 1);

    (void) state;
    operator_check_gradient("dropout", &x, 1, set_rate, &rate);
    free(x.data);
}

static void refuses_to_drop_everything(void **state)
{
    static const float rate = 1;
    davy_tensor x = ones(1, 3);
    davy_value y;
    davy_graph *graph = operator_graph("dropout", &x, 1, set_rate, &rate, &y);
    davy_plan *plan;

    (void) state;
    assert_fails(
        operator_plan(graph, &x, &(struct operator_options){.threads = 1}, DAVY_VALUE_NONE, &plan),
        DAVY_ERR_INVALID, "a rate of 1");
    davy_graph_destroy(graph);
    free(x.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_nothing_when_serving),
        cmocka_unit_test(drops_the_share_that_was_asked_for),
        cmocka_unit_test(draws_the_same_whatever_the_threads_and_anew_each_step),
        cmocka_unit_test(has_the_gradient_that_differences_show),
        cmocka_unit_test(refuses_to_drop_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
