/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/http_time.h"

#include "core/sample.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* A year: what is longer says nothing more. */
#define LONGEST_S (366LL * 86400)

int64_t davy_http_retry_after(const char *value, int64_t now_ns)
{
    int64_t seconds;

    value += strspn(value, " \t");
    if (isdigit((unsigned char) *value))
        seconds = strtoll(value, NULL, 10);
    else
        seconds = (int64_t) curl_getdate(value, NULL) - now_ns / DAVY_NS_PER_S;
    if (seconds <= 0)
        return 0;
    return (seconds < LONGEST_S ? seconds : LONGEST_S) * DAVY_NS_PER_S;
}
