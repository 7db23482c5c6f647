/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 256

/* "127.0.0.1:8080" or "[::1]:0" into host and port. */
static davy_status split_listen(const char *listen, char host[64], char port[8])
{
    const char *colon = strrchr(listen, ':');
    const char *begin = listen, *end = colon;

    if (colon && begin[0] == '[') {
        begin++;
        end = strchr(begin, ']');
        if (end && end + 1 != colon)
            end = NULL;
    }
    if (!colon || !end || end == begin || (size_t) (end - begin) >= 64 || strlen(colon + 1) >= 8 ||
        colon[1] == '\0')
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not HOST:PORT", listen);
    (void) snprintf(host, 64, "%.*s", (int) (end - begin), begin);
    (void) snprintf(port, 8, "%s", colon + 1);
    return DAVY_OK;
}

static int listen_on(const struct addrinfo *address)
{
    int on = 1;
    int listener =
        socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

    if (listener < 0)
        return -1;
    (void) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(listener, BACKLOG) == 0)
        return listener;
    close(listener);
    return -1;
}

static void name_socket(int listener, char text[DAVY_LISTENER_MAX])
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char host[48] = "", port[8] = "";

    if (getsockname(listener, (struct sockaddr *) &address, &length) == 0)
        (void) getnameinfo((struct sockaddr *) &address, length, host, sizeof host, port,
                           sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    (void) snprintf(text, DAVY_LISTENER_MAX, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

davy_status davy_listener_open(const char *listen, int *out, char address[DAVY_LISTENER_MAX])
{
    struct addrinfo wish = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host[64], port[8];
    davy_status status = split_listen(listen, host, port);
    int error;

    *out = -1;
    if (status != DAVY_OK)
        return status;
    error = getaddrinfo(host, port, &wish, &found);
    if (error != 0)
        return davy_fail(DAVY_ERR_INVALID, "cannot listen on '%s': %s", listen,
                         gai_strerror(error));
    for (const struct addrinfo *at = found; at && *out < 0; at = at->ai_next)
        *out = listen_on(at);
    error = errno;
    freeaddrinfo(found);
    errno = error;
    if (*out < 0)
        return davy_fail(DAVY_ERR_IO, "cannot listen on '%s'", listen);
    name_socket(*out, address);
    return DAVY_OK;
}

bool davy_listener_is_local(int listener)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    if (getsockname(listener, (struct sockaddr *) &address, &length) != 0)
        return false;
    memcpy(&four, &address, sizeof four);
    memcpy(&six, &address, sizeof six);
    if (address.ss_family == AF_INET)
        return ntohl(four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return address.ss_family == AF_INET6 &&
           (IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
            (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) && six.sin6_addr.s6_addr[12] == IN_LOOPBACKNET));
}

davy_status davy_listener_check_reach(int listener, const char *address, bool is_settled)
{
    if (is_settled || davy_listener_is_local(listener))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_DENIED,
                     "%s is not the loopback and keys would cross the network in the clear: give "
                     "--tls-cert and --tls-key, or say --insecure",
                     address);
}
