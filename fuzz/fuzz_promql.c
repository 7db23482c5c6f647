/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the reader of queries and its matchers: what is read has a function, a window when the
 * function needs one, and a selector that does not take in series without labels.
 */
#include "serve/prometheus/promql.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_promql query;
    char *text = calloc(size + 1, 1);
    size_t narrow = 0;

    if (!text)
        return 0;
    memcpy(text, data, size);
    if (davy_promql_parse(text, &query) == DAVY_OK) {
        for (size_t i = 0; i < query.count; i++) {
            (void) davy_promql_fits(&query.matchers[i], "T-101/pressure");
            narrow += !davy_promql_fits(&query.matchers[i], "");
        }
        assert(narrow > 0 || query.function == DAVY_PROMQL_SCALAR);
        assert(query.window_ns > 0 || query.function <= DAVY_PROMQL_NEWEST);
        assert(query.offset_ns >= 0 && query.by_count <= DAVY_PROMQL_BY_MAX);
        davy_promql_clear(&query);
    }
    free(text);
    return 0;
}
