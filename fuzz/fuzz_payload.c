/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a message: up to the first zero byte a path, behind it the payload, read in all
 * three forms. A number that is given is finite.
 */
#include "collect/payload.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(davy_payload_answer answer, double raw)
{
    if (answer == DAVY_PAYLOAD_NUMBER && !isfinite(raw))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = (const char *) data;
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    const char *bytes;
    davy_payload *payload = NULL;
    int64_t time_ns = 0;
    double raw = 0.0;
    size_t length;

    if (!zero)
        return 0;
    bytes = (const char *) zero + 1;
    length = size - (size_t) (zero - data) - 1;
    check(davy_payload_plain(bytes, length, &raw), raw);
    if (davy_payload_parse(bytes, length, &payload) != DAVY_OK)
        return 0;
    if (davy_payload_check_path(path) == DAVY_OK)
        check(davy_payload_at(payload, path, &raw), raw);
    check(davy_payload_member(payload, path, &raw), raw);
    check(davy_payload_tag(payload, path, &raw), raw);
    if (davy_payload_time(payload, &time_ns) == DAVY_PAYLOAD_NUMBER && time_ns <= 0)
        abort();
    davy_payload_free(payload);
    return 0;
}
