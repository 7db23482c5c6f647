/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/chemical_isolation.h"

#include "hazard/chemical/isolation.h"

#include <math.h>

static void append(json_t *list, const char *spill, const char *container, const char *wind,
                   davy_isolation_spill m)
{
    (void) json_array_append_new(list, json_pack("{s:s, s:s?, s:s?, s:f, s:f, s:f}", "spill", spill,
                                                 "container", container, "wind", wind, "around",
                                                 m.around, "day", m.day, "night", m.night));
}

static void append_containers(json_t *list, const char *cas)
{
    static const char *const winds[DAVY_ISOLATION_WINDS] = {
        [DAVY_ISOLATION_LOW] = "below 10 km/h",
        [DAVY_ISOLATION_MODERATE] = "10 to 20 km/h",
        [DAVY_ISOLATION_HIGH] = "above 20 km/h",
    };

    for (const davy_isolation_container *row = NULL; (row = davy_isolation_next(cas, row));)
        for (davy_isolation_wind i = 0; i < DAVY_ISOLATION_WINDS; i++)
            append(list, "large", row->container, winds[i],
                   (davy_isolation_spill){row->around, row->day[i], row->night[i]});
}

json_t *davy_chemical_isolation(const char *cas)
{
    const davy_isolation *isolation = davy_isolation_of(cas);
    json_t *spills;

    if (!isolation)
        return json_null();
    spills = json_array();
    append(spills, "small", NULL, NULL, isolation->small);
    if (!isnan(isolation->large.around))
        append(spills, "large", NULL, NULL, isolation->large);
    append_containers(spills, cas);
    return json_pack("{s:b, s:s, s:o}", "in_water", isolation->in_water, "source",
                     DAVY_ISOLATION_SOURCE, "spills", spills);
}
