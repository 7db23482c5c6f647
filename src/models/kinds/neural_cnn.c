/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural_backbone.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SERIES_STAGES_MAX 5
#define SERIES_STEPS_MIN  ((size_t) 8) /* a series is not made shorter than this */

static davy_backbone backbone_of(const davy_lesson *lesson)
{
    return (davy_backbone){.path = davy_lesson_text(lesson, "backbone"),
                           .pixels = davy_lesson_text(lesson, "pixels")};
}

static davy_value conv(davy_graph *graph, const char *name, davy_value x, int64_t channels,
                       int64_t kernel, davy_activation activation)
{
    const davy_conv_options options = {
        .channels = channels, .window = {.kernel = {kernel, kernel}}, .activation = activation};

    return davy_layer_conv(graph, name, x, &options);
}

/*
 * The reference network, exactly: three convolutions without padding, each followed by a pool,
 * then dense layers. With 224 x 224 it has 11.2 million parameters.
 */
static davy_value build_reference(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    static const davy_window2 half = {.kernel = {2, 2}, .stride = {2, 2}};

    x = davy_layer_max_pool(graph, conv(graph, "conv1", x, 32, 3, DAVY_ACTIVATION_RELU), &half);
    x = davy_layer_max_pool(graph, conv(graph, "conv2", x, 64, 3, DAVY_ACTIVATION_RELU), &half);
    x = conv(graph, "conv3", x, 128, 3, DAVY_ACTIVATION_RELU);
    x = davy_layer_flatten(graph, davy_layer_max_pool(graph, x, &half));
    x = davy_layer_dense(graph, "dense1", x, 128, DAVY_ACTIVATION_RELU);
    if (design->dropout > 0)
        x = davy_layer_dropout(graph, x, design->dropout);
    return davy_layer_dense(graph, "dense2", x, design->outputs, DAVY_ACTIVATION_NONE);
}

/* A convolution with batch norm; "same" padding, any stride, in one or two dimensions. */
static davy_value norm_conv(davy_graph *graph, const char *prefix, const char *name, davy_value x,
                            int64_t channels, int64_t kernel, int64_t stride)
{
    const davy_conv_options options = {
        .channels = channels,
        .window = {.kernel = {kernel, kernel}, .stride = {stride, stride}, .same = true},
        .no_bias = true};
    char text[64];

    (void) snprintf(text, sizeof text, "%s/%s", prefix, name);
    x = davy_layer_conv(graph, text, x, &options);
    (void) snprintf(text, sizeof text, "%s/%s_norm", prefix, name);
    return davy_layer_batch_norm(graph, text, x);
}

static davy_value relu(davy_graph *graph, davy_value x)
{
    return davy_layer_activation(graph, x, DAVY_ACTIVATION_RELU, 0);
}

/*
 * Two convolutions and what went in, added. Where size or channels change, a convolution of 1
 * brings the input along. Source: He et al., arXiv:1512.03385, figure 2 and option B of
 * section 3.3.
 */
static davy_value residual_block(davy_graph *graph, const char *name, davy_value x,
                                 int64_t channels, int64_t kernel, int64_t stride, bool widens)
{
    davy_value y = relu(graph, norm_conv(graph, name, "conv1", x, channels, kernel, stride));

    y = norm_conv(graph, name, "conv2", y, channels, kernel, 1);
    if (widens)
        x = norm_conv(graph, name, "way", x, channels, 1, stride);
    return relu(graph, davy_layer_add(graph, y, x));
}

/*
 * A small residual network: a stem at half the size, then blocks of `width`, twice and four times
 * `width` channels, each stage at half the size of the one before, and the mean over the picture.
 */
static davy_value build_residual(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    const int64_t width = (int64_t) davy_lesson_number(design->lesson, "width");

    x = relu(graph, norm_conv(graph, "stem", "conv", x, width, 3, 2));
    for (int stage = 0; stage < 4; stage++) {
        const int64_t channels = width << (stage < 3 ? stage : 3);
        char name[32];

        (void) snprintf(name, sizeof name, "stage%d", stage + 1);
        x = residual_block(graph, name, x, channels, 3, stage > 0 ? 2 : 1, stage > 0);
    }
    return davy_neural_head(graph, design, davy_layer_global_average_pool(graph, x));
}

/*
 * The same idea along time. A series has its shape where it happens, so both the mean and the
 * largest value over time go to the head. Wang, Yan, Oates, arXiv:1611.06455, has the residual
 * network over time; wide first kernels are Zhang et al., Sensors 17(2), 425, 2017.
 */
static davy_value build_series(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    const int64_t width = (int64_t) davy_lesson_number(design->lesson, "width");
    const bool wave = design->form->kind == DAVY_FORM_WAVE;
    size_t steps = design->form->steps;
    int64_t channels = width;
    davy_value pools[2];

    x = relu(graph, norm_conv(graph, "stem", "conv", x, width, wave ? 64 : 7, wave ? 8 : 1));
    steps = wave ? steps / 8 : steps;
    for (int stage = 0; stage < SERIES_STAGES_MAX && (stage == 0 || steps >= 2 * SERIES_STEPS_MIN);
         stage++) {
        const int64_t wider = stage > 0 && channels < 4 * width ? 2 * channels : channels;
        char name[32];

        (void) snprintf(name, sizeof name, "stage%d", stage + 1);
        x = residual_block(graph, name, x, wider, 5, stage > 0 ? 2 : 1, stage > 0);
        steps = stage > 0 ? (steps + 1) / 2 : steps;
        channels = wider;
    }
    pools[0] = davy_layer_global_average_pool(graph, x);
    pools[1] = davy_layer_global_max_pool(graph, x);
    return davy_neural_head(graph, design, davy_layer_concat(graph, pools, 2, 1));
}

/* Somebody's network, and behind it what is learnt here. */
static davy_value build_transfer(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    const davy_backbone backbone = backbone_of(design->lesson);
    davy_value features = DAVY_VALUE_NONE;

    if (davy_backbone_build(&backbone, graph, x, &features) != DAVY_OK)
        return DAVY_VALUE_NONE; /* the sentence stays, and the graph fails where it is used */
    return davy_neural_head(graph, design, features);
}

#define PICTURES DAVY_FORM_BIT(DAVY_FORM_IMAGE)

static const davy_recipe recipes[] = {
    {.name = "reference",
     .forms = PICTURES,
     .side = 224,
     .epochs = 10,
     .rate = 0.001,
     .build = build_reference},
    {.name = "residual",
     .forms = PICTURES,
     .side = 96,
     .epochs = 40,
     .rate = 0.002,
     .decay = 0.01,
     .cosine = true,
     .augment = true,
     .smoothing = 0.05,
     .mixup = 0.2,
     .dropout = 0.1,
     .build = build_residual},
};

static const davy_recipe transfer = {.name = "transfer",
                                     .forms = PICTURES,
                                     .side = 224,
                                     .epochs = 20,
                                     .rate = 0.003,
                                     .cosine = true,
                                     .smoothing = 0.05,
                                     .dropout = 0.2,
                                     .build = build_transfer};

const davy_recipe davy_recipe_series = {.name = "residual",
                                        .forms = DAVY_NEURAL_TABLES,
                                        .epochs = 40,
                                        .rate = 0.002,
                                        .decay = 0.01,
                                        .cosine = true,
                                        .augment = true,
                                        .smoothing = 0.05,
                                        .dropout = 0.1,
                                        .build = build_series};

static const davy_setting settings[] = {
    {"network", "auto",
     "reference (pictures: the default), or residual (tables: the default), which is smaller and "
     "better",
     NAN, NAN, "auto|reference|residual"},
    {"backbone", "", "ONNX file of a network over pictures: it stays, a head is learnt behind it",
     NAN, NAN, NULL},
    {"pixels", "imagenet", "how the backbone wants them: less ImageNet's mean, 0 .. 1, or 0 .. 255",
     NAN, NAN, "imagenet|unit|bytes"},
    DAVY_CNN_SETTINGS,
    DAVY_NEURAL_SETTINGS,
    DAVY_NEURAL_ANSWER_SETTINGS,
};

static const davy_recipe *find_recipe(const char *network, davy_form_kind form)
{
    const bool any = strcmp(network, "auto") == 0;

    if (form != DAVY_FORM_IMAGE)
        return any || strcmp(network, davy_recipe_series.name) == 0 ? &davy_recipe_series : NULL;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(recipes); i++)
        if (any || strcmp(network, recipes[i].name) == 0)
            return &recipes[i];
    return NULL;
}

davy_status davy_cnn_side(const char *network, const char *backbone, size_t *side)
{
    const davy_backbone wanted = {.path = backbone};

    if (!backbone[0]) {
        *side = find_recipe(network, DAVY_FORM_IMAGE)->side; /* the setting was checked */
        return DAVY_OK;
    }
    *side = 0;
    {
        const davy_status status = davy_backbone_side(&wanted, side);

        if (*side == 0)
            *side = transfer.side;
        return status;
    }
}

static davy_status fit(const davy_lesson *lesson, davy_lesson_result *result)
{
    const char *network = davy_lesson_text(lesson, "network");
    const davy_form_kind form = lesson->samples->form.kind;
    const davy_recipe *recipe = find_recipe(network, form);

    if (davy_lesson_text(lesson, "backbone")[0] && form != DAVY_FORM_IMAGE)
        return davy_fail(DAVY_ERR_INVALID, "a backbone is for pictures");
    if (davy_lesson_text(lesson, "backbone")[0])
        return davy_neural_fit(lesson, &transfer, result);
    if (!recipe)
        return davy_fail(DAVY_ERR_INVALID, "network=%s is for pictures; leave it out", network);
    return davy_neural_fit(lesson, recipe, result);
}

const davy_predictor_kind davy_predictor_cnn = {
    .name = "cnn",
    .tasks = DAVY_NEURAL_TASKS,
    .forms = DAVY_NEURAL_TABLES | PICTURES,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit,
};
