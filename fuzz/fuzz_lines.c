/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as line protocol: all samples are finite, in time and known, or the body is refused.
 */
#include "collect/lines.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define LATEST 2000000000000000000LL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some names are known and some are not; which, the fuzzer decides by their length. */
static davy_signal_id find(void *context, const char *asset, size_t asset_length, const char *field,
                           size_t field_length)
{
    size_t *seen = context;

    for (size_t i = 0; i < asset_length; i++)
        *seen += (unsigned char) asset[i];
    for (size_t i = 0; i < field_length; i++)
        *seen += (unsigned char) field[i];
    return field_length % 5 == 4 ? DAVY_SIGNAL_NONE : (davy_signal_id) field_length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t precisions[] = {1, DAVY_NS_PER_US, DAVY_NS_PER_MS, DAVY_NS_PER_S};
    size_t seen = 0, count = 0;
    const davy_lines_options options = {precisions[size % 4], 1000, LATEST, find, &seen};
    davy_sample *samples = NULL;
    davy_lines_result result;
    davy_status status;

    status = davy_lines_parse((const char *) data, size, &options, &samples, &count, &result);
    if (status == DAVY_OK ? result.taken != count : result.told != 1 || samples || count)
        abort();
    if (count > 0 && !samples)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!isfinite(samples[i].value) || samples[i].time_ns > LATEST ||
            samples[i].signal == DAVY_SIGNAL_NONE)
            abort();
    free(samples);
    return 0;
}
