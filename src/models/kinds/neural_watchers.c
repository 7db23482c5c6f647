/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural_watch.h"

#include <math.h>
#include <string.h>

#define HIDDEN        256 /* of the reference autoencoder */
#define STRIDE        2
#define CONV_ROWS_MIN 8

static int64_t numbers_of(const davy_neural_design *design)
{
    return (int64_t) (design->form->steps * design->form->channels);
}

/* The reference network, exactly: a dense layer of 256 with ReLU, one of n with sigmoid. */
static davy_value build_reference(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    x = davy_layer_flatten(graph, x);
    x = davy_layer_dense(graph, "encoder", x, HIDDEN, DAVY_ACTIVATION_RELU);
    x = davy_layer_dense(graph, "decoder", x, numbers_of(design), DAVY_ACTIVATION_SIGMOID);
    return davy_layer_reshape(
        graph, x, 3,
        (const int64_t[]){0, (int64_t) design->form->steps, (int64_t) design->form->channels});
}

static davy_value conv(davy_graph *graph, const char *name, davy_value x, int64_t channels,
                       int64_t stride, davy_activation activation)
{
    const davy_conv_options options = {.channels = channels,
                                       .window = {.kernel = {7}, .stride = {stride}, .same = true},
                                       .activation = activation};

    return davy_layer_conv(graph, name, x, &options);
}

static davy_value grow(davy_graph *graph, const char *name, davy_value x, int64_t channels)
{
    const davy_conv_options options = {.channels = channels,
                                       .window = {.kernel = {7}, .stride = {STRIDE}, .same = true},
                                       .activation = DAVY_ACTIVATION_RELU};

    return davy_layer_conv_transpose(graph, name, x, &options);
}

/*
 * Convolutions over time to a quarter of the steps and few channels, and back. Some of what it sees
 * is hidden in training, so that it must know how signals go together. Source: Vincent et al.,
 * "Extracting and Composing Robust Features with Denoising Autoencoders", ICML 2008.
 */
static davy_value build_convolutional(davy_graph *graph, const davy_neural_design *design,
                                      davy_value x)
{
    const int64_t width = (int64_t) davy_lesson_number(design->lesson, "width");

    x = conv(graph, "encoder1", x, width, STRIDE, DAVY_ACTIVATION_RELU);
    x = conv(graph, "encoder2", x, width / 2, STRIDE, DAVY_ACTIVATION_RELU);
    x = grow(graph, "decoder1", x, width / 2);
    x = grow(graph, "decoder2", x, width);
    return conv(graph, "decoder3", x, (int64_t) design->form->channels, 1, DAVY_ACTIVATION_NONE);
}

static davy_value forecast_series(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    return davy_recipe_series.build(graph, design, x);
}

static davy_value forecast_lstm(davy_graph *graph, const davy_neural_design *design, davy_value x)
{
    return davy_recipe_lstm.build(graph, design, x);
}

static davy_value forecast_transformer(davy_graph *graph, const davy_neural_design *design,
                                       davy_value x)
{
    return davy_recipe_transformer.build(graph, design, x);
}

static const davy_watch_recipe reference = {.name = "reference",
                                            .epochs = 100,
                                            .rate = 0.001,
                                            .unit_range = true,
                                            .norm = true,
                                            .build = build_reference};
static const davy_watch_recipe convolutional = {.name = "convolutional",
                                                .epochs = 50,
                                                .rate = 0.001,
                                                .corrupt = 0.1,
                                                .cosine = true,
                                                .build = build_convolutional};
static const davy_watch_recipe series = {.name = "cnn",
                                         .epochs = 20,
                                         .rate = 0.001,
                                         .forecasts = true,
                                         .cosine = true,
                                         .build = forecast_series};
static const davy_watch_recipe lstm = {.name = "lstm",
                                       .epochs = 20,
                                       .rate = 0.002,
                                       .forecasts = true,
                                       .cosine = true,
                                       .build = forecast_lstm};
static const davy_watch_recipe transformer = {.name = "transformer",
                                              .epochs = 20,
                                              .rate = 0.001,
                                              .forecasts = true,
                                              .cosine = true,
                                              .build = forecast_transformer};

static const davy_setting autoencoder_settings[] = {
    {"network", "reference", "reference, or convolutional: over the rows of a window", NAN, NAN,
     "reference|convolutional"},
    {"width", "32", "channels of the convolutional network", 4, 512, NULL},
    DAVY_NEURAL_SETTINGS,
};
static const davy_setting cnn_settings[] = {DAVY_CNN_SETTINGS, DAVY_NEURAL_SETTINGS};
static const davy_setting lstm_settings[] = {DAVY_LSTM_SETTINGS, DAVY_NEURAL_SETTINGS};
static const davy_setting transformer_settings[] = {DAVY_TRANSFORMER_SETTINGS,
                                                    DAVY_NEURAL_SETTINGS};

static davy_status fit_autoencoder(const davy_study *fit, davy_sentences *note, void **parameters)
{
    const size_t count = DAVY_ARRAY_LENGTH(autoencoder_settings);
    const char *network = davy_settings_text(autoencoder_settings, count, fit->settings,
                                             fit->setting_count, "network");
    const bool convolves = strcmp(network, convolutional.name) == 0;
    const size_t rows = fit->lags + 1;

    if (convolves && (rows < CONV_ROWS_MIN || rows % ((size_t) STRIDE * STRIDE) != 0))
        return davy_fail(DAVY_ERR_INVALID,
                         "network=convolutional needs windows of 8, 12, 16, ... rows: say lags=7, "
                         "11, 15, ...; lags is %zu",
                         fit->lags);
    return davy_watcher_fit(fit, convolves ? &convolutional : &reference, autoencoder_settings,
                            count, note, parameters);
}

/* A forecast needs rows to look at. */
static davy_status fit_forecast(const davy_study *fit, const davy_watch_recipe *recipe,
                                const davy_setting *table, size_t count, davy_sentences *note,
                                void **parameters)
{
    if (fit->lags < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "kind '%s' forecasts a row from those before: say lags=2 "
                         "or more",
                         recipe->name);
    return davy_watcher_fit(fit, recipe, table, count, note, parameters);
}

static davy_status fit_cnn(const davy_study *fit, davy_sentences *note, void **parameters)
{
    return fit_forecast(fit, &series, cnn_settings, DAVY_ARRAY_LENGTH(cnn_settings), note,
                        parameters);
}

static davy_status fit_lstm(const davy_study *fit, davy_sentences *note, void **parameters)
{
    return fit_forecast(fit, &lstm, lstm_settings, DAVY_ARRAY_LENGTH(lstm_settings), note,
                        parameters);
}

static davy_status fit_transformer(const davy_study *fit, davy_sentences *note, void **parameters)
{
    return fit_forecast(fit, &transformer, transformer_settings,
                        DAVY_ARRAY_LENGTH(transformer_settings), note, parameters);
}

#define WATCHER(name_, lags_, settings_, fit_)                                                   \
    {                                                                                            \
        .name = (name_), .lags = (lags_), .settings = (settings_),                               \
        .setting_count = DAVY_ARRAY_LENGTH(settings_), .fit = (fit_),                            \
        .destroy = davy_watcher_destroy, .scale = davy_watcher_scale, .save = davy_watcher_save, \
        .load = davy_watcher_load, .begin = davy_watcher_begin, .end = davy_watcher_end,         \
        .score = davy_watcher_score                                                              \
    }

const davy_model_kind davy_model_autoencoder =
    WATCHER("autoencoder", "0", autoencoder_settings, fit_autoencoder);
const davy_model_kind davy_model_cnn = WATCHER("cnn", "15", cnn_settings, fit_cnn);
const davy_model_kind davy_model_lstm = WATCHER("lstm", "15", lstm_settings, fit_lstm);
const davy_model_kind davy_model_transformer =
    WATCHER("transformer", "15", transformer_settings, fit_transformer);
