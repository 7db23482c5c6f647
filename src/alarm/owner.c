/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/owner.h"

#include <string.h>

size_t davy_alarm_asset(const davy_site *site, const char *signal, const char *name)
{
    const davy_site_signal *found = signal ? davy_site_find_signal(site, signal) : NULL;

    if (found)
        return found->asset;
    for (size_t i = 0; name && i < site->asset_count; i++)
        if (strcmp(site->assets[i].name, name) == 0)
            return i;
    return DAVY_SITE_NONE;
}

size_t davy_alarm_position(const davy_site *site, size_t asset, const char *detector)
{
    if (asset != DAVY_SITE_NONE)
        return site->assets[asset].position;
    for (size_t i = 0; detector && i < site->detector_count; i++)
        if (strcmp(site->detectors[i].name, detector) == 0)
            return davy_site_detector_position(site, &site->detectors[i]);
    return DAVY_SITE_POSITION;
}

static bool looks_after(const davy_site *site, const davy_site_signal *signal, size_t position)
{
    return site->assets[signal->asset].position == position;
}

static bool source_blinds(const davy_site *site, const char *source, size_t position)
{
    for (size_t i = 0; source && i < site->signal_count; i++) {
        const davy_site_signal *signal = &site->signals[i];

        if (signal->from.source != DAVY_SITE_NONE && looks_after(site, signal, position) &&
            strcmp(site->sources[signal->from.source].name, source) == 0)
            return true;
    }
    return false;
}

static bool detector_blinds(const davy_site *site, const char *name, size_t position)
{
    for (size_t i = 0; name && i < site->detector_count; i++) {
        const davy_site_detector *detector = &site->detectors[i];

        for (size_t k = 0; strcmp(detector->name, name) == 0 && k < detector->signal_count; k++)
            if (looks_after(site, &site->signals[detector->signals[k]], position))
                return true;
    }
    return false;
}

bool davy_alarm_blinds(const davy_site *site, davy_condition_kind kind, const char *source,
                       const char *detector, size_t position)
{
    switch (kind) {
    case DAVY_CONDITION_SOURCE:
        return source_blinds(site, source, position);
    case DAVY_CONDITION_VERDICT:
        return detector_blinds(site, detector, position);
    case DAVY_CONDITION_STORE:
    case DAVY_CONDITION_RECORDS:
    case DAVY_CONDITION_DAMAGE:
        return true;
    default:
        return false;
    }
}
