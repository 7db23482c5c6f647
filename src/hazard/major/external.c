/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/major/external.h"

#include "hazard/major/gb18218.h"

davy_distance_method davy_distance_method_of(bool explosives, double gas, bool complete)
{
    if (explosives)
        return DAVY_DISTANCE_CONSEQUENCE;
    if (davy_gb_is_major(gas)) /* the same "1 or more" */
        return DAVY_DISTANCE_RISK;
    return complete && gas >= 0 ? DAVY_DISTANCE_STANDARDS : DAVY_DISTANCE_UNKNOWN;
}

const char *davy_distance_method_name(davy_distance_method method)
{
    static const char *const names[DAVY_DISTANCE_METHODS] = {"consequence", "risk", "standards",
                                                             "unknown"};

    return names[method];
}

const char *davy_distance_method_text(davy_distance_method method)
{
    static const char *const texts[DAVY_DISTANCE_METHODS] = {
        "explosives: by the consequence of the worst accident (GB/T 37243)",
        "toxic or flammable gas at its threshold: by quantitative risk (GB/T 37243)",
        "by the design standards of the plant (GB/T 37243)",
        "not enough data: of some substance not every hazard is known (GB/T 37243)",
    };

    return texts[method];
}
