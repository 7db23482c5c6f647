/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An interrupt is seen at least so often during a wait. */
#define WAIT_SLICE_NS (50 * DAVY_NS_PER_MS)

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

bool davy_source_wait(const davy_clock *clock, int64_t due_ns, int64_t until_ns,
                      const atomic_bool *interrupted)
{
    for (;;) {
        int64_t now_ns = davy_monotonic_ns(clock);
        int64_t stop_ns = due_ns < until_ns ? due_ns : until_ns;
        struct timespec slice = {.tv_nsec = WAIT_SLICE_NS};

        if (now_ns >= due_ns)
            return true;
        if (now_ns >= until_ns || *interrupted)
            return false;
        if (stop_ns - now_ns < WAIT_SLICE_NS)
            slice.tv_nsec = (long) (stop_ns - now_ns);
        clock_nanosleep(CLOCK_MONOTONIC, 0, &slice, NULL);
    }
}

char *davy_source_path(const davy_site *site, const char *path)
{
    const char *slash = site->file ? strrchr(site->file, '/') : NULL;
    size_t folder = slash && *path != '/' ? (size_t) (slash - site->file) + 1 : 0;
    char *resolved = malloc(folder + strlen(path) + 1);

    if (!resolved)
        return NULL;
    if (folder)
        memcpy(resolved, site->file, folder);
    memcpy(resolved + folder, path, strlen(path) + 1);
    return resolved;
}

static const davy_source_kind *const kinds[] = {
    &davy_source_replay,
    &davy_source_modbus,
    &davy_source_mqtt,
};

const davy_source_kind *davy_source_kind_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}
