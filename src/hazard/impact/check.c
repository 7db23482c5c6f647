/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/check.h"

#include "hazard/chemical/chemical.h"
#include "site/nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Names that are offered: those that have the word in them, and the nearest in letters. */
#define OFFERS ((size_t) 4)
#define TEXT   ((size_t) 400)

/* Small letters, and no more than a comparison looks at. */
static void lower(const char *text, char small[DAVY_NEAREST_MAX + 2])
{
    size_t i = 0;

    for (; text[i] && i <= DAVY_NEAREST_MAX; i++)
        small[i] = (char) tolower((unsigned char) text[i]);
    small[i] = '\0';
}

static const char *nearest_name(const char *word)
{
    char small[DAVY_NEAREST_MAX + 2], candidate[DAVY_NEAREST_MAX + 2];
    davy_nearest nearest = {.word = small};
    const davy_chemical *chemical;
    const char *best = NULL;

    lower(word, small);
    for (size_t i = 0; (chemical = davy_chemical_at(i)); i++) {
        const size_t before = nearest.best ? nearest.distance : SIZE_MAX;

        lower(chemical->name, candidate);
        davy_nearest_offer(&nearest, candidate);
        if (nearest.best && nearest.distance < before)
            best = chemical->name;
    }
    return best;
}

static size_t offer_names(const char *word, const char *names[OFFERS])
{
    const char *nearest = nearest_name(word);
    size_t count = 0;

    if (nearest)
        names[count++] = nearest;
    for (const davy_chemical *one = NULL; count < OFFERS && (one = davy_chemical_find(word, one));)
        if (one->name != nearest)
            names[count++] = one->name;
    return count;
}

static void write_remedy(const char *word, char remedy[TEXT])
{
    const char *names[OFFERS];
    const size_t count = offer_names(word, names);
    size_t used;

    if (count == 0) {
        (void) snprintf(remedy, TEXT,
                        "write a whole name, CAS or UN number that `davy chemical` knows");
        return;
    }
    used = (size_t) snprintf(remedy, TEXT, "write the whole name; near to it:");
    for (size_t i = 0; i < count && used < TEXT; i++)
        used +=
            (size_t) snprintf(remedy + used, TEXT - used, "%s '%s'", i > 0 ? "," : "", names[i]);
}

davy_status davy_scenario_check(const davy_scenario *scenario, const char *path,
                                davy_site_faults *faults)
{
    char what[TEXT], remedy[TEXT];
    davy_status status;

    if (scenario->release.kind == DAVY_RELEASE_CHARGE || !scenario->chemical ||
        davy_chemical_named(scenario->chemical))
        return DAVY_OK;
    (void) snprintf(what, sizeof what,
                    "the table of chemicals has no '%.100s': nothing could be computed",
                    scenario->chemical);
    write_remedy(scenario->chemical, remedy);
    status = davy_site_faults_add(faults, scenario->line, 1, path, what, remedy);
    return status == DAVY_OK ? davy_site_faults_fail(faults) : status;
}

davy_status davy_scenarios_check(const davy_site *site, davy_site_faults *faults)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < site->emergency.scenario_count; i++) {
        char path[64];
        davy_status one;

        (void) snprintf(path, sizeof path, "scenarios[%zu].chemical", i);
        one = davy_scenario_check(&site->emergency.scenarios[i], path, faults);
        if (one != DAVY_OK && one != DAVY_ERR_INVALID)
            return one;
        status = one == DAVY_OK ? status : one;
    }
    return status;
}
