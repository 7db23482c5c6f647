/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/form.h"

#include <stdio.h>
#include <string.h>

static const char *const names[DAVY_FORM_COUNT] = {"row", "window", "recording", "wave", "image"};

const char *davy_form_name(davy_form_kind kind)
{
    return names[kind];
}

const char *davy_form_chinese(davy_form_kind kind)
{
    static const char *const words[DAVY_FORM_COUNT] = {"一行", "一个窗口", "一段记录", "一段波形",
                                                       "一幅图片"};

    return words[kind];
}

bool davy_form_find(const char *name, davy_form_kind *out)
{
    for (int i = 0; i < DAVY_FORM_COUNT; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (davy_form_kind) i;
            return true;
        }
    return false;
}

size_t davy_form_values(const davy_form *form)
{
    return form->kind == DAVY_FORM_IMAGE ? form->height * form->width * form->channels
                                         : form->steps * form->channels;
}

int davy_form_dims(const davy_form *form, int64_t dims[3])
{
    if (form->kind == DAVY_FORM_IMAGE) {
        dims[0] = (int64_t) form->height;
        dims[1] = (int64_t) form->width;
        dims[2] = (int64_t) form->channels;
        return 3;
    }
    dims[0] = (int64_t) form->steps;
    dims[1] = (int64_t) form->channels;
    return 2;
}

static bool in_range(size_t size, size_t most)
{
    return size >= 1 && size <= most;
}

static bool has_sizes(const davy_form *form)
{
    if (form->kind == DAVY_FORM_IMAGE)
        return in_range(form->height, DAVY_FORM_SIDE_MAX) &&
               in_range(form->width, DAVY_FORM_SIDE_MAX) && form->channels == 3;
    return in_range(form->steps, form->kind == DAVY_FORM_ROW ? 1 : DAVY_FORM_STEPS_MAX) &&
           in_range(form->channels, form->kind == DAVY_FORM_WAVE ? 1 : DAVY_FORM_CHANNELS_MAX);
}

davy_status davy_form_check(const davy_form *form)
{
    const bool image = form->kind == DAVY_FORM_IMAGE;

    if (!has_sizes(form) || davy_form_values(form) > DAVY_FORM_VALUES_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "a sample of %zu x %zu numbers is none that a model takes",
                         image ? form->height : form->steps, image ? form->width : form->channels);
    return DAVY_OK;
}

const char *davy_form_text(const davy_form *form, char text[DAVY_FORM_TEXT_MAX])
{
    switch (form->kind) {
    case DAVY_FORM_ROW:
        (void) snprintf(text, DAVY_FORM_TEXT_MAX, "a row of %zu signals", form->channels);
        break;
    case DAVY_FORM_WINDOW:
        (void) snprintf(text, DAVY_FORM_TEXT_MAX, "a window of %zu rows of %zu signals",
                        form->steps, form->channels);
        break;
    case DAVY_FORM_RECORDING:
        (void) snprintf(text, DAVY_FORM_TEXT_MAX, "a recording of %zu rows of %zu signals",
                        form->steps, form->channels);
        break;
    case DAVY_FORM_WAVE:
        (void) snprintf(text, DAVY_FORM_TEXT_MAX, "a waveform of %zu values", form->steps);
        break;
    case DAVY_FORM_IMAGE:
        (void) snprintf(text, DAVY_FORM_TEXT_MAX, "a picture of %zu x %zu", form->width,
                        form->height);
        break;
    }
    return text;
}
