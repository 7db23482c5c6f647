/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes settings of traffic, as a request and the kept file have them: what is read is in its
 * bounds, and is the same when it was written.
 */
#include "infer/repository.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_traffic traffic, again;
    davy_buffer text = {0};

    if (davy_traffic_parse((const char *) data, size, &traffic) != DAVY_OK)
        return 0;
    assert(traffic.canary_share >= 0 && traffic.canary_share <= 1);
    assert(traffic.error_bound >= 0 && traffic.error_bound <= 1);
    if (davy_traffic_write(&traffic, &text) != DAVY_OK)
        abort();
    if (davy_traffic_parse(text.bytes, text.length, &again) != DAVY_OK)
        abort();
    assert(strcmp(traffic.canary, again.canary) == 0 && strcmp(traffic.shadow, again.shadow) == 0);
    assert(traffic.canary_share == again.canary_share && traffic.error_bound == again.error_bound &&
           traffic.decide_after == again.decide_after);
    davy_buffer_clear(&text);
    return 0;
}
