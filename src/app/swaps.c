/* SPDX-License-Identifier: Apache-2.0 */
#include "app/swaps.h"

#include <stdio.h>
#include <string.h>

/* Bytes of "name@version". */
#define MODEL_MAX 160

/* Of what a detector works with; NULL for nothing. */
static const char *model_of(const davy_swap_side *side, size_t detector, char text[MODEL_MAX])
{
    davy_detect_status status;

    davy_detect_get_status(side->engine, detector, &status);
    if (!status.model)
        return NULL;
    (void) snprintf(text, MODEL_MAX, "%s@%u", status.model->name, status.model->version);
    return text;
}

static bool are_same(const char *from, const char *to)
{
    return from && to ? strcmp(from, to) == 0 : from == to;
}

static size_t find_detector(const davy_site *site, const char *name)
{
    for (size_t i = 0; i < site->detector_count; i++)
        if (strcmp(site->detectors[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

void davy_swaps_find(const davy_swap_side *before, const davy_swap_side *after,
                     davy_swap_tell *tell, void *context)
{
    char old_text[MODEL_MAX], new_text[MODEL_MAX];

    for (size_t i = 0; i < after->site->detector_count; i++) {
        const char *name = after->site->detectors[i].name, *from, *to;
        const size_t old = find_detector(before->site, name);

        if (old == DAVY_SITE_NONE)
            continue;
        from = model_of(before, old, old_text);
        to = model_of(after, i, new_text);
        if (!are_same(from, to))
            tell(context, name, from, to);
    }
}
