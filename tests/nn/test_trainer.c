/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/trainer.h"

#include "little.h"

#include <malloc.h>
#include <stdlib.h>

struct training {
    struct little little;
    davy_trainer *trainer;
    struct little_batch batch;
};

static void begin(struct training *training, const davy_trainer_options *options,
                  davy_value (*extra)(davy_graph *, davy_value), davy_pool *pool)
{
    training->little = little_build(extra);
    assert_ok(davy_trainer_create(training->little.graph, training->little.loss, options, pool,
                                  &training->trainer));
}

static void end(struct training *training)
{
    davy_trainer_destroy(training->trainer);
    davy_graph_destroy(training->little.graph);
}

/* Steps on batches of 32 that come round after 8. */
static float steps(struct training *training, uint32_t from, uint32_t to)
{
    float loss = NAN;

    for (uint32_t i = from; i < to; i++)
        assert_ok(davy_trainer_step(training->trainer,
                                    little_fill(&training->batch, i % 8 * 32, 32), &loss));
    return loss;
}

static const davy_trainer_options plain = {.optimiser.rate = 0.01F, .seed = 5};

static void the_loss_falls(void **state)
{
    struct training training;
    float first, last;

    (void) state;
    begin(&training, &plain, NULL, NULL);
    first = steps(&training, 0, 1);
    last = steps(&training, 1, 300);
    assert_true(last < 0.05F * first);
    assert_int_equal(davy_trainer_steps(training.trainer), 300);
    assert_int_equal(davy_trainer_parameter_count(training.trainer), LITTLE_WEIGHTS);
    end(&training);
}

static void one_thread_and_two_agree_to_the_bit(void **state)
{
    static float weights[2][LITTLE_WEIGHTS];
    struct training training;

    (void) state;
    for (size_t threads = 1; threads <= 2; threads++) {
        davy_pool *pool;

        assert_ok(davy_pool_create(threads, &pool));
        begin(&training, &plain, little_dropout, pool);
        (void) steps(&training, 0, 20);
        little_weights(training.little.graph, weights[threads - 1]);
        end(&training);
        davy_pool_destroy(pool);
    }
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
}

static void the_seed_decides_what_is_dropped(void **state)
{
    struct training training;
    float loss[3];

    (void) state;
    for (uint64_t i = 0; i < 3; i++) {
        begin(&training, &(davy_trainer_options){.seed = i / 2}, little_dropout, NULL);
        loss[i] = steps(&training, 0, 1);
        end(&training);
    }
    assert_true(loss[0] == loss[1] && loss[0] != loss[2]);
}

/* Rows 0..31 and 32..47 in two batches against 0..47 in one: the mean gradient is the same but for
 * rounding. */
static void accumulated_batches_count_as_one(void **state)
{
    struct training whole, parts;
    float a[LITTLE_WEIGHTS], b[LITTLE_WEIGHTS];
    const davy_trainer_options options = {.optimiser = {.kind = DAVY_OPTIMISER_SGD, .rate = 0.5F}};

    (void) state;
    begin(&whole, &options, NULL, NULL);
    begin(&parts, &options, NULL, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        assert_ok(davy_trainer_step(whole.trainer, little_fill(&whole.batch, 48 * i, 48), NULL));
        assert_ok(
            davy_trainer_accumulate(parts.trainer, little_fill(&parts.batch, 48 * i, 32), NULL));
        assert_ok(davy_trainer_accumulate(parts.trainer, little_fill(&parts.batch, 48 * i + 32, 16),
                                          NULL));
        assert_ok(davy_trainer_update(parts.trainer));
        assert_near(davy_trainer_gradient_norm(whole.trainer),
                    davy_trainer_gradient_norm(parts.trainer), 1e-6);
    }
    assert_int_equal(davy_trainer_steps(parts.trainer), 3);
    little_weights(whole.little.graph, a);
    little_weights(parts.little.graph, b);
    for (size_t i = 0; i < LITTLE_WEIGHTS; i++)
        assert_near(a[i], b[i], 1e-6);
    assert_ok(davy_trainer_update(parts.trainer)); /* nothing was accumulated: no step */
    assert_int_equal(davy_trainer_steps(parts.trainer), 3);
    end(&whole);
    end(&parts);
}

static void evaluation_changes_nothing(void **state)
{
    struct training alone, watched;
    float a[LITTLE_WEIGHTS], b[LITTLE_WEIGHTS], before, again, after;

    (void) state;
    begin(&alone, &plain, little_dropout, NULL);
    begin(&watched, &plain, little_dropout, NULL);
    (void) steps(&alone, 0, 6);
    for (uint32_t i = 0; i < 6; i++) {
        (void) steps(&watched, i, i + 1);
        assert_ok(
            davy_trainer_evaluate(watched.trainer, little_fill(&watched.batch, 500, 40), &before));
        assert_ok(
            davy_trainer_evaluate(watched.trainer, little_fill(&watched.batch, 500, 40), &again));
        assert_true(before == again); /* no dropout */
    }
    little_weights(alone.little.graph, a);
    little_weights(watched.little.graph, b);
    assert_memory_equal(a, b, sizeof a);
    (void) steps(&watched, 6, 7);
    assert_ok(davy_trainer_evaluate(watched.trainer, little_fill(&watched.batch, 500, 40), &after));
    assert_true(after != before); /* it follows the weights */
    end(&alone);
    end(&watched);
}

/* The loss again from the outputs, by hand. */
static void outputs_are_those_of_the_last_run(void **state)
{
    struct training training;
    const davy_tensor *y;
    double sum = 0.0;
    float loss;

    (void) state;
    begin(&training, &plain, NULL, NULL);
    assert_int_equal(davy_trainer_output(training.trainer, 0)->type, DAVY_TYPE_NONE);
    for (int training_run = 0; training_run < 2; training_run++) {
        const davy_tensor *inputs = little_fill(&training.batch, 0, 20);

        if (training_run)
            assert_ok(davy_trainer_step(training.trainer, inputs, &loss));
        else
            assert_ok(davy_trainer_evaluate(training.trainer, inputs, &loss));
        y = davy_trainer_output(training.trainer, 0);
        assert_int_equal(y->dims[0], 20);
        sum = 0.0;
        for (size_t i = 0; i < 40; i++)
            sum += pow((double) davy_f32(y)[i] - (double) training.batch.t[i], 2.0);
        assert_near(sum / 40.0, (double) loss, 1e-6);
    }
    assert_int_equal(davy_trainer_output(training.trainer, 1)->type, DAVY_TYPE_NONE);
    end(&training);
}

/* Twelve sizes come round, so plans give way and are made anew; sizes one at a time, in trainers of
 * their own, say what the losses are. */
static void every_size_of_batch_has_its_plan(void **state)
{
    struct training training, other;
    float loss, expected;
    size_t arena, naive;

    (void) state;
    begin(&training, &plain, NULL, NULL);
    for (uint32_t round = 0; round < 2; round++)
        for (int64_t rows = 1; rows <= 12; rows++) {
            begin(&other, &plain, NULL, NULL);
            assert_ok(davy_trainer_evaluate(training.trainer, little_fill(&training.batch, 9, rows),
                                            &loss));
            assert_ok(davy_trainer_evaluate(other.trainer, little_fill(&other.batch, 9, rows),
                                            &expected));
            assert_true(loss == expected);
            end(&other);
        }
    davy_trainer_memory(training.trainer, &arena, &naive);
    assert_true(arena > 0 && naive > 0);
    end(&training);
}

static void a_step_allocates_nothing(void **state)
{
    struct training training;
    struct mallinfo2 before, after;

    (void) state;
    begin(&training, &(davy_trainer_options){.average = 0.9F}, little_dropout, NULL);
    (void) steps(&training, 0, 2);
    before = mallinfo2();
    (void) steps(&training, 2, 50);
    after = mallinfo2();
    assert_int_equal(before.uordblks, after.uordblks);
    assert_int_equal(before.ordblks, after.ordblks);
    end(&training);
}

static void the_rate_follows_the_schedule(void **state)
{
    struct training training;

    (void) state;
    begin(&training,
          &(davy_trainer_options){
              .optimiser.rate = 0.4F,
              .schedule = {.kind = DAVY_SCHEDULE_STEP, .every = 2, .gamma = 0.5, .warmup = 1}},
          NULL, NULL);
    for (uint32_t i = 0; i < 5; i++) {
        static const float rates[] = {0.2F, 0.4F, 0.4F, 0.2F, 0.2F};

        assert_near(davy_trainer_rate(training.trainer), rates[i], 1e-7);
        (void) steps(&training, i, i + 1);
    }
    end(&training);
}

static void frozen_parameters_stay(void **state)
{
    static const char *const prefixes[] = {"one/"};
    struct training training;
    float before[LITTLE_WEIGHTS], after[LITTLE_WEIGHTS];
    const size_t one = 3 * 16 + 16;

    (void) state;
    begin(&training, &(davy_trainer_options){.frozen = prefixes, .frozen_count = 1}, NULL, NULL);
    assert_int_equal(davy_trainer_parameter_count(training.trainer), LITTLE_WEIGHTS - one);
    assert_int_equal(
        training.little.graph->values[davy_graph_find(training.little.graph, "one/weights")].role,
        DAVY_ROLE_CONSTANT);
    (void) steps(&training, 0, 5);
    davy_trainer_destroy(training.trainer);
    little_weights(training.little.graph, after); /* the roles are back */
    davy_graph_destroy(training.little.graph);

    training.little = little_build(NULL);
    little_weights(training.little.graph, before);
    davy_graph_destroy(training.little.graph);
    assert_memory_equal(before, after, one * sizeof(float));
    for (size_t i = one; i < LITTLE_WEIGHTS; i++)
        assert_true(before[i] != after[i]);
}

static davy_value add_batch_norm(davy_graph *graph, davy_value x)
{
    static const char *const names[] = {"norm/scale", "norm/shift", "norm/mean", "norm/variance"};
    davy_value in[5] = {x};
    const davy_node *node;

    for (size_t i = 0; i < 4; i++) {
        in[i + 1] = davy_graph_parameter(
            graph, names[i], i < 2 ? DAVY_ROLE_PARAMETER : DAVY_ROLE_STATISTIC, 1, (int64_t[]){16});
        for (size_t k = 0; k < 16; k++)
            davy_f32(&graph->values[in[i + 1]].tensor)[k] = i % 2 ? 0.0F : 1.0F;
    }
    for (size_t k = 0; k < 16; k++) {
        davy_f32(&graph->values[in[3]].tensor)[k] = 0.1F;
        davy_f32(&graph->values[in[4]].tensor)[k] = 2.0F;
    }
    node = davy_graph_node(graph, "batch_norm", in, 5, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static float *numbers_of(const davy_graph *graph, const char *name)
{
    return davy_f32(&graph->values[davy_graph_find(graph, name)].tensor);
}

static void a_frozen_norm_works_as_in_inference(void **state)
{
    static const char *const prefixes[] = {"norm/"};
    struct training training;
    float evaluated, trained, by_batch;

    (void) state;
    begin(&training, &(davy_trainer_options){.frozen = prefixes, .frozen_count = 1}, add_batch_norm,
          NULL);
    assert_ok(
        davy_trainer_evaluate(training.trainer, little_fill(&training.batch, 0, 32), &evaluated));
    trained = steps(&training, 0, 1);
    assert_true(evaluated == trained);
    assert_true(numbers_of(training.little.graph, "norm/mean")[3] == 0.1F);
    end(&training);

    begin(&training, &plain, add_batch_norm, NULL);
    by_batch = steps(&training, 0, 1);
    assert_true(by_batch != evaluated);
    assert_true(numbers_of(training.little.graph, "norm/mean")[3] != 0.1F);
    end(&training);
}

/* By hand: shares of the past 1/10, 2/11, 3/12, ... as long as they are below 0.9. */
static void the_average_is_the_formula(void **state)
{
    struct training training;
    float weights[LITTLE_WEIGHTS] = {0}, average[LITTLE_WEIGHTS] = {0}, shown[LITTLE_WEIGHTS];

    (void) state;
    begin(&training, &(davy_trainer_options){.average = 0.9F}, NULL, NULL);
    little_weights(training.little.graph, average);
    for (uint32_t t = 0; t < 5; t++) {
        const float keep = (1.0F + (float) t) / (10.0F + (float) t);

        (void) steps(&training, t, t + 1);
        little_weights(training.little.graph, weights);
        for (size_t i = 0; i < LITTLE_WEIGHTS; i++)
            average[i] = keep * average[i] + (1.0F - keep) * weights[i];
    }
    davy_trainer_show_average(training.trainer, true);
    little_weights(training.little.graph, shown);
    for (size_t i = 0; i < LITTLE_WEIGHTS; i++)
        assert_near(shown[i], average[i], 1e-6);
    assert_fails(davy_trainer_step(training.trainer, training.batch.inputs, NULL), DAVY_ERR_INVALID,
                 "the average stands in the place of the weights");
    davy_trainer_show_average(training.trainer, false);
    little_weights(training.little.graph, shown);
    assert_memory_equal(shown, weights, sizeof shown);
    (void) steps(&training, 5, 6);
    davy_trainer_adopt_average(training.trainer);
    davy_trainer_show_average(training.trainer, true); /* it is both now */
    little_weights(training.little.graph, shown);
    davy_trainer_show_average(training.trainer, false);
    little_weights(training.little.graph, weights);
    assert_memory_equal(shown, weights, sizeof shown);
    end(&training);
}

static void what_was_kept_comes_back(void **state)
{
    struct training training;
    float kept[LITTLE_WEIGHTS], now[LITTLE_WEIGHTS], mean;

    (void) state;
    begin(&training, &plain, add_batch_norm, NULL);
    assert_fails(davy_trainer_recall(training.trainer), DAVY_ERR_NOT_FOUND, "kept");
    (void) steps(&training, 0, 3);
    assert_ok(davy_trainer_keep(training.trainer));
    memcpy(kept, numbers_of(training.little.graph, "one/weights"), 48 * sizeof(float));
    mean = numbers_of(training.little.graph, "norm/mean")[0];
    (void) steps(&training, 3, 6);
    assert_true(numbers_of(training.little.graph, "norm/mean")[0] != mean);
    assert_ok(davy_trainer_recall(training.trainer));
    memcpy(now, numbers_of(training.little.graph, "one/weights"), 48 * sizeof(float));
    assert_memory_equal(kept, now, 48 * sizeof(float));
    assert_true(numbers_of(training.little.graph, "norm/mean")[0] == mean);
    (void) steps(&training, 6, 8);
    end(&training);
}

/* Parameters and statistics before and after a step that must fail; then the trainer goes on. */
static void check_refused(struct training *training, const davy_tensor *inputs, const char *words)
{
    float before[48], after[48];
    const float mean = numbers_of(training->little.graph, "norm/mean")[0];
    const uint64_t done = davy_trainer_steps(training->trainer);

    memcpy(before, numbers_of(training->little.graph, "one/weights"), sizeof before);
    assert_fails(davy_trainer_step(training->trainer, inputs, NULL), DAVY_ERR_INVALID, words);
    memcpy(after, numbers_of(training->little.graph, "one/weights"), sizeof after);
    assert_memory_equal(before, after, sizeof before);
    assert_true(numbers_of(training->little.graph, "norm/mean")[0] == mean);
    assert_int_equal(davy_trainer_steps(training->trainer), done);
    (void) steps(training, (uint32_t) done, (uint32_t) done + 1);
}

static void a_step_that_is_not_finite_is_refused_whole(void **state)
{
    struct training training;
    const davy_tensor *inputs;

    (void) state;
    begin(&training, &plain, add_batch_norm, NULL);
    (void) steps(&training, 0, 2);
    inputs = little_fill(&training.batch, 0, 32);
    training.batch.x[50] = NAN;
    check_refused(&training, inputs,
                  "step 3 of 'little': input 'x' holds a number that is not finite");
    inputs = little_fill(&training.batch, 0, 32);
    training.batch.t[7] = INFINITY;
    check_refused(&training, inputs, "step 4 of 'little': input 't'");
    inputs = little_fill(&training.batch, 0, 32);
    training.batch.t[7] = 3e38F;
    check_refused(&training, inputs, "step 5 of 'little': the loss is inf");
    end(&training);
}

/* x W + b in place of tanh: a number that overflows in the norm's variance alone, where the loss
 * stays finite. */
static davy_value add_large_norm(davy_graph *graph, davy_value x)
{
    const davy_tensor large = {
        .type = DAVY_TYPE_F32, .rank = 1, .dims = {1}, .data = (float[]){1e25F}};

    return add_batch_norm(
        graph, little_node(graph, "mul", x, davy_graph_constant(graph, "large", &large)));
}

static void statistics_that_are_not_finite_are_refused(void **state)
{
    struct training training;

    (void) state;
    begin(&training, &plain, add_large_norm, NULL);
    assert_fails(davy_trainer_step(training.trainer, little_fill(&training.batch, 0, 32), NULL),
                 DAVY_ERR_INVALID, "step 1 of 'little': 'norm/variance' is not finite");
    assert_true(numbers_of(training.little.graph, "norm/variance")[0] == 2.0F);
    end(&training);
}

/* The root of 0 has an infinite slope, which the slope 0 of the loss makes NaN. */
static void a_gradient_that_is_not_finite_is_named(void **state)
{
    davy_graph *graph;
    davy_value a, b, loss;
    davy_trainer *trainer;
    const davy_tensor zero = {
        .type = DAVY_TYPE_F32, .rank = 1, .dims = {2}, .data = (float[]){0.0F, 1.0F}};

    (void) state;
    assert_ok(davy_graph_create("roots", 0, &graph));
    a = davy_graph_parameter(graph, "fine", DAVY_ROLE_PARAMETER, 1, (int64_t[]){2});
    b = davy_graph_parameter(graph, "rooted", DAVY_ROLE_PARAMETER, 1, (int64_t[]){2});
    davy_f32(&graph->values[b].tensor)[1] = 1.0F;
    loss = little_node(graph, "add", a, little_node(graph, "sqrt", b, DAVY_VALUE_NONE));
    loss = little_node(graph, "mse", loss, davy_graph_constant(graph, "t", &zero));
    assert_ok(davy_trainer_create(graph, loss, &(davy_trainer_options){0}, NULL, &trainer));
    assert_fails(davy_trainer_step(trainer, NULL, NULL), DAVY_ERR_INVALID,
                 "step 1 of 'roots': the gradient of 'rooted' is not finite");
    assert_true(davy_f32(&graph->values[b].tensor)[1] == 1.0F);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(graph);
}

static void a_failed_batch_forgets_those_before_it(void **state)
{
    struct training training;
    const davy_tensor *inputs;

    (void) state;
    begin(&training, &plain, add_batch_norm, NULL);
    assert_ok(davy_trainer_accumulate(training.trainer, little_fill(&training.batch, 0, 32), NULL));
    inputs = little_fill(&training.batch, 32, 32);
    training.batch.x[0] = NAN;
    assert_fails(davy_trainer_accumulate(training.trainer, inputs, NULL), DAVY_ERR_INVALID,
                 "input 'x'");
    assert_true(numbers_of(training.little.graph, "norm/mean")[0] == 0.1F);
    assert_ok(davy_trainer_update(training.trainer));
    assert_int_equal(davy_trainer_steps(training.trainer), 0);
    end(&training);
}

static void a_shape_that_does_not_fit_is_refused(void **state)
{
    struct training training;
    davy_tensor inputs[2];

    (void) state;
    begin(&training, &plain, NULL, NULL);
    memcpy(inputs, little_fill(&training.batch, 0, 32), sizeof inputs);
    inputs[1].dims[0] = 31;
    assert_fails(davy_trainer_step(training.trainer, inputs, NULL), DAVY_ERR_INVALID, "against");
    inputs[1].dims[1] = 5;
    assert_fails(davy_trainer_step(training.trainer, inputs, NULL), DAVY_ERR_INVALID, "input 't'");
    (void) steps(&training, 0, 2);
    end(&training);
}

static void memory_has_its_limit(void **state)
{
    struct training training;

    (void) state;
    begin(&training, &(davy_trainer_options){.memory_max = 10000}, NULL, NULL);
    assert_fails(davy_trainer_step(training.trainer, little_fill(&training.batch, 0, 64), NULL),
                 DAVY_ERR_FULL, "it may take 10000");
    end(&training);
}

static void refuses_options_that_make_no_sense(void **state)
{
    static const char *const prefixes[] = {"three/"};
    static const struct {
        davy_trainer_options options;
        davy_status status;
        const char *words;
    } cases[] = {
        {{.average = 1.0F}, DAVY_ERR_INVALID, "keeps 1 of the past"},
        {{.schedule.kind = DAVY_SCHEDULE_COSINE}, DAVY_ERR_INVALID, "'cosine'"},
        {{.optimiser.rate = -1.0F}, DAVY_ERR_INVALID, "learning rate"},
        {{.frozen = prefixes, .frozen_count = 1}, DAVY_ERR_NOT_FOUND, "begins with 'three/'"},
    };
    struct little little = little_build(NULL);
    davy_trainer *trainer = NULL;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(
            davy_trainer_create(little.graph, little.loss, &cases[i].options, NULL, &trainer),
            cases[i].status, cases[i].words);
    assert_fails(davy_trainer_create(little.graph, little.y, &plain, NULL, &trainer),
                 DAVY_ERR_INVALID, "is not one number");
    assert_fails(davy_trainer_create(little.graph, DAVY_VALUE_NONE, &plain, NULL, &trainer),
                 DAVY_ERR_INVALID, "has no loss");
    numbers_of(little.graph, "two/bias")[1] = NAN;
    assert_fails(davy_trainer_create(little.graph, little.loss, &plain, NULL, &trainer),
                 DAVY_ERR_INVALID, "'two/bias' of 'little' is not finite");
    assert_null(trainer);
    davy_graph_destroy(little.graph);
}

static void everything_frozen_is_nothing_to_learn(void **state)
{
    static const char *const prefixes[] = {"one/", "two/"};
    struct little little = little_build(NULL);
    davy_trainer *trainer;

    (void) state;
    assert_fails(davy_trainer_create(little.graph, little.loss,
                                     &(davy_trainer_options){.frozen = prefixes, .frozen_count = 2},
                                     NULL, &trainer),
                 DAVY_ERR_INVALID, "nothing to learn");
    davy_graph_destroy(little.graph);
}

/* A second trainer finds the parameters where the first has put them. */
static void a_graph_can_be_trained_again(void **state)
{
    struct training training;
    const float *first;

    (void) state;
    begin(&training, &plain, NULL, NULL);
    (void) steps(&training, 0, 2);
    first = numbers_of(training.little.graph, "one/weights");
    davy_trainer_destroy(training.trainer);
    assert_ok(davy_trainer_create(training.little.graph, training.little.loss, &plain, NULL,
                                  &training.trainer));
    assert_ptr_equal(first, numbers_of(training.little.graph, "one/weights"));
    (void) steps(&training, 2, 4);
    end(&training);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_falls),
        cmocka_unit_test(one_thread_and_two_agree_to_the_bit),
        cmocka_unit_test(the_seed_decides_what_is_dropped),
        cmocka_unit_test(accumulated_batches_count_as_one),
        cmocka_unit_test(evaluation_changes_nothing),
        cmocka_unit_test(outputs_are_those_of_the_last_run),
        cmocka_unit_test(every_size_of_batch_has_its_plan),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(the_rate_follows_the_schedule),
        cmocka_unit_test(frozen_parameters_stay),
        cmocka_unit_test(a_frozen_norm_works_as_in_inference),
        cmocka_unit_test(the_average_is_the_formula),
        cmocka_unit_test(what_was_kept_comes_back),
        cmocka_unit_test(a_step_that_is_not_finite_is_refused_whole),
        cmocka_unit_test(statistics_that_are_not_finite_are_refused),
        cmocka_unit_test(a_gradient_that_is_not_finite_is_named),
        cmocka_unit_test(a_failed_batch_forgets_those_before_it),
        cmocka_unit_test(a_shape_that_does_not_fit_is_refused),
        cmocka_unit_test(memory_has_its_limit),
        cmocka_unit_test(refuses_options_that_make_no_sense),
        cmocka_unit_test(everything_frozen_is_nothing_to_learn),
        cmocka_unit_test(a_graph_can_be_trained_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
