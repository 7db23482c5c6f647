/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/grpc/transport.h"

#include "serve/access/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static davy_status fail(int error)
{
    return davy_fail(DAVY_ERR_IO, "TLS: %s", gnutls_strerror(error));
}

davy_status davy_transport_credentials(gnutls_certificate_credentials_t *out)
{
    const int error = gnutls_certificate_allocate_credentials(out);

    if (error != GNUTLS_E_SUCCESS)
        return fail(error);
    gnutls_certificate_set_retrieve_function2(*out, davy_tls_choose);
    return DAVY_OK;
}

static int open_tls(davy_transport *transport, gnutls_certificate_credentials_t credentials)
{
    static unsigned char name[] = "h2";
    const gnutls_datum_t protocol = {name, sizeof name - 1};
    int error = gnutls_init(&transport->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);

    if (error == GNUTLS_E_SUCCESS)
        error = gnutls_priority_set_direct(transport->tls, DAVY_TLS_PRIORITIES, NULL);
    if (error == GNUTLS_E_SUCCESS)
        error = gnutls_credentials_set(transport->tls, GNUTLS_CRD_CERTIFICATE, credentials);
    if (error == GNUTLS_E_SUCCESS)
        error = gnutls_alpn_set_protocols(transport->tls, &protocol, 1, GNUTLS_ALPN_MANDATORY);
    if (error == GNUTLS_E_SUCCESS)
        gnutls_transport_set_int(transport->tls, transport->socket);
    return error;
}

davy_status davy_transport_open(davy_transport *transport, int socket,
                                gnutls_certificate_credentials_t credentials)
{
    int error;

    *transport = (davy_transport){.socket = socket, .is_ready = !credentials};
    if (!credentials)
        return DAVY_OK;
    error = open_tls(transport, credentials);
    if (error == GNUTLS_E_SUCCESS)
        return DAVY_OK;
    davy_transport_close(transport);
    return fail(error);
}

void davy_transport_close(davy_transport *transport)
{
    if (transport->tls)
        gnutls_deinit(transport->tls);
    transport->tls = NULL;
}

/* GnuTLS's answer as a socket would give it. */
static ssize_t as_socket(ssize_t answer)
{
    if (answer >= 0)
        return answer;
    errno = answer == GNUTLS_E_AGAIN || answer == GNUTLS_E_INTERRUPTED ? EAGAIN : EPROTO;
    return -1;
}

/* A client that agreed on no protocol at all is none of ours. */
static bool has_agreed(const davy_transport *transport)
{
    gnutls_datum_t chosen;

    return gnutls_alpn_get_selected_protocol(transport->tls, &chosen) == GNUTLS_E_SUCCESS;
}

static ssize_t shake_hands(davy_transport *transport)
{
    const int error = gnutls_handshake(transport->tls);

    if (error == GNUTLS_E_SUCCESS && has_agreed(transport)) {
        transport->is_ready = true;
        return 1;
    }
    errno = EPROTO;
    return error == GNUTLS_E_SUCCESS || gnutls_error_is_fatal(error) ? -1
                                                                     : as_socket(GNUTLS_E_AGAIN);
}

ssize_t davy_transport_receive(davy_transport *transport, void *bytes, size_t length)
{
    if (!transport->tls)
        return recv(transport->socket, bytes, length, 0);
    if (!transport->is_ready && shake_hands(transport) < 0)
        return -1;
    return as_socket(gnutls_record_recv(transport->tls, bytes, length));
}

ssize_t davy_transport_send(davy_transport *transport, const void *bytes, size_t length)
{
    if (!transport->tls)
        return send(transport->socket, bytes, length, MSG_NOSIGNAL);
    return as_socket(gnutls_record_send(transport->tls, bytes, length));
}

bool davy_transport_has_more(const davy_transport *transport)
{
    return transport->tls && gnutls_record_check_pending(transport->tls) > 0;
}
