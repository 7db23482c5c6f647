/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "core/file.h"

/**
 * @file
 * TLS of the server, asked by libcurl with OpenSSL: another implementation than the server's. The
 * certificates are made here.
 */

#define HOUR 3600

static char folder[64];

/* -- Certificates ------------------------------------------------------------------------------ */

typedef struct identity {
    char pem[96], key_file[96];
    char fingerprint[DAVY_TLS_FINGERPRINT_MAX];
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
} identity;

static void write_file(const char *path, gnutls_datum_t text, mode_t mode)
{
    assert_ok(davy_file_replace(path, text.data, text.size, mode));
    gnutls_free(text.data);
}

static void describe(gnutls_x509_crt_t certificate, const char *name, const char *purpose,
                     long ends_in_s)
{
    unsigned char serial[8];
    time_t now = time(NULL);
    int error = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);

    serial[0] &= 0x7F;
    error |= gnutls_x509_crt_set_version(certificate, 3);
    error |= gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    error |= gnutls_x509_crt_set_activation_time(certificate, now - 2 * HOUR);
    error |= gnutls_x509_crt_set_expiration_time(certificate, now + ends_in_s);
    error |= gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                           (unsigned) strlen(name));
    error |= gnutls_x509_crt_set_basic_constraints(certificate, purpose ? 0 : 1, -1);
    error |= gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, "\x7f\0\0\1",
                                                  4, GNUTLS_FSAN_SET);
    if (purpose)
        error |= gnutls_x509_crt_set_key_purpose_oid(certificate, purpose, 0);
    assert_int_equal(error, 0);
}

/* Files of a key and its certificate, signed by an issuer or by itself; without a purpose it is an
 * authority. */
static identity make(const char *name, const identity *issuer, const char *purpose, long ends_in_s)
{
    identity made;
    gnutls_datum_t text;
    size_t length = 32;
    unsigned char hash[32];

    assert_int_equal(gnutls_x509_privkey_init(&made.key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(made.key, GNUTLS_PK_ECDSA,
                                                  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                                  0),
                     0);
    assert_int_equal(gnutls_x509_crt_init(&made.certificate), 0);
    describe(made.certificate, name, purpose, ends_in_s);
    assert_int_equal(gnutls_x509_crt_set_key(made.certificate, made.key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(made.certificate,
                                           issuer ? issuer->certificate : made.certificate,
                                           issuer ? issuer->key : made.key, GNUTLS_DIG_SHA256, 0),
                     0);
    assert_int_equal(
        gnutls_x509_crt_get_fingerprint(made.certificate, GNUTLS_DIG_SHA256, hash, &length), 0);
    for (size_t i = 0; i < length; i++)
        (void) snprintf(made.fingerprint + 2 * i, 3, "%02x", hash[i]);
    (void) snprintf(made.pem, sizeof made.pem, "%s/%s.pem", folder, name);
    (void) snprintf(made.key_file, sizeof made.key_file, "%s/%s.key", folder, name);
    assert_int_equal(gnutls_x509_crt_export2(made.certificate, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(made.pem, text, 0644);
    assert_int_equal(gnutls_x509_privkey_export2(made.key, GNUTLS_X509_FMT_PEM, &text), 0);
    write_file(made.key_file, text, 0600);
    return made;
}

static void forget(identity *made)
{
    gnutls_x509_crt_deinit(made->certificate);
    gnutls_x509_privkey_deinit(made->key);
    (void) unlink(made->pem);
    (void) unlink(made->key_file);
}

/* -- A server and its clients ------------------------------------------------------------------ */

static identity authority, site, renewed, old, client, alien, elsewhere;

static int start(void **state)
{
    (void) state;
    plant_start(NULL);
    (void) snprintf(folder, sizeof folder, "/tmp/davy-tls-XXXXXX");
    assert_non_null(mkdtemp(folder));
    authority = make("authority", NULL, NULL, 24 * HOUR);
    site = make("site", &authority, GNUTLS_KP_TLS_WWW_SERVER, 12 * HOUR);
    renewed = make("renewed", &authority, GNUTLS_KP_TLS_WWW_SERVER, 13 * HOUR);
    old = make("old", &authority, GNUTLS_KP_TLS_WWW_SERVER, -HOUR);
    client = make("client", &authority, GNUTLS_KP_TLS_WWW_CLIENT, 12 * HOUR);
    alien = make("alien", NULL, GNUTLS_KP_TLS_WWW_CLIENT, 12 * HOUR);
    elsewhere = make("elsewhere", &authority, GNUTLS_KP_TLS_WWW_SERVER, 12 * HOUR);
    return 0;
}

static int stop(void **state)
{
    identity *const all[] = {&authority, &site, &renewed, &old, &client, &alien, &elsewhere};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(all); i++)
        forget(all[i]);
    plant_stop();
    return rmdir(folder);
}

static davy_status serve(const char *certificate, const char *key, const char *clients,
                         davy_server **server)
{
    const davy_server_options options = {.listen = "127.0.0.1:0",
                                         .tls = {certificate, key, clients}};

    return davy_server_start(&options, &plant_system, server);
}

typedef struct visit {
    const identity *as; /* the client's certificate; NULL for none */
    const char *key;    /* NULL for none */
    const char *path;   /* NULL: /health/live */
    const char *origin; /* header Origin; NULL for none */
    long versions;      /* CURL_SSLVERSION_...; 0: TLS 1.3 */
    const char *pin;    /* instead of the authority */
} visit;

static size_t forget_bytes(char *bytes, size_t size, size_t count, void *context)
{
    (void) bytes;
    (void) context;
    return size * count;
}

/* HTTP's code; 0 when there was no answer. */
static long go(davy_server *server, const visit *wish)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    char url[160], line[160];
    long code = 0;

    (void) snprintf(url, sizeof url, "https://%s%s", davy_server_address(server),
                    wish->path ? wish->path : "/health/live");
    (void) snprintf(line, sizeof line, "Authorization: Bearer %s", wish->key ? wish->key : "");
    if (wish->key)
        headers = curl_slist_append(headers, line);
    (void) snprintf(line, sizeof line, "Origin: %s", wish->origin ? wish->origin : "");
    if (wish->origin)
        headers = curl_slist_append(headers, line);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget_bytes);
    curl_easy_setopt(curl, CURLOPT_CAINFO, authority.pem);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                     wish->versions ? wish->versions : (long) CURL_SSLVERSION_TLSv1_3);
    if (wish->as) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT, wish->as->pem);
        curl_easy_setopt(curl, CURLOPT_SSLKEY, wish->as->key_file);
    }
    if (wish->pin) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, wish->pin);
    }
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return code;
}

static void speaks_tls_1_3_and_nothing_older(void **state)
{
    davy_server *server;
    int bare;

    (void) state;
    assert_ok(serve(site.pem, site.key_file, NULL, &server));
    assert_int_equal(go(server, &(visit){0}), 200);
    assert_int_equal(go(server, &(visit){.key = plant_key(DAVY_ROLE_VIEWER), .path = "/api/v1/me"}),
                     200);
    assert_int_equal(go(server, &(visit){.path = "/api/v1/me"}), 401);
    assert_int_equal(
        go(server, &(visit){.versions = CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2}), 0);
    assert_int_equal(
        go(server, &(visit){.versions = CURL_SSLVERSION_TLSv1_0 | CURL_SSLVERSION_MAX_TLSv1_1}), 0);
    bare = connect_raw(NULL); /* to the plain server beside it, which lives on */
    assert_true(bare >= 0);
    close(bare);
    davy_server_stop(server);
}

static void a_faulty_file_is_told_by_name_and_remedy(void **state)
{
    davy_server *server;
    char nowhere[96];

    (void) state;
    (void) snprintf(nowhere, sizeof nowhere, "%s/nowhere.pem", folder);
    assert_fails(serve(site.pem, client.key_file, NULL, &server), DAVY_ERR_INVALID, "does not fit");
    assert_fails(serve(site.key_file, site.key_file, NULL, &server), DAVY_ERR_INVALID,
                 "no certificate");
    assert_fails(serve(site.pem, NULL, NULL, &server), DAVY_ERR_INVALID, "--tls-key");
    assert_fails(serve(NULL, NULL, authority.pem, &server), DAVY_ERR_INVALID, "--tls-cert");
    assert_fails(serve(site.pem, site.key_file, site.key_file, &server), DAVY_ERR_INVALID,
                 "no authority");
    assert_fails(serve(nowhere, site.key_file, NULL, &server), DAVY_ERR_NOT_FOUND, "nowhere.pem");
    assert_int_equal(chmod(site.key_file, 0644), 0);
    assert_fails(serve(site.pem, site.key_file, NULL, &server), DAVY_ERR_DENIED, "chmod 600");
    assert_int_equal(chmod(site.key_file, 0640), 0); /* Debian's group ssl-cert */
    assert_ok(serve(site.pem, site.key_file, NULL, &server));
    davy_server_stop(server);
    assert_int_equal(chmod(site.key_file, 0600), 0);
}

/* Alarms must not wait for a certificate; who renews one wants to know that it was no use. */
static void an_ended_certificate_is_served_at_the_start_and_refused_later(void **state)
{
    davy_server *server;
    davy_tls *tls;

    (void) state;
    assert_ok(serve(old.pem, old.key_file, NULL, &server));
    assert_int_equal(go(server, &(visit){0}), 0); /* the client refuses it */
    davy_server_stop(server);
    assert_ok(davy_tls_create(&(davy_tls_files){old.pem, old.key_file, NULL}, &tls));
    assert_fails(davy_tls_reload(tls), DAVY_ERR_INVALID, "old.pem");
    davy_tls_destroy(tls);
}

static void replace_with(const identity *by)
{
    davy_buffer text = {0};

    assert_ok(davy_file_read(by->pem, 1 << 20, &text));
    assert_ok(davy_file_replace(site.pem, text.bytes, text.length, 0644));
    davy_buffer_clear(&text);
    assert_ok(davy_file_read(by->key_file, 1 << 20, &text));
    assert_ok(davy_file_replace(site.key_file, text.bytes, text.length, 0600));
    davy_buffer_clear(&text);
}

static void a_renewed_certificate_is_served_after_a_reload(void **state)
{
    char first[DAVY_TLS_PIN_MAX], second[DAVY_TLS_PIN_MAX];
    davy_server *server;
    davy_buffer pem = {0}, key = {0};

    (void) state;
    assert_ok(davy_file_read(site.pem, 1 << 20, &pem));
    assert_ok(davy_file_read(site.key_file, 1 << 20, &key));
    assert_ok(serve(site.pem, site.key_file, NULL, &server));
    assert_true(davy_server_pin(server, first));
    assert_int_equal(go(server, &(visit){.pin = first}), 200);
    replace_with(&renewed);
    assert_int_equal(go(server, &(visit){.pin = first}), 200); /* not before it is told */
    assert_ok(davy_server_reload_tls(server));
    assert_true(davy_server_pin(server, second));
    assert_string_not_equal(first, second);
    assert_int_equal(go(server, &(visit){.pin = first}), 0);
    assert_int_equal(go(server, &(visit){.pin = second}), 200);
    assert_ok(davy_file_replace(site.key_file, "-", 1, 0600));
    assert_fails(davy_server_reload_tls(server), DAVY_ERR_INVALID, "site.key");
    assert_int_equal(go(server, &(visit){.pin = second}), 200); /* the old one goes on */
    davy_server_stop(server);
    assert_ok(davy_file_replace(site.pem, pem.bytes, pem.length, 0644));
    assert_ok(davy_file_replace(site.key_file, key.bytes, key.length, 0600));
    davy_buffer_clear(&pem);
    davy_buffer_clear(&key);
}

static void a_client_authority_locks_out_who_has_no_certificate_of_it(void **state)
{
    davy_server *server;

    (void) state;
    assert_ok(serve(site.pem, site.key_file, authority.pem, &server));
    assert_int_equal(go(server, &(visit){0}), 0);
    assert_int_equal(go(server, &(visit){.as = &alien}), 0);
    assert_int_equal(go(server, &(visit){.as = &elsewhere}), 0); /* of a server, not of a client */
    assert_int_equal(go(server, &(visit){.as = &client}), 200);
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me"}), 401); /* no key */
    assert_int_equal(
        go(server,
           &(visit){.as = &client, .key = plant_key(DAVY_ROLE_VIEWER), .path = "/api/v1/me"}),
        200);
    davy_server_stop(server);
}

static void a_certificate_stands_for_the_key_that_was_made_for_it(void **state)
{
    davy_key_terms terms = {0};
    davy_server *server;
    char text[DAVY_KEY_MAX], origin[96];

    (void) state;
    assert_ok(davy_key_set_certificate(&terms, client.fingerprint));
    assert_ok(davy_keys_create(plant_system.keys, "gate", DAVY_ROLE_VIEWER, &terms, 1, text));
    assert_ok(serve(site.pem, site.key_file, authority.pem, &server));
    (void) snprintf(origin, sizeof origin, "https://%s", davy_server_address(server));
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me"}), 200);
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/keys"}), 403);
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me", .origin = origin}),
                     200);
    /* a browser shows its certificate for pages of other sites too */
    assert_int_equal(
        go(server, &(visit){.as = &client, .path = "/api/v1/me", .origin = "https://evil.example"}),
        403);
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me", .origin = "null"}),
                     403);
    /* a wrong key is not made good by it */
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me", .key = "davy_wrong"}),
                     401);
    assert_ok(davy_keys_revoke(plant_system.keys, "gate"));
    assert_int_equal(go(server, &(visit){.as = &client, .path = "/api/v1/me"}), 401);
    davy_server_stop(server);
}

static void plain_http_stays_on_the_loopback_until_it_is_wanted(void **state)
{
    static const char *const near[] = {"127.0.0.1:0", "127.3.2.1:0", "[::1]:0"};
    davy_server *server;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(near); i++) {
        const davy_server_options options = {.listen = near[i]};

        if (strchr(near[i], '[') && access("/proc/net/if_inet6", F_OK) != 0)
            continue;
        assert_ok(davy_server_start(&options, &plant_system, &server));
        davy_server_stop(server);
    }
    assert_fails(
        davy_server_start(&(davy_server_options){.listen = "0.0.0.0:0"}, &plant_system, &server),
        DAVY_ERR_DENIED, "--insecure");
    assert_ok(davy_server_start(&(davy_server_options){.listen = "0.0.0.0:0", .insecure = true},
                                &plant_system, &server));
    davy_server_stop(server);
    assert_ok(davy_server_start(
        &(davy_server_options){.listen = "0.0.0.0:0", .tls = {site.pem, site.key_file, NULL}},
        &plant_system, &server));
    davy_server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_tls_1_3_and_nothing_older),
        cmocka_unit_test(a_faulty_file_is_told_by_name_and_remedy),
        cmocka_unit_test(an_ended_certificate_is_served_at_the_start_and_refused_later),
        cmocka_unit_test(a_renewed_certificate_is_served_after_a_reload),
        cmocka_unit_test(a_client_authority_locks_out_who_has_no_certificate_of_it),
        cmocka_unit_test(a_certificate_stands_for_the_key_that_was_made_for_it),
        cmocka_unit_test(plain_http_stays_on_the_loopback_until_it_is_wanted),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
