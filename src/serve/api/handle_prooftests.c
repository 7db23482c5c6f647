/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/json.h"
#include "serve/handlers.h"

#include <stdio.h>
#include <string.h>

#define LIST_DEFAULT       20
#define CONDITIONS_DEFAULT 1000

#define PATTERNS_MAX 4096

static davy_status find_proofs(const davy_call *call, const davy_proofs **out)
{
    *out = call->system->proofs;
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "no proof tests are run here");
}

static davy_status answer_list(davy_call *call, json_t *tests, json_t *conditions, size_t left_out)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_tree(out, "prooftests", tests);
    davy_json_tree(out, "conditions", conditions);
    davy_json_unsigned(out, "left_out", left_out);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

davy_status davy_handle_prooftests(davy_call *call)
{
    const davy_proofs *proofs;
    json_t *tests = NULL, *conditions = NULL;
    uint64_t limit = 0, most = 0;
    size_t left_out = 0;
    davy_status status =
        davy_call_number(call, "limit", 1, DAVY_PROOFS_LIST_MAX, LIST_DEFAULT, &limit);

    if (status == DAVY_OK)
        status = davy_call_number(call, "conditions", 0, DAVY_PROOFS_CONDITIONS_MAX,
                                  CONDITIONS_DEFAULT, &most);
    if (status == DAVY_OK)
        status = find_proofs(call, &proofs);
    if (status == DAVY_OK)
        status = proofs->list(proofs->context, (size_t) limit, &tests);
    if (status == DAVY_OK)
        status = proofs->conditions(proofs->context, (size_t) most, &conditions, &left_out);
    if (status == DAVY_OK)
        status = answer_list(call, tests, conditions, left_out);
    json_decref(tests);
    json_decref(conditions);
    return status;
}

static davy_status answer_tree(davy_call *call, json_t *tree)
{
    davy_json_tree(&call->answer.body, NULL, tree);
    json_decref(tree);
    return davy_reply_json(call);
}

davy_status davy_handle_prooftest(davy_call *call)
{
    const davy_proofs *proofs;
    json_t *test = NULL;
    uint64_t id = 0;
    davy_status status = find_proofs(call, &proofs);

    if (status == DAVY_OK && !davy_digits_parse(call->id, &id))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no proof test '%.32s'", call->id);
    if (status == DAVY_OK)
        status = proofs->get(proofs->context, id, &test);
    return status == DAVY_OK ? answer_tree(call, test) : status;
}

static davy_status read_order(const davy_call *call, json_t **body, davy_proof_order *order)
{
    static const davy_json_field fields[] = {
        {"patterns", false, PATTERNS_MAX},
        {"receivers", false, 16},
    };
    davy_status status = davy_json_read(call->body.bytes, call->body.length, fields,
                                        DAVY_ARRAY_LENGTH(fields), body);
    const char *receivers;

    if (status != DAVY_OK)
        return status;
    receivers = davy_json_get(*body, "receivers");
    if (receivers && strcmp(receivers, "drill") != 0)
        return davy_fail(DAVY_ERR_INVALID, "receivers can be given a \"drill\" and nothing else");
    *order = (davy_proof_order){call->by, davy_json_get(*body, "patterns"), receivers != NULL};
    return DAVY_OK;
}

static davy_status answer_start(davy_call *call, uint64_t id, davy_status status)
{
    char why[DAVY_ERROR_MAX];

    if (status == DAVY_ERR_EXISTS) {
        (void) snprintf(why, sizeof why, "%s", davy_error());
        davy_reply_problem(call, 409, why);
        return DAVY_OK;
    }
    if (status != DAVY_OK)
        return status;
    davy_json_object(&call->answer.body, NULL);
    davy_json_unsigned(&call->answer.body, "id", id);
    davy_json_text(&call->answer.body, "state", "running");
    davy_json_object_end(&call->answer.body);
    status = davy_reply_json(call);
    call->answer.code = 201;
    return status;
}

davy_status davy_handle_prooftest_start(davy_call *call)
{
    const davy_proofs *proofs;
    davy_proof_order order;
    json_t *body = NULL;
    uint64_t id = 0;
    davy_status status = find_proofs(call, &proofs);

    if (status == DAVY_OK)
        status = read_order(call, &body, &order);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "prooftest.start", order.patterns ? order.patterns : "all",
                                 "requested", NULL);
    if (status == DAVY_OK) {
        status = proofs->start(proofs->context, &order, &id);
        status = answer_start(call, id, status);
    }
    json_decref(body);
    return status;
}
