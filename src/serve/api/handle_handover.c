/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/handover/handover.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

#include <stdio.h>

/* Most past handovers of one answer: a year of three shifts a day. */
#define HANDOVERS_MAX     1100
#define HANDOVERS_DEFAULT 30

/* The site is held while a handover is looked at or made. */
typedef struct holding {
    davy_handover_source source;
    size_t position;
} holding;

static void let_go(const davy_call *call, holding *held)
{
    call->system->release_site(call->system->context, held->source.site);
}

static davy_status hold(const davy_call *call, const char *position, holding *held)
{
    const davy_server_system *system = call->system;

    held->source = (davy_handover_source){system->alarms, system->records, system->clock,
                                          system->acquire_site(system->context), system->watch};
    held->position = DAVY_SITE_POSITION;
    if (!position || davy_site_find_position(held->source.site, position, &held->position))
        return DAVY_OK;
    let_go(call, held);
    return davy_fail(DAVY_ERR_NOT_FOUND, "no operator position is named '%.64s'", position);
}

static davy_status answer_tree(davy_call *call, const char *key, json_t *tree)
{
    davy_buffer *out = &call->answer.body;

    if (key)
        davy_json_object(out, NULL);
    davy_json_tree(out, key, tree);
    if (key)
        davy_json_object_end(out);
    json_decref(tree);
    return davy_reply_json(call);
}

davy_status davy_handle_handover(davy_call *call)
{
    json_t *page = NULL;
    holding held;
    davy_status status = hold(call, davy_target_parameter(&call->target, "position"), &held);

    if (status != DAVY_OK)
        return status;
    status = davy_handover_page(&held.source, held.position, &page);
    let_go(call, &held);
    return status == DAVY_OK ? answer_tree(call, NULL, page) : status;
}

davy_status davy_handle_handovers(davy_call *call)
{
    json_t *list = NULL;
    uint64_t limit = 0;
    holding held;
    davy_status status =
        davy_call_number(call, "limit", 1, HANDOVERS_MAX, HANDOVERS_DEFAULT, &limit);

    if (status == DAVY_OK)
        status = hold(call, davy_target_parameter(&call->target, "position"), &held);
    if (status != DAVY_OK)
        return status;
    status = davy_handover_list(&held.source, held.position, (size_t) limit, &list);
    let_go(call, &held);
    return status == DAVY_OK ? answer_tree(call, "handovers", list) : status;
}

static davy_status read_id(const davy_call *call, uint64_t *id)
{
    if (!davy_digits_parse(call->id, id))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no handover '%.32s'", call->id);
    return DAVY_OK;
}

davy_status davy_handle_handover_signed(davy_call *call)
{
    json_t *page = NULL;
    uint64_t id = 0;
    holding held;
    davy_status status = read_id(call, &id);

    if (status == DAVY_OK)
        status = hold(call, davy_target_parameter(&call->target, "position"), &held);
    if (status != DAVY_OK)
        return status;
    status = davy_handover_signed(&held.source, held.position, id, &page);
    let_go(call, &held);
    return status == DAVY_OK ? answer_tree(call, NULL, page) : status;
}

/* -- The two who sign -----------------------------------------------------------------------------
 */

static davy_status read_body(const davy_call *call, json_t **body)
{
    static const davy_json_field fields[] = {
        {"position", false, DAVY_PATH_MAX - 1},
        {"comment", false, DAVY_ALARM_COMMENT_MAX - 1},
    };

    davy_alarm_request words = {.action = DAVY_ALARM_ACKNOWLEDGE, .by = call->by};
    davy_status status = davy_json_read(call->body.bytes, call->body.length, fields,
                                        DAVY_ARRAY_LENGTH(fields), body);

    if (status != DAVY_OK)
        return status;
    words.comment = davy_json_get(*body, "comment");
    return davy_alarm_request_check(&words);
}

static davy_status answer_id(davy_call *call, uint64_t id, unsigned code)
{
    davy_buffer *out = &call->answer.body;
    davy_status status;

    davy_json_object(out, NULL);
    davy_json_unsigned(out, "id", id);
    davy_json_text(out, "by", call->by);
    davy_json_object_end(out);
    status = davy_reply_json(call);
    if (status == DAVY_OK)
        call->answer.code = code;
    return status;
}

davy_status davy_handle_handover_give(davy_call *call)
{
    json_t *body = NULL;
    uint64_t id = 0;
    holding held;
    davy_status status = read_body(call, &body);

    if (status == DAVY_OK)
        status = hold(call, davy_json_get(body, "position"), &held);
    if (status == DAVY_OK) {
        status = davy_handover_give(&held.source, held.position, call->by,
                                    davy_json_get(body, "comment"), &id);
        let_go(call, &held);
    }
    json_decref(body);
    return status == DAVY_OK ? answer_id(call, id, 201) : status;
}

/* What was right and comes at the wrong time, or from the wrong key, is a conflict. */
static davy_status answer_taking(davy_call *call, uint64_t id, davy_status status)
{
    char why[DAVY_ERROR_MAX];

    if (status == DAVY_OK)
        return answer_id(call, id, 200);
    if (status != DAVY_ERR_INVALID)
        return status;
    (void) snprintf(why, sizeof why, "%s", davy_error());
    davy_reply_problem(call, 409, why);
    return DAVY_OK;
}

davy_status davy_handle_handover_take(davy_call *call)
{
    json_t *body = NULL;
    uint64_t id = 0;
    holding held;
    davy_status status = read_id(call, &id);

    if (status == DAVY_OK)
        status = read_body(call, &body);
    if (status == DAVY_OK)
        status = hold(call, davy_json_get(body, "position"), &held);
    if (status == DAVY_OK) {
        status = davy_handover_take(&held.source, held.position, id, call->by,
                                    davy_json_get(body, "comment"));
        let_go(call, &held);
        status = answer_taking(call, id, status);
    }
    json_decref(body);
    return status;
}
