/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/permit.h"
#include "serve/grpc/call.h"
#include "serve/oip/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health.pb-c.h"
#include "inference.pb-c.h"

/* What GET /v2 lists too; over gRPC tensors are binary by themselves. */
static const char *const extensions[] = {"classification", "sequence", "schedule_policy"};

/* protobuf-c's texts are not const, and it does not write to them when it packs. */
static char *text(const char *constant)
{
    return (char *) (uintptr_t) constant;
}

static davy_status server_live(davy_grpc_call *call)
{
    Inference__ServerLiveResponse told = INFERENCE__SERVER_LIVE_RESPONSE__INIT;

    told.live = true;
    return davy_grpc_put(call->answer, &told.base);
}

static bool is_ready(const davy_grpc_call *call)
{
    const davy_server_system *system = call->who.system;
    char reason[256];

    return !system->not_ready || !system->not_ready(system->context, reason, sizeof reason);
}

static davy_status server_ready(davy_grpc_call *call)
{
    Inference__ServerReadyResponse told = INFERENCE__SERVER_READY_RESPONSE__INIT;

    told.ready = is_ready(call);
    return davy_grpc_put(call->answer, &told.base);
}

/* Davy's whole self alone has a health: a service is what is asked for here. */
static davy_status health(davy_grpc_call *call)
{
    const Grpc__Health__V1__HealthCheckRequest *asked = (const void *) call->asked;
    Grpc__Health__V1__HealthCheckResponse told = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;

    if (asked->service[0] && strcmp(asked->service, "inference.GRPCInferenceService") != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no service '%.100s'", asked->service);
    told.status = is_ready(call)
                      ? GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
                      : GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING;
    return davy_grpc_put(call->answer, &told.base);
}

static davy_status server_metadata(davy_grpc_call *call)
{
    Inference__ServerMetadataResponse told = INFERENCE__SERVER_METADATA_RESPONSE__INIT;

    told.name = text("davy");
    told.version = text(DAVY_VERSION);
    told.extensions = (char **) (uintptr_t) extensions;
    told.n_extensions = DAVY_ARRAY_LENGTH(extensions);
    return davy_grpc_put(call->answer, &told.base);
}

static davy_status acquire(const davy_grpc_call *call, const char *model, const char *version,
                           davy_lease **lease)
{
    davy_repository *repository;
    davy_status status;

    if (!davy_permit_model(&call->who, model))
        return davy_fail(DAVY_ERR_DENIED, "the key '%s' may not use the model '%.100s'",
                         call->who.by, model);
    status = davy_oip_repository(&call->who, &repository);
    return status == DAVY_OK ? davy_repository_acquire(repository, model, version, lease) : status;
}

static davy_status model_ready(davy_grpc_call *call)
{
    const Inference__ModelReadyRequest *asked = (const void *) call->asked;
    Inference__ModelReadyResponse told = INFERENCE__MODEL_READY_RESPONSE__INIT;
    davy_lease *lease = NULL;
    davy_status status = acquire(call, asked->name, asked->version, &lease);

    if (status == DAVY_ERR_DENIED)
        return status;
    told.ready = status == DAVY_OK;
    if (told.ready)
        davy_lease_release(lease);
    return davy_grpc_put(call->answer, &told.base);
}

/* -- Metadata -------------------------------------------------------------------------------------
 */

typedef Inference__ModelMetadataResponse__TensorMetadata port_message;

/* Messages of ports, in one piece of memory that the caller frees, and a list of them. */
static port_message **describe_ports(const davy_port *ports, size_t count)
{
    static const port_message empty = INFERENCE__MODEL_METADATA_RESPONSE__TENSOR_METADATA__INIT;
    port_message **list = calloc(count, sizeof *list + sizeof **list);
    port_message *made = (port_message *) (void *) (list + count);

    for (size_t i = 0; list && i < count; i++) {
        made[i] = empty;
        made[i].name = text(ports[i].name);
        made[i].datatype = text(davy_datatype_name(ports[i].type));
        made[i].shape = (int64_t *) (uintptr_t) ports[i].dims;
        made[i].n_shape = (size_t) ports[i].rank;
        list[i] = &made[i];
    }
    return list;
}

static davy_status describe(davy_grpc_call *call, const davy_served_info *info)
{
    Inference__ModelMetadataResponse told = INFERENCE__MODEL_METADATA_RESPONSE__INIT;
    char version[16], *versions[] = {version};
    davy_status status;

    (void) snprintf(version, sizeof version, "%u", info->version);
    told.name = text(info->name);
    told.platform = text(info->platform);
    told.versions = versions;
    told.n_versions = 1;
    told.n_inputs = info->input_count;
    told.inputs = describe_ports(info->inputs, info->input_count);
    told.n_outputs = info->output_count;
    told.outputs = describe_ports(info->outputs, info->output_count);
    if (told.inputs && told.outputs)
        status = davy_grpc_put(call->answer, &told.base);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "the description of '%s'", info->name);
    free((void *) told.inputs);
    free((void *) told.outputs);
    return status;
}

static davy_status model_metadata(davy_grpc_call *call)
{
    const Inference__ModelMetadataRequest *asked = (const void *) call->asked;
    davy_lease *lease;
    davy_status status = acquire(call, asked->name, asked->version, &lease);

    if (status != DAVY_OK)
        return status;
    status = describe(call, davy_served_describe(davy_lease_served(lease)));
    davy_lease_release(lease);
    return status;
}

/* -- The table ------------------------------------------------------------------------------------
 */

#define OIP "/inference.GRPCInferenceService/"

static const davy_grpc_method methods[] = {
    {"/grpc.health.v1.Health/Check", DAVY_ROLE_NONE, false,
     &grpc__health__v1__health_check_request__descriptor, health},
    {OIP "ServerLive", DAVY_ROLE_NONE, false, &inference__server_live_request__descriptor,
     server_live},
    {OIP "ServerReady", DAVY_ROLE_NONE, false, &inference__server_ready_request__descriptor,
     server_ready},
    {OIP "ServerMetadata", DAVY_ROLE_VIEWER, false, &inference__server_metadata_request__descriptor,
     server_metadata},
    {OIP "ModelReady", DAVY_ROLE_VIEWER, false, &inference__model_ready_request__descriptor,
     model_ready},
    {OIP "ModelMetadata", DAVY_ROLE_VIEWER, false, &inference__model_metadata_request__descriptor,
     model_metadata},
    {OIP "ModelInfer", DAVY_ROLE_VIEWER, true, &inference__model_infer_request__descriptor,
     davy_grpc_infer},
};

const davy_grpc_method *davy_grpc_method_find(const char *path)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(methods); i++)
        if (strcmp(methods[i].path, path) == 0)
            return &methods[i];
    return NULL;
}
