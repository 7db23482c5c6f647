/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config_keys.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One of two words. */
static bool choose(bool *field, const char *value, const char *no, const char *yes)
{
    *field = strcmp(value, yes) == 0;
    return *field || strcmp(value, no) == 0;
}

static bool set_output(void *field, char *value)
{
    ((davy_box_output *) field)->output = value;
    return *value != '\0';
}

static bool set_layout(void *field, char *value)
{
    return choose(&((davy_box_output *) field)->columns, value, "rows", "columns");
}

static bool set_box(void *field, char *value)
{
    return choose(&((davy_box_output *) field)->corners, value, "centre", "corners");
}

static bool set_objectness(void *field, char *value)
{
    return choose(&((davy_box_output *) field)->objectness, value, "no", "yes");
}

static bool set_scale(void *field, char *value)
{
    return choose(&((davy_box_output *) field)->relative, value, "pixels", "relative");
}

/* A share: 0 to 1. */
static bool read_share(const char *value, double *out)
{
    char *end;

    *out = strtod(value, &end);
    return end != value && *end == '\0' && *out >= 0 && *out <= 1;
}

static bool set_score(void *field, char *value)
{
    return read_share(value, &((davy_box_output *) field)->score);
}

static bool set_overlap(void *field, char *value)
{
    return read_share(value, &((davy_box_output *) field)->overlap);
}

static bool set_most(void *field, char *value)
{
    davy_box_output *boxes = field;
    char *end;

    boxes->most = strtoul(value, &end, 10);
    return strspn(value, "0123456789") > 0 && *end == '\0' && boxes->most >= 1 &&
           boxes->most <= DAVY_BOXES_MOST;
}

static const davy_config_word words[] = {
    {"output", set_output},         {"layout", set_layout}, {"box", set_box},
    {"objectness", set_objectness}, {"scale", set_scale},   {"score", set_score},
    {"overlap", set_overlap},       {"most", set_most},
};

davy_status davy_config_boxes(const davy_config_binding *b, unsigned line, const char *text,
                              davy_box_output *out)
{
    davy_box_output boxes = {.columns = true, .score = 0.25, .overlap = 0.45, .most = 300};
    davy_status status = davy_config_words(
        b, line, DAVY_CONFIG_BOXES, text, words, DAVY_ARRAY_LENGTH(words),
        "output=NAME, layout=rows|columns, box=centre|corners, objectness=no|yes, "
        "scale=pixels|relative, score=0..1, overlap=0..1, most=1..1000",
        &boxes);

    if (status == DAVY_OK && !boxes.output)
        status = davy_config_fail(b->tree, line, DAVY_CONFIG_BOXES " names an output: output=NAME");
    if (status == DAVY_OK)
        *out = boxes;
    return status;
}
