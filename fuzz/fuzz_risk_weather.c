/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as the weather of a year: what is read is within its bounds.
 */
#include "hazard/impact/weather_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const davy_weather_file *file)
{
    if (file->count > DAVY_WEATHER_ROWS_MAX)
        abort();
    for (size_t i = 0; i < file->count; i++) {
        const davy_risk_weather *row = &file->rows[i];

        if (row->stability < 'A' || row->stability > 'F' || !(row->wind > 0) ||
            !(row->kelvin > 0) || !(row->share >= 0 && row->share <= 1) ||
            !(row->sector >= 1 && row->sector <= 360))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_weather_file file = {0};
    char path[64];
    int descriptor = memfd_create("weather", MFD_CLOEXEC);

    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (davy_weather_load(path, &file) == DAVY_OK)
        look(&file);
    else if (!davy_error()[0])
        abort();
    davy_weather_clear(&file);
    close(descriptor);
    return 0;
}
