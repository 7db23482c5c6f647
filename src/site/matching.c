/* SPDX-License-Identifier: Apache-2.0 */
#include "site/matching.h"

#include "core/pattern.h"
#include "site/stretch.h"

#include <string.h>

struct search {
    const davy_site *site;
    const char *pattern;
    davy_condition_visit visit;
    void *context;
    size_t count;
};

static void look_at(struct search *search, davy_condition_kind kind, size_t of, const char *name)
{
    const davy_condition_name condition = {kind, of};
    char key[DAVY_CONDITION_KEY_MAX];

    (void) davy_condition_key(search->site, condition, key);
    if (!davy_pattern_matches(search->pattern, key) &&
        !(name && davy_pattern_matches(search->pattern, name)))
        return;
    search->visit(search->context, condition, key);
    search->count++;
}

/* What stands before the first star, and before a colon that may end the path, narrows the search
 * to a stretch of the sorted paths. */
static void look_at_signals(struct search *search)
{
    const davy_site *site = search->site;
    size_t prefix = strcspn(search->pattern, "*:");

    for (size_t i = davy_stretch_begin(site, search->pattern, prefix); i < site->signal_count;
         i++) {
        const davy_site_signal *signal = &site->signals[site->by_path[i]];
        uint32_t asked;

        if (!signal->path)
            continue;
        if (strncmp(signal->path, search->pattern, prefix) != 0)
            break;
        asked = davy_signal_conditions(signal);
        for (unsigned kind = 0; kind < DAVY_SITE_SIGNAL_CONDITIONS; kind++)
            if (asked & DAVY_KIND_BIT(kind))
                look_at(search, (davy_condition_kind) kind, site->by_path[i], NULL);
    }
}

size_t davy_conditions_match(const davy_site *site, const char *pattern, bool names,
                             davy_condition_visit visit, void *context)
{
    struct search search = {site, pattern, visit, context, 0};

    look_at_signals(&search);
    for (size_t i = 0; i < site->detector_count; i++)
        for (unsigned k = 0; k < DAVY_SITE_DETECTOR_CONDITIONS && site->detectors[i].name; k++)
            look_at(&search, (davy_condition_kind) (DAVY_CONDITION_MODEL + k), i,
                    names ? site->detectors[i].name : NULL);
    for (size_t i = 0; i < site->source_count; i++)
        if (site->sources[i].name)
            look_at(&search, DAVY_CONDITION_SOURCE, i, NULL);
    return search.count;
}

bool davy_condition_matches(const davy_site *site, const davy_condition *condition,
                            const char *patterns)
{
    const char *name =
        condition->detector == DAVY_SITE_NONE ? NULL : site->detectors[condition->detector].name;

    return davy_pattern_matches(patterns, condition->key) ||
           (name && davy_pattern_matches(patterns, name));
}
