/* SPDX-License-Identifier: Apache-2.0 */
#include "app/model_site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *copy(davy_site *site, const char *text)
{
    return davy_arena_text(&site->arena, text, strlen(text));
}

static void fill_signal(davy_site *site, const davy_model_info *model, size_t index)
{
    davy_site_signal *signal = &site->signals[index];

    signal->id = DAVY_SIGNAL_NONE;
    signal->path = copy(site, model->signals[index]);
    signal->name = signal->path;
    signal->unit = copy(site, model->units[index]);
    signal->asset = 0;
    signal->from.source = DAVY_SITE_NONE;
    signal->from.scale = 1.0;
    signal->range_low = signal->range_high = NAN;
    signal->limits = (davy_site_limits){NAN, NAN, NAN, NAN};
}

static davy_status fill(davy_site *site, const davy_model_info *model, const char *reference)
{
    size_t *signals = davy_arena_array(&site->arena, model->signal_count, sizeof *signals);

    site->assets = davy_arena_array(&site->arena, 1, sizeof *site->assets);
    site->signals = davy_arena_array(&site->arena, model->signal_count, sizeof *site->signals);
    site->detectors = davy_arena_array(&site->arena, 1, sizeof *site->detectors);
    if (!signals || !site->assets || !site->signals || !site->detectors)
        return davy_fail(DAVY_ERR_NOMEM, "model '%s'", model->name);
    site->file = site->name = site->title = copy(site, model->name);
    site->timezone = "UTC";
    site->latitude = site->longitude = NAN;
    site->asset_count = site->detector_count = 1;
    site->signal_count = model->signal_count;
    site->assets[0] = (davy_site_asset){.name = site->name,
                                        .kind = "model",
                                        .east = NAN,
                                        .north = NAN,
                                        .signal_count = model->signal_count};
    for (size_t i = 0; i < model->signal_count; i++) {
        fill_signal(site, model, i);
        signals[i] = i;
    }
    site->detectors[0] = (davy_site_detector){.name = site->name,
                                              .model = copy(site, reference),
                                              .signals = signals,
                                              .signal_count = model->signal_count,
                                              .priority = DAVY_PRIORITY_MEDIUM};
    return DAVY_OK;
}

davy_status davy_model_site(const davy_model_info *model, const char *reference, davy_site **out)
{
    davy_site *site = calloc(1, sizeof *site);
    davy_status status;

    if (!site)
        return davy_fail(DAVY_ERR_NOMEM, "model '%s'", model->name);
    status = fill(site, model, reference);
    if (status != DAVY_OK) {
        davy_site_destroy(site);
        return status;
    }
    *out = site;
    return DAVY_OK;
}
