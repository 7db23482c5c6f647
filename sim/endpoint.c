/* SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

/* Digits only, at most 65535. */
static davy_status read_port(const char *text, int *port)
{
    long value;

    if (strspn(text, "0123456789") != strlen(text) || !text[0] || strlen(text) > 5)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a port number", text);
    value = strtol(text, NULL, 10);
    if (value > 65535)
        return davy_fail(DAVY_ERR_INVALID, "port %ld is above 65535", value);
    *port = (int) value;
    return DAVY_OK;
}

davy_status davy_sim_endpoint_parse(const char *text, char host[DAVY_SIM_ADDRESS_MAX], int *port)
{
    const char *colon = strrchr(text, ':');
    size_t length = colon ? (size_t) (colon - text) : 0;

    if (length == 0 || length >= DAVY_SIM_ADDRESS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not HOST:PORT, for example 127.0.0.1:5502",
                         text);
    memcpy(host, text, length);
    host[length] = '\0';
    return read_port(colon + 1, port);
}

davy_status davy_sim_port_parse(const char *text, int *port)
{
    int value = 0;
    davy_status status = read_port(text, &value);

    if (status == DAVY_OK && value == 0)
        status = davy_fail(DAVY_ERR_INVALID, "port 0 cannot stand in a site file");
    if (status == DAVY_OK)
        *port = value;
    return status;
}
