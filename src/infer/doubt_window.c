/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/doubt_window.h"

#include "models/habit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shorter windows stand still by chance: eight equal numbers of a signal that moves do not. */
#define STEPS_LEAST 8

/* Samples that are asked anew to see what answers hang on, and what share of a move is one. */
#define ASKED_MAX   24
#define SHARE_LEAST 0.05

/* Samples of training that can say what is usual there. */
#define SAMPLES_LEAST 20

static float step_at(const davy_form *form, const float *numbers, size_t channel, size_t step)
{
    return numbers[step * form->channels + channel];
}

static bool stands(const davy_form *form, const float *numbers, size_t channel)
{
    for (size_t t = 1; t < form->steps; t++)
        if (!(step_at(form, numbers, channel, t) == numbers[channel]))
            return false;
    return true;
}

/* Most steps in a row at one level. */
static size_t longest_at(const davy_form *form, const float *numbers, size_t channel, float level)
{
    size_t longest = 0, run = 0;

    for (size_t t = 0; t < form->steps; t++) {
        run = step_at(form, numbers, channel, t) == level ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

davy_window_look davy_window_look_at(const davy_predictor_info *info, const float *numbers,
                                     size_t channel, double *level)
{
    const davy_form *form = &info->form;
    float ends[2] = {numbers[channel], numbers[channel]};

    *level = (double) numbers[channel];
    if (stands(form, numbers, channel))
        return DAVY_WINDOW_STANDS;
    for (size_t t = 1; t < form->steps; t++) {
        const float number = step_at(form, numbers, channel, t);

        ends[0] = number < ends[0] ? number : ends[0];
        ends[1] = number > ends[1] ? number : ends[1];
    }
    for (size_t i = 0; i < 2; i++) {
        *level = (double) ends[i];
        if (davy_habit_is_end(&info->ranges[channel], *level) &&
            longest_at(form, numbers, channel, ends[i]) >= STEPS_LEAST)
            return DAVY_WINDOW_CLIPPED;
    }
    return DAVY_WINDOW_MOVES;
}

davy_status davy_habits_learn(const davy_predictor_info *info, const davy_background *background,
                              davy_arena *arena, davy_habits *out)
{
    const size_t channels = info->form.channels;
    const bool window = info->form.kind == DAVY_FORM_WINDOW || info->form.kind == DAVY_FORM_WAVE;
    davy_habits habits = {.sees = window && info->ranges && info->form.steps >= STEPS_LEAST,
                          .known = background->count >= SAMPLES_LEAST};
    double level;

    habits.moves = davy_arena_array(arena, channels + 1, sizeof *habits.moves);
    habits.stands = davy_arena_array(arena, channels + 1, sizeof *habits.stands);
    habits.clipped = davy_arena_array(arena, channels + 1, sizeof *habits.clipped);
    habits.hangs = davy_arena_array(arena, channels + 1, sizeof *habits.hangs);
    if (!habits.moves || !habits.stands || !habits.clipped || !habits.hangs)
        return davy_fail(DAVY_ERR_NOMEM, "habits of '%s'", info->name);
    for (size_t c = 0; habits.sees && c < channels; c++) {
        habits.moves[c] = info->ranges[c].usual_high > info->ranges[c].usual_low;
        for (size_t i = 0; i < background->count; i++) {
            const davy_window_look look =
                davy_window_look_at(info, background->numbers + i * background->values, c, &level);

            habits.stands[c] = habits.stands[c] || look == DAVY_WINDOW_STANDS;
            habits.clipped[c] = habits.clipped[c] || look == DAVY_WINDOW_CLIPPED;
        }
    }
    *out = habits;
    return DAVY_OK;
}

/* Sample i as it is, and sample i with the channel of the one behind it. */
static void fill(const davy_form *form, const davy_background *background, size_t count,
                 size_t channel, float *samples)
{
    const size_t values = background->values;

    for (size_t i = 0; i < count; i++) {
        const float *own = background->numbers + i * values;
        const float *other = background->numbers + (i + 1) % count * values;
        float *mixed = samples + (count + i) * values;

        memcpy(samples + i * values, own, values * sizeof *own);
        memcpy(mixed, own, values * sizeof *own);
        for (size_t k = channel; k < values; k += form->channels)
            mixed[k] = other[k];
    }
}

/* Move of the answers by the channel, and by the whole sample. */
static bool moves_answers(const davy_answers *answers, size_t classes, size_t count)
{
    const float *all = classes > 0 ? answers->probabilities : answers->values;
    const size_t width = classes > 0 ? classes : 1;
    double by_channel = 0, by_sample = 0;

    for (size_t i = 0; i < count * width; i++) {
        by_channel += fabs((double) all[count * width + i] - (double) all[i]);
        by_sample += fabs((double) all[(i + width) % (count * width)] - (double) all[i]);
    }
    return by_channel > SHARE_LEAST * by_sample;
}

static bool ask_whether(const davy_predictor *predictor, const davy_background *background,
                        size_t channel)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    const size_t count = background->count < ASKED_MAX ? background->count : ASKED_MAX;
    float *samples = calloc(2 * count * background->values + 1, sizeof *samples);
    davy_asker *asker = NULL;
    davy_answers answers;
    bool hangs = true;

    if (samples && davy_asker_create(predictor, NULL, &asker) == DAVY_OK) {
        fill(&info->form, background, count, channel, samples);
        if (davy_asker_ask(asker, samples, 2 * count, &answers) == DAVY_OK)
            hangs = moves_answers(&answers, info->class_count, count);
    }
    davy_asker_destroy(asker);
    free(samples);
    return hangs;
}

bool davy_habits_hang_on(const davy_habits *habits, const davy_predictor *predictor,
                         const davy_background *background, size_t channel)
{
    int known = atomic_load_explicit(&habits->hangs[channel], memory_order_relaxed);

    if (known == 0) {
        known = ask_whether(predictor, background, channel) ? 1 : -1;
        atomic_store_explicit(&habits->hangs[channel], known, memory_order_relaxed);
    }
    return known > 0;
}
