/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural.h"

#include "models/kinds/neural_feed.h"
#include "models/predictor_private.h"
#include "nn/cut.h"
#include "nn/trainer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIP        1.0F /* longest gradient */
#define WARMUP      0.05 /* share of the steps over which the rate rises */
#define HUBER_DELTA 1.0F /* in deviations of the targets */
#define NOTE_MAX    128

/* A training under way. */
typedef struct fitting {
    const davy_lesson *lesson;
    const davy_recipe *recipe;
    davy_lesson_result *result;
    davy_feed learn, watch;
    davy_channel_scale scale;
    davy_graph *graph;
    davy_value score, loss;
    davy_trainer *trainer;
    double mean, spread; /* of the targets, when they are numbers */
    size_t epochs, capacity;
} fitting;

/* A setting, or what the recipe wants where the setting says so by a number below `least`. */
static double wanted(const fitting *f, const char *key, double least, double recipe)
{
    const double given = davy_lesson_number(f->lesson, key);

    return given > least ? given : recipe;
}

/* A batch of the usual size is never more than there is; one that was asked for may be, and fails.
 */
static size_t batch_of(const fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    const bool given = davy_settings_given(lesson->settings, lesson->setting_count, "batch");
    size_t batch = (size_t) davy_lesson_number(lesson, "batch");

    if (!given && batch > f->learn.count)
        batch = f->learn.count;
    return batch > 0 ? batch : 1;
}

static bool augments(const fitting *f)
{
    const char *word = davy_lesson_text(f->lesson, "augment");

    return strcmp(word, "auto") == 0 ? f->recipe->augment : strcmp(word, "yes") == 0;
}

/* Mean and deviation of the targets to learn: a network likes numbers about 1. */
static void measure_targets(fitting *f)
{
    const davy_feed *feed = &f->learn;
    double sum = 0, squares = 0;

    f->spread = 1;
    if (feed->samples->class_count > 0 || feed->count == 0)
        return;
    for (size_t i = 0; i < feed->count; i++)
        sum += feed->samples->targets[feed->members[i]];
    f->mean = sum / (double) feed->count;
    for (size_t i = 0; i < feed->count; i++) {
        const double d = feed->samples->targets[feed->members[i]] - f->mean;

        squares += d * d;
    }
    if (squares > 0)
        f->spread = sqrt(squares / (double) feed->count);
}

static davy_status init_feeds(fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    davy_status status =
        davy_feed_init(lesson->samples, lesson->held, DAVY_PURPOSE_LEARN, &f->learn);

    if (status == DAVY_OK)
        status = davy_feed_init(lesson->samples, lesson->held, DAVY_PURPOSE_WATCH, &f->watch);
    if (status == DAVY_OK)
        status = davy_channel_scale_find(lesson, &f->scale);
    if (status != DAVY_OK)
        return status;
    measure_targets(f);
    f->learn.mean = f->watch.mean = f->mean;
    f->learn.spread = f->watch.spread = f->spread;
    f->learn.scale = f->scale.scale;
    f->learn.seed = lesson->seed;
    f->learn.varies = augments(f);
    status = davy_series_changes_parse(davy_lesson_text(lesson, "vary"), &f->learn.changes);
    if (lesson->samples->class_count > 0)
        f->learn.mixup = wanted(f, "mixup", -0.5, f->recipe->mixup);
    return status;
}

/* The sample, and the same as the network likes it. */
static davy_value build_input(fitting *f)
{
    int64_t dims[4] = {-1};
    const int rank = 1 + davy_form_dims(&f->lesson->samples->form, dims + 1);
    davy_value x = davy_graph_input(f->graph, DAVY_PREDICTOR_SAMPLE, DAVY_TYPE_F32, rank, dims);

    x = davy_neural_binary(f->graph, "sub", x,
                           davy_neural_numbers(f->graph, "mean", f->scale.mean, f->scale.count));
    x = davy_neural_binary(f->graph, "div", x,
                           davy_neural_numbers(f->graph, "scale", f->scale.scale, f->scale.count));
    davy_graph_name(f->graph, x, DAVY_PREDICTOR_SCALED);
    return x;
}

/* Weights that make rare classes count as much as common ones; NULL: none are wanted. */
static davy_status class_weights(const fitting *f, float **out)
{
    const davy_feed *feed = &f->learn;
    float *weights;

    *out = NULL;
    if (strcmp(davy_lesson_text(f->lesson, "balance"), "yes") != 0)
        return DAVY_OK;
    weights = calloc(feed->outputs, sizeof *weights);
    if (!weights)
        return davy_fail(DAVY_ERR_NOMEM, "weights of the classes");
    for (size_t i = 0; i < feed->count; i++)
        weights[(size_t) feed->samples->targets[feed->members[i]]] += 1.0F;
    for (size_t k = 0; k < feed->outputs; k++)
        weights[k] =
            weights[k] > 0 ? (float) feed->count / ((float) feed->outputs * weights[k]) : 0;
    *out = weights;
    return DAVY_OK;
}

static davy_status build_class_loss(fitting *f, davy_value target)
{
    davy_value in[3] = {f->score, target, DAVY_VALUE_NONE};
    float *weights = NULL;
    davy_node *node;
    davy_status status = class_weights(f, &weights);

    if (status != DAVY_OK)
        return status;
    if (weights)
        in[2] = davy_neural_numbers(f->graph, "class_weights", weights, f->learn.outputs);
    node = davy_graph_node(f->graph, "cross_entropy", in, weights ? 3 : 2, 1);
    free(weights);
    davy_node_set_float(f->graph, node, "smoothing",
                        (float) wanted(f, "smoothing", -0.5, f->recipe->smoothing));
    davy_node_set_float(f->graph, node, "focal", (float) davy_lesson_number(f->lesson, "focal"));
    f->loss = node ? node->out[0] : DAVY_VALUE_NONE;
    return DAVY_OK;
}

static davy_status build_number_loss(fitting *f, davy_value target)
{
    davy_node *node =
        davy_graph_node(f->graph, "huber", (const davy_value[]){f->score, target}, 2, 1);

    davy_node_set_float(f->graph, node, "delta", HUBER_DELTA);
    f->loss = node ? node->out[0] : DAVY_VALUE_NONE;
    return DAVY_OK;
}

static davy_status build(fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    const int64_t outputs = (int64_t) f->learn.outputs;
    const davy_neural_design design = {.lesson = lesson,
                                       .form = &lesson->samples->form,
                                       .outputs = outputs,
                                       .dropout =
                                           (float) wanted(f, "dropout", -0.5, f->recipe->dropout)};
    davy_value scaled, target;
    davy_status status = davy_graph_create(f->recipe->name, 0, &f->graph);

    if (status != DAVY_OK)
        return status;
    scaled = build_input(f);
    target = davy_graph_input(f->graph, "target", DAVY_TYPE_F32, 2, (const int64_t[]){-1, outputs});
    f->score = f->recipe->build(f->graph, &design, scaled);
    if (f->score == DAVY_VALUE_NONE)
        return davy_graph_status(f->graph) != DAVY_OK ? davy_graph_status(f->graph)
                                                      : DAVY_ERR_UNSUPPORTED; /* it has said why */
    davy_graph_output(f->graph, f->score);
    status = lesson->samples->class_count > 0 ? build_class_loss(f, target)
                                              : build_number_loss(f, target);
    if (status == DAVY_OK)
        status = davy_graph_status(f->graph);
    if (status == DAVY_OK)
        davy_layers_initialise(f->graph, lesson->seed);
    return status;
}

static davy_status start_trainer(fitting *f)
{
    const uint64_t batch = batch_of(f);
    const uint64_t steps = (f->learn.count + batch - 1) / batch * f->epochs;
    const double decay = wanted(f, "decay", -0.5, f->recipe->decay);
    davy_trainer_options options = {
        .optimiser = {.kind = decay > 0 ? DAVY_OPTIMISER_ADAMW : DAVY_OPTIMISER_ADAM,
                      .rate = (float) wanted(f, "learning_rate", 0, f->recipe->rate),
                      .decay = (float) decay},
        .average = (float) f->recipe->average,
        .seed = f->lesson->seed,
        .bf16 = strcmp(davy_lesson_text(f->lesson, "precision"), "bf16") == 0};

    if (f->recipe->cosine) {
        options.optimiser.clip = CLIP;
        options.schedule = (davy_schedule){.kind = DAVY_SCHEDULE_COSINE,
                                           .steps = steps + 1,
                                           .warmup = (uint64_t) (WARMUP * (double) steps)};
    }
    f->result->bf16 = options.bf16;
    return davy_trainer_create(f->graph, f->loss, &options, f->lesson->pool, &f->trainer);
}

/* Sum over a batch: 1 for each right class, or how far a number is off. */
static double measure_batch(void *context, const davy_tensor *inputs, const davy_trainer *trainer)
{
    const fitting *f = context;
    const size_t outputs = f->learn.outputs;
    const float *score = davy_f32(davy_trainer_output(trainer, 0));
    const float *target = davy_f32(&inputs[1]);
    double sum = 0;

    for (int64_t n = 0; n < inputs[0].dims[0]; n++, score += outputs, target += outputs) {
        size_t said = 0, right = 0;

        if (f->learn.samples->class_count == 0) {
            sum += f->spread * fabs((double) score[0] - (double) target[0]);
            continue;
        }
        for (size_t k = 1; k < outputs; k++) {
            said = score[k] > score[said] ? k : said;
            right = target[k] > target[right] ? k : right;
        }
        sum += said == right;
    }
    return sum;
}

static void tell_progress(void *context, const davy_fit_progress *now)
{
    const fitting *f = context;
    char note[NOTE_MAX], epoch[48];
    const davy_learning_state state = {.what = epoch,
                                       .done = now->epoch * now->samples + now->sample,
                                       .total = now->epochs * now->samples,
                                       .note = note};

    if (!f->lesson->progress)
        return;
    (void) snprintf(epoch, sizeof epoch, "epoch %llu of %llu", (unsigned long long) now->epoch + 1,
                    (unsigned long long) now->epochs);
    (void) snprintf(note, sizeof note, "loss %.4g, %s %.4g, %.3g %s/s, %.0f s left", now->loss,
                    f->learn.samples->class_count > 0 ? "accuracy" : "error", now->metric,
                    now->samples_per_second,
                    f->learn.samples->form.kind == DAVY_FORM_IMAGE ? "pictures" : "samples",
                    now->seconds_left);
    f->lesson->progress(f->lesson->context, &state);
}

static void note_epoch(void *context, const davy_fit_epoch *epoch)
{
    fitting *f = context;
    davy_lesson_result *result = f->result;

    if (result->epoch_count < f->capacity)
        result->epochs[result->epoch_count++] = (davy_epoch){
            epoch->loss, epoch->metric, epoch->validation_loss, epoch->validation_metric};
}

static bool is_interrupted(void *context)
{
    const fitting *f = context;

    return f->lesson->interrupted && f->lesson->interrupted(f->lesson->context);
}

static davy_status train(fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    const davy_fit_options options = {
        .train = {f->learn.count, &f->learn, davy_feed_fill},
        .validation = {f->watch.count, &f->watch, davy_feed_fill},
        .epochs = f->epochs,
        .batch = batch_of(f),
        .seed = lesson->seed,
        .metric = measure_batch,
        .patience = (uint64_t) davy_lesson_number(lesson, "patience"),
        .newest = davy_lesson_number(lesson, "patience") == 0,
        .checkpoint = lesson->checkpoint,
        .resume = lesson->checkpoint && strcmp(davy_lesson_text(lesson, "resume"), "no") != 0,
        .on_progress = tell_progress,
        .on_epoch = note_epoch,
        .interrupted = is_interrupted,
        .context = f};
    davy_fit_result end = {.end = DAVY_FIT_COMPLETE};
    davy_status status = davy_fit_run(f->trainer, &options, &end);

    if (status != DAVY_OK)
        return status;
    if (end.end == DAVY_FIT_INTERRUPTED)
        return davy_fail(
            DAVY_ERR_TIMEOUT,
            "interrupted after %llu of %zu epochs; the same command goes on from there",
            (unsigned long long) end.epochs, f->epochs);
    davy_say(&f->result->note,
             "Network '%s', %zu parameters, learnt in %llu epochs; the weights are those of "
             "epoch %llu.",
             "网络“%s”，%zu 个参数，训练 %llu 轮；权重取自第 %llu 轮。", f->recipe->name,
             davy_trainer_parameter_count(f->trainer), (unsigned long long) end.epochs,
             (unsigned long long) end.best + 1);
    return DAVY_OK;
}

/* What was trained, less what only training needs, with numbers in the unit of the targets. */
static davy_status finish(fitting *f)
{
    const float mean = (float) f->mean, spread = (float) f->spread;
    davy_status status;

    davy_trainer_destroy(f->trainer);
    f->trainer = NULL;
    status = davy_graph_cut(f->graph, &f->score, 1);
    if (status != DAVY_OK)
        return status;
    f->graph->output_count = 0; /* who calibrates says what comes out */
    if (f->learn.samples->class_count == 0) {
        f->score = davy_neural_binary(f->graph, "mul", f->score,
                                      davy_neural_numbers(f->graph, "target_scale", &spread, 1));
        f->score = davy_neural_binary(f->graph, "add", f->score,
                                      davy_neural_numbers(f->graph, "target_mean", &mean, 1));
    }
    davy_graph_name(f->graph, f->score, DAVY_PREDICTOR_SCORE);
    f->result->graph = f->graph;
    f->result->score = f->score;
    f->graph = NULL;
    return davy_graph_status(f->result->graph);
}

static void fitting_clear(fitting *f)
{
    davy_trainer_destroy(f->trainer);
    davy_graph_destroy(f->graph);
    davy_feed_clear(&f->learn);
    davy_feed_clear(&f->watch);
    davy_channel_scale_clear(&f->scale);
}

static davy_status init_epochs(fitting *f)
{
    f->epochs = (size_t) wanted(f, "epochs", 0, (double) f->recipe->epochs);
    f->capacity = f->epochs;
    f->result->epochs = calloc(f->capacity + 1, sizeof *f->result->epochs);
    return f->result->epochs ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu epochs", f->epochs);
}

davy_status davy_neural_fit(const davy_lesson *lesson, const davy_recipe *recipe,
                            davy_lesson_result *result)
{
    fitting f = {.lesson = lesson, .recipe = recipe, .result = result};
    davy_status status = init_feeds(&f);

    if (status == DAVY_OK)
        status = init_epochs(&f);
    if (status == DAVY_OK)
        status = build(&f);
    if (status == DAVY_OK)
        status = start_trainer(&f);
    if (status == DAVY_OK)
        status = train(&f);
    if (status == DAVY_OK)
        status = finish(&f);
    fitting_clear(&f);
    return status;
}
