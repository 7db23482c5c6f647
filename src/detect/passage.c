/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/passage.h"

#include "core/sample.h"

#include <math.h>

void davy_passage_look(davy_passage *stretch, const int64_t *times, const double *values,
                       const uint8_t *quality, size_t count)
{
    int64_t shortest_gap_ns = INT64_MAX, longest_gap_ns = 0;
    double min = values[0], max = values[0];
    size_t bad = 0;

    for (size_t i = 1; i < count; i++) {
        int64_t gap_ns = times[i] - times[i - 1];

        shortest_gap_ns = gap_ns < shortest_gap_ns ? gap_ns : shortest_gap_ns;
        longest_gap_ns = gap_ns > longest_gap_ns ? gap_ns : longest_gap_ns;
    }
    for (size_t i = 0; i < count; i++) {
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
        bad += quality[i] == DAVY_QUALITY_BAD || isnan(values[i]);
    }
    *stretch = (davy_passage){.count = count,
                              .first_ns = times[0],
                              .last_ns = times[count - 1],
                              .shortest_gap_ns = shortest_gap_ns,
                              .longest_gap_ns = longest_gap_ns,
                              .min = min,
                              .max = max,
                              .first = values[0],
                              .last = values[count - 1],
                              .all_good = bad == 0,
                              .all_bad = bad == count,
                              .times = times,
                              .values = values};
}

davy_passage davy_passage_of(const davy_store_stretch *stretch)
{
    return (davy_passage){.count = stretch->count,
                          .first_ns = stretch->first_ns,
                          .last_ns = stretch->last_ns,
                          .shortest_gap_ns = stretch->shortest_gap_ns,
                          .longest_gap_ns = stretch->longest_gap_ns,
                          .min = stretch->min,
                          .max = stretch->max,
                          .first = stretch->first,
                          .last = stretch->last,
                          .all_good = !stretch->bad,
                          .all_bad = stretch->bad,
                          .moves = stretch->moves};
}
