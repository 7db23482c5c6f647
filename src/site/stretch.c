/* SPDX-License-Identifier: Apache-2.0 */
#include "site/stretch.h"

#include <string.h>

size_t davy_stretch_begin(const davy_site *site, const char *prefix, size_t length)
{
    size_t low = 0, high = site->signal_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *path = site->signals[site->by_path[middle]].path;

        if (strncmp(path ? path : "", prefix, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
