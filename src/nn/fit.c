/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/fit.h"

#include "core/clock.h"
#include "core/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far a training is: what a checkpoint has besides the trainer, followed by the epochs. */
struct place {
    uint64_t epoch, sample; /* the next ones to come */
    double loss, metric;    /* sums over the samples of this epoch so far */
    double seconds;         /* of this epoch, before the run that goes on */
    uint64_t best;          /* epoch; with best_value when any was watched */
    double best_value;
    uint64_t told; /* epochs that follow */
};

struct fit {
    davy_trainer *trainer;
    const davy_fit_options *options;
    size_t batch, accumulate;
    davy_prefetch *prefetch;
    uint32_t *order; /* [largest set] */
    struct place place;
    davy_buffer epochs; /* of davy_fit_epoch */
    bool interrupted;
    int64_t began_ns, epoch_ns; /* monotonic: this run, this epoch in it */
    uint64_t trained;           /* samples in this run */
    float rate;                 /* of the last step */
};

static double seconds_since(int64_t began_ns)
{
    return (double) (davy_monotonic_ns(davy_clock_system()) - began_ns) * 1e-9;
}

static bool validates(const struct fit *fit)
{
    return fit->options->validation.count > 0;
}

static bool watches(const struct fit *fit)
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

static davy_status set_up(struct fit *fit)
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

/* Keeping and going on. */

/* What must be the same for a training to go on, besides what the trainer says. */
static void describe(const struct fit *fit, char text[256])
{
    (void) snprintf(text, 256,
                    "samples %zu\nvalidation %zu\nbatch %zu\naccumulate %zu\n"
                    "shuffle %s %" PRIu64 "\n",
                    fit->options->train.count, fit->options->validation.count, fit->batch,
                    fit->accumulate, fit->options->in_order ? "no" : "yes", fit->options->seed);
}

static davy_status save(struct fit *fit)
{
    char about[256];
    davy_buffer extra = {0};
    davy_status status;

    if (!fit->options->checkpoint)
        return DAVY_OK;
    describe(fit, about);
    davy_buffer_append(&extra, &fit->place, sizeof fit->place);
    davy_buffer_append(&extra, fit->epochs.bytes, fit->epochs.length);
    status = davy_buffer_ok(&extra);
    if (status == DAVY_OK)
        status = davy_trainer_save(fit->trainer, fit->options->checkpoint, about, extra.bytes,
                                   extra.length);
    davy_buffer_clear(&extra);
    return status;
}

static davy_status read_place(struct fit *fit, const davy_buffer *extra)
{
    struct place place;
    bool fits = extra->length >= sizeof place;

    if (fits)
        memcpy(&place, extra->bytes, sizeof place);
    fits = fits && place.told <= SIZE_MAX / sizeof(davy_fit_epoch) &&
           extra->length - sizeof place == place.told * sizeof(davy_fit_epoch) &&
           place.told == place.epoch && place.sample < fit->options->train.count &&
           place.sample % fit->batch == 0 && (place.best < place.told || place.told == 0);
    if (!fits)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s' does not say how far it is",
                         fit->options->checkpoint);
    fit->place = place;
    davy_buffer_append(&fit->epochs, extra->bytes + sizeof place, extra->length - sizeof place);
    return davy_buffer_ok(&fit->epochs);
}

static void tell_again(const struct fit *fit)
{
    for (uint64_t i = 0; fit->options->on_epoch && i < fit->place.told; i++) {
        davy_fit_epoch epoch;

        memcpy(&epoch, fit->epochs.bytes + i * sizeof epoch, sizeof epoch);
        fit->options->on_epoch(fit->options->context, &epoch);
    }
}

static davy_status go_on(struct fit *fit)
{
    char about[256];
    davy_buffer extra = {0};
    davy_status status;

    if (!fit->options->resume || !fit->options->checkpoint)
        return DAVY_OK;
    describe(fit, about);
    status = davy_trainer_load(fit->trainer, fit->options->checkpoint, about, &extra);
    if (status == DAVY_OK)
        status = read_place(fit, &extra);
    else if (status == DAVY_ERR_NOT_FOUND)
        status = DAVY_OK;
    if (status == DAVY_OK)
        tell_again(fit);
    davy_buffer_clear(&extra);
    return status;
}

/* Telling. */

static double mean(double sum, size_t samples)
{
    return samples ? sum / (double) samples : NAN;
}

static void tell_progress(const struct fit *fit, bool validating)
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

static double measure(const struct fit *fit, const davy_tensor *inputs)
{
    return fit->options->metric ? fit->options->metric(fit->options->context, inputs, fit->trainer)
                                : 0.0;
}

/* One epoch. */

static void begin_pass(struct fit *fit, const davy_samples *samples, size_t from, bool shuffle)
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
static davy_status run_step(struct fit *fit)
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
static davy_status learn(struct fit *fit)
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

static davy_status validate(struct fit *fit, davy_fit_epoch *epoch)
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
static bool is_best(const struct fit *fit, const davy_fit_epoch *epoch, double *value)
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
static davy_status judge(struct fit *fit, davy_fit_epoch *epoch)
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

static davy_status conclude(struct fit *fit)
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
    fit->place = (struct place){.epoch = epoch.epoch + 1,
                                .best = fit->place.best,
                                .best_value = fit->place.best_value,
                                .told = epoch.epoch + 1};
    if (fit->options->on_epoch)
        fit->options->on_epoch(fit->options->context, &epoch);
    return save(fit);
}

static davy_status run_epoch(struct fit *fit)
{
    const uint64_t epoch = fit->place.epoch;
    davy_status status;

    fit->epoch_ns = davy_monotonic_ns(davy_clock_system());
    status = learn(fit);
    if (status == DAVY_OK && fit->place.sample < fit->options->train.count) {
        fit->place.seconds += seconds_since(fit->epoch_ns);
        status = save(fit); /* interrupted within the epoch */
    } else if (status == DAVY_OK) {
        status = conclude(fit);
    }
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "epoch %" PRIu64, epoch + 1);
}

static bool patience_is_over(const struct fit *fit)
{
    return fit->options->patience > 0 && fit->place.epoch > 0 &&
           fit->place.epoch - 1 - fit->place.best >= fit->options->patience;
}

/* The weights that the training gives. */
static davy_status choose_weights(struct fit *fit)
{
    if (watches(fit) && fit->place.told > 0)
        return davy_trainer_recall(fit->trainer);
    davy_trainer_adopt_average(fit->trainer);
    return DAVY_OK;
}

static void fill_result(const struct fit *fit, davy_fit_result *result)
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

static davy_status run(struct fit *fit)
{
    davy_status status = go_on(fit);

    while (status == DAVY_OK && fit->place.epoch < fit->options->epochs && !fit->interrupted &&
           !patience_is_over(fit))
        status = run_epoch(fit);
    return status == DAVY_OK ? choose_weights(fit) : status;
}

davy_status davy_fit_run(davy_trainer *trainer, const davy_fit_options *options,
                         davy_fit_result *result)
{
    struct fit fit = {.trainer = trainer, .options = options};
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
