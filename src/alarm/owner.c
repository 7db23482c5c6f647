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
