/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the messages of gRPC: the first byte chooses the method, the rest is the framed message.
 * The repository is empty, so that a request is read whole and then finds no model.
 */
#include "infer/host.h"
#include "serve/exchange.h"
#include "serve/grpc/call.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OIP "/inference.GRPCInferenceService/"

static davy_host *make_host(void)
{
    static char folder[] = "/tmp/davy-fuzz-XXXXXX";
    davy_host_options options = {
        .repository = {.folder = folder, .control = DAVY_CONTROL_EXPLICIT}};
    davy_host *host = NULL;

    assert(mkdtemp(folder));
    assert(davy_host_create(&options, &host) == DAVY_OK);
    (void) rmdir(folder);
    return host;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {OIP "ModelInfer",     OIP "ModelMetadata",
                                        OIP "ModelReady",     OIP "ServerLive",
                                        OIP "ServerMetadata", "/grpc.health.v1.Health/Check"};
    static davy_server_system system;
    static davy_server server; /* keeps no audit */
    static _Atomic size_t used;
    davy_buffer body = {0}, answer = {0};
    davy_grpc_call call = {.who = {.system = &system, .server = &server, .role = DAVY_ROLE_VIEWER},
                           .answer = &answer};
    davy_status status;

    call.who.budget = (davy_budget){.used = &used, .most = SIZE_MAX};
    if (size == 0)
        return 0;
    if (!system.host)
        system.host = make_host();
    davy_buffer_append(&body, data + 1, size - 1);
    status = davy_grpc_run(&call, davy_grpc_method_find(paths[data[0] % DAVY_ARRAY_LENGTH(paths)]),
                           &body);
    assert(status == DAVY_OK ? answer.length >= 5 : davy_error()[0] != '\0');
    davy_budget_release(&call.who.budget);
    davy_buffer_clear(&body);
    davy_buffer_clear(&answer);
    return 0;
}
