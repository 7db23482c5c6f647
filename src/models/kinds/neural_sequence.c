/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TOKENS_MAX 128 /* unless `patch` says otherwise */

/*
 * Layers of LSTM, the last one read at its last step. A recording may have its event anywhere, so
 * there the steps are read both ways and the largest value over time goes to the head.
 */
static davy_value build_lstm(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    const davy_lesson *lesson = design->lesson;
    const int64_t units = (int64_t) davy_lesson_number(lesson, "units");
    const int layers = (int) davy_lesson_number(lesson, "layers");
    const bool whole = design->form->kind == DAVY_FORM_RECORDING;

    for (int i = 0; i < layers; i++) {
        char name[32];

        (void) snprintf(name, sizeof name, "lstm%d", i + 1);
        x = davy_layer_recurrent(graph, name, x, DAVY_LSTM, units, whole,
                                 !whole && i + 1 == layers);
        if (design->dropout > 0 && i + 1 < layers)
            x = davy_layer_dropout(graph, x, design->dropout);
    }
    return davy_neural_head(graph, design, whole ? davy_layer_global_max_pool(graph, x) : x);
}

/* A layer of attention and one of two dense layers, each normed before and added after. Source:
 * Xiong et al., "On Layer Normalization in the Transformer Architecture", arXiv:2002.04745. */
static davy_value transformer_layer(davy_graph *graph, const davy_neural_design *design, int number,
                                    davy_value x, int64_t units)
{
    const davy_attention_options attention = {
        .heads = (int64_t) davy_lesson_number(design->lesson, "heads"), .mask = DAVY_VALUE_NONE};
    static const char *const parts[] = {"norm1", "attention", "norm2", "dense1", "dense2"};
    char names[DAVY_ARRAY_LENGTH(parts)][32];
    davy_value y;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        (void) snprintf(names[i], sizeof names[i], "layer%d/%s", number, parts[i]);
    y = davy_layer_layer_norm(graph, names[0], x);
    y = davy_layer_attention(graph, names[1], y, &attention);
    if (design->dropout > 0)
        y = davy_layer_dropout(graph, y, design->dropout);
    x = davy_layer_add(graph, x, y);
    y = davy_layer_layer_norm(graph, names[2], x);
    y = davy_layer_dense(graph, names[3], y, 2 * units, DAVY_ACTIVATION_GELU);
    y = davy_layer_dense(graph, names[4], y, units, DAVY_ACTIVATION_NONE);
    if (design->dropout > 0)
        y = davy_layer_dropout(graph, y, design->dropout);
    return davy_layer_add(graph, x, y);
}

/*
 * A convolution makes tokens of `units` numbers out of overlapping patches of steps, with a learnt
 * position; then layers of attention, and the mean over time. The overlap tells neighbours apart
 * before attention does, which small data sets need. Sources: Nie et al., arXiv:2211.14730 (patches
 * of series); Xiao et al., "Early Convolutions Help Transformers See Better", arXiv:2106.14881.
 */
static davy_value build_transformer(davy_graph *graph, const davy_neural_design *design,
                                    davy_value x)
{
    const davy_lesson *lesson = design->lesson;
    const int64_t units = (int64_t) davy_lesson_number(lesson, "units");
    const int layers = (int) davy_lesson_number(lesson, "layers");
    int64_t patch = (int64_t) davy_lesson_number(lesson, "patch");
    davy_conv_options cut = {.channels = units, .activation = DAVY_ACTIVATION_GELU};

    if (patch == 0)
        patch = 1 + (int64_t) design->form->steps / TOKENS_MAX;
    if (patch > (int64_t) design->form->steps)
        patch = (int64_t) design->form->steps;
    cut.window = (davy_window2){.kernel = {2 * patch + 3}, .stride = {patch}, .same = true};
    x = davy_layer_conv(graph, "patch", x, &cut);
    x = davy_layer_position(graph, "position", x);
    for (int i = 0; i < layers; i++)
        x = transformer_layer(graph, design, i + 1, x, units);
    x = davy_layer_layer_norm(graph, "norm", x);
    return davy_neural_head(graph, design, davy_layer_mean(graph, x, 1));
}

const davy_recipe davy_recipe_lstm = {.name = "lstm",
                                      .forms = DAVY_NEURAL_TABLES,
                                      .epochs = 40,
                                      .rate = 0.003,
                                      .decay = 0.01,
                                      .cosine = true,
                                      .dropout = 0.1,
                                      .build = build_lstm};

const davy_recipe davy_recipe_transformer = {.name = "transformer",
                                             .forms = DAVY_NEURAL_TABLES,
                                             .epochs = 40,
                                             .rate = 0.001,
                                             .decay = 0.01,
                                             .cosine = true,
                                             .dropout = 0.1,
                                             .build = build_transformer};

static const davy_setting lstm_settings[] = {
    DAVY_LSTM_SETTINGS,
    DAVY_NEURAL_SETTINGS,
    DAVY_NEURAL_ANSWER_SETTINGS,
};

static const davy_setting transformer_settings[] = {
    DAVY_TRANSFORMER_SETTINGS,
    DAVY_NEURAL_SETTINGS,
    DAVY_NEURAL_ANSWER_SETTINGS,
};

static davy_status fit_lstm(const davy_lesson *lesson, davy_lesson_result *result)
{
    return davy_neural_fit(lesson, &davy_recipe_lstm, result);
}

static davy_status fit_transformer(const davy_lesson *lesson, davy_lesson_result *result)
{
    const double units = davy_lesson_number(lesson, "units");
    const double heads = davy_lesson_number(lesson, "heads");

    if (fmod(units, heads) != 0)
        return davy_fail(DAVY_ERR_INVALID, "units=%g is not a multiple of heads=%g", units, heads);
    return davy_neural_fit(lesson, &davy_recipe_transformer, result);
}

const davy_predictor_kind davy_predictor_lstm = {
    .name = "lstm",
    .tasks = DAVY_NEURAL_TASKS,
    .forms = DAVY_NEURAL_TABLES,
    .settings = lstm_settings,
    .setting_count = DAVY_ARRAY_LENGTH(lstm_settings),
    .fit = fit_lstm,
};

const davy_predictor_kind davy_predictor_transformer = {
    .name = "transformer",
    .tasks = DAVY_NEURAL_TASKS,
    .forms = DAVY_NEURAL_TABLES,
    .settings = transformer_settings,
    .setting_count = DAVY_ARRAY_LENGTH(transformer_settings),
    .fit = fit_transformer,
};
