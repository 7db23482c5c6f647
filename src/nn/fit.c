/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/fit.h"

#include "core/clock.h"
#include "core/random.h"
#include "nn/fit_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static double seconds_since(int64_t began_ns)
{
    return (double) (davy_monotonic_ns(davy_clock_system()) - began_ns) * 1e-9;
}

static bool validates(const davy_fit_state *fit)
{
    return fit->options->validation.count > 0;
}

static bool watches(const davy_fit_state *fit)
{
    return validates(fit) || fit->options->patience > 0;
}

/* Setting up. */

static davy_status check_options(const davy_fit_options *options)
{
    const size_t most = options->train.count > options->validation.count
                            ? options->train.count
                            : options->validation.count;

    if (options->train.count == 0)
        return davy_fail(DAVY_ERR_INVALID, "there is no sample to learn from");
    if (most > UINT32_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu samples; 2^32 - 1 at most", most);
    if (options->batch > options->train.count)
        return davy_fail(DAVY_ERR_INVALID,
                         "a batch of %zu samples is more than the %zu there are to learn from",
                         options->batch, options->train.count);
    if (options->epochs == 0 || options->epochs > DAVY_FIT_EPOCHS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%" PRIu64 " epochs; 1 to %" PRIu64, options->epochs,
                         DAVY_FIT_EPOCHS_MAX);
    if (options->watch_metric && !options->metric)
        return davy_fail(DAVY_ERR_INVALID, "a metric is to be watched, and none is given");
    if (!(options->improvement >= 0.0))
        return davy_fail(DAVY_ERR_INVALID, "an improvement of %g is none", options->improvement);
    return DAVY_OK;
}

static davy_status set_up(davy_fit_state *fit)
{
    const davy_fit_options *options = fit->options;
    const size_t most = options->train.count > options->validation.count
                            ? options->train.count
                            : options->validation.count;

    fit->batch = options->batch ? options->batch : 32;
    if (fit->batch > options->train.count)
        fit->batch = options->train.count;
    fit->accumulate = options->accumulate ? options->accumulate : 1;
    fit->place.best_value = NAN;
    fit->began_ns = davy_monotonic_ns(davy_clock_system());
    fit->rate = davy_trainer_rate(fit->trainer);
    fit->order = calloc(most, sizeof *fit->order);
    if (!fit->order)
        return davy_fail(DAVY_ERR_NOMEM, "the order of %zu samples", most);
    return davy_prefetch_create(davy_trainer_graph(fit->trainer), fit->batch, &fit->prefetch);
}

/* Telling. */

static double mean(double sum, size_t samples)
{
    return samples ? sum / (double) samples : NAN;
}

static void tell_progress(const davy_fit_state *fit, bool validating)
{
    const davy_fit_options *options = fit->options;
    const size_t samples = options->train.count;
    const double elapsed = seconds_since(fit->began_ns);
    const double left = (double) (options->epochs - fit->place.epoch) * (double) samples -
                        (double) fit->place.sample;
    const double speed = elapsed > 0.0 ? (double) fit->trained / elapsed : 0.0;
    davy_fit_progress progress = {.epoch = fit->place.epoch,
                                  .epochs = options->epochs,
                                  .sample = fit->place.sample,
                                  .samples = samples,
                                  .loss = mean(fit->place.loss, fit->place.sample),
                                  .metric = NAN,
                                  .samples_per_second = speed,
                                  .seconds_left = speed > 0.0 ? left / speed : INFINITY,
                                  .validating = validating};

    if (!options->on_progress)
        return;
    if (options->metric)
        progress.metric = mean(fit->place.metric, fit->place.sample);
    options->on_progress(options->context, &progress);
}

static double measure(const davy_fit_state *fit, const davy_tensor *inputs)
{
    return fit->options->metric ? fit->options->metric(fit->options->context, inputs, fit->trainer)
                                : 0.0;
}

/* One epoch. */

static void begin_pass(davy_fit_state *fit, const davy_samples *samples, size_t from, bool shuffle)
{
    if (shuffle)
        davy_random_shuffle(fit->options->seed, (uint32_t) fit->place.epoch, fit->order,
                            samples->count);
    else
        for (size_t i = 0; i < samples->count; i++)
            fit->order[i] = (uint32_t) i;
    davy_prefetch_begin(fit->prefetch, &(davy_prefetch_pass){.samples = samples,
                                                             .epoch = fit->place.epoch,
                                                             .order = fit->order + from,
                                                             .count = samples->count - from});
}

/* One step: as many batches as count as one, or what is left. */
static davy_status run_step(davy_fit_state *fit)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; status == DAVY_OK && i < fit->accumulate; i++) {
        const davy_tensor *inputs;
        size_t count;
        float loss;

        status = davy_prefetch_next(fit->prefetch, &inputs, &count);
        if (status != DAVY_OK || count == 0)
            break;
        status = davy_trainer_accumulate(fit->trainer, inputs, &loss);
        if (status != DAVY_OK)
            return status;
        fit->place.loss += (double) loss * (double) count;
        fit->place.metric += measure(fit, inputs);
        fit->place.sample += count;
        fit->trained += count;
    }
    fit->rate = davy_trainer_rate(fit->trainer);
    return status == DAVY_OK ? davy_trainer_update(fit->trainer) : status;
}

/* What is left of this epoch's samples, until somebody interrupts. */
static davy_status learn(davy_fit_state *fit)
{
    const davy_fit_options *options = fit->options;
    const size_t samples = options->train.count;
    davy_status status = DAVY_OK;

    begin_pass(fit, &options->train, fit->place.sample, !options->in_order);
    while (status == DAVY_OK && fit->place.sample < samples && !fit->interrupted) {
        status = run_step(fit);
        if (status != DAVY_OK)
            break;
        tell_progress(fit, false);
        fit->interrupted = options->interrupted && options->interrupted(options->context);
    }
    return status;
}

static davy_status validate(davy_fit_state *fit, davy_fit_epoch *epoch)
{
    const davy_samples *samples = &fit->options->validation;
    double loss_sum = 0.0, metric_sum = 0.0;
    size_t done = 0;

    begin_pass(fit, samples, 0, false);
    while (done < samples->count) {
        const davy_tensor *inputs;
        size_t count;
        float loss;
        davy_status status = davy_prefetch_next(fit->prefetch, &inputs, &count);

        if (status == DAVY_OK)
            status = davy_trainer_evaluate(fit->trainer, inputs, &loss);
        if (status != DAVY_OK)
            return davy_fail_in(status, "validation");
        loss_sum += (double) loss * (double) count;
        metric_sum += measure(fit, inputs);
        done += count;
        tell_progress(fit, true);
    }
    epoch->validation_loss = mean(loss_sum, done);
    if (fit->options->metric)
        epoch->validation_metric = mean(metric_sum, done);
    return DAVY_OK;
}

/* Whether an epoch is the best so far, by what is watched. */
static bool is_best(const davy_fit_state *fit, const davy_fit_epoch *epoch, double *value)
{
    const double best = fit->place.best_value, least = fit->options->improvement;
    const bool newest = fit->options->newest || isnan(best);

    if (fit->options->watch_metric) {
        *value = validates(fit) ? epoch->validation_metric : epoch->metric;
        return newest || *value > best + least;
    }
    *value = validates(fit) ? epoch->validation_loss : epoch->loss;
    return newest || *value < best - least;
}

/* Judge the weights of the epoch, or their average, and keep them if they are the best. */
static davy_status judge(davy_fit_state *fit, davy_fit_epoch *epoch)
{
    davy_status status = DAVY_OK;
    double value = NAN;

    davy_trainer_show_average(fit->trainer, true);
    if (validates(fit))
        status = validate(fit, epoch);
    if (status == DAVY_OK && watches(fit) && is_best(fit, epoch, &value)) {
        epoch->best = true;
        fit->place.best = epoch->epoch;
        fit->place.best_value = value;
        status = davy_trainer_keep(fit->trainer);
    }
    davy_trainer_show_average(fit->trainer, false);
    return status;
}

static davy_status conclude(davy_fit_state *fit)
{
    const size_t samples = fit->options->train.count;
    davy_fit_epoch epoch = {.epoch = fit->place.epoch,
                            .steps = davy_trainer_steps(fit->trainer),
                            .loss = mean(fit->place.loss, samples),
                            .metric = fit->options->metric ? mean(fit->place.metric, samples) : NAN,
                            .validation_loss = NAN,
                            .validation_metric = NAN,
                            .rate = (double) fit->rate};
    davy_status status = judge(fit, &epoch);

    if (status != DAVY_OK)
        return status;
    epoch.seconds = fit->place.seconds + seconds_since(fit->epoch_ns);
    davy_buffer_append(&fit->epochs, &epoch, sizeof epoch);
    status = davy_buffer_ok(&fit->epochs);
    if (status != DAVY_OK)
        return status;
    fit->place = (davy_fit_place){.epoch = epoch.epoch + 1,
                                  .best = fit->place.best,
                                  .best_value = fit->place.best_value,
                                  .told = epoch.epoch + 1};
    if (fit->options->on_epoch)
        fit->options->on_epoch(fit->options->context, &epoch);
    return davy_fit_save(fit);
}

static davy_status run_epoch(davy_fit_state *fit)
{
    const uint64_t epoch = fit->place.epoch;
    davy_status status;

    fit->epoch_ns = davy_monotonic_ns(davy_clock_system());
    status = learn(fit);
    if (status == DAVY_OK && fit->place.sample < fit->options->train.count) {
        fit->place.seconds += seconds_since(fit->epoch_ns);
        status = davy_fit_save(fit); /* interrupted within the epoch */
    } else if (status == DAVY_OK) {
        status = conclude(fit);
    }
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "epoch %" PRIu64, epoch + 1);
}

static bool patience_is_over(const davy_fit_state *fit)
{
    return fit->options->patience > 0 && fit->place.epoch > 0 &&
           fit->place.epoch - 1 - fit->place.best >= fit->options->patience;
}

/* The weights that the training gives. */
static davy_status choose_weights(davy_fit_state *fit)
{
    if (watches(fit) && fit->place.told > 0)
        return davy_trainer_recall(fit->trainer);
    davy_trainer_adopt_average(fit->trainer);
    return DAVY_OK;
}

static void fill_result(const davy_fit_state *fit, davy_fit_result *result)
{
    const bool best = watches(fit) && fit->place.told > 0;

    *result = (davy_fit_result){.end = fit->interrupted        ? DAVY_FIT_INTERRUPTED
                                       : patience_is_over(fit) ? DAVY_FIT_EARLY
                                                               : DAVY_FIT_COMPLETE,
                                .epochs = fit->place.epoch,
                                .best = best || fit->place.epoch == 0 ? fit->place.best
                                                                      : fit->place.epoch - 1,
                                .best_value = fit->place.best_value,
                                .seconds = seconds_since(fit->began_ns)};
}

static davy_status run(davy_fit_state *fit)
{
    davy_status status = davy_fit_resume(fit);

    while (status == DAVY_OK && fit->place.epoch < fit->options->epochs && !fit->interrupted &&
           !patience_is_over(fit))
        status = run_epoch(fit);
    return status == DAVY_OK ? choose_weights(fit) : status;
}

davy_status davy_fit_run(davy_trainer *trainer, const davy_fit_options *options,
                         davy_fit_result *result)
{
    davy_fit_state fit = {.trainer = trainer, .options = options};
    davy_status status = check_options(options);

    if (status == DAVY_OK)
        status = set_up(&fit);
    if (status == DAVY_OK)
        status = run(&fit);
    if (status == DAVY_OK && result)
        fill_result(&fit, result);
    davy_prefetch_destroy(fit.prefetch);
    davy_buffer_clear(&fit.epochs);
    free(fit.order);
    return status;
}
