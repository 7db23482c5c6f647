/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/request.h"
#include "serve/call.h"

/**
 * @file
 * A record in the audit of every question to a model: who, which bytes, which model, what it said.
 *
 * Stage: serve. Kept when it is asked for (`--audit-inference`). A question does not wait for the
 * disk: entries stand in a queue of fixed size and the server's housework writes them in one sync,
 * a second later at most; a crash loses that second. What comes faster than the queue is written is
 * one record with its number, so that nobody can fill the disk by asking.
 */
typedef struct davy_ledger davy_ledger;

DAVY_MUST_CHECK davy_status davy_ledger_create(davy_ledger **out);
/** NULL is fine. */
void davy_ledger_destroy(davy_ledger *ledger);

/** Write what has come since the last time. On a failure it is logged and counted again. */
void davy_ledger_flush(davy_ledger *ledger, const davy_server_system *system);

/**
 * A model was asked. Does nothing on a server that keeps no such audit.
 *
 * @param response  as davy_host_infer() left it
 * @param status    what that returned
 */
void davy_audit_inference(const davy_call *call, const davy_infer_response *response,
                          davy_status status);
