/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The setting `features` from a command line or a stranger: a text that is a list of steps is also
 * fitted on a few windows of three channels, one of them of words, with holes where it fills them.
 */
#include "models/features/feature_set.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES  16
#define STEPS    7 /* the early mean, and six rows */
#define CHANNELS 3
#define TEXT_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static davy_status read_window(const davy_sample_set *samples, size_t sample, float *values)
{
    const bool *imputed = samples->own;

    for (size_t t = 0; t < STEPS; t++) {
        values[t * CHANNELS] = (float) ((sample * 7 + t * 3) % 11);
        values[t * CHANNELS + 1] = (float) (sample % 4 < 2 ? 10 : 50);
        values[t * CHANNELS + 2] = (float) ((sample + t) % 3);
        for (size_t c = 0; c < CHANNELS; c++)
            if (imputed[c] && (sample + t + c) % 5 == 0)
                values[t * CHANNELS + c] = NAN;
    }
    return DAVY_OK;
}

static void clear_nothing(davy_sample_set *samples)
{
    (void) samples;
}

static void fit(const char *text)
{
    static const davy_sample_source source = {.read = read_window, .clear = clear_nothing};
    static char *words[] = {(char *) (uintptr_t) "low", (char *) (uintptr_t) "high"};
    static const davy_levels levels[CHANNELS] = {{0}, {0}, {words, 2}};
    static const char *const signals[CHANNELS] = {"a/x", "a/y", "kind"};
    const davy_features_source told = {signals, levels, CHANNELS};
    double targets[SAMPLES];
    uint32_t groups[SAMPLES];
    size_t places[SAMPLES];
    uint8_t held[SAMPLES];
    bool imputed[CHANNELS], any;
    const davy_sample_set samples = {.form = {.kind = DAVY_FORM_WINDOW,
                                              .steps = STEPS,
                                              .channels = CHANNELS,
                                              .stride = 1,
                                              .early = 2},
                                     .source = &source,
                                     .own = imputed,
                                     .count = SAMPLES,
                                     .targets = targets,
                                     .groups = groups,
                                     .places = places,
                                     .group_count = SAMPLES};
    const davy_lesson lesson = {
        .samples = &samples, .held = held, .task = DAVY_TASK_REGRESS, .seed = 1};
    davy_features *features = NULL;

    for (size_t i = 0; i < SAMPLES; i++) {
        targets[i] = (double) (i % 5);
        groups[i] = (uint32_t) i;
        places[i] = i;
        held[i] = i < 12 ? DAVY_PURPOSE_LEARN : DAVY_PURPOSE_JUDGE;
    }
    if (davy_features_imputed(text, signals, CHANNELS, imputed, &any) != DAVY_OK)
        abort(); /* it was checked */
    if (davy_features_fit(&lesson, &told, text, &features) == DAVY_OK) {
        float row[DAVY_FEATURES_MAX];
        size_t count;
        const char *const *names = davy_features_names(features, &count);

        assert(count > 0 && count <= DAVY_FEATURES_MAX && names[count - 1][0]);
        assert(davy_sample_set_read(davy_features_samples(features), SAMPLES - 1, row) == DAVY_OK);
        for (size_t j = 0; j < count; j++)
            assert(isfinite(row[j]));
    }
    davy_features_destroy(features);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];

    if (size > TEXT_MAX)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (davy_features_check(text) == DAVY_OK)
        fit(text);
    return 0;
}
