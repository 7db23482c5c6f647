/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "serve/api/json.h"
#include "serve/handlers.h"

static void write_limit(davy_buffer *out, const char *name, uint32_t limit)
{
    if (limit > 0)
        davy_json_unsigned(out, name, limit);
    else
        davy_json_null(out, name);
}

static void write_terms(davy_buffer *out, const davy_key_terms *terms)
{
    davy_json_text(out, "models", terms->models[0] ? terms->models : NULL);
    write_limit(out, "rate", terms->rate);
    write_limit(out, "burst", terms->burst);
    write_limit(out, "queries_per_day", terms->queries_per_day);
    davy_json_text(out, "certificate", terms->certificate[0] ? terms->certificate : NULL);
}

static davy_status write_key(void *context, const davy_key *key)
{
    davy_buffer *out = context;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", key->name);
    davy_json_text(out, "role", davy_role_name(key->role));
    davy_json_time(out, "created", key->created_ns);
    write_terms(out, &key->terms);
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
    return status == DAVY_OK ? davy_reply_json(call) : status;
}

/* No action without its record: what the key is given stands in it. */
static davy_status audit_create(davy_call *call, const char *name, davy_role role,
                                const davy_key_terms *terms)
{
    davy_buffer given = {0};
    davy_status status;

    davy_json_object(&given, NULL);
    davy_json_text(&given, "role", davy_role_name(role));
    write_terms(&given, terms);
    davy_json_object_end(&given);
    status = davy_buffer_ok(&given);
    if (status == DAVY_OK)
        status = davy_call_audit(call, "key.create", name, "requested", given.bytes);
    davy_buffer_clear(&given);
    return status;
}

static davy_status create(davy_call *call, const char *name, davy_role role,
                          const davy_key_terms *terms)
{
    davy_buffer *out = &call->answer.body;
    char key[DAVY_KEY_MAX];
    davy_status status = audit_create(call, name, role, terms);

    if (status == DAVY_OK)
        status = davy_keys_create(call->system->keys, name, role, terms,
                                  davy_wall_ns(call->system->clock), key);
    if (status != DAVY_OK)
        return status;
    davy_json_object(out, NULL);
    davy_json_text(out, "name", name);
    davy_json_text(out, "role", davy_role_name(role));
    davy_json_text(out, "key", key[0] ? key : NULL);
    davy_json_object_end(out);
    sodium_memzero(key, sizeof key);
    status = davy_reply_json(call);
    call->answer.code = 201;
    (void) snprintf(call->answer.location, sizeof call->answer.location, "/api/v1/keys/%s", name);
    return status;
}

static davy_status read_terms(const json_t *body, davy_key_terms *terms)
{
    const char *models = davy_json_get(body, "models");
    const char *certificate = davy_json_get(body, "certificate");
    davy_status status = models ? davy_key_set_models(terms, models) : DAVY_OK;

    if (status == DAVY_OK && certificate)
        status = davy_key_set_certificate(terms, certificate);
    terms->rate = davy_json_get_number(body, "rate");
    terms->burst = davy_json_get_number(body, "burst");
    terms->queries_per_day = davy_json_get_number(body, "queries_per_day");
    if (status == DAVY_OK && terms->burst > 0 && terms->rate == 0)
        status = davy_fail(DAVY_ERR_INVALID, "'burst' needs 'rate'");
    return status;
}

davy_status davy_handle_key_create(davy_call *call)
{
    static const davy_json_field fields[] = {
        {"name", true, DAVY_KEY_NAME_MAX - 1},
        {"role", true, 16},
        {"models", false, DAVY_KEY_MODELS_MAX - 1},
        {"certificate", false, 2 * DAVY_KEY_CERTIFICATE_MAX},
        {"rate", false, 0},
        {"burst", false, 0},
        {"queries_per_day", false, 0},
    };
    davy_key_terms terms = {0};
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
        status = read_terms(body, &terms);
    if (status == DAVY_OK)
        status = create(call, davy_json_get(body, "name"), role, &terms);
    json_decref(body);
    return status;
}

static davy_status count_admin(void *context, const davy_key *key)
{
    *(size_t *) context += key->role == DAVY_ROLE_ADMIN;
    return DAVY_OK;
}

davy_status davy_handle_key_revoke(davy_call *call)
{
    davy_keys *keys = call->system->keys;
    size_t admins = 0;
    davy_key key;
    davy_status status = davy_keys_list(keys, count_admin, &admins);

    if (status != DAVY_OK)
        return status;
    if (davy_keys_find(keys, call->id, &key) && key.role == DAVY_ROLE_ADMIN && admins == 1)
        return davy_fail(DAVY_ERR_EXISTS, "'%s' is the last admin's key: make another one first",
                         call->id);
    status = davy_call_audit(call, "key.revoke", call->id, "requested", NULL);
    if (status == DAVY_OK)
        status = davy_keys_revoke(keys, call->id);
    if (status == DAVY_OK)
        call->answer.code = 204;
    return status;
}
