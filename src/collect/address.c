/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/address.h"

#include "core/clock.h"
#include "core/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An interrupt is seen at least so often. */
#define SLICE_MS 50

/* Where the host ends: at the last colon outside brackets, or at the end. */
static const char *find_host_end(const char *host)
{
    const char *end = *host == '[' ? strchr(host, ']') : strchr(host, ':');

    if (*host == '[')
        return end ? end + 1 : host;
    return end ? end : host + strlen(host);
}

static davy_status read_port(const char *text, int default_port, char port[8])
{
    long number = default_port;
    char *end = NULL;

    if (*text == ':')
        number = strtol(text + 1, &end, 10);
    if ((*text && *text != ':') || (end && (*end || end == text + 1)) || number < 1 ||
        number > 65535)
        return DAVY_ERR_INVALID;
    (void) snprintf(port, 8, "%ld", number);
    return DAVY_OK;
}

davy_status davy_address_parse(const char *text, const char *scheme, int default_port,
                               davy_address *out)
{
    size_t scheme_length = strlen(scheme), length;
    davy_address address = {0};
    const char *host, *end;

    if (!text || strncmp(text, scheme, scheme_length) != 0 ||
        strncmp(text + scheme_length, "://", 3) != 0)
        goto fail;
    host = text + scheme_length + 3;
    end = find_host_end(host);
    if (read_port(end, default_port, address.port) != DAVY_OK)
        goto fail;
    if (*host == '[') {
        host++;
        end--;
    }
    length = (size_t) (end - host);
    if (end <= host || length >= sizeof address.host || strcspn(host, "/@ ?#") < length)
        goto fail;
    memcpy(address.host, host, length);
    *out = address;
    return DAVY_OK;

fail:
    return davy_fail(DAVY_ERR_INVALID, "'%.100s' is not an address; write %s://host:%d",
                     text ? text : "", scheme, default_port);
}

/* Wait for the outcome of a connect that is under way. @return 0, or an errno */
static int await_connect(int descriptor, int64_t until_ns, const atomic_bool *interrupted)
{
    struct pollfd poller = {.fd = descriptor, .events = POLLOUT};
    int error = 0, ready;
    socklen_t size = sizeof error;

    do {
        if (*interrupted || davy_monotonic_ns(davy_clock_system()) >= until_ns)
            return ETIMEDOUT;
        ready = poll(&poller, 1, SLICE_MS);
    } while (ready == 0 || (ready < 0 && errno == EINTR));
    if (ready < 0 || getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    return error;
}

/* One attempt at one address. @return the socket, or -1 with errno */
static int try_connect(const struct addrinfo *info, int64_t until_ns,
                       const atomic_bool *interrupted)
{
    int error, on = 1;
    int descriptor = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                            info->ai_protocol);

    if (descriptor < 0)
        return -1;
    error = connect(descriptor, info->ai_addr, info->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS)
        error = await_connect(descriptor, until_ns, interrupted);
    if (error == 0 && fcntl(descriptor, F_SETFL, 0) != 0)
        error = errno;
    if (error == 0) {
        (void) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return descriptor;
    }
    close(descriptor);
    errno = error;
    return -1;
}

davy_status davy_address_connect(const davy_address *address, int64_t timeout_ns,
                                 const atomic_bool *interrupted, int *out)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int64_t until_ns = davy_monotonic_ns(davy_clock_system()) + timeout_ns;
    struct addrinfo *found = NULL;
    int descriptor = -1, error;

    error = getaddrinfo(address->host, address->port, &hints, &found);
    if (error != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "host '%s': %s", address->host, gai_strerror(error));
    for (const struct addrinfo *info = found; info && descriptor < 0; info = info->ai_next)
        descriptor = try_connect(info, until_ns, interrupted);
    error = errno;
    freeaddrinfo(found);
    if (descriptor < 0)
        return davy_fail(error == ETIMEDOUT ? DAVY_ERR_TIMEOUT : DAVY_ERR_UNAVAILABLE,
                         "cannot connect to %s port %s: %s", address->host, address->port,
                         strerror(error));
    *out = descriptor;
    return DAVY_OK;
}
