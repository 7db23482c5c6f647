/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/source.h"

#include <math.h>
#include <string.h>

davy_sample davy_source_gap(const davy_site_signal *signal, int64_t time_ns)
{
    return (davy_sample){
        .time_ns = time_ns, .value = NAN, .signal = signal->id, .quality = DAVY_QUALITY_BAD};
}

davy_sample davy_source_sample(const davy_site_signal *signal, int64_t time_ns, double raw)
{
    double value = raw * signal->from.scale + signal->from.offset;

    if (!isfinite(value))
        return davy_source_gap(signal, time_ns);
    return (davy_sample){
        .time_ns = time_ns, .value = value, .signal = signal->id, .quality = DAVY_QUALITY_GOOD};
}

static const davy_source_kind *const kinds[] = {
    &davy_source_replay,
};

const davy_source_kind *davy_source_kind_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}
