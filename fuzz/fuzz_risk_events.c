/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a file of accidents: the curve of what is read rises in deaths and falls in
 * frequency, and the area under it is the number of deaths to be expected.
 */
#include "hazard/risk/events_file.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const davy_events_file *file)
{
    davy_fn_point *points = calloc(file->count + 1, sizeof *points);
    const double expected = davy_expected_deaths(file->events, file->count).value;
    double area = 0, before = 0;
    size_t count;

    if (!points || davy_fn_curve(file->events, file->count, points, &count) != DAVY_OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (!(points[i].deaths > before) ||
            (i > 0 && points[i].frequency > points[i - 1].frequency))
            abort();
        area += points[i].frequency * (points[i].deaths - before);
        before = points[i].deaths;
    }
    if (file->count > 0 && fabs(area - expected) > 1e-6 * expected)
        abort();
    for (size_t i = 0; davy_fn_limit_at(i); i++)
        (void) davy_fn_region(davy_fn_limit_at(i), points, count, NULL);
    free(points);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_events_file file = {0};
    char path[64];
    int descriptor = memfd_create("events", MFD_CLOEXEC);

    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (davy_events_load(path, &file) == DAVY_OK)
        look(&file);
    else if (!davy_error()[0])
        abort();
    davy_events_clear(&file);
    close(descriptor);
    return 0;
}
