/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes what a caller says of its trace, and what a collector says of ours: what is read as a
 * traceparent is written as it was, but for its version and flags.
 */
#include "serve/trace/otlp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[DAVY_TRACEPARENT_MAX], reason[DAVY_ERROR_MAX];
    char *given = calloc(size + 1, 1);
    davy_trace_ids ids;

    if (!given)
        return 0;
    memcpy(given, data, size);
    if (davy_traceparent_read(given, &ids)) {
        davy_traceparent_write(&ids, text);
        assert(strlen(given) >= DAVY_TRACEPARENT_MAX - 1 && strncmp(text + 2, given + 2, 51) == 0);
        assert(davy_traceparent_read(text, &ids));
    }
    (void) davy_otlp_refused((const char *) data, size, reason);
    free(given);
    return 0;
}
