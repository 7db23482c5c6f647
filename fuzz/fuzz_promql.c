/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the reader of queries and its matchers: what is read has a function, a window when the
 * function needs one, and a selector that does not take in series without labels.
 */
#include "serve/prometheus/promql.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A choice of words says what the expression says, where POSIX can read it. */
static void check_choice(const davy_promql_matcher *matcher, const char *value)
{
    char whole[DAVY_PROMQL_VALUE_MAX + 5];
    regex_t expression;

    if (!matcher->choice || strlen(matcher->value) > 200 || strstr(matcher->value, "\\<") ||
        strstr(matcher->value, "\\>") || strstr(matcher->value, "\\`") ||
        strstr(matcher->value, "\\'"))
        return;
    (void) snprintf(whole, sizeof whole, "^(%s)$", matcher->value);
    if (regcomp(&expression, whole, REG_EXTENDED | REG_NOSUB) != 0)
        return;
    assert((regexec(&expression, value, 0, NULL, 0) == 0) ==
           (davy_promql_fits(matcher, value) != matcher->negative));
    regfree(&expression);
}

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
            check_choice(&query.matchers[i], "T-101/pressure");
            check_choice(&query.matchers[i], query.matchers[i].name);
            check_choice(&query.matchers[i], query.matchers[i].value);
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
