/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/request_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static davy_infer_request *ask_of(void *object)
{
    return &((davy_oip_request *) object)->ask;
}

/* A number or a text; 0 and "" are none. */
static davy_status read_sequence(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_infer_request *ask = ask_of(object);
    uint64_t number = 0;
    char digits[24];
    davy_status status;

    if (davy_json_peek(json) == '"') {
        status = davy_oip_string(json, memory, "'sequence_id'", &ask->sequence);
        if (status == DAVY_OK && !*ask->sequence)
            ask->sequence = NULL;
        return status;
    }
    status = davy_json_unsigned_within(json, UINT64_MAX, &number);
    if (status != DAVY_OK || number == 0)
        return status;
    (void) snprintf(digits, sizeof digits, "%" PRIu64, number);
    return davy_oip_text(memory, digits, strlen(digits), "'sequence_id'", &ask->sequence);
}

static davy_status read_start(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &ask_of(object)->sequence_start);
}

static davy_status read_end(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &ask_of(object)->sequence_end);
}

static davy_status read_priority(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    uint64_t priority = 0;
    davy_status status = davy_json_unsigned_within(json, UINT32_MAX, &priority);

    (void) memory;
    ask_of(object)->priority = (unsigned) priority;
    return status;
}

static davy_status read_timeout(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_unsigned_within(json, INT64_MAX, &ask_of(object)->timeout_us);
}

static davy_status read_binary_output(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &((davy_oip_request *) object)->binary_output);
}

/* true, false, "auto", or a method. */
static davy_status read_explain(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_infer_request *ask = ask_of(object);
    const char kind = davy_json_peek(json);
    davy_status status;

    if (kind == 't' || kind == 'f')
        return davy_json_truth(json, &ask->explain);
    if (kind != '"')
        return davy_json_fail(json, "true, false, \"auto\" or the name of a method");
    ask->explain = true;
    status = davy_oip_string(json, memory, "'explain'", &ask->explain_method);
    if (status == DAVY_OK && strcmp(ask->explain_method, "auto") == 0)
        ask->explain_method = NULL;
    return status;
}

static davy_status read_explain_top(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    uint64_t count = 0;
    davy_status status = davy_json_unsigned_within(json, UINT32_MAX, &count);

    (void) memory;
    ask_of(object)->explain_top = (size_t) count;
    return status;
}

static davy_status read_content(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_oip_input_draft input = {0};
    davy_status status = davy_oip_content_type(json, memory, &input);

    ((davy_oip_request *) object)->columns |= input.column;
    return status;
}

davy_status davy_oip_parameters_read(davy_json_reader *json, davy_oip_memory *memory,
                                     davy_oip_request *request)
{
    static const davy_oip_member members[] = {
        {"sequence_id", read_sequence}, {"sequence_start", read_start},
        {"sequence_end", read_end},     {"priority", read_priority},
        {"timeout", read_timeout},      {"binary_data_output", read_binary_output},
        {"explain", read_explain},      {"explain_top_k", read_explain_top},
        {"content_type", read_content},
    };

    return davy_oip_members(json, memory, members, DAVY_ARRAY_LENGTH(members), request);
}
