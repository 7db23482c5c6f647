/* SPDX-License-Identifier: Apache-2.0 */
#include "core/loopback.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* Longer than any host that is near, with brackets and its zero. */
#define HOST_MAX 64

static bool is_near(const char *text, size_t length)
{
    char host[HOST_MAX];
    struct in6_addr six;
    struct in_addr four;

    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool davy_loopback_host(const char *host)
{
    return is_near(host, strlen(host));
}

bool davy_loopback_url(const char *url)
{
    const char *host = strstr(url, "://");
    size_t authority, length;

    if (!host)
        return false;
    host += 3;
    authority = strcspn(host, "/?#");
    if (memchr(host, '@', authority))
        return false;
    length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    return length <= authority && (length == authority || host[length] == ':') &&
           is_near(host, length);
}
