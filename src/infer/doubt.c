/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/doubt.h"

#include "infer/backend.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A sample with more than this share of gaps is what the model filled in and not what was seen. */
#define GAPS_MAX 0.5

/* Room for a reason. */
#define REASON_MAX 320

/* What is known of the samples of a predictor, and where its doubts go. */
struct doubter {
    davy_visit *visit;
    const davy_predictor_info *info;
    size_t values, capacity;
    bool *outside; /* [channels] scratch */
};

static davy_status add_doubt(davy_visit *visit, size_t *capacity, size_t sample, bool abstain,
                             const char *reason)
{
    davy_infer_response *response = visit->response;
    davy_doubt *doubts = response->doubts;
    char *text = davy_arena_text(&response->arena, reason, strlen(reason));

    if (response->doubt_count == *capacity) {
        *capacity = *capacity > 0 ? 2 * *capacity : 4;
        doubts = davy_arena_array(&response->arena, *capacity, sizeof *doubts);
        if (doubts && response->doubt_count > 0)
            memcpy(doubts, response->doubts, response->doubt_count * sizeof *doubts);
    }
    if (!text || !doubts)
        return davy_fail(DAVY_ERR_NOMEM, "doubts about an answer");
    response->doubts = doubts;
    doubts[response->doubt_count++] = (davy_doubt){sample, abstain, text};
    return DAVY_OK;
}

static davy_status doubt(struct doubter *doubter, size_t sample, bool abstain, const char *format,
                         ...) DAVY_PRINTF(4, 5);

static davy_status doubt(struct doubter *doubter, size_t sample, bool abstain, const char *format,
                         ...)
{
    char reason[REASON_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    return add_doubt(doubter->visit, &doubter->capacity, sample, abstain, reason);
}

static const char *signal_name(const davy_predictor_info *info, size_t channel)
{
    return info->signal_count == info->form.channels ? info->signals[channel] : "the sample";
}

static bool filled_by_model(const davy_predictor_info *info, size_t channel)
{
    return info->imputed && info->imputed[channel];
}

/* A number that the model cannot take, or too many that it would have to make up. */
static davy_status check_numbers(struct doubter *doubter, size_t sample, const float *numbers,
                                 bool *judged)
{
    const davy_predictor_info *info = doubter->info;
    const size_t channels = info->form.channels > 0 ? info->form.channels : 1;
    size_t gaps = 0;

    *judged = false;
    for (size_t i = 0; i < doubter->values; i++) {
        if (isfinite(numbers[i]))
            continue;
        if (!isnan(numbers[i]) || info->form.kind == DAVY_FORM_IMAGE ||
            !filled_by_model(info, i % channels))
            return doubt(
                doubter, sample, true, "%s: %.200s", isnan(numbers[i]) ? "missing" : "not finite",
                info->form.kind == DAVY_FORM_IMAGE ? "a pixel" : signal_name(info, i % channels));
        gaps++;
    }
    if ((double) gaps > GAPS_MAX * (double) doubter->values)
        return doubt(doubter, sample, true, "gaps: %zu of %zu numbers are missing", gaps,
                     doubter->values);
    *judged = true;
    return DAVY_OK;
}

/* A signal that moved in training and does not live now, in a way that training did not have. */
static davy_window_look look_at(const struct doubter *doubter, const float *numbers, size_t channel,
                                double *level)
{
    const davy_habits *habits = &doubter->visit->desk->habits;
    const davy_window_look look = davy_window_look_at(doubter->info, numbers, channel, level);

    if (!habits->moves[channel] || (look == DAVY_WINDOW_STANDS && habits->stands[channel]) ||
        (look == DAVY_WINDOW_CLIPPED && habits->clipped[channel]))
        return DAVY_WINDOW_MOVES;
    return look;
}

/* The runs of this question come out of the places of all runs. */
static bool hangs_on(const struct doubter *doubter, size_t channel)
{
    const davy_desk *desk = doubter->visit->desk;
    bool hangs;

    (void) davy_gate_enter(desk->host->gate, 0);
    hangs = davy_habits_hang_on(&desk->habits, davy_served_predictor(desk->served),
                                davy_served_background(desk->served), channel);
    davy_gate_leave(desk->host->gate);
    return hangs;
}

/* Where no signal lives, nothing was seen; where one stands that the answer hangs on, it is an
 * answer to something else. */
static davy_status check_window(struct doubter *doubter, size_t sample, const float *numbers,
                                bool *judged)
{
    const davy_predictor_info *info = doubter->info;
    const davy_habits *habits = &doubter->visit->desk->habits;
    bool alive = false;
    double level;
    davy_status status = DAVY_OK;

    for (size_t c = 0; c < info->form.channels; c++)
        alive = alive ||
                (habits->moves[c] && look_at(doubter, numbers, c, &level) == DAVY_WINDOW_MOVES);
    *judged = true;
    for (size_t c = 0; c < info->form.channels && status == DAVY_OK; c++) {
        const davy_window_look look = look_at(doubter, numbers, c, &level);
        const bool stands = look == DAVY_WINDOW_STANDS;
        const bool blinds = habits->known && look != DAVY_WINDOW_MOVES &&
                            (!alive || (stands && hangs_on(doubter, c)));

        *judged = *judged && !blinds;
        if (look != DAVY_WINDOW_MOVES)
            status = doubt(doubter, sample, blinds, "%s: %.200s at %g",
                           stands ? "stuck" : "clipped", signal_name(info, c), level);
    }
    return status;
}

/* The first number of a channel that left the range, and where the range ends. */
static davy_status tell_outside(struct doubter *doubter, size_t sample, const float *numbers,
                                size_t channel)
{
    const davy_form *form = &doubter->info->form;
    const davy_signal_range *range = &doubter->info->ranges[channel];

    for (size_t t = 0; t < form->steps; t++) {
        const double number = (double) numbers[t * form->channels + channel];

        if (number > range->high || number < range->low)
            return doubt(doubter, sample, false, "outside: %.200s %g %s %g",
                         signal_name(doubter->info, channel), number,
                         number > range->high ? "above" : "below",
                         number > range->high ? range->high : range->low);
    }
    return DAVY_OK;
}

static davy_status check_ranges(struct doubter *doubter, size_t sample, const float *numbers)
{
    const davy_predictor_info *info = doubter->info;
    davy_status status = DAVY_OK;

    memset(doubter->outside, 0, info->form.channels * sizeof *doubter->outside);
    if (!davy_signal_ranges_leave(info->ranges, &info->form, numbers, doubter->outside))
        return DAVY_OK;
    for (size_t c = 0; c < info->form.channels && status == DAVY_OK; c++)
        if (doubter->outside[c])
            status = tell_outside(doubter, sample, numbers, c);
    return status;
}

/* The run must not see numbers that it would refuse: a copy has 0 in their place. */
static davy_status leave_out(struct doubter *doubter, size_t sample)
{
    davy_visit *visit = doubter->visit;
    davy_tensor *input = &visit->matched.inputs[0];
    float *numbers;

    if (!visit->left_out) {
        const size_t count = (size_t) davy_tensor_count(input);

        visit->left_out = davy_arena_array(&visit->response->arena, visit->matched.rows, 1);
        numbers = davy_arena_array(&visit->response->arena, count, sizeof *numbers);
        if (!visit->left_out || !numbers)
            return davy_fail(DAVY_ERR_NOMEM, "doubts about an answer");
        memcpy(numbers, input->data, count * sizeof *numbers);
        input->data = numbers;
    }
    visit->left_out[sample] = true;
    numbers = davy_f32(input) + sample * doubter->values;
    for (size_t i = 0; i < doubter->values; i++)
        if (!isfinite(numbers[i]))
            numbers[i] = 0;
    return DAVY_OK;
}

static davy_status check_sample(struct doubter *doubter, size_t sample)
{
    const float *numbers = davy_f32(&doubter->visit->matched.inputs[0]) + sample * doubter->values;
    bool judged = true;
    davy_status status = check_numbers(doubter, sample, numbers, &judged);

    if (status == DAVY_OK && judged && doubter->info->ranges) {
        status = check_ranges(doubter, sample, numbers);
        if (status == DAVY_OK && doubter->visit->desk->habits.sees)
            status = check_window(doubter, sample, numbers, &judged);
    }
    return status == DAVY_OK && !judged ? leave_out(doubter, sample) : status;
}

davy_status davy_doubts_before(davy_visit *visit)
{
    const davy_predictor_info *info = visit->desk->info->predictor;
    struct doubter doubter = {.visit = visit, .info = info};
    davy_status status = DAVY_OK;

    if (!info)
        return DAVY_OK;
    doubter.values = davy_form_values(&info->form);
    doubter.outside =
        davy_arena_array(&visit->response->arena, info->form.channels + 1, sizeof *doubter.outside);
    if (!doubter.outside)
        return davy_fail(DAVY_ERR_NOMEM, "doubts about an answer");
    for (size_t i = 0; i < visit->matched.rows && status == DAVY_OK; i++)
        status = check_sample(&doubter, i);
    return status;
}

davy_status davy_doubts_of_run(davy_visit *visit, const davy_instance *instance)
{
    size_t capacity = 0, count;
    const davy_doubt *doubts = davy_instance_doubts(instance, &count);
    davy_status status = DAVY_OK;

    visit->response->doubt_count = 0;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = add_doubt(visit, &capacity, doubts[i].sample, doubts[i].abstain, doubts[i].reason);
    return status;
}

static void take_away(const davy_visit *visit, size_t sample)
{
    for (size_t k = 0; k < visit->response->output_count; k++) {
        const davy_tensor *output = &visit->response->outputs[k].tensor;
        const size_t width = (size_t) davy_tensor_span(output, 1, output->rank);

        for (size_t i = 0; output->type == DAVY_TYPE_F32 && i < width; i++)
            davy_f32(output)[sample * width + i] = NAN;
    }
}

/* The largest probability of a sample against what the model needs to name a class. */
static davy_status check_sure(struct doubter *doubter, const davy_tensor *probabilities,
                              size_t sample)
{
    const davy_predictor_info *info = doubter->info;
    const float *row = davy_f32(probabilities) + sample * info->class_count;
    size_t best = 0;

    for (size_t c = 1; c < info->class_count; c++)
        if (row[c] > row[best])
            best = c;
    if ((double) row[best] >= info->abstain)
        return DAVY_OK;
    return doubt(doubter, sample, true, "unsure: %.200s has %.3g, and it takes %.3g to be said",
                 info->classes[best], (double) row[best], info->abstain);
}

davy_status davy_doubts_after(davy_visit *visit)
{
    const davy_predictor_info *info = visit->desk->info->predictor;
    struct doubter doubter = {.visit = visit, .info = info};
    davy_status status = DAVY_OK;

    if (!info)
        return DAVY_OK;
    doubter.capacity = visit->response->doubt_count; /* the next one copies them */
    for (size_t i = 0; i < visit->matched.rows && status == DAVY_OK; i++) {
        if (visit->left_out && visit->left_out[i])
            take_away(visit, i);
        else if (info->abstain > 0 && info->class_count > 0 && visit->response->output_count > 0)
            status = check_sure(&doubter, &visit->response->outputs[0].tensor, i);
    }
    return status;
}
