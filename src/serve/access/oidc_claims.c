/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/oidc_claims.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "core/sample.h"
#include "serve/access/oidc_fetch.h"

#define NAME_PREFIX "oidc:"
#define HASH_BYTES  crypto_generichash_BYTES_MIN
#define NAME_KEPT   24             /* of a subject that is too long or has unusual characters */
#define CLAIM_DEPTH 4              /* "resource_access.davy.roles" has three */
#define YEAR_9999_S 253402300799LL /* times beyond are no times */

static davy_role role_of_pair(const char *pair, const char *value, size_t length)
{
    const char *equals = strrchr(pair, '=');

    if (!equals || (size_t) (equals - pair) != length || memcmp(pair, value, length) != 0)
        return DAVY_ROLE_NONE;
    return davy_role_parse(equals + 1);
}

static davy_role map_value(const davy_oidc_options *options, const char *value, size_t length)
{
    davy_role best = DAVY_ROLE_NONE;
    char word[16];

    for (size_t i = 0; i < options->role_count; i++) {
        davy_role role = role_of_pair(options->roles[i], value, length);

        if (role > best)
            best = role;
    }
    if (options->role_count > 0 || length >= sizeof word)
        return best;
    (void) snprintf(word, sizeof word, "%.*s", (int) length, value);
    return strlen(word) == length ? davy_role_parse(word) : DAVY_ROLE_NONE;
}

/* A text is a list of words, as OAuth's scope is. */
static davy_role map_text(const davy_oidc_options *options, const char *text)
{
    davy_role best = DAVY_ROLE_NONE;

    while (*text) {
        size_t length = strcspn(text, " ");
        davy_role role = map_value(options, text, length);

        if (role > best)
            best = role;
        text += length + strspn(text + length, " ");
    }
    return best;
}

/* "realm_access.roles": a member of a member; a name that has a dot itself comes first. */
static const json_t *find_claim(const json_t *claims, const char *path)
{
    const json_t *at = json_object_get(claims, path);
    char name[128];

    for (int depth = 0; !at && depth < CLAIM_DEPTH && strchr(path, '.'); depth++) {
        size_t length = strcspn(path, ".");

        (void) snprintf(name, sizeof name, "%.*s", (int) length, path);
        claims = json_object_get(claims, name);
        path += length + 1;
        at = json_object_get(claims, path);
    }
    return at;
}

static davy_role map_role(const davy_oidc_options *options, const json_t *claims)
{
    const json_t *claim = find_claim(claims, options->claim ? options->claim : "roles");
    davy_role best =
        json_is_string(claim) ? map_text(options, json_string_value(claim)) : DAVY_ROLE_NONE;

    for (size_t i = 0; i < json_array_size(claim); i++) {
        const json_t *value = json_array_get(claim, i);
        davy_role role = json_is_string(value) ? map_value(options, json_string_value(value),
                                                           json_string_length(value))
                                               : DAVY_ROLE_NONE;

        if (role > best)
            best = role;
    }
    return best;
}

/* A time that is missing is `absent`; one that is none ends every token. */
static bool read_time(const json_t *claims, const char *name, int64_t absent, int64_t *seconds)
{
    const json_t *value = json_object_get(claims, name);
    double number = json_number_value(value);

    *seconds = value ? 0 : absent;
    if (!value)
        return true;
    if (!json_is_number(value) || !(number >= 0) || number > (double) YEAR_9999_S)
        return false;
    *seconds = (int64_t) number;
    return true;
}

static bool is_for(const json_t *claims, const char *audience)
{
    const json_t *aud = json_object_get(claims, "aud");

    if (json_is_string(aud))
        return strcmp(json_string_value(aud), audience) == 0;
    for (size_t i = 0; i < json_array_size(aud); i++) {
        const char *one = json_string_value(json_array_get(aud, i));

        if (one && strcmp(one, audience) == 0)
            return true;
    }
    return false;
}

/* "oidc:SUBJECT"; a subject that does not fit a name is told by its beginning and its hash, so that
 * two are never one. */
static void write_name(const char *subject, char name[DAVY_KEY_NAME_MAX])
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@|";
    size_t length = strlen(subject), kept = strspn(subject, plain);
    unsigned char hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];

    if (kept == length && length + sizeof NAME_PREFIX <= DAVY_KEY_NAME_MAX) {
        (void) snprintf(name, DAVY_KEY_NAME_MAX, NAME_PREFIX "%s", subject);
        return;
    }
    (void) crypto_generichash(hash, sizeof hash, (const unsigned char *) subject, length, NULL, 0);
    (void) snprintf(name, DAVY_KEY_NAME_MAX, NAME_PREFIX "%.*s~%s",
                    (int) (kept < NAME_KEPT ? kept : NAME_KEPT), subject,
                    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
}

bool davy_oidc_is_name(const char *name)
{
    return strncmp(name, NAME_PREFIX, sizeof NAME_PREFIX - 1) == 0;
}

davy_status davy_oidc_read_claims(const davy_oidc_options *options, const json_t *claims,
                                  int64_t wall_ns, davy_oidc_who *who)
{
    const char *issuer = json_string_value(json_object_get(claims, "iss"));
    const json_t *subject = json_object_get(claims, "sub");
    int64_t now_s = wall_ns / DAVY_NS_PER_S, ends_s, begins_s, issued_s;

    if (!issuer || strcmp(issuer, options->issuer) != 0)
        return davy_fail(DAVY_ERR_DENIED, "the token is of another issuer");
    if (!is_for(claims, options->audience))
        return davy_fail(DAVY_ERR_DENIED, "the token is for another audience");
    if (!read_time(claims, "exp", 0, &ends_s) || !read_time(claims, "nbf", 0, &begins_s) ||
        !read_time(claims, "iat", 0, &issued_s) || ends_s == 0)
        return davy_fail(DAVY_ERR_DENIED, "the token's times cannot be read");
    if (now_s >= ends_s + DAVY_OIDC_LEEWAY_S)
        return davy_fail(DAVY_ERR_DENIED, "the token's time is over");
    if (begins_s > now_s + DAVY_OIDC_LEEWAY_S || issued_s > now_s + DAVY_OIDC_LEEWAY_S)
        return davy_fail(DAVY_ERR_DENIED, "the token's time has not come");
    if (!json_is_string(subject) || json_string_length(subject) == 0 ||
        strlen(json_string_value(subject)) != json_string_length(subject))
        return davy_fail(DAVY_ERR_DENIED, "the token has no subject");
    *who = (davy_oidc_who){.key.role = map_role(options, claims),
                           .ends_ns = (ends_s + DAVY_OIDC_LEEWAY_S) * DAVY_NS_PER_S};
    if (ends_s > INT64_MAX / DAVY_NS_PER_S - DAVY_OIDC_LEEWAY_S)
        who->ends_ns = INT64_MAX;
    write_name(json_string_value(subject), who->key.name);
    return DAVY_OK;
}

davy_status davy_oidc_check_options(const davy_oidc_options *options)
{
    if (!options->issuer || !options->audience || !options->audience[0])
        return davy_fail(DAVY_ERR_INVALID, "tokens need both --oidc-issuer and --oidc-audience");
    if (!davy_oidc_may_ask(options->issuer))
        return davy_fail(DAVY_ERR_INVALID,
                         "the issuer '%s' is no https address (http is for the loopback alone)",
                         options->issuer);
    for (size_t i = 0; i < options->role_count; i++) {
        const char *equals = strrchr(options->roles[i], '=');

        if (!equals || equals == options->roles[i] || davy_role_parse(equals + 1) == DAVY_ROLE_NONE)
            return davy_fail(DAVY_ERR_INVALID,
                             "'%s' is not VALUE=ROLE with viewer, operator, engineer or admin",
                             options->roles[i]);
    }
    return DAVY_OK;
}
