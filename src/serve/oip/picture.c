/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/picture.h"

#include <string.h>

#include "serve/limits.h"

#define CHANNELS 3

static const davy_port *find_port(const davy_served_info *info, const char *input)
{
    for (size_t i = 0; i < info->input_count; i++)
        if (strcmp(info->inputs[i].name, input) == 0)
            return &info->inputs[i];
    return NULL;
}

/* As the training of a predictor read them: stretched, 0 to 255; all else is in its graph. */
static bool find_predictor_form(const davy_served_info *info, davy_picture_form *form)
{
    if (!info->predictor || info->predictor->form.kind != DAVY_FORM_IMAGE)
        return false;
    form->width = (uint32_t) info->predictor->form.width;
    form->height = (uint32_t) info->predictor->form.height;
    form->plain = true;
    return true;
}

static bool find_config_form(const davy_served_info *info, const char *input,
                             davy_picture_form *form)
{
    const davy_image_input *image = info->config ? &info->config->image : NULL;

    if (!image || !image->input || strcmp(image->input, input) != 0)
        return false;
    form->width = (uint32_t) image->width;
    form->height = (uint32_t) image->height;
    form->fit = image->letterbox ? DAVY_FIT_LETTERBOX : DAVY_FIT_STRETCH;
    form->channels_first = image->channels_first;
    form->bgr = image->bgr;
    memcpy(form->norm.mean, image->mean, sizeof form->norm.mean);
    memcpy(form->norm.deviation, image->deviation, sizeof form->norm.deviation);
    return true;
}

bool davy_picture_form_find(const davy_served_info *info, const char *input,
                            davy_picture_form *form)
{
    *form = (davy_picture_form){.port = find_port(info, input)};
    return form->port && form->port->type != DAVY_TYPE_TEXT &&
           (find_config_form(info, input, form) || find_predictor_form(info, form));
}

/* One picture, in the order and scale of the form. */
static void place_pixels(const davy_picture_form *form, const davy_image *image, float *to)
{
    const size_t area = (size_t) form->width * form->height;

    for (size_t c = 0; c < CHANNELS; c++) {
        const size_t from = form->bgr ? CHANNELS - 1 - c : c;
        const size_t step = form->channels_first ? 1 : CHANNELS;
        float *at = to + (form->channels_first ? c * area : c);
        float table[256];

        for (int v = 0; v < 256; v++)
            table[v] = form->plain
                           ? (float) v
                           : ((float) v / 255.0F - form->norm.mean[c]) / form->norm.deviation[c];
        for (size_t i = 0; i < area; i++, at += step)
            *at = table[image->pixels[i * CHANNELS + from]];
    }
}

/* A JPEG may have been read at a half or a quarter of its size. */
static davy_picture_place place_of(const davy_image_facts *facts, const davy_image *picture,
                                   const davy_placement *placement)
{
    davy_picture_place place = {facts->width, facts->height, *placement};

    place.placement.scale_x *= (double) picture->width / facts->width;
    place.placement.scale_y *= (double) picture->height / facts->height;
    return place;
}

static davy_status read_one(const davy_picture_form *form, const davy_bytes *file, float *to,
                            davy_picture_place *place)
{
    const davy_image_options options = {.pixels_max = DAVY_HTTP_PICTURE_PIXELS_MAX,
                                        .enough_width = form->width,
                                        .enough_height = form->height};
    davy_image picture = {0}, small = {0};
    davy_image_facts facts;
    davy_placement placement;
    davy_status status = davy_image_decode(file->at, file->length, &options, &picture, &facts);

    if (status == DAVY_OK)
        status = davy_image_fit(&picture, NULL, form->fit, DAVY_RESIZE_BILINEAR, form->width,
                                form->height, &small, &placement);
    if (status == DAVY_OK) {
        place_pixels(form, &small, to);
        *place = place_of(&facts, &picture, &placement);
    }
    davy_image_clear(&picture);
    davy_image_clear(&small);
    return status == DAVY_OK || status == DAVY_ERR_NOMEM
               ? status
               : davy_fail_in(DAVY_ERR_INVALID, "picture");
}

static void set_shape(const davy_picture_form *form, size_t count, davy_tensor *out)
{
    *out = (davy_tensor){.type = DAVY_TYPE_F32, .rank = 4, .dims = {(int64_t) count}};
    out->dims[form->channels_first ? 1 : 3] = CHANNELS;
    out->dims[form->channels_first ? 2 : 1] = form->height;
    out->dims[form->channels_first ? 3 : 2] = form->width;
}

davy_status davy_pictures_read(const davy_picture_form *form, const davy_bytes *files, size_t count,
                               davy_oip_memory *memory, davy_tensor *out,
                               davy_picture_place *places)
{
    const size_t values = (size_t) form->width * form->height * CHANNELS;
    davy_status status = DAVY_OK;
    void *to = NULL;

    if (form->port->type != DAVY_TYPE_F32)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "input '%s' takes pictures as FP32 only",
                         form->port->name);
    set_shape(form, count, out);
    status = davy_oip_take(memory, count * values, sizeof(float), &to);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = read_one(form, &files[i], (float *) to + i * values, &places[i]);
    out->data = to;
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "input '%.100s'", form->port->name);
}
