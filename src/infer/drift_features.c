/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_features.h"

#include "infer/sequence.h"

#include "nn/op/convert.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Channels of pictures and windows: what has more is no picture. */
#define PICTURE_CHANNELS_MAX 4

/* The most a tensor may have to be taken number by number. */
#define ELEMENTS_EACH 32

/* Room for the name of a feature. */
#define NAME_MAX_LENGTH 160

struct chooser {
    const davy_served_info *info;
    davy_arena *arena;
    davy_drift_features *features;
    davy_drift_feature *at;
    size_t end; /* of those that inputs, or outputs, may have */
    bool failed;
};

static void add(struct chooser *chooser, davy_drift_feature feature, const char *name)
{
    davy_drift_features *features = chooser->features;

    feature.name = davy_arena_text(chooser->arena, name, strlen(name));
    chooser->failed = chooser->failed || !feature.name;
    if (features->count < chooser->end)
        chooser->at[features->count++] = feature;
    else
        features->left_out++;
}

/* Elements of a sample; 0 when the port leaves it open. */
static size_t elements_of(const struct chooser *chooser, const davy_port *port)
{
    size_t count = 1;

    for (int i = chooser->features->rowed ? 1 : 0; i < port->rank; i++)
        count *= port->dims[i] > 0 ? (size_t) port->dims[i] : 0;
    return count;
}

/* -------------------------------------------------------------------------- numbers of a sample */

static const char *column_name(const davy_served_info *info, const davy_port *port, bool output,
                               size_t element, size_t count, char text[NAME_MAX_LENGTH])
{
    const davy_predictor_info *predictor = info->predictor;

    if (!output && info->watcher)
        return info->watcher->signals[element];
    if (!output && predictor && predictor->signal_count == count)
        return predictor->signals[element];
    if (count == 1)
        return port->name;
    (void) snprintf(text, NAME_MAX_LENGTH, "%.128s[%zu]", port->name, element);
    return text;
}

static size_t categories_of(const davy_served_info *info, bool output, size_t element)
{
    const davy_levels *levels = !output && info->predictor ? info->predictor->levels : NULL;
    const size_t words =
        levels && element < info->predictor->signal_count ? levels[element].count : 0;

    if (words == 0)
        return 0;
    return words < DAVY_DRIFT_CATEGORIES_MAX ? words + 1 : DAVY_DRIFT_CATEGORIES_MAX;
}

/* Each number; where there are too many, as many as there is room for, evenly spaced. */
static void add_numbers(struct chooser *chooser, const davy_port *port, bool output, size_t which,
                        size_t count)
{
    const size_t room = chooser->end - chooser->features->count;
    const size_t taken = count < room ? count : room;

    for (size_t i = 0; i < taken; i++) {
        const size_t element = i * count / taken;
        char text[NAME_MAX_LENGTH];

        add(chooser,
            (davy_drift_feature){.output = output,
                                 .port = which,
                                 .part = element,
                                 .parts = count,
                                 .categories = categories_of(chooser->info, output, element)},
            column_name(chooser->info, port, output, element, count, text));
    }
    chooser->features->left_out += count - taken;
}

/* ------------------------------------------------------------------------- means and contrasts */

static const char *channel_name(const davy_served_info *info, const davy_port *port, bool output,
                                size_t channel, size_t channels, char text[NAME_MAX_LENGTH])
{
    const davy_predictor_info *predictor = info->predictor;

    if (!output && predictor && predictor->signal_count == channels)
        return predictor->signals[channel];
    if (channels == 1)
        return port->name;
    (void) snprintf(text, NAME_MAX_LENGTH, "%.128s %zu", port->name, channel);
    return text;
}

static void add_channel(struct chooser *chooser, const char *name, davy_drift_feature feature)
{
    static const struct {
        davy_drift_kind kind;
        const char *word;
    } looks[] = {{DAVY_DRIFT_MEAN, "mean"}, {DAVY_DRIFT_CONTRAST, "contrast"}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(looks); i++) {
        char text[NAME_MAX_LENGTH + 16];

        feature.kind = looks[i].kind;
        (void) snprintf(text, sizeof text, "%s %s", name, looks[i].word);
        add(chooser, feature, text);
    }
}

/* How the elements of a sample are split into channels: of windows and pictures. */
static size_t channels_of(const struct chooser *chooser, const davy_port *port, bool output,
                          bool *interleaved)
{
    const davy_predictor_info *predictor = chooser->info->predictor;
    const int last = port->rank - 1;

    *interleaved = true;
    if (predictor && !output)
        return predictor->form.channels > 0 ? predictor->form.channels : 1;
    if (port->rank != 4)
        return 1;
    if (port->dims[last] > 0 && port->dims[last] <= PICTURE_CHANNELS_MAX)
        return (size_t) port->dims[last];
    *interleaved = false;
    if (port->dims[1] > 0 && port->dims[1] <= PICTURE_CHANNELS_MAX)
        return (size_t) port->dims[1];
    return 1;
}

static void add_channels(struct chooser *chooser, const davy_port *port, bool output, size_t which)
{
    const size_t room = (chooser->end - chooser->features->count) / 2;
    bool interleaved;
    const size_t channels = channels_of(chooser, port, output, &interleaved);
    const size_t taken = channels < room ? channels : room;

    for (size_t i = 0; i < taken; i++) {
        const size_t channel = i * channels / taken;
        char text[NAME_MAX_LENGTH];

        add_channel(chooser, channel_name(chooser->info, port, output, channel, channels, text),
                    (davy_drift_feature){.output = output,
                                         .port = which,
                                         .part = channel,
                                         .parts = channels,
                                         .interleaved = interleaved});
    }
    chooser->features->left_out += 2 * (channels - taken);
}

/* ------------------------------------------------------------------------------------- the ports
 */

static bool is_table(const davy_served_info *info)
{
    return info->watcher || (info->predictor && info->predictor->form.kind == DAVY_FORM_ROW);
}

static void add_port(struct chooser *chooser, const davy_port *port, bool output, size_t which)
{
    const size_t count = elements_of(chooser, port);
    const size_t labels = chooser->info->label_count;
    const davy_infer_config *config = chooser->info->config;

    if (config->sequencing.on && davy_sequence_keeps(config, port->name))
        return; /* the host's own */
    if (port->type == DAVY_TYPE_TEXT) {
        if (output && chooser->info->watcher)
            add(chooser,
                (davy_drift_feature){.output = true,
                                     .port = which,
                                     .kind = DAVY_DRIFT_VERDICT,
                                     .categories = DAVY_VERDICT_OK + 1},
                port->name);
        return;
    }
    if (output && labels > 1 && count == labels)
        add(chooser,
            (davy_drift_feature){.output = true,
                                 .port = which,
                                 .kind = DAVY_DRIFT_LARGEST,
                                 .parts = 1,
                                 .categories = labels < DAVY_DRIFT_CATEGORIES_MAX
                                                   ? labels
                                                   : DAVY_DRIFT_CATEGORIES_MAX},
            "class");
    else if (count > 0 && (count <= ELEMENTS_EACH || (!output && is_table(chooser->info))))
        add_numbers(chooser, port, output, which, count);
    else
        add_channels(chooser, port, output, which);
}

/* Shares of a watcher's score say nothing that the score and the signals do not; nor do the ends of
 * an interval beside its middle. */
static size_t outputs_looked_at(const davy_served_info *info)
{
    if (info->predictor)
        return 1;
    return info->watcher ? 2 : info->output_count;
}

static bool is_rowed(const davy_served_info *info)
{
    for (size_t i = 0; i < info->input_count + info->output_count; i++) {
        const davy_port *port =
            i < info->input_count ? &info->inputs[i] : &info->outputs[i - info->input_count];

        if (port->rank == 0 || port->dims[0] >= 0)
            return false;
    }
    return info->input_count > 0;
}

davy_status davy_drift_features_choose(const davy_served_info *info, davy_arena *arena,
                                       davy_drift_features *out)
{
    struct chooser chooser = {
        .info = info,
        .arena = arena,
        .features = out,
        .at = davy_arena_array(arena, DAVY_DRIFT_FEATURES_MAX, sizeof(davy_drift_feature)),
        .end = DAVY_DRIFT_INPUTS_MAX};

    *out = (davy_drift_features){.at = chooser.at, .rowed = is_rowed(info)};
    if (!chooser.at)
        return davy_fail(DAVY_ERR_NOMEM, "what is looked at of '%s'", info->name);
    if (info->config->step_count > 0) /* its steps are looked at */
        return DAVY_OK;
    for (size_t i = 0; i < info->input_count; i++)
        add_port(&chooser, &info->inputs[i], false, i);
    out->input_count = out->count;
    chooser.end = out->count + DAVY_DRIFT_OUTPUTS_MAX;
    for (size_t i = 0; i < outputs_looked_at(info); i++)
        add_port(&chooser, &info->outputs[i], true, i);
    return chooser.failed ? davy_fail(DAVY_ERR_NOMEM, "what is looked at of '%s'", info->name)
                          : DAVY_OK;
}

/* ------------------------------------------------------------------------------------- a sample */

/* The elements of one part of one sample. */
struct elements {
    const davy_tensor *tensor;
    size_t first, step, count;
};

/* Of the elements that are finite, at most DAVY_DRIFT_ELEMENTS_MAX of them. Their distance is odd:
 * most pictures are an even number of pixels wide, and those of one column are no sample of it. */
static double look_at(const struct elements *elements, davy_drift_kind kind)
{
    const size_t least = (elements->count + DAVY_DRIFT_ELEMENTS_MAX - 1) / DAVY_DRIFT_ELEMENTS_MAX;
    const size_t skip = least | 1;
    double mean = 0, squares = 0;
    size_t seen = 0;

    for (size_t i = 0; i < elements->count; i += skip) {
        const double number =
            davy_tensor_at(elements->tensor, (int64_t) (elements->first + i * elements->step));
        const double change = number - mean;

        if (!isfinite(number))
            continue;
        seen++;
        mean += change / (double) seen; /* Welford, 1962 */
        squares += change * (number - mean);
    }
    if (seen == 0)
        return NAN;
    return kind == DAVY_DRIFT_MEAN ? mean : sqrt(squares / (double) seen);
}

static double largest(const struct elements *elements)
{
    double most = -INFINITY, place = NAN;

    for (size_t i = 0; i < elements->count; i++) {
        const double number = davy_tensor_at(elements->tensor, (int64_t) (elements->first + i));

        if (number > most) {
            most = number;
            place = (double) i;
        }
    }
    return place;
}

static double verdict(const davy_tensor *tensor, size_t sample)
{
    const davy_bytes *text = (const davy_bytes *) tensor->data + sample;

    for (int i = 0; i <= DAVY_VERDICT_OK; i++) {
        const char *name = davy_verdict_name((davy_verdict) i);

        if (text->length == strlen(name) && memcmp(text->at, name, text->length) == 0)
            return i;
    }
    return NAN;
}

static double read_feature(const davy_drift_feature *feature, const davy_tensor *tensor,
                           size_t sample, bool rowed)
{
    const size_t all = (size_t) davy_tensor_span(tensor, rowed ? 1 : 0, tensor->rank);
    struct elements elements = {.tensor = tensor, .first = sample * all};

    if (!tensor->data || (tensor->type == DAVY_TYPE_TEXT) != (feature->kind == DAVY_DRIFT_VERDICT))
        return NAN;
    if (feature->kind == DAVY_DRIFT_VERDICT)
        return verdict(tensor, sample);
    elements.count = all / feature->parts;
    elements.step = feature->interleaved ? feature->parts : 1;
    elements.first += feature->interleaved ? feature->part : feature->part * elements.count;
    return feature->kind == DAVY_DRIFT_LARGEST ? largest(&elements)
                                               : look_at(&elements, feature->kind);
}

void davy_drift_features_read(const davy_drift_features *features, const davy_tensor *inputs,
                              size_t in, const davy_tensor *outputs, size_t out, float *numbers)
{
    for (size_t i = 0; i < features->count; i++) {
        const davy_drift_feature *feature = &features->at[i];
        const davy_tensor *tensors = feature->output ? outputs : inputs;
        double number = NAN;

        if (tensors)
            number = read_feature(feature, &tensors[feature->port], feature->output ? out : in,
                                  features->rowed);
        if (feature->categories > 0 && number >= (double) feature->categories)
            number = (double) (feature->categories - 1); /* the rest are one */
        numbers[i] = isfinite((float) number) ? (float) number : NAN;
    }
}
