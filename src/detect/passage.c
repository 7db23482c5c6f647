/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/passage.h"

#include "core/sample.h"

#include <math.h>

void davy_passage_look(davy_passage *stretch, const int64_t *times, const double *values,
                       const uint8_t *quality, size_t count)
{
    int64_t longest_gap_ns = 0;
    double min = values[0], max = values[0];
    bool all_good = true;

    for (size_t i = 0; i < count; i++) {
        int64_t gap_ns = i > 0 ? times[i] - times[i - 1] : 0;

        longest_gap_ns = gap_ns > longest_gap_ns ? gap_ns : longest_gap_ns;
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
        all_good &= quality[i] != DAVY_QUALITY_BAD && !isnan(values[i]);
    }
    *stretch = (davy_passage){count, times[0], times[count - 1],  longest_gap_ns,
                              min,   max,      values[count - 1], all_good};
}
