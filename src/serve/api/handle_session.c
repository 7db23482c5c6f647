/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <sodium.h>

#include "serve/access/auth.h"
#include "serve/api/json.h"
#include "serve/handlers.h"

static davy_status write_session(davy_call *call, const char *csrf)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", call->by);
    davy_json_text(out, "role", davy_role_name(call->role));
    davy_json_text(out, "csrf", csrf[0] ? csrf : NULL);
    davy_json_text(out, "version", DAVY_VERSION);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

/* Without an age the browser forgets it when it is closed; the server forgets it sooner. */
static void set_cookie(davy_call *call, const char *token, const char *age)
{
    (void) snprintf(call->answer.cookie, sizeof call->answer.cookie,
                    "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                    davy_session_cookie(call->server), token, call->server->tls ? "; Secure" : "",
                    age);
}

/* A session of a token ends with it, by the clock that sessions have; 0 for one of a key. */
static int64_t token_end(const davy_call *call)
{
    const davy_clock *clock = call->system->clock;

    return call->ends_ns ? davy_monotonic_ns(clock) + call->ends_ns - davy_wall_ns(clock) : 0;
}

davy_status davy_handle_session_open(davy_call *call)
{
    char token[DAVY_SESSION_TOKEN_MAX], csrf[DAVY_SESSION_TOKEN_MAX];
    davy_status status = davy_call_audit(call, "session.open", call->by, "requested", NULL);

    if (status == DAVY_OK)
        status = davy_sessions_open(call->server->sessions, &call->key,
                                    davy_monotonic_ns(call->system->clock), token_end(call), token);
    if (status != DAVY_OK)
        return status;
    davy_session_csrf(token, csrf);
    set_cookie(call, token, "");
    sodium_memzero(token, sizeof token);
    status = write_session(call, csrf);
    call->answer.code = 201;
    return status;
}

davy_status davy_handle_session(davy_call *call)
{
    return write_session(call, call->csrf);
}

davy_status davy_handle_session_close(davy_call *call)
{
    davy_sessions_close(call->server->sessions, call->session);
    set_cookie(call, "", "; Max-Age=0");
    call->answer.code = 204;
    return DAVY_OK;
}
