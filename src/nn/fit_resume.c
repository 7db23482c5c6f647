/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/fit_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What must be the same for a training to go on, besides what the trainer says. */
static void describe(const davy_fit_state *fit, char text[256])
{
    (void) snprintf(text, 256,
                    "samples %zu\nvalidation %zu\nbatch %zu\naccumulate %zu\n"
                    "shuffle %s %" PRIu64 "\n",
                    fit->options->train.count, fit->options->validation.count, fit->batch,
                    fit->accumulate, fit->options->in_order ? "no" : "yes", fit->options->seed);
}

davy_status davy_fit_save(const davy_fit_state *fit)
{
    char about[256];
    davy_buffer extra = {0};
    davy_status status;

    if (!fit->options->checkpoint)
        return DAVY_OK;
    describe(fit, about);
    davy_buffer_append(&extra, &fit->place, sizeof fit->place);
    davy_buffer_append(&extra, fit->epochs.bytes, fit->epochs.length);
    status = davy_buffer_ok(&extra);
    if (status == DAVY_OK)
        status = davy_trainer_save(fit->trainer, fit->options->checkpoint, about, extra.bytes,
                                   extra.length);
    davy_buffer_clear(&extra);
    return status;
}

/* Whether a training can be there, with `length` bytes of epochs that were told. */
static bool place_fits(const davy_fit_state *fit, const davy_fit_place *place, size_t length)
{
    return place->told <= SIZE_MAX / sizeof(davy_fit_epoch) &&
           length == place->told * sizeof(davy_fit_epoch) && place->told == place->epoch &&
           place->sample < fit->options->train.count && place->sample % fit->batch == 0 &&
           (place->best < place->told || place->told == 0);
}

static davy_status read_place(davy_fit_state *fit, const davy_buffer *extra)
{
    davy_fit_place place = {0};

    if (extra->length >= sizeof place)
        memcpy(&place, extra->bytes, sizeof place);
    if (extra->length < sizeof place || !place_fits(fit, &place, extra->length - sizeof place))
        return davy_fail(DAVY_ERR_CORRUPT, "'%s' does not say how far it is",
                         fit->options->checkpoint);
    fit->place = place;
    davy_buffer_append(&fit->epochs, extra->bytes + sizeof place, extra->length - sizeof place);
    return davy_buffer_ok(&fit->epochs);
}

static void tell_again(const davy_fit_state *fit)
{
    for (uint64_t i = 0; fit->options->on_epoch && i < fit->place.told; i++) {
        davy_fit_epoch epoch;

        memcpy(&epoch, fit->epochs.bytes + i * sizeof epoch, sizeof epoch);
        fit->options->on_epoch(fit->options->context, &epoch);
    }
}

davy_status davy_fit_resume(davy_fit_state *fit)
{
    char about[256];
    davy_buffer extra = {0};
    davy_status status;

    if (!fit->options->resume || !fit->options->checkpoint)
        return DAVY_OK;
    describe(fit, about);
    status = davy_trainer_load(fit->trainer, fit->options->checkpoint, about, &extra);
    if (status == DAVY_OK)
        status = read_place(fit, &extra);
    else if (status == DAVY_ERR_NOT_FOUND)
        status = DAVY_OK;
    if (status == DAVY_OK)
        tell_again(fit);
    davy_buffer_clear(&extra);
    return status;
}
