/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/request.h"
#include "serve/call.h"
#include "serve/grpc/grpc.h"
#include "serve/oip/memory.h"

#include <protobuf-c/protobuf-c.h>

/**
 * @file
 * One call of gRPC as a method sees it: its message unpacked, its caller known. Private to the
 * room.
 *
 * Stage: serve. A method is a row of a table: path, role, the message it takes, and a function.
 */

/** gRPC's codes that davy answers with. */
typedef enum davy_grpc_code {
    DAVY_GRPC_OK = 0,
    DAVY_GRPC_INVALID_ARGUMENT = 3,
    DAVY_GRPC_DEADLINE_EXCEEDED = 4,
    DAVY_GRPC_NOT_FOUND = 5,
    DAVY_GRPC_PERMISSION_DENIED = 7,
    DAVY_GRPC_RESOURCE_EXHAUSTED = 8,
    DAVY_GRPC_UNIMPLEMENTED = 12,
    DAVY_GRPC_INTERNAL = 13,
    DAVY_GRPC_UNAVAILABLE = 14,
    DAVY_GRPC_UNAUTHENTICATED = 16
} davy_grpc_code;

typedef struct davy_grpc_call {
    davy_call who; /* system, role, key and address: what permissions and the audit read */
    const ProtobufCMessage *asked;
    uint64_t timeout_us; /* that the client gives it; 0: none */
    davy_buffer *answer; /* the framed message is appended */
} davy_grpc_call;

typedef struct davy_grpc_method {
    const char *path; /* "/inference.GRPCInferenceService/ServerLive" */
    davy_role role;   /* DAVY_ROLE_NONE: no key needed */
    bool query;       /* an answer of a model, which a key may have only so many of */
    const ProtobufCMessageDescriptor *takes;
    davy_status (*handle)(davy_grpc_call *call);
} davy_grpc_method;

/** The method of a path, or NULL. */
const davy_grpc_method *davy_grpc_method_find(const char *path);

/** Unpack the one message of a body, which is a stranger's, and run the method on it. */
DAVY_MUST_CHECK davy_status davy_grpc_run(davy_grpc_call *call, const davy_grpc_method *method,
                                          const davy_buffer *body);

/** Append a message in its frame. */
DAVY_MUST_CHECK davy_status davy_grpc_put(davy_buffer *answer, const ProtobufCMessage *message);

/** The ModelInfer method. */
davy_status davy_grpc_infer(davy_grpc_call *call);

/** Append the answer to it: tensors, those of an explanation, and doubts as over HTTP. */
DAVY_MUST_CHECK davy_status davy_grpc_answer(davy_grpc_call *call, char *id,
                                             const davy_infer_response *response,
                                             davy_oip_memory *memory);

/** The code that a status has in gRPC. */
davy_grpc_code davy_grpc_code_of(davy_status status);
