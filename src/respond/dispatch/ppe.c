/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/ppe.h"

#include <math.h>

/** Appendix B, part B, II.2: less oxygen than this needs an apparatus. */
static const double oxygen_least = 0.195;
static const double oxygen_of_air = 0.209;

davy_ppe davy_ppe_needed(const davy_ppe_case *given)
{
    const double oxygen = isnan(given->oxygen) ? oxygen_of_air : given->oxygen;
    const bool below_idlh = given->concentration < given->idlh; /* false for a NaN */

    if ((given->concentration <= given->harmless || given->concentration == 0.0) &&
        oxygen >= oxygen_least)
        return (davy_ppe){'D', "ppe.nothing"}; /* IV.1 */
    /* I.2, II.3: the skin counts as in danger until it is known not to be. */
    if (given->identified != DAVY_YES)
        return (davy_ppe){given->skin == DAVY_NO ? 'B' : 'A', "ppe.unidentified"};
    if (given->skin != DAVY_NO)
        return (davy_ppe){'A', given->skin == DAVY_YES ? "ppe.skin" : "ppe.skin-unknown"};
    if (oxygen < oxygen_least)
        return (davy_ppe){'B', "ppe.oxygen"};
    if (!below_idlh)
        return (davy_ppe){'B', isnan(given->concentration) ? "ppe.unmeasured" : "ppe.idlh"};
    if (given->measured != DAVY_YES)
        return (davy_ppe){'B', "ppe.unmeasured"};
    if (given->filter != DAVY_YES)
        return (davy_ppe){'B', "ppe.no-filter"};
    return (davy_ppe){'C', "ppe.filter"};
}

bool davy_ppe_is_enough(char worn, char needed)
{
    if (needed == 0 || needed == 'D')
        return true;
    return worn >= 'A' && worn <= needed;
}
