/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <microhttpd.h>
#include <sodium.h>

#include "core/sample.h"
#include "serve/access/jwks.h"
#include "serve/access/oidc_claims.h"
#include "serve/access/oidc_fetch.h"

/**
 * @file
 * Tokens of an issuer: the examples of the standard, then an issuer of our own on the loopback
 * whose tokens are bent in every way we know.
 */

/* -- The standard's examples ------------------------------------------------------------------- */

#define CLAIMS                                                                        \
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1" \
    "9yb290Ijp0cnVlfQ."

/* RFC 7515, appendix A.2 and A.3: keys and tokens to the letter. */
static const char rfc_keys[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a2\",\"e\":\"AQAB\",\"n\":"
    "\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0"
    "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z"
    "5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGh"
    "yxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"},"
    "{\"kty\":\"EC\",\"kid\":\"a3\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
static const char rfc_rs256[] =
    "eyJhbGciOiJSUzI1NiJ9" CLAIMS
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char rfc_es256[] =
    "eyJhbGciOiJFUzI1NiJ9" CLAIMS
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

static void the_examples_of_the_standard_are_verified(void **state)
{
    static const char *const tokens[] = {rfc_rs256, rfc_es256};
    char bent[1024];
    davy_jwks *keys;
    davy_jwt jwt;

    (void) state;
    assert_ok(davy_jwks_parse(rfc_keys, sizeof rfc_keys - 1, &keys));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tokens); i++) {
        assert_ok(davy_jwt_parse(tokens[i], &jwt));
        assert_ok(davy_jwks_verify(keys, &jwt));
        assert_string_equal(json_string_value(json_object_get(jwt.claims, "iss")), "joe");
        davy_jwt_clear(&jwt);
        (void) snprintf(bent, sizeof bent, "%s", tokens[i]);
        bent[strlen(bent) - 20] ^= 1;
        assert_ok(davy_jwt_parse(bent, &jwt));
        assert_fails(davy_jwks_verify(keys, &jwt), DAVY_ERR_DENIED, "signature");
        davy_jwt_clear(&jwt);
    }
    davy_jwks_destroy(keys);
}

/* -- Tokens of our own ------------------------------------------------------------------------- */

static gnutls_privkey_t rsa_key, p256_key;
static char issuer[64];

static void encode(const void *bytes, size_t length, char *text, size_t capacity)
{
    (void) sodium_bin2base64(text, capacity, bytes, length,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static size_t sign(gnutls_privkey_t key, bool rsa, const char *text, unsigned char *signature)
{
    gnutls_datum_t data = {(unsigned char *) text, (unsigned) strlen(text)}, made, r, s;
    size_t length;

    assert_int_equal(
        gnutls_privkey_sign_data2(key, rsa ? GNUTLS_SIGN_RSA_SHA256 : GNUTLS_SIGN_ECDSA_SHA256, 0,
                                  &data, &made),
        0);
    if (rsa) {
        memcpy(signature, made.data, made.size);
        length = made.size;
    } else {
        assert_int_equal(gnutls_decode_rs_value(&made, &r, &s), 0);
        memset(signature, 0, 64);
        /* numbers of DER: a leading zero, or fewer bytes than 32 */
        for (unsigned i = 0; i < 32 && i < r.size; i++)
            signature[31 - i] = r.data[r.size - 1 - i];
        for (unsigned i = 0; i < 32 && i < s.size; i++)
            signature[63 - i] = s.data[s.size - 1 - i];
        gnutls_free(r.data);
        gnutls_free(s.data);
        length = 64;
    }
    gnutls_free(made.data);
    return length;
}

/* A token with any header and claims; valid until the next but three. */
static const char *token(const char *header, const char *claims, gnutls_privkey_t key, bool rsa)
{
    static char texts[4][DAVY_JWT_MAX];
    static size_t next;
    char *text = texts[next++ % 4];
    unsigned char signature[1024];
    char part[4096];
    size_t length;

    encode(header, strlen(header), text, DAVY_JWT_MAX);
    encode(claims, strlen(claims), part, sizeof part);
    strcat(strcat(text, "."), part);
    length = sign(key, rsa, text, signature);
    encode(signature, length, part, sizeof part);
    return strcat(strcat(text, "."), part);
}

static void make_jwks(char *text, size_t capacity)
{
    gnutls_pubkey_t of_rsa, of_p256;
    gnutls_datum_t n, e, x, y;
    gnutls_ecc_curve_t curve;
    char parts[4][1024];

    assert_int_equal(gnutls_pubkey_init(&of_rsa), 0);
    assert_int_equal(gnutls_pubkey_init(&of_p256), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(of_rsa, rsa_key, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(of_p256, p256_key, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_export_rsa_raw2(of_rsa, &n, &e, GNUTLS_EXPORT_FLAG_NO_LZ), 0);
    assert_int_equal(gnutls_pubkey_export_ecc_raw2(of_p256, &curve, &x, &y, 0), 0);
    {
        gnutls_datum_t *const all[] = {&n, &e, &x, &y};

        for (size_t i = 0; i < 4; i++) {
            unsigned skip = i >= 2 && all[i]->size == 33; /* DER's leading zero */

            encode(all[i]->data + skip, all[i]->size - skip, parts[i], sizeof parts[i]);
            gnutls_free(all[i]->data);
        }
    }
    (void) snprintf(text, capacity,
                    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"},"
                    "{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"r\",\"n\":\"%s\","
                    "\"e\":\"%s\"},"
                    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"p\",\"x\":\"%s\",\"y\":\"%s\"}]}",
                    parts[0], parts[1], parts[2], parts[3]);
    gnutls_pubkey_deinit(of_rsa);
    gnutls_pubkey_deinit(of_p256);
}

/* -- The issuer -------------------------------------------------------------------------------- */

static struct MHD_Daemon *issuer_daemon;
static char jwks_text[8192];

static enum MHD_Result answer_issuer(void *context, struct MHD_Connection *connection,
                                     const char *url, const char *method, const char *version,
                                     const char *bytes, size_t *length, void **state)
{
    char document[256];
    struct MHD_Response *response;
    enum MHD_Result result;

    (void) context;
    (void) method;
    (void) version;
    (void) bytes;
    (void) length;
    (void) state;
    (void) snprintf(document, sizeof document, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}",
                    issuer, issuer);
    if (strcmp(url, "/.well-known/openid-configuration") == 0)
        response =
            MHD_create_response_from_buffer(strlen(document), document, MHD_RESPMEM_MUST_COPY);
    else
        response =
            MHD_create_response_from_buffer(strlen(jwks_text), jwks_text, MHD_RESPMEM_MUST_COPY);
    result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static int start(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const union MHD_DaemonInfo *info;

    (void) state;
    plant_start(NULL);
    assert_int_equal(gnutls_privkey_init(&rsa_key), 0);
    assert_int_equal(gnutls_privkey_init(&p256_key), 0);
    assert_int_equal(gnutls_privkey_generate(rsa_key, GNUTLS_PK_RSA, 2048, 0), 0);
    assert_int_equal(gnutls_privkey_generate(p256_key, GNUTLS_PK_ECDSA,
                                             GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                     0);
    make_jwks(jwks_text, sizeof jwks_text);
    issuer_daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer_issuer,
                                     NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    assert_non_null(issuer_daemon);
    info = MHD_get_daemon_info(issuer_daemon, MHD_DAEMON_INFO_BIND_PORT);
    (void) snprintf(issuer, sizeof issuer, "http://127.0.0.1:%u", info->port);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    MHD_stop_daemon(issuer_daemon);
    gnutls_privkey_deinit(rsa_key);
    gnutls_privkey_deinit(p256_key);
    plant_stop();
    return 0;
}

static davy_oidc_options wanted(void)
{
    static const char *const roles[] = {"plant-operators=operator", "plant-admins=admin"};

    return (davy_oidc_options){.issuer = issuer,
                               .audience = "davy",
                               .claim = "realm_access.roles",
                               .roles = roles,
                               .role_count = DAVY_ARRAY_LENGTH(roles)};
}

#define NOW_S 1800000000

/* The claims of a good token with one changed: `more` stands in for what it names. */
static const char *claims(const char *changed, const char *value)
{
    static const struct {
        const char *name, *value;
    } good[] = {
        {"aud", "\"davy\""},   {"sub", "\"ada\""},
        {"exp", "1800000600"}, {"nbf", "1799999990"},
        {"iat", "1799999990"}, {"realm_access", "{\"roles\":[\"other\",\"plant-operators\"]}"},
    };
    static char text[4][2048];
    static size_t next;
    char *at = text[next++ % 4];
    int length = 0;
    bool own_issuer = !changed || strcmp(changed, "iss") != 0;

    if (own_issuer)
        length = snprintf(at, 2048, "{\"iss\":\"%s\"", issuer);
    else
        length = snprintf(at, 2048, "{\"iss\":%s", value ? value : "null");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(good); i++) {
        bool is = changed && strcmp(changed, good[i].name) == 0;

        if (!is || value)
            length += snprintf(at + length, 2048 - (size_t) length, ",\"%s\":%s", good[i].name,
                               is ? value : good[i].value);
    }
    (void) snprintf(at + length, 2048 - (size_t) length, "}");
    return at;
}

static davy_oidc *start_oidc(void)
{
    const davy_oidc_options options = wanted();
    davy_oidc_who who;
    davy_oidc *oidc;

    assert_ok(davy_oidc_start(&options, &oidc));
    for (int i = 0; i < 2000; i++) { /* until the keys are there */
        const char *good =
            token("{\"alg\":\"ES256\",\"kid\":\"p\"}", claims(NULL, NULL), p256_key, false);

        if (davy_oidc_check(oidc, good, NOW_S * DAVY_NS_PER_S, &who) != DAVY_ERR_UNAVAILABLE)
            return oidc;
        usleep(5000);
    }
    fail_msg("the issuer was not asked");
    return NULL;
}

static void a_good_token_is_its_subject_with_the_mapped_role(void **state)
{
    davy_oidc *oidc = start_oidc();
    davy_oidc_who who;
    const char *text;

    (void) state;
    text = token("{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"JWT\"}", claims(NULL, NULL), rsa_key,
                 true);
    assert_false(davy_oidc_recall(oidc, text, NOW_S * DAVY_NS_PER_S, &who));
    assert_ok(davy_oidc_check(oidc, text, NOW_S * DAVY_NS_PER_S, &who));
    assert_string_equal(who.key.name, "oidc:ada");
    assert_int_equal(who.key.role, DAVY_ROLE_OPERATOR);
    assert_true(davy_oidc_recall(oidc, text, NOW_S * DAVY_NS_PER_S, &who));
    assert_false(davy_oidc_recall(oidc, text, (NOW_S + 660) * DAVY_NS_PER_S, &who)); /* it ended */
    assert_ok(davy_oidc_check(oidc,
                              token("{\"alg\":\"ES256\"}", claims(NULL, NULL), p256_key, false),
                              NOW_S * DAVY_NS_PER_S, &who)); /* no kid: the one that fits */
    davy_oidc_stop(oidc);
}

/* Every row is a token that must not be believed, signed by the issuer's own key where that says
 * more than a wrong signature would. RFC 8725 section 2 names most of them. */
static void a_hostile_token_is_not_believed(void **state)
{
    static const struct {
        const char *header;
        bool rsa; /* which key signs */
        const char *claim, *value;
    } cases[] = {
        {"{\"alg\":\"none\"}", true, NULL, NULL},
        {"{\"alg\":\"None\",\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"HS256\",\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"RS384\",\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"PS256\",\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"ES256\",\"kid\":\"r\"}", true, NULL, NULL},  /* another algorithm's key */
        {"{\"alg\":\"RS256\",\"kid\":\"p\"}", false, NULL, NULL}, /* and the other way */
        {"{\"alg\":\"ES256\",\"kid\":\"p\"}", true, NULL, NULL},
        {"{\"alg\":[\"RS256\"],\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"r\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"unknown\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"../../r\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\\u0000\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":7}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"zip\":\"DEF\"}", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"secevent+jwt\"}", true, NULL, NULL},
        {"[]", true, NULL, NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "iss", "\"https://evil.example\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "iss", NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "aud", "\"other\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "aud", "[\"other\",\"davy2\"]"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "aud", "[]"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "aud", "{\"davy\":true}"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "aud", NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "sub", NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "sub", "\"\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "sub", "[\"ada\"]"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "sub", "\"ada\\u0000admin\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", NULL},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", "\"1800000600\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", "1799999940"}, /* 60 s of leeway */
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", "-1"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", "1e300"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "exp", "99999999999999999999"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "nbf", "1800000061"},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "nbf", "\"soon\""},
        {"{\"alg\":\"RS256\",\"kid\":\"r\"}", true, "iat", "1800000061"},
    };
    davy_oidc *oidc = start_oidc();
    davy_oidc_who who;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const char *text = token(cases[i].header, claims(cases[i].claim, cases[i].value),
                                 cases[i].rsa ? rsa_key : p256_key, cases[i].rsa);

        if (davy_oidc_check(oidc, text, NOW_S * DAVY_NS_PER_S, &who) != DAVY_ERR_DENIED)
            fail_msg("believed: %s with %s %s", cases[i].header, cases[i].claim, cases[i].value);
        assert_false(davy_oidc_recall(oidc, text, NOW_S * DAVY_NS_PER_S, &who));
    }
    davy_oidc_stop(oidc);
}

/* What a signed token's text may be bent to. */
static void a_token_that_is_cut_or_bent_is_not_believed(void **state)
{
    davy_oidc *oidc = start_oidc();
    davy_oidc_who who;
    char text[DAVY_JWT_MAX], bent[DAVY_JWT_MAX + 64];
    const char *last;

    (void) state;
    (void) snprintf(
        text, sizeof text, "%s",
        token("{\"alg\":\"ES256\",\"kid\":\"p\"}", claims(NULL, NULL), p256_key, false));
    last = strrchr(text, '.');
    for (size_t cut = 0; cut < strlen(text); cut++) {
        (void) snprintf(bent, sizeof bent, "%.*s", (int) cut, text);
        assert_int_equal(davy_oidc_check(oidc, bent, NOW_S * DAVY_NS_PER_S, &who), DAVY_ERR_DENIED);
    }
    for (const char *const *more = (const char *const[]){"=", "A", ".", ".AAAA", " ", "\n", NULL};
         *more; more++) {
        (void) snprintf(bent, sizeof bent, "%s%s", text, *more);
        assert_int_equal(davy_oidc_check(oidc, bent, NOW_S * DAVY_NS_PER_S, &who), DAVY_ERR_DENIED);
    }
    (void) snprintf(bent, sizeof bent, "%.*s.", (int) (last - text), text); /* no signature */
    assert_int_equal(davy_oidc_check(oidc, bent, NOW_S * DAVY_NS_PER_S, &who), DAVY_ERR_DENIED);
    memset(bent, 'A', sizeof bent - 1);
    bent[sizeof bent - 1] = '\0';
    bent[10] = bent[20] = '.';
    assert_int_equal(davy_oidc_check(oidc, bent, NOW_S * DAVY_NS_PER_S, &who), DAVY_ERR_DENIED);
    davy_oidc_stop(oidc);
}

static void a_claim_is_mapped_to_the_highest_role_or_to_none(void **state)
{
    static const struct {
        const char *claim, *text;
        size_t roles; /* of the mapping that are given */
        davy_role role;
    } cases[] = {
        {"roles", "[\"plant-admins\",\"plant-operators\"]", 2, DAVY_ROLE_ADMIN},
        {"roles", "[\"plant-operators\"]", 2, DAVY_ROLE_OPERATOR},
        {"roles", "[\"admin\"]", 2,
         DAVY_ROLE_NONE}, /* its own words count only without a mapping */
        {"roles", "[\"admin\"]", 0, DAVY_ROLE_ADMIN},
        {"roles", "\"viewer other\"", 0, DAVY_ROLE_VIEWER},
        {"roles", "\"viewers\"", 0, DAVY_ROLE_NONE},
        {"roles", "[[\"admin\"],{\"a\":\"admin\"},7,null]", 0, DAVY_ROLE_NONE},
        {"roles", "[\"admin\\u0000x\"]", 0, DAVY_ROLE_NONE},
        {"roles", "true", 0, DAVY_ROLE_NONE},
        {"other", "[\"admin\"]", 0, DAVY_ROLE_NONE},
    };
    davy_oidc_options options = wanted();
    davy_oidc_who who;

    (void) state;
    options.claim = NULL;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        char text[512];
        json_t *object;

        (void) snprintf(text, sizeof text,
                        "{\"iss\":\"%s\",\"aud\":[\"x\",\"davy\"],\"sub\":\"a\",\"exp\":1800000600,"
                        "\"%s\":%s}",
                        issuer, cases[i].claim, cases[i].text);
        object = json_loads(text, JSON_ALLOW_NUL, NULL);
        assert_non_null(object);
        options.role_count = cases[i].roles;
        assert_ok(davy_oidc_read_claims(&options, object, NOW_S * DAVY_NS_PER_S, &who));
        if (who.key.role != cases[i].role)
            fail_msg("%s: %s", cases[i].text, davy_role_name(who.key.role));
        json_decref(object);
    }
}

/* A name in the audit is one person, whatever the subject has in it. */
static void two_subjects_are_never_one_name(void **state)
{
    static const char *const subjects[] = {
        "ada",
        "ada ",
        "ada\xC3\xA4",
        "<ada>",
        "0123456789012345678901234567890123456789012345678901234567",
        "0123456789012345678901234567890123456789012345678901234568"};
    davy_oidc_options options = wanted();
    davy_oidc_who who[DAVY_ARRAY_LENGTH(subjects)];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(subjects); i++) {
        json_t *object = json_pack("{s:s, s:s, s:s, s:i}", "iss", issuer, "aud", "davy", "sub",
                                   subjects[i], "exp", NOW_S + 600);

        assert_non_null(object);
        assert_ok(davy_oidc_read_claims(&options, object, NOW_S * DAVY_NS_PER_S, &who[i]));
        json_decref(object);
        assert_true(davy_oidc_is_name(who[i].key.name));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(who[i].key.name, who[j].key.name);
    }
}

static void options_are_checked(void **state)
{
    static const char *const addresses[] = {"http://issuer.example",
                                            "ftp://127.0.0.1",
                                            "",
                                            "http://127.0.0.1.evil.example",
                                            "https://",
                                            "http://localhost@evil.example",
                                            "http://127.0.0.1:80@evil.example/"};
    davy_oidc_options options = wanted();
    davy_oidc *oidc;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(addresses); i++) {
        options.issuer = addresses[i];
        assert_fails(davy_oidc_start(&options, &oidc), DAVY_ERR_INVALID, "https");
    }
    options = wanted();
    options.audience = NULL;
    assert_fails(davy_oidc_start(&options, &oidc), DAVY_ERR_INVALID, "--oidc-audience");
    options = wanted();
    options.roles = (const char *const[]){"a=root"};
    options.role_count = 1;
    assert_fails(davy_oidc_start(&options, &oidc), DAVY_ERR_INVALID, "VALUE=ROLE");
}

/* -- Through the server ------------------------------------------------------------------------ */

/* Nobody listens there, so that no token can be judged: whoever brings one is told when to try
 * again. */
static void a_token_that_cannot_be_judged_yet_is_asked_to_come_later(void **state)
{
    davy_server_options options = {.listen = "127.0.0.1:0", .oidc = wanted()};
    davy_server *plain = plant_server;
    char text[2048], later[DAVY_JWT_MAX];
    reply answer;

    (void) state;
    options.oidc.issuer = "http://127.0.0.1:1";
    (void) snprintf(
        text, sizeof text,
        "{\"iss\":\"http://127.0.0.1:1\",\"aud\":\"davy\",\"sub\":\"ada\",\"exp\":%lld}",
        (long long) time(NULL) + 600);
    (void) snprintf(later, sizeof later, "%s",
                    token("{\"alg\":\"ES256\",\"kid\":\"p\"}", text, p256_key, false));
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    answer = ask(&(request){.path = "/api/v1/me", .key = later});
    assert_code(answer, 503);
    assert_non_null(reply_header(&answer, "Retry-After"));
    reply_clear(&answer);
    davy_server_stop(plant_server);
    plant_server = plain;
}

static void a_token_opens_what_its_role_opens(void **state)
{
    const davy_server_options options = {.listen = "127.0.0.1:0", .oidc = wanted()};
    davy_server *plain = plant_server;
    char header[96], good[DAVY_JWT_MAX], nobody[DAVY_JWT_MAX], text[2048];
    time_t now = time(NULL);
    reply answer;

    (void) state;
    (void) snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"p\"}");
    (void) snprintf(text, sizeof text,
                    "{\"iss\":\"%s\",\"aud\":\"davy\",\"sub\":\"ada\",\"exp\":%lld,"
                    "\"realm_access\":{\"roles\":[\"plant-operators\"]}}",
                    issuer, (long long) now + 600);
    (void) snprintf(good, sizeof good, "%s", token(header, text, p256_key, false));
    (void) snprintf(text, sizeof text,
                    "{\"iss\":\"%s\",\"aud\":\"davy\",\"sub\":\"bob\",\"exp\":%lld}", issuer,
                    (long long) now + 600);
    (void) snprintf(nobody, sizeof nobody, "%s", token(header, text, p256_key, false));
    assert_ok(davy_server_start(&options, &plant_system, &plant_server));
    for (int i = 0; i < 2000; i++) {
        answer = ask(&(request){.path = "/api/v1/me", .key = good});
        if (answer.code != 503)
            break;
        assert_non_null(reply_header(&answer, "Retry-After"));
        reply_clear(&answer);
        usleep(5000);
    }
    assert_code(answer, 200);
    assert_non_null(strstr(answer.body, "\"oidc:ada\",\"role\":\"operator\""));
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/keys", .key = good});
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = nobody}); /* known, and may nothing */
    assert_code(answer, 403);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = rfc_es256, .from = "127.0.8.1"});
    assert_code(answer, 401);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v1/me", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 200); /* keys go on */
    reply_clear(&answer);
    answer = ask(&(request){.method = "POST", .path = "/api/v1/session", .key = good});
    assert_code(answer, 201); /* and a browser's session may be opened with it */
    {
        char cookie[160];
        const char *set = reply_header(&answer, "Set-Cookie");

        (void) snprintf(cookie, sizeof cookie, "Cookie: %.*s", (int) strcspn(set, ";"), set);
        reply_clear(&answer);
        answer = ask(&(request){.path = "/api/v1/me", .headers = cookie});
    }
    assert_code(answer, 200);
    assert_non_null(strstr(answer.body, "\"oidc:ada\""));
    reply_clear(&answer);
    davy_server_stop(plant_server);
    plant_server = plain;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_are_verified),
        cmocka_unit_test(a_good_token_is_its_subject_with_the_mapped_role),
        cmocka_unit_test(a_hostile_token_is_not_believed),
        cmocka_unit_test(a_token_that_is_cut_or_bent_is_not_believed),
        cmocka_unit_test(a_claim_is_mapped_to_the_highest_role_or_to_none),
        cmocka_unit_test(two_subjects_are_never_one_name),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(a_token_that_cannot_be_judged_yet_is_asked_to_come_later),
        cmocka_unit_test(a_token_opens_what_its_role_opens),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
