/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sides of a picture that a model may ask for; a larger one would be made of what was smaller. */
#define SIDE_MAX 16384

static bool set_input(davy_image_input *image, char *value)
{
    image->input = value;
    return *value != '\0';
}

static bool set_size(davy_image_input *image, char *value)
{
    char *end;

    image->width = strtoul(value, &end, 10);
    if (*end != 'x')
        return false;
    image->height = strtoul(end + 1, &end, 10);
    return *end == '\0' && image->width > 0 && image->height > 0 && image->width <= SIDE_MAX &&
           image->height <= SIDE_MAX;
}

static bool set_layout(davy_image_input *image, char *value)
{
    image->channels_first = strcmp(value, "nchw") == 0;
    return image->channels_first || strcmp(value, "nhwc") == 0;
}

static bool set_colour(davy_image_input *image, char *value)
{
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

static bool set_mean(davy_image_input *image, char *value)
{
    return read_three(value, image->mean);
}

static bool set_deviation(davy_image_input *image, char *value)
{
    return read_three(value, image->deviation) && image->deviation[0] > 0 &&
           image->deviation[1] > 0 && image->deviation[2] > 0;
}

static const struct {
    const char *name;
    bool (*set)(davy_image_input *image, char *value);
} words[] = {
    {"input", set_input},   {"size", set_size}, {"layout", set_layout},
    {"colour", set_colour}, {"mean", set_mean}, {"deviation", set_deviation},
};

static bool read_word(davy_image_input *image, char *word)
{
    char *equals = strchr(word, '=');

    if (!equals)
        return false;
    *equals = '\0';
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (strcmp(words[i].name, word) == 0)
            return words[i].set(image, equals + 1);
    return false;
}

davy_status davy_config_image(const davy_config_binding *b, unsigned line, const char *text,
                              davy_image_input *out)
{
    davy_image_input image = {.deviation = {1, 1, 1}};
    char *copy = davy_arena_text(b->arena, text, strlen(text)), *rest = copy, *word;

    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "%s", b->tree->file);
    while ((word = strtok_r(rest, " ", &rest))) {
        char shown[40];

        (void) strncpy(shown, word, sizeof shown - 1);
        shown[sizeof shown - 1] = '\0';
        if (!read_word(&image, word))
            return davy_config_fail(b->tree, line,
                                    DAVY_CONFIG_IMAGE ": '%s' is none of input=NAME, size=WxH, "
                                                      "layout=nchw|nhwc, colour=rgb|bgr, "
                                                      "mean=R,G,B, deviation=R,G,B",
                                    shown);
    }
    if (!image.input || image.width == 0)
        return davy_config_fail(
            b->tree, line, DAVY_CONFIG_IMAGE " names an input and a size: input=NAME size=WxH");
    *out = image;
    return DAVY_OK;
}
