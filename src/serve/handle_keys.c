/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "serve/handlers.h"
#include "serve/json.h"

static davy_status write_key(void *context, const char *name, davy_role role, int64_t created_ns)
{
    davy_buffer *out = context;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", name);
    davy_json_text(out, "role", davy_role_name(role));
    davy_json_time(out, "created", created_ns);
    davy_json_object_end(out);
    return DAVY_OK;
}

davy_status davy_handle_keys(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    davy_status status;

    davy_json_object(out, NULL);
    davy_json_array(out, "keys");
    status = davy_keys_list(call->system->keys, write_key, out);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_answer_json(call) : status;
}

static davy_status create(davy_call *call, const char *name, davy_role role)
{
    davy_buffer *out = &call->answer.body;
    char key[DAVY_KEY_MAX];
    char more[64];
    davy_status status;

    (void) snprintf(more, sizeof more, "{\"role\":\"%s\"}", davy_role_name(role));
    status = davy_call_audit(call, "key.create", name, "requested", more);
    if (status == DAVY_OK)
        status = davy_keys_create(call->system->keys, name, role, davy_wall_ns(call->system->clock),
                                  key);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_text(out, "name", name);
    davy_json_text(out, "role", davy_role_name(role));
    davy_json_text(out, "key", key);
    davy_json_object_end(out);
    sodium_memzero(key, sizeof key);
    status = davy_answer_json(call);
    call->answer.code = 201;
    (void) snprintf(call->answer.location, sizeof call->answer.location, "/api/v1/keys/%s", name);
    return status;
}

davy_status davy_handle_key_create(davy_call *call)
{
    static const davy_json_field fields[] = {{"name", true, DAVY_KEY_NAME_MAX - 1},
                                             {"role", true, 16}};
    json_t *body = NULL;
    davy_role role;
    davy_status status = davy_json_read(call->body.bytes, call->body.length, fields,
                                        DAVY_ARRAY_LENGTH(fields), &body);

    if (status != DAVY_OK)
        return status;
    role = davy_role_parse(davy_json_get(body, "role"));
    if (role == DAVY_ROLE_NONE)
        status = davy_fail(DAVY_ERR_INVALID, "'role' is not viewer, operator, engineer or admin");
    else
        status = create(call, davy_json_get(body, "name"), role);
    json_decref(body);
    return status;
}

static davy_status count_admin(void *context, const char *name, davy_role role, int64_t created_ns)
{
    (void) name;
    (void) created_ns;
    *(size_t *) context += role == DAVY_ROLE_ADMIN;
    return DAVY_OK;
}

davy_status davy_handle_key_revoke(davy_call *call)
{
    davy_keys *keys = call->system->keys;
    size_t admins = 0;
    davy_status status = davy_keys_list(keys, count_admin, &admins);

    if (status != DAVY_OK)
        return status;
    if (davy_keys_role(keys, call->id) == DAVY_ROLE_ADMIN && admins == 1)
        return davy_fail(DAVY_ERR_EXISTS, "'%s' is the last admin's key: make another one first",
                         call->id);
    status = davy_call_audit(call, "key.revoke", call->id, "requested", NULL);
    if (status == DAVY_OK)
        status = davy_keys_revoke(keys, call->id);
    if (status == DAVY_OK)
        call->answer.code = 204;
    return status;
}
