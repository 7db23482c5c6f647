/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/ignition.h"
#include "respond/threat/threats_private.h"

#include <math.h>
#include <string.h>

/* What a release may become. Shares are of releases: they do not hang on how likely one is. */

#define HYDROGEN "1333-74-0"

static double value_or_nan(davy_answer answer)
{
    return answer.kind == DAVY_ANSWER_VALUE ? answer.value : NAN;
}

/* HyRAM+ knows gases by their rate alone. For what boils on the ground, and for what is let out at
 * once, the tables want a reactivity that davy has read for no chemical: not known. */
static void ignite(const davy_impact *impact, davy_event_tree *tree)
{
    const davy_chemical *chemical = impact->substance.chemical;
    const bool hydrogen = chemical && strcmp(chemical->cas, HYDROGEN) == 0;

    if (!impact->substance.burns) {
        tree->immediate = tree->delayed = 0;
        return;
    }
    tree->immediate = tree->delayed = NAN;
    if (impact->source.sudden || impact->source.is_liquid)
        return;
    tree->immediate = value_or_nan(davy_ignition_hyram(hydrogen, impact->source.rate.value));
    tree->delayed = value_or_nan(davy_ignition_hyram_delayed(hydrogen, impact->source.rate.value));
}

void davy_threat_outcomes(const davy_impact *impact, double outcomes[DAVY_OUTCOMES])
{
    davy_event_tree tree = {.frequency = 1, .explosion = DAVY_EXPLOSION_SHARE};

    for (size_t i = 0; i < impact->zone_count; i++)
        tree.toxic = tree.toxic || impact->zones[i].effect == DAVY_EFFECT_TOXIC;
    ignite(impact, &tree);
    for (unsigned i = 0; i < DAVY_OUTCOMES; i++)
        outcomes[i] = impact->source.is_charge
                          ? NAN
                          : value_or_nan(davy_event_tree_frequency(&tree, (davy_outcome) i));
}
