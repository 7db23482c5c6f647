/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sides of a picture that a model may ask for; a larger one would be made of what was smaller. */
#define SIDE_MAX 16384

static bool set_input(void *field, char *value)
{
    davy_image_input *image = field;

    image->input = value;
    return *value != '\0';
}

static bool set_size(void *field, char *value)
{
    davy_image_input *image = field;
    char *end;

    image->width = strtoul(value, &end, 10);
    if (*end != 'x')
        return false;
    image->height = strtoul(end + 1, &end, 10);
    return *end == '\0' && image->width > 0 && image->height > 0 && image->width <= SIDE_MAX &&
           image->height <= SIDE_MAX;
}

static bool set_layout(void *field, char *value)
{
    davy_image_input *image = field;

    image->channels_first = strcmp(value, "nchw") == 0;
    return image->channels_first || strcmp(value, "nhwc") == 0;
}

static bool set_colour(void *field, char *value)
{
    davy_image_input *image = field;

    image->bgr = strcmp(value, "bgr") == 0;
    return image->bgr || strcmp(value, "rgb") == 0;
}

static bool read_three(char *value, float numbers[3])
{
    for (size_t i = 0; i < 3; i++) {
        char *end;

        numbers[i] = strtof(value, &end);
        if (end == value || *end != (i < 2 ? ',' : '\0') || !isfinite(numbers[i]))
            return false;
        value = end + 1;
    }
    return true;
}

static bool set_mean(void *field, char *value)
{
    davy_image_input *image = field;

    return read_three(value, image->mean);
}

static bool set_deviation(void *field, char *value)
{
    davy_image_input *image = field;

    return read_three(value, image->deviation) && image->deviation[0] > 0 &&
           image->deviation[1] > 0 && image->deviation[2] > 0;
}

static bool set_fit(void *field, char *value)
{
    davy_image_input *image = field;

    image->letterbox = strcmp(value, "letterbox") == 0;
    return image->letterbox || strcmp(value, "stretch") == 0;
}

static const davy_config_word words[] = {
    {"input", set_input},   {"size", set_size}, {"layout", set_layout},
    {"colour", set_colour}, {"mean", set_mean}, {"deviation", set_deviation},
    {"fit", set_fit},
};

davy_status davy_config_image(const davy_config_binding *b, unsigned line, const char *text,
                              davy_image_input *out)
{
    davy_image_input image = {.deviation = {1, 1, 1}};
    davy_status status =
        davy_config_words(b, line, DAVY_CONFIG_IMAGE, text, words, DAVY_ARRAY_LENGTH(words),
                          "input=NAME, size=WxH, layout=nchw|nhwc, colour=rgb|bgr, mean=R,G,B, "
                          "deviation=R,G,B, fit=stretch|letterbox",
                          &image);

    if (status == DAVY_OK && (!image.input || image.width == 0))
        status = davy_config_fail(
            b->tree, line, DAVY_CONFIG_IMAGE " names an input and a size: input=NAME size=WxH");
    if (status == DAVY_OK)
        *out = image;
    return status;
}
