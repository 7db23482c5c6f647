/* SPDX-License-Identifier: Apache-2.0 */

/* Any bytes as a time zone: refused, or one whose offsets stay on earth. */
#include "core/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const int64_t moments[] = {INT64_MIN / 4, -1,         0,
                                      1795392000,    4102444800, INT64_MAX / 4096};
    davy_timezone *zone;

    if (davy_timezone_parse(bytes, length, &zone) != DAVY_OK)
        return 0;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(moments); i++)
        if (abs(davy_timezone_offset_s(zone, moments[i])) > 28 * 3600)
            abort();
    davy_timezone_close(zone);
    return 0;
}
