/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/syslog_line.h"
#include "collect/address.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * Syslog over UDP, over TCP (octet counting of RFC 6587, 3.4.1) or into the socket of this machine.
 * None of them confirms: what the system has taken counts as confirmed. A TCP peer that has gone is
 * noticed before the next message.
 */

#define DEFAULT_PORT 514
#define LOCAL        "unix://"
#define TCP          "tcp://"

struct syslog_receiver {
    const davy_receiver_setup *setup;
    int socket; /* -1: none */
    bool is_stream;
    char host[256]; /* of this machine */
    davy_buffer line, frame;
};

static davy_status fail(const struct syslog_receiver *syslog, const char *what)
{
    return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s: %s", syslog->setup->receiver->address, what,
                     strerror(errno));
}

static davy_status open_local(struct syslog_receiver *syslog, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is too long for a socket", path);
    (void) snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    syslog->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (syslog->socket < 0 ||
        connect(syslog->socket, (const struct sockaddr *) &address, sizeof address) != 0)
        return fail(syslog, "cannot connect");
    return DAVY_OK;
}

static davy_status open_udp(struct syslog_receiver *syslog)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    davy_address address;
    davy_status status =
        davy_address_parse(syslog->setup->receiver->address, "udp", DEFAULT_PORT, &address);
    int code;

    if (status != DAVY_OK)
        return status;
    code = getaddrinfo(address.host, address.port, &hints, &found);
    if (code != 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: %s", syslog->setup->receiver->address,
                         gai_strerror(code));
    syslog->socket = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (syslog->socket < 0 || connect(syslog->socket, found->ai_addr, found->ai_addrlen) != 0)
        status = fail(syslog, "cannot connect");
    freeaddrinfo(found);
    return status;
}

static davy_status open_tcp(struct syslog_receiver *syslog)
{
    const struct timeval limit = {.tv_sec = DAVY_RECEIVER_TIMEOUT_NS / DAVY_NS_PER_S};
    davy_address address;
    davy_status status =
        davy_address_parse(syslog->setup->receiver->address, "tcp", DEFAULT_PORT, &address);

    if (status == DAVY_OK)
        status = davy_address_connect(&address, DAVY_RECEIVER_TIMEOUT_NS,
                                      syslog->setup->interrupted, &syslog->socket);
    if (status != DAVY_OK)
        return status;
    syslog->is_stream = true;
    if (setsockopt(syslog->socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0)
        return fail(syslog, "cannot set a time limit");
    return DAVY_OK;
}

static davy_status syslog_open(void *state, const davy_receiver_setup *setup)
{
    struct syslog_receiver *syslog = state;
    const char *address = setup->receiver->address;

    syslog->setup = setup;
    syslog->socket = -1;
    if (gethostname(syslog->host, sizeof syslog->host - 1) != 0)
        syslog->host[0] = '\0';
    if (strncmp(address, LOCAL, strlen(LOCAL)) == 0)
        return open_local(syslog, address + strlen(LOCAL));
    return strncmp(address, TCP, strlen(TCP)) == 0 ? open_tcp(syslog) : open_udp(syslog);
}

/* A peer that has closed its end takes bytes and loses them: look before. */
static bool is_gone(const struct syslog_receiver *syslog)
{
    char byte;
    ssize_t length = recv(syslog->socket, &byte, 1, MSG_DONTWAIT | MSG_PEEK);

    return length == 0 || (length < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

static davy_status send_all(const struct syslog_receiver *syslog, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(syslog->socket, bytes, length, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EMSGSIZE)
            return davy_fail(DAVY_ERR_INVALID, "%s: a message of %zu bytes is too long",
                             syslog->setup->receiver->address, length);
        if (sent < 0)
            return fail(syslog, "cannot send");
        bytes += sent;
        length -= (size_t) sent;
    }
    return DAVY_OK;
}

static davy_status syslog_send(void *state, const davy_delivery *delivery, int64_t *again_ns)
{
    struct syslog_receiver *syslog = state;
    davy_status status;

    (void) again_ns;
    davy_buffer_reset(&syslog->line);
    status = davy_syslog_write(delivery, syslog->host, &syslog->line);
    if (status != DAVY_OK)
        return status;
    if (!syslog->is_stream)
        return send_all(syslog, syslog->line.bytes, syslog->line.length);
    if (is_gone(syslog))
        return davy_fail(DAVY_ERR_UNAVAILABLE, "%s: the peer has closed the connection",
                         syslog->setup->receiver->address);
    davy_buffer_reset(&syslog->frame);
    davy_buffer_printf(&syslog->frame, "%zu %s", syslog->line.length, syslog->line.bytes);
    status = davy_buffer_ok(&syslog->frame);
    return status == DAVY_OK ? send_all(syslog, syslog->frame.bytes, syslog->frame.length) : status;
}

static void syslog_close(void *state)
{
    struct syslog_receiver *syslog = state;

    if (syslog->setup && syslog->socket >= 0)
        close(syslog->socket);
    davy_buffer_clear(&syslog->line);
    davy_buffer_clear(&syslog->frame);
}

const davy_receiver_kind davy_receiver_syslog = {
    .name = "syslog",
    .state_size = sizeof(struct syslog_receiver),
    .open = syslog_open,
    .send = syslog_send,
    .close = syslog_close,
};
