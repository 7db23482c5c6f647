/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/answers.h"

#include "site/condition.h"

#include <string.h>

/* DAVY_SITE_NONE when it watches several. */
static size_t asset_of_detector(const davy_site *site, const davy_site_detector *detector)
{
    size_t asset = DAVY_SITE_NONE;

    for (size_t i = 0; i < detector->signal_count; i++) {
        const size_t of = site->signals[detector->signals[i]].asset;

        if (i > 0 && of != asset)
            return DAVY_SITE_NONE;
        asset = of;
    }
    return asset;
}

/* By the words of the key: the site may not ask for this condition any more. */
static size_t asset_named(const davy_site *site, const char *key)
{
    const size_t length = strcspn(key, "/");

    for (size_t i = 0; i < site->asset_count && key[length]; i++)
        if (strlen(site->assets[i].name) == length &&
            memcmp(site->assets[i].name, key, length) == 0)
            return i;
    return DAVY_SITE_NONE;
}

static char *asset_of(const davy_site *site, const char *key)
{
    davy_condition_name name;
    size_t asset = asset_named(site, key);

    if (davy_condition_find(site, key, &name) &&
        (name.kind == DAVY_CONDITION_MODEL || name.kind == DAVY_CONDITION_VERDICT))
        asset = asset_of_detector(site, &site->detectors[name.of]);
    return asset == DAVY_SITE_NONE ? NULL : (char *) (uintptr_t) site->assets[asset].name;
}

davy_status davy_event_list_add_answers(davy_event_list *list, const davy_labels *labels,
                                        const davy_site *site, int64_t from_ns, int64_t to_ns)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < labels->count && status == DAVY_OK; i++) {
        const davy_label *label = &labels->items[i];
        const davy_event event = {.from_ns = label->from_ns,
                                  .to_ns = label->to_ns < to_ns ? label->to_ns : to_ns,
                                  .name = label->key,
                                  .asset = asset_of(site, label->key),
                                  .lead_ns = DAVY_ANSWER_LEAD_NS,
                                  .answer = label->verdict};

        if (label->to_ns > from_ns && label->from_ns < to_ns)
            status = davy_event_list_add(list, &event);
    }
    davy_event_list_sort(list);
    return status;
}
