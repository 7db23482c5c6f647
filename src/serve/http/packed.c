/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/exchange.h"
#include "serve/http/inflate.h"
#include "serve/limits.h"

void davy_exchange_unpack(davy_exchange *exchange)
{
    davy_call *call = &exchange->call;
    const davy_packing packing = davy_packing_find(call->content_encoding);
    davy_buffer plain = {0};
    davy_status status;

    if (packing == DAVY_PACKING_NONE || call->body.length == 0)
        return;
    status = davy_inflate(packing, call->body.bytes, call->body.length, exchange->server->body_max,
                          &call->budget, &plain);
    davy_buffer_clear(&call->body);
    call->body = plain;
    if (status == DAVY_ERR_FULL)
        davy_reply_problem(call, 413, davy_error());
    else if (status != DAVY_OK)
        davy_reply_status(call, status);
}

void davy_exchange_pack(davy_exchange *exchange)
{
    davy_reply *answer = &exchange->call.answer;
    const davy_packing packing = davy_packing_choose(exchange->call.accept_encoding);
    davy_buffer packed = {0};

    if (packing == DAVY_PACKING_NONE || answer->body.length < DAVY_HTTP_PACKED_MIN)
        return;
    if (davy_deflate(packing, answer->body.bytes, answer->body.length, &packed) != DAVY_OK) {
        davy_buffer_clear(&packed); /* it goes as it is */
        return;
    }
    davy_buffer_clear(&answer->body);
    answer->body = packed;
    answer->encoding = davy_packing_name(packing);
}
