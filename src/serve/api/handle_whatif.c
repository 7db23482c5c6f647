/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/limits.h"

#include <stdio.h>

/* What-ifs: a proposed site file over stored history, and the file to begin one with. */

#define TIME_MAX    64
#define PATTERN_MAX 4096
#define WORDS_MAX   500

static davy_status find_whatifs(const davy_call *call, const davy_whatifs **out)
{
    *out = call->system->whatifs;
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_UNAVAILABLE, "no what-ifs are run here");
}

/* The number of the path. */
static davy_status read_id(const davy_call *call, const davy_whatifs **whatifs, uint64_t *id)
{
    davy_status status = find_whatifs(call, whatifs);

    if (status == DAVY_OK && !davy_digits_parse(call->id, id))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no what-if '%.32s'", call->id);
    return status;
}

/* Takes it. */
static davy_status answer_whatif(davy_call *call, json_t *whatif)
{
    davy_json_tree(&call->answer.body, NULL, whatif);
    json_decref(whatif);
    return davy_reply_json(call);
}

davy_status davy_handle_site_file(davy_call *call)
{
    const davy_whatifs *whatifs;
    davy_status status = find_whatifs(call, &whatifs);

    if (status == DAVY_OK)
        status = whatifs->site_file(whatifs->context, &call->answer.body);
    if (status != DAVY_OK)
        return status;
    call->answer.code = 200;
    call->answer.type = "application/yaml";
    return DAVY_OK;
}

static davy_status read_order(const davy_call *call, json_t **body, davy_whatif_order *order)
{
    static const davy_json_field fields[] = {
        {"proposed", true, DAVY_HTTP_DOCUMENT_MAX},
        {"from", false, TIME_MAX},
        {"to", false, TIME_MAX},
        {"label", false, PATTERN_MAX},
        {"events", false, DAVY_HTTP_DOCUMENT_MAX},
        {"whole", false, DAVY_JSON_BOOLEAN},
        {"comment", false, WORDS_MAX},
    };
    davy_status status = davy_json_read(call->body.bytes, call->body.length, fields,
                                        DAVY_ARRAY_LENGTH(fields), body);
    const char *comment;

    if (status != DAVY_OK)
        return status;
    comment = davy_json_get(*body, "comment");
    *order = (davy_whatif_order){.proposed = davy_json_get(*body, "proposed"),
                                 .from = davy_json_get(*body, "from"),
                                 .to = davy_json_get(*body, "to"),
                                 .label = davy_json_get(*body, "label"),
                                 .events = davy_json_get(*body, "events"),
                                 .whole = json_is_true(json_object_get(*body, "whole")),
                                 .comment = comment ? comment : "",
                                 .by = call->by};
    return DAVY_OK;
}

static davy_status begin(davy_call *call, const davy_whatif_order *order)
{
    const davy_whatifs *whatifs;
    json_t *whatif = NULL;
    davy_status status = find_whatifs(call, &whatifs);

    if (status == DAVY_OK)
        status = davy_call_audit(call, "whatif.start", "davy", "requested", NULL);
    if (status == DAVY_OK)
        status = whatifs->start(whatifs->context, order, &whatif);
    if (status != DAVY_OK)
        return status;
    (void) snprintf(call->answer.location, sizeof call->answer.location,
                    "/api/v1/whatif/%" JSON_INTEGER_FORMAT,
                    json_integer_value(json_object_get(whatif, "id")));
    status = answer_whatif(call, whatif);
    call->answer.code = 201;
    return status;
}

davy_status davy_handle_whatif_start(davy_call *call)
{
    davy_whatif_order order;
    json_t *body = NULL;
    davy_status status = read_order(call, &body, &order);

    if (status == DAVY_OK)
        status = begin(call, &order);
    json_decref(body);
    return status;
}

davy_status davy_handle_whatifs(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    const davy_whatifs *whatifs;
    json_t *list = NULL;
    davy_status status = find_whatifs(call, &whatifs);

    if (status == DAVY_OK)
        status = whatifs->list(whatifs->context, &list);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_tree(out, "whatifs", list);
    davy_json_object_end(out);
    json_decref(list);
    return davy_reply_json(call);
}

davy_status davy_handle_whatif(davy_call *call)
{
    const davy_whatifs *whatifs;
    json_t *whatif = NULL;
    uint64_t id = 0;
    davy_status status = read_id(call, &whatifs, &id);

    if (status == DAVY_OK)
        status = whatifs->get(whatifs->context, id, &whatif);
    return status == DAVY_OK ? answer_whatif(call, whatif) : status;
}

davy_status davy_handle_whatif_cancel(davy_call *call)
{
    const davy_whatifs *whatifs;
    json_t *whatif = NULL;
    uint64_t id = 0;
    davy_status status = read_id(call, &whatifs, &id);

    if (status == DAVY_OK)
        status = davy_call_audit(call, "whatif.cancel", call->id, "requested", NULL);
    if (status == DAVY_OK)
        status = whatifs->cancel(whatifs->context, id, &whatif);
    return status == DAVY_OK ? answer_whatif(call, whatif) : status;
}

/* The record of the reason says who and why, so it is the audit. */
davy_status davy_handle_whatif_keep(davy_call *call)
{
    static const davy_json_field fields[] = {{"reason", true, WORDS_MAX}};
    const davy_whatifs *whatifs;
    json_t *body = NULL, *whatif = NULL;
    uint64_t id = 0;
    davy_status status = read_id(call, &whatifs, &id);

    if (status == DAVY_OK)
        status = davy_json_read(call->body.bytes, call->body.length, fields,
                                DAVY_ARRAY_LENGTH(fields), &body);
    if (status == DAVY_OK)
        status =
            whatifs->keep(whatifs->context, id, call->by, davy_json_get(body, "reason"), &whatif);
    json_decref(body);
    return status == DAVY_OK ? answer_whatif(call, whatif) : status;
}
