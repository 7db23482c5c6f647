/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/jwt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

static bool decode(const char *text, size_t length, unsigned char *bytes, size_t capacity,
                   size_t *written)
{
    const char *end = NULL;

    return sodium_base642bin(bytes, capacity, text, length, NULL, written, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == text + length;
}

/* A part that is a JSON object without doubles; NULL when it is not. */
static json_t *decode_object(const char *text, size_t length)
{
    unsigned char bytes[DAVY_JWT_MAX];
    size_t written = 0;
    json_t *object;

    if (!decode(text, length, bytes, sizeof bytes, &written))
        return NULL;
    object = json_loadb((const char *) bytes, written, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

static davy_status read_algorithm(const json_t *header, davy_jwt_algorithm *algorithm)
{
    const char *name = json_string_value(json_object_get(header, "alg"));

    if (name && strcmp(name, "RS256") == 0)
        *algorithm = DAVY_JWT_RS256;
    else if (name && strcmp(name, "ES256") == 0)
        *algorithm = DAVY_JWT_ES256;
    else
        return davy_fail(DAVY_ERR_INVALID, "the token is signed by none of RS256 and ES256");
    return DAVY_OK;
}

static davy_status read_header(const json_t *header, davy_jwt *jwt)
{
    static const char *const extensions[] = {"crit", "zip", "enc"};
    const json_t *kid = json_object_get(header, "kid"), *type = json_object_get(header, "typ");
    const char *word = json_string_value(type);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(extensions); i++)
        if (json_object_get(header, extensions[i]))
            return davy_fail(DAVY_ERR_INVALID, "the token's header has '%s'", extensions[i]);
    if (type && (!word || (strcasecmp(word, "JWT") != 0 && strcasecmp(word, "at+jwt") != 0)))
        return davy_fail(DAVY_ERR_INVALID, "the token is of another type");
    if (kid && (!json_is_string(kid) || json_string_length(kid) >= sizeof jwt->kid ||
                strlen(json_string_value(kid)) != json_string_length(kid)))
        return davy_fail(DAVY_ERR_INVALID, "the token's 'kid' cannot be read");
    if (kid)
        memcpy(jwt->kid, json_string_value(kid), json_string_length(kid) + 1);
    return read_algorithm(header, &jwt->algorithm);
}

davy_status davy_jwt_parse(const char *text, davy_jwt *jwt)
{
    const char *first = strchr(text, '.');
    const char *second = first ? strchr(first + 1, '.') : NULL;
    json_t *header;
    davy_status status;

    *jwt = (davy_jwt){.text = text};
    if (!second || strchr(second + 1, '.') || strlen(text) > DAVY_JWT_MAX)
        return davy_fail(DAVY_ERR_INVALID, "this is no signed token");
    jwt->signed_length = (size_t) (second - text);
    if (!decode(second + 1, strlen(second + 1), jwt->signature, sizeof jwt->signature,
                &jwt->signature_length) ||
        jwt->signature_length == 0)
        return davy_fail(DAVY_ERR_INVALID, "the token has no signature that can be read");
    header = decode_object(text, (size_t) (first - text));
    if (!header)
        return davy_fail(DAVY_ERR_INVALID, "the token's header cannot be read");
    status = read_header(header, jwt);
    json_decref(header);
    if (status != DAVY_OK)
        return status;
    jwt->claims = decode_object(first + 1, (size_t) (second - first - 1));
    return jwt->claims ? DAVY_OK : davy_fail(DAVY_ERR_INVALID, "the token's claims cannot be read");
}

void davy_jwt_clear(davy_jwt *jwt)
{
    json_decref(jwt->claims);
    jwt->claims = NULL;
}
