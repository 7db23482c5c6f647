/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/doubt_window.h"

/* Shorter windows stand still by chance: eight equal numbers of a signal that moves do not. */
#define STEPS_LEAST 8

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

/* An end that training hardly reached: where much of it lay, lying there is no fault. */
static bool is_rare_end(const davy_signal_range *range, double level)
{
    return (level >= range->high && range->high > range->usual_high) ||
           (level <= range->low && range->low < range->usual_low);
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
        if (is_rare_end(&info->ranges[channel], *level) &&
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
    if (!habits.moves || !habits.stands || !habits.clipped)
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
