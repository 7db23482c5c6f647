/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/jwks.h"

#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <sodium.h>

#define RSA_BYTES_MIN 256 /* 2048 bits */
#define RSA_BYTES_MAX 1024
#define P256_BYTES    32

typedef struct public_key {
    char kid[DAVY_JWT_KID_MAX];
    davy_jwt_algorithm algorithm;
    gnutls_pubkey_t key;
} public_key;

struct davy_jwks {
    size_t count;
    public_key keys[DAVY_JWKS_KEYS_MAX];
};

/* A number in base64url; false when it is none or longer than the room for it. */
static bool read_bytes(const json_t *object, const char *name, unsigned char *bytes,
                       size_t capacity, size_t *length)
{
    const json_t *text = json_object_get(object, name);
    const char *end = NULL;

    return json_is_string(text) &&
           sodium_base642bin(bytes, capacity, json_string_value(text), json_string_length(text),
                             NULL, length, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == json_string_value(text) + json_string_length(text);
}

static bool import_rsa(const json_t *object, gnutls_pubkey_t key)
{
    unsigned char modulus[RSA_BYTES_MAX + 1], exponent[8];
    gnutls_datum_t n = {modulus, 0}, e = {exponent, 0};
    size_t n_length = 0, e_length = 0;

    if (!read_bytes(object, "n", modulus, sizeof modulus, &n_length) ||
        !read_bytes(object, "e", exponent, sizeof exponent, &e_length) ||
        n_length < RSA_BYTES_MIN || n_length > RSA_BYTES_MAX || !(modulus[0] & 0x80) ||
        e_length == 0 || !(exponent[e_length - 1] & 1) || (e_length == 1 && exponent[0] == 1))
        return false;
    n.size = (unsigned) n_length;
    e.size = (unsigned) e_length;
    return gnutls_pubkey_import_rsa_raw(key, &n, &e) == 0;
}

static bool import_p256(const json_t *object, gnutls_pubkey_t key)
{
    const char *curve = json_string_value(json_object_get(object, "crv"));
    unsigned char x_bytes[P256_BYTES], y_bytes[P256_BYTES];
    gnutls_datum_t x = {x_bytes, P256_BYTES}, y = {y_bytes, P256_BYTES};
    size_t x_length = 0, y_length = 0;

    return curve && strcmp(curve, "P-256") == 0 &&
           read_bytes(object, "x", x_bytes, sizeof x_bytes, &x_length) && x_length == P256_BYTES &&
           read_bytes(object, "y", y_bytes, sizeof y_bytes, &y_length) && y_length == P256_BYTES &&
           gnutls_pubkey_import_ecc_raw(key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) == 0;
}

static const struct {
    const char *type, *algorithm;
    davy_jwt_algorithm value;
    bool (*import)(const json_t *object, gnutls_pubkey_t key);
} kinds[] = {
    {"RSA", "RS256", DAVY_JWT_RS256, import_rsa},
    {"EC", "ES256", DAVY_JWT_ES256, import_p256},
};

/* True when the member is absent or says the word. */
static bool agrees(const json_t *object, const char *name, const char *word)
{
    const json_t *member = json_object_get(object, name);

    return !member || (json_is_string(member) && strcmp(json_string_value(member), word) == 0);
}

/* False for a key of another kind or use. */
static bool read_key(const json_t *object, public_key *out)
{
    const char *type = json_string_value(json_object_get(object, "kty"));
    const json_t *kid = json_object_get(object, "kid");

    *out = (public_key){0};
    if (!type || !agrees(object, "use", "sig") ||
        (kid && (!json_is_string(kid) || json_string_length(kid) >= sizeof out->kid)))
        return false;
    if (kid)
        memcpy(out->kid, json_string_value(kid), json_string_length(kid) + 1);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++) {
        if (strcmp(type, kinds[i].type) != 0 || !agrees(object, "alg", kinds[i].algorithm) ||
            gnutls_pubkey_init(&out->key) != 0)
            continue;
        out->algorithm = kinds[i].value;
        if (kinds[i].import(object, out->key))
            return true;
        gnutls_pubkey_deinit(out->key);
    }
    return false;
}

davy_status davy_jwks_parse(const char *text, size_t length, davy_jwks **out)
{
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    json_t *list = json_object_get(root, "keys");
    davy_jwks *keys = calloc(1, sizeof *keys);

    for (size_t i = 0; keys && i < json_array_size(list) && keys->count < DAVY_JWKS_KEYS_MAX; i++)
        if (read_key(json_array_get(list, i), &keys->keys[keys->count]))
            keys->count++;
    json_decref(root);
    if (!keys)
        return davy_fail(DAVY_ERR_NOMEM, "the issuer's keys");
    if (keys->count == 0) {
        davy_jwks_destroy(keys);
        return davy_fail(DAVY_ERR_INVALID, "the issuer has no key for RS256 or ES256");
    }
    *out = keys;
    return DAVY_OK;
}

void davy_jwks_destroy(davy_jwks *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++)
        gnutls_pubkey_deinit(keys->keys[i].key);
    free(keys);
}

static const public_key *find_key(const davy_jwks *keys, const davy_jwt *jwt)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->keys[i].algorithm == jwt->algorithm &&
            (!jwt->kid[0] || strcmp(keys->keys[i].kid, jwt->kid) == 0))
            return &keys->keys[i];
    return NULL;
}

/* RFC 7518 writes an ECDSA signature as r and s, GnuTLS wants them in DER. */
static bool verify_es256(const public_key *by, const gnutls_datum_t *data, davy_jwt *jwt)
{
    gnutls_datum_t r = {jwt->signature, P256_BYTES}, s = {jwt->signature + P256_BYTES, P256_BYTES};
    gnutls_datum_t der = {0};
    bool good;

    if (jwt->signature_length != 2 * (size_t) P256_BYTES ||
        gnutls_encode_rs_value(&der, &r, &s) < 0)
        return false;
    good = gnutls_pubkey_verify_data2(by->key, GNUTLS_SIGN_ECDSA_SHA256, 0, data, &der) >= 0;
    gnutls_free(der.data);
    return good;
}

static bool verify_rs256(const public_key *by, const gnutls_datum_t *data, davy_jwt *jwt)
{
    gnutls_datum_t signature = {jwt->signature, (unsigned) jwt->signature_length};

    return gnutls_pubkey_verify_data2(by->key, GNUTLS_SIGN_RSA_SHA256, 0, data, &signature) >= 0;
}

davy_status davy_jwks_verify(const davy_jwks *keys, const davy_jwt *jwt)
{
    davy_jwt copy = *jwt; /* GnuTLS has no const */
    gnutls_datum_t data = {(unsigned char *) jwt->text, (unsigned) jwt->signed_length};
    const public_key *by = find_key(keys, jwt);

    if (!by)
        return davy_fail(DAVY_ERR_NOT_FOUND, "the token is signed by a key that is not known");
    if (!(by->algorithm == DAVY_JWT_ES256 ? verify_es256 : verify_rs256)(by, &data, &copy))
        return davy_fail(DAVY_ERR_DENIED, "the token's signature is wrong");
    return DAVY_OK;
}
