/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/fit.h"

#include "little.h"

#include <stdlib.h>
#include <unistd.h>

#define TRAIN      100 /* samples: three batches of 32, and 4 */
#define EPOCHS_MAX 64

static char folder[] = "/tmp/davy-test-fit-XXXXXX";
static char checkpoint[64];

/* What a training tells, and where it shall fail or stop. */
struct told {
    uint32_t first; /* sample of index 0 */
    uint32_t asked[EPOCHS_MAX][TRAIN];
    size_t asked_count[EPOCHS_MAX];
    int64_t fail_at; /* index of the sample that cannot be read; -1: none */
    int64_t sick_at; /* index of the sample that is no number; -1: none */
    davy_fit_epoch epochs[EPOCHS_MAX];
    size_t epoch_count;
    davy_fit_progress progress;
    size_t steps, stop_after; /* steps; 0: never */
};

static davy_status fill(void *context, uint64_t epoch, const uint32_t *indices, size_t count,
                        davy_tensor *inputs)
{
    struct told *told = context;

    for (size_t i = 0; i < count; i++) {
        if (epoch < EPOCHS_MAX && told->asked_count[epoch] < TRAIN)
            told->asked[epoch][told->asked_count[epoch]++] = indices[i];
        if ((int64_t) indices[i] == told->fail_at)
            return davy_fail(DAVY_ERR_IO, "picture %u is unreadable", indices[i]);
        little_sample(told->first + indices[i], davy_f32(&inputs[0]) + i * 3,
                      davy_f32(&inputs[1]) + i * 2);
        if ((int64_t) indices[i] == told->sick_at)
            davy_f32(&inputs[0])[i * 3] = NAN;
    }
    return DAVY_OK;
}

static void keep_epoch(void *context, const davy_fit_epoch *epoch)
{
    struct told *told = context;

    told->epochs[told->epoch_count++] = *epoch;
}

static void keep_progress(void *context, const davy_fit_progress *progress)
{
    struct told *told = context;

    assert_true(progress->sample <= progress->samples && progress->epoch < progress->epochs);
    assert_true(progress->seconds_left >= 0.0);
    told->progress = *progress;
    told->steps += !progress->validating;
}

static bool stop(void *context)
{
    const struct told *told = context;

    return told->stop_after > 0 && told->steps >= told->stop_after;
}

/* Share of the outputs that are within a tenth. */
static double within_a_tenth(void *context, const davy_tensor *inputs, const davy_trainer *trainer)
{
    const davy_tensor *y = davy_trainer_output(trainer, 0);
    double right = 0.0;

    (void) context;
    for (int64_t i = 0; i < davy_tensor_count(y); i++)
        right += fabsf(davy_f32(y)[i] - davy_f32(&inputs[1])[i]) < 0.1F ? 0.5 : 0.0;
    return right;
}

static struct told nothing_told(void)
{
    return (struct told){.fail_at = -1, .sick_at = -1};
}

static davy_fit_options options_for(struct told *train, struct told *validation)
{
    davy_fit_options options = {.train = {.count = TRAIN, .context = train, .fill = fill},
                                .epochs = 5,
                                .seed = 3,
                                .on_epoch = keep_epoch,
                                .on_progress = keep_progress,
                                .interrupted = stop,
                                .context = train};

    if (validation) {
        validation->first = 1000;
        options.validation = (davy_samples){.count = 50, .context = validation, .fill = fill};
    }
    return options;
}

struct run {
    struct little little;
    davy_trainer *trainer;
    davy_fit_result result;
};

static void begin(struct run *run, const davy_trainer_options *options, davy_pool *pool)
{
    run->little = little_build(little_dropout);
    assert_ok(
        davy_trainer_create(run->little.graph, run->little.loss, options, pool, &run->trainer));
}

static void end(struct run *run)
{
    davy_trainer_destroy(run->trainer);
    davy_graph_destroy(run->little.graph);
}

static const davy_trainer_options fast = {.optimiser.rate = 0.01F, .seed = 5};

static void a_training_ends_with_its_best_weights(void **state)
{
    struct told train = nothing_told(), validation = nothing_told();
    struct run run;
    davy_fit_options options = options_for(&train, &validation);
    struct little_batch batch;
    float loss;
    double sum = 0.0;

    (void) state;
    begin(&run, &fast, NULL);
    options.epochs = 20;
    options.metric = within_a_tenth;
    assert_ok(davy_fit_run(run.trainer, &options, &run.result));
    assert_int_equal(run.result.end, DAVY_FIT_COMPLETE);
    assert_int_equal(run.result.epochs, 20);
    assert_int_equal(train.epoch_count, 20);
    assert_int_equal(train.epochs[19].steps, 20 * 4);
    assert_true(train.epochs[19].loss < 0.5 * train.epochs[0].loss);
    assert_true(train.epochs[19].metric > train.epochs[0].metric);
    assert_true(train.epochs[run.result.best].best);
    assert_true(train.epochs[run.result.best].validation_loss == run.result.best_value);
    for (size_t i = 0; i < 20; i++)
        assert_true(train.epochs[i].validation_loss >= run.result.best_value);

    /* The validation set again, as batches of 32 and 18. */
    assert_ok(davy_trainer_evaluate(run.trainer, little_fill(&batch, 1000, 32), &loss));
    sum += 32.0 * (double) loss;
    assert_ok(davy_trainer_evaluate(run.trainer, little_fill(&batch, 1032, 18), &loss));
    sum += 18.0 * (double) loss;
    assert_true(sum / 50.0 == run.result.best_value);
    end(&run);
}

static void every_epoch_sees_every_sample_once(void **state)
{
    struct told train = nothing_told();
    struct run run;
    davy_fit_options options = options_for(&train, NULL);
    bool seen[2][TRAIN] = {{false}};

    (void) state;
    begin(&run, &fast, NULL);
    options.epochs = 2;
    assert_ok(davy_fit_run(run.trainer, &options, NULL));
    for (size_t epoch = 0; epoch < 2; epoch++) {
        assert_int_equal(train.asked_count[epoch], TRAIN);
        for (size_t i = 0; i < TRAIN; i++) {
            assert_false(seen[epoch][train.asked[epoch][i]]);
            seen[epoch][train.asked[epoch][i]] = true;
        }
    }
    assert_memory_not_equal(train.asked[0], train.asked[1], sizeof train.asked[0]);
    end(&run);

    train = nothing_told();
    begin(&run, &fast, NULL);
    options.in_order = true;
    assert_ok(davy_fit_run(run.trainer, &options, NULL));
    for (uint32_t i = 0; i < TRAIN; i++)
        assert_int_equal(train.asked[1][i], i);
    end(&run);
}

static void patience_ends_a_training_that_stands_still(void **state)
{
    struct told train = nothing_told(), validation = nothing_told();
    struct run run;
    davy_fit_options options = options_for(&train, &validation);

    (void) state;
    begin(&run, &(davy_trainer_options){.optimiser.rate = 1e-9F}, NULL);
    options.epochs = 20;
    options.patience = 3;
    options.improvement = 1e-3;
    assert_ok(davy_fit_run(run.trainer, &options, &run.result));
    assert_int_equal(run.result.end, DAVY_FIT_EARLY);
    assert_int_equal(run.result.epochs, 4); /* the first is the best, and three are not better */
    assert_int_equal(run.result.best, 0);
    end(&run);
}

static void the_metric_can_be_what_is_watched(void **state)
{
    struct told train = nothing_told(), validation = nothing_told();
    struct run run;
    davy_fit_options options = options_for(&train, &validation);
    double best = 0.0;

    (void) state;
    begin(&run, &fast, NULL);
    options.metric = within_a_tenth;
    options.watch_metric = true;
    options.epochs = 10;
    assert_ok(davy_fit_run(run.trainer, &options, &run.result));
    for (size_t i = 0; i < 10; i++)
        best = fmax(best, train.epochs[i].validation_metric);
    assert_true(best > 0.0 && run.result.best_value == best);
    assert_true(train.epochs[run.result.best].validation_metric == best);
    end(&run);
}

/* Weights and history of a training that was cut after `cut` steps, 0 for none, and went on. */
static void train_cut(size_t cut, size_t threads, size_t accumulate, float *weights,
                      struct told *told)
{
    struct told validation = nothing_told();
    davy_fit_options options;
    davy_trainer_options trainer = fast;
    davy_pool *pool;
    struct run run;

    (void) unlink(checkpoint);
    assert_ok(davy_pool_create(threads, &pool));
    trainer.average = 0.9F;
    for (int part = cut ? 0 : 1; part < 2; part++) {
        *told = nothing_told();
        told->stop_after = part ? 0 : cut;
        options = options_for(told, &validation);
        options.epochs = 4;
        options.accumulate = accumulate;
        options.checkpoint = checkpoint;
        options.resume = true;
        begin(&run, &trainer, pool);
        assert_ok(davy_fit_run(run.trainer, &options, &run.result));
        assert_int_equal(run.result.end, part ? DAVY_FIT_COMPLETE : DAVY_FIT_INTERRUPTED);
        little_weights(run.little.graph, weights);
        end(&run);
    }
    davy_pool_destroy(pool);
}

static void a_training_that_was_cut_goes_on_to_the_same_bits(void **state)
{
    static float whole[LITTLE_WEIGHTS], cut[LITTLE_WEIGHTS];
    static struct told told[2];

    (void) state;
    for (size_t accumulate = 1; accumulate <= 3; accumulate += 2)
        for (size_t steps = 1; steps <= 5; steps += 2)
            for (size_t threads = 1; threads <= 2; threads++) {
                train_cut(0, 1, accumulate, whole, &told[0]);
                train_cut(steps, threads, accumulate, cut, &told[1]);
                assert_memory_equal(whole, cut, sizeof whole);
                assert_int_equal(told[1].epoch_count, 4);
                for (size_t i = 0; i < 4; i++) {
                    told[0].epochs[i].seconds = told[1].epochs[i].seconds;
                    assert_memory_equal(&told[0].epochs[i], &told[1].epochs[i],
                                        sizeof(davy_fit_epoch));
                }
            }
}

static void an_interrupted_training_has_usable_weights(void **state)
{
    struct told train = nothing_told();
    davy_fit_options options = options_for(&train, NULL);
    struct run run;

    (void) state;
    begin(&run, &fast, NULL);
    train.stop_after = 2;
    assert_ok(davy_fit_run(run.trainer, &options, &run.result));
    assert_int_equal(run.result.end, DAVY_FIT_INTERRUPTED);
    assert_int_equal(run.result.epochs, 0);
    assert_int_equal(davy_trainer_steps(run.trainer), 2);
    assert_true(isnan(run.result.best_value));
    end(&run);
}

static void a_finished_training_is_not_trained_again(void **state)
{
    static float first[LITTLE_WEIGHTS], again[LITTLE_WEIGHTS];
    static struct told told;
    struct told validation = nothing_told();
    davy_fit_options options;
    struct run run;
    davy_trainer_options trainer = fast;

    (void) state;
    train_cut(0, 1, 1, first, &told);
    told = nothing_told();
    options = options_for(&told, &validation);
    options.epochs = 4;
    options.checkpoint = checkpoint;
    options.resume = true;
    trainer.average = 0.9F;
    begin(&run, &trainer, NULL);
    assert_ok(davy_fit_run(run.trainer, &options, &run.result));
    little_weights(run.little.graph, again);
    assert_memory_equal(first, again, sizeof first);
    assert_int_equal(told.asked_count[0], 0);
    assert_int_equal(told.epoch_count, 4);
    end(&run);
}

static void a_checkpoint_of_other_data_is_refused(void **state)
{
    static float weights[LITTLE_WEIGHTS];
    static struct told told;
    davy_fit_options options;
    struct run run;
    davy_trainer_options trainer = fast;

    (void) state;
    train_cut(0, 1, 1, weights, &told);
    trainer.average = 0.9F;
    told = nothing_told();
    options = options_for(&told, NULL);
    options.checkpoint = checkpoint;
    options.resume = true;
    begin(&run, &trainer, NULL);
    assert_fails(davy_fit_run(run.trainer, &options, NULL), DAVY_ERR_INVALID,
                 "'validation 50' where this one has 'validation 0'");
    assert_int_equal(davy_trainer_steps(run.trainer), 0);
    end(&run);
}

static void a_sample_that_cannot_be_read_ends_the_training(void **state)
{
    struct told train = nothing_told();
    davy_fit_options options = options_for(&train, NULL);
    struct run run;

    (void) state;
    begin(&run, &fast, NULL);
    train.fail_at = 77;
    assert_fails(davy_fit_run(run.trainer, &options, NULL), DAVY_ERR_IO,
                 "epoch 1: picture 77 is unreadable");
    end(&run);
}

static void a_sample_that_is_no_number_changes_nothing(void **state)
{
    static float before[LITTLE_WEIGHTS], after[LITTLE_WEIGHTS];
    struct told train = nothing_told();
    davy_fit_options options = options_for(&train, NULL);
    struct run run;

    (void) state;
    begin(&run, &fast, NULL);
    options.in_order = true;
    train.sick_at = 3;
    little_weights(run.little.graph, before);
    assert_fails(davy_fit_run(run.trainer, &options, NULL), DAVY_ERR_INVALID,
                 "epoch 1: step 1 of 'little': input 'x' holds a number that is not finite");
    little_weights(run.little.graph, after);
    assert_memory_equal(before, after, sizeof before);
    end(&run);
}

static void refuses_what_makes_no_sense(void **state)
{
    struct told train = nothing_told();
    struct run run;
    struct {
        davy_fit_options options;
        const char *words;
    } cases[6];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        cases[i].options = options_for(&train, NULL);
    cases[0].options.train.count = 0;
    cases[0].words = "no sample to learn from";
    cases[1].options.batch = 101;
    cases[1].words = "a batch of 101 samples is more than the 100";
    cases[2].options.epochs = 0;
    cases[2].words = "0 epochs";
    cases[3].options.watch_metric = true;
    cases[3].words = "a metric is to be watched";
    cases[4].options.improvement = -1.0;
    cases[4].words = "an improvement of -1";
    cases[5].options.train.count = (size_t) 1 << 32;
    cases[5].words = "2^32 - 1 at most";
    begin(&run, &fast, NULL);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(davy_fit_run(run.trainer, &cases[i].options, NULL), DAVY_ERR_INVALID,
                     cases[i].words);
    end(&run);
}

static void an_input_of_unknown_size_is_refused(void **state)
{
    struct told train = nothing_told();
    davy_fit_options options = options_for(&train, NULL);
    struct run run;

    (void) state;
    begin(&run, &fast, NULL);
    run.little.graph->values[run.little.graph->inputs[0]].tensor.dims[1] = -1;
    assert_fails(davy_fit_run(run.trainer, &options, NULL), DAVY_ERR_INVALID,
                 "input 'x' has no shape of which only the batch is left open");
    end(&run);
}

static int make_folder(void **state)
{
    (void) state;
    if (!mkdtemp(folder))
        return -1;
    (void) snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void) state;
    (void) unlink(checkpoint);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_training_ends_with_its_best_weights),
        cmocka_unit_test(every_epoch_sees_every_sample_once),
        cmocka_unit_test(patience_ends_a_training_that_stands_still),
        cmocka_unit_test(the_metric_can_be_what_is_watched),
        cmocka_unit_test(a_training_that_was_cut_goes_on_to_the_same_bits),
        cmocka_unit_test(an_interrupted_training_has_usable_weights),
        cmocka_unit_test(a_finished_training_is_not_trained_again),
        cmocka_unit_test(a_checkpoint_of_other_data_is_refused),
        cmocka_unit_test(a_sample_that_cannot_be_read_ends_the_training),
        cmocka_unit_test(a_sample_that_is_no_number_changes_nothing),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(an_input_of_unknown_size_is_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
