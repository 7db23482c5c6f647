/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Players and parts: who shares in an explanation, how many there are, and what they are called.
 */
#include "models/explain/explain_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAVE_PARTS ((size_t) 8)

/* Signals, or eighths of a waveform. */
static size_t part_count(const davy_form *form)
{
    if (form->kind != DAVY_FORM_WAVE)
        return form->channels;
    return form->steps < WAVE_PARTS ? form->steps : WAVE_PARTS;
}

/* Which of them the number of a sample belongs to. */
static uint32_t part_of_number(const davy_form *form, size_t number)
{
    return (uint32_t) (form->kind == DAVY_FORM_WAVE ? number * part_count(form) / form->steps
                                                    : number % form->channels);
}

davy_status davy_explainer_make_players(davy_explainer *e)
{
    const davy_form *form = &e->predictor->info.form;

    e->players = e->numbers;
    e->parts = e->front ? e->numbers : part_count(form);
    e->player_of = calloc(e->numbers + 1, sizeof *e->player_of);
    e->part_of = calloc(e->numbers + 1, sizeof *e->part_of);
    e->shares = calloc(e->numbers + 1, sizeof *e->shares);
    e->values = calloc(e->numbers + 1, sizeof *e->values);
    if (!e->player_of || !e->part_of || !e->shares || !e->values)
        return davy_fail(DAVY_ERR_NOMEM, "explanations of %zu numbers", e->numbers);
    for (size_t i = 0; i < e->numbers; i++) {
        e->player_of[i] = (uint32_t) i;
        e->part_of[i] = e->front ? (uint32_t) i : part_of_number(form, i);
    }
    return DAVY_OK;
}

void davy_explainer_group(davy_explainer *e)
{
    if (e->front)
        return;
    for (size_t i = 0; i < e->numbers; i++)
        e->player_of[i] = part_of_number(&e->predictor->info.form, i);
    e->players = e->parts;
    for (size_t i = 0; i < e->players; i++)
        e->part_of[i] = (uint32_t) i;
}

static const char *part_name(const davy_predictor_info *info, size_t part,
                             char name[DAVY_PLAYER_NAME_MAX])
{
    const davy_form *form = &info->form;
    const size_t parts = part_count(form);

    if (form->kind == DAVY_FORM_IMAGE)
        return ((const char *const[]){"red", "green", "blue"})[part];
    if (form->kind != DAVY_FORM_WAVE)
        return info->signals[part];
    (void) snprintf(name, DAVY_PLAYER_NAME_MAX, "%s..%s", info->signals[part * form->steps / parts],
                    info->signals[(part + 1) * form->steps / parts - 1]);
    return name;
}

static const char *feature_name(const davy_predictor_info *info, size_t feature,
                                char name[DAVY_PLAYER_NAME_MAX])
{
    if (feature < info->feature_count)
        return info->features[feature];
    (void) snprintf(name, DAVY_PLAYER_NAME_MAX, "feature %zu", feature + 1);
    return name;
}

const char *davy_explainer_player(const davy_explainer *e, size_t player,
                                  char name[DAVY_PLAYER_NAME_MAX])
{
    const davy_predictor_info *info = &e->predictor->info;
    const davy_form *form = &info->form;
    const size_t step = player / form->channels;

    if (e->front)
        return feature_name(info, player, name);
    if (e->players < e->numbers)
        return part_name(info, player, name);
    if (form->kind == DAVY_FORM_WAVE)
        return info->signals[player];
    if (form->kind == DAVY_FORM_IMAGE || step + 1 == form->steps)
        return part_name(info, player % form->channels, name);
    (void) snprintf(name, DAVY_PLAYER_NAME_MAX, "%s[-%zu]", info->signals[player % form->channels],
                    form->steps - 1 - step);
    return name;
}

size_t davy_explainer_parts(const davy_explainer *e)
{
    return e->parts;
}

const char *davy_explainer_part(const davy_explainer *e, size_t part,
                                char name[DAVY_PLAYER_NAME_MAX])
{
    return e->front ? feature_name(&e->predictor->info, part, name)
                    : part_name(&e->predictor->info, part, name);
}

void davy_explain_parts(const davy_explainer *e, const davy_explanation *explanation,
                        double *shares)
{
    memset(shares, 0, e->parts * sizeof *shares);
    for (size_t i = 0; i < explanation->count; i++)
        shares[e->part_of[i]] += explanation->shares[i];
}

size_t davy_explain_largest(const double *shares, size_t count, size_t most, size_t *out)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = found < most ? found : most;

        while (at > 0 && fabs(shares[i]) > fabs(shares[out[at - 1]])) {
            if (at < most)
                out[at] = out[at - 1];
            at--;
        }
        if (at < most)
            out[at] = i;
        found += found < most;
    }
    return found;
}
