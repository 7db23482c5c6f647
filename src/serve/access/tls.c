/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/tls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <sodium.h>

#include "core/buffer.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "serve/limits.h"

#define CHAIN_MAX    8 /* certificates that a server shows; chains have three or four */
#define FILE_MAX     ((size_t) 1024 * 1024) /* of authorities: all of the web's are 200 KB */
#define SHA256_BYTES 32
#define KEY_DER_MAX  2048 /* bytes of a public key; RSA of 8192 bits has 1,100 */
#define KEEP_NS      (4 * DAVY_HTTP_HEADER_DEADLINE_MS * DAVY_NS_PER_MS) /* no handshake is older */

/* What one reading of the files gives. It does not change. */
typedef struct tls_material {
    struct tls_material *older; /* replaced; a handshake may still use it */
    int64_t replaced_ns;        /* monotonic */
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_count;
    gnutls_privkey_t key;
    gnutls_x509_trust_list_t clients; /* NULL: no certificate is asked for */
    char pin[DAVY_TLS_PIN_MAX];
    time_t end;
} tls_material;

struct davy_tls {
    char *certificate_file, *key_file, *client_file;
    pthread_rwlock_t guard; /* of now */
    tls_material *now;
};

static _Atomic(davy_tls *) serving; /* see tls.h */

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

static void material_destroy(tls_material *material)
{
    if (!material)
        return;
    for (unsigned i = 0; i < material->chain_count; i++)
        gnutls_pcert_deinit(&material->chain[i]);
    if (material->key)
        gnutls_privkey_deinit(material->key);
    if (material->clients)
        gnutls_x509_trust_list_deinit(material->clients, 1);
    free(material);
}

/* -- Reading ----------------------------------------------------------------------------------- */

static davy_status read_pem(const char *file, davy_buffer *text, gnutls_datum_t *pem)
{
    davy_status status = davy_file_read(file, FILE_MAX, text);

    if (status == DAVY_OK && text->length == 0)
        status = davy_fail(DAVY_ERR_INVALID, "'%s' is empty", file);
    if (status == DAVY_OK)
        *pem = (gnutls_datum_t){(unsigned char *) text->bytes, (unsigned) text->length};
    return status;
}

/* libcurl's form of a pin: SHA-256 of the public key's DER, in base64. */
static davy_status write_pin(tls_material *material)
{
    static const char prefix[] = "sha256//";
    unsigned char der[KEY_DER_MAX], hash[SHA256_BYTES];
    size_t length = sizeof der;

    if (gnutls_pubkey_export(material->chain[0].pubkey, GNUTLS_X509_FMT_DER, der, &length) < 0 ||
        gnutls_hash_fast(GNUTLS_DIG_SHA256, der, length, hash) < 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "its public key cannot be used");
    memcpy(material->pin, prefix, sizeof prefix);
    (void) sodium_bin2base64(material->pin + sizeof prefix - 1,
                             DAVY_TLS_PIN_MAX - sizeof prefix + 1, hash, sizeof hash,
                             sodium_base64_VARIANT_ORIGINAL);
    return DAVY_OK;
}

static davy_status read_chain(tls_material *material, const char *file)
{
    gnutls_x509_crt_t certificates[CHAIN_MAX];
    unsigned count = CHAIN_MAX;
    davy_buffer text = {0};
    gnutls_datum_t pem = {0};
    davy_status status = read_pem(file, &text, &pem);
    int error = status == DAVY_OK
                    ? gnutls_x509_crt_list_import(certificates, &count, &pem, GNUTLS_X509_FMT_PEM,
                                                  GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED |
                                                      GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED)
                    : 0;

    davy_buffer_clear(&text);
    if (status != DAVY_OK)
        return status;
    if (error < 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' holds no certificate in PEM, or a broken chain: %s", file,
                         gnutls_strerror(error));
    material->end = gnutls_x509_crt_get_expiration_time(certificates[0]);
    for (unsigned i = 0; i < count; i++) {
        if (status == DAVY_OK &&
            gnutls_pcert_import_x509(&material->chain[i], certificates[i], 0) < 0)
            status = davy_fail(DAVY_ERR_UNSUPPORTED, "'%s' cannot be used", file);
        else if (status == DAVY_OK)
            material->chain_count++;
        gnutls_x509_crt_deinit(certificates[i]);
    }
    if (status == DAVY_OK && write_pin(material) != DAVY_OK)
        status = davy_fail_in(DAVY_ERR_UNSUPPORTED, "'%s'", file);
    return status;
}

/* Debian keeps keys readable by a group; what everybody may read, or others may change, is none. */
static davy_status check_mode(const char *file)
{
    struct stat info;

    if (stat(file, &info) == 0 && info.st_mode & (S_IRWXO | S_IWGRP | S_IXGRP))
        return davy_fail(DAVY_ERR_DENIED, "the key '%s' can be read by others: chmod 600", file);
    return DAVY_OK; /* one that is not there is told by who reads it */
}

static davy_status read_key(tls_material *material, const char *file)
{
    davy_buffer text = {0};
    gnutls_datum_t pem = {0};
    davy_status status = check_mode(file);
    int error = 0;

    if (status == DAVY_OK)
        status = read_pem(file, &text, &pem);
    if (status == DAVY_OK)
        error = gnutls_privkey_init(&material->key);
    if (status == DAVY_OK && error == 0)
        error = gnutls_privkey_import_x509_raw(material->key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (text.bytes)
        sodium_memzero(text.bytes, text.length);
    davy_buffer_clear(&text);
    if (error == GNUTLS_E_DECRYPTION_FAILED || error == GNUTLS_E_PK_INVALID_PRIVKEY)
        return davy_fail(DAVY_ERR_INVALID,
                         "the key '%s' is broken or has a password: write it without", file);
    if (error < 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' holds no key in PEM: %s", file,
                         gnutls_strerror(error));
    return status;
}

static davy_status check_fit(const tls_material *material, const davy_tls *tls)
{
    unsigned char of_certificate[SHA256_BYTES], of_key[SHA256_BYTES];
    size_t length = sizeof of_certificate, key_length = sizeof of_key;
    gnutls_pubkey_t public_key = NULL;
    bool fits =
        gnutls_pubkey_init(&public_key) == 0 &&
        gnutls_pubkey_import_privkey(public_key, material->key, 0, 0) == 0 &&
        gnutls_pubkey_get_key_id(public_key, GNUTLS_KEYID_USE_SHA256, of_key, &key_length) == 0 &&
        gnutls_pubkey_get_key_id(material->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate,
                                 &length) == 0 &&
        memcmp(of_key, of_certificate, sizeof of_key) == 0;

    if (public_key)
        gnutls_pubkey_deinit(public_key);
    return fits ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID, "the key '%s' does not fit the certificate '%s'",
                            tls->key_file, tls->certificate_file);
}

static davy_status read_clients(tls_material *material, const char *file)
{
    davy_buffer text = {0};
    gnutls_datum_t pem = {0};
    davy_status status;
    int added = 0;

    if (!file)
        return DAVY_OK;
    status = read_pem(file, &text, &pem);
    if (status == DAVY_OK && gnutls_x509_trust_list_init(&material->clients, 0) == 0)
        added = gnutls_x509_trust_list_add_trust_mem(material->clients, &pem, NULL,
                                                     GNUTLS_X509_FMT_PEM, 0, 0);
    davy_buffer_clear(&text);
    if (status == DAVY_OK && added <= 0)
        status = davy_fail(DAVY_ERR_INVALID, "'%s' holds no authority's certificate in PEM", file);
    return status;
}

static davy_status material_read(const davy_tls *tls, tls_material **out)
{
    tls_material *made = calloc(1, sizeof *made);
    davy_status status;

    if (!made)
        return davy_fail(DAVY_ERR_NOMEM, "the certificate of the server");
    status = read_chain(made, tls->certificate_file);
    if (status == DAVY_OK)
        status = read_key(made, tls->key_file);
    if (status == DAVY_OK)
        status = check_fit(made, tls);
    if (status == DAVY_OK)
        status = read_clients(made, tls->client_file);
    if (status == DAVY_OK)
        *out = made;
    else
        material_destroy(made);
    return status;
}

/* DAVY_ERR_INVALID for a certificate whose time is over. */
static davy_status check_end(const tls_material *material, const char *file)
{
    char end[DAVY_TIMESTAMP_MAX];

    if ((int64_t) material->end * DAVY_NS_PER_S > davy_wall_ns(davy_clock_system()))
        return DAVY_OK;
    davy_timestamp_format((int64_t) material->end * DAVY_NS_PER_S, 0, end);
    return davy_fail(DAVY_ERR_INVALID, "the certificate '%s' ended at %s: clients refuse it", file,
                     end);
}

/* -- Life -------------------------------------------------------------------------------------- */

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

davy_status davy_tls_create(const davy_tls_files *files, davy_tls **out)
{
    davy_tls *tls = calloc(1, sizeof *tls);
    davy_status status;

    if (!tls)
        return davy_fail(DAVY_ERR_NOMEM, "TLS");
    pthread_rwlock_init(&tls->guard, NULL);
    tls->certificate_file = copy(files->certificate);
    tls->key_file = copy(files->key);
    tls->client_file = copy(files->client_ca);
    status = tls->certificate_file && tls->key_file && (!files->client_ca || tls->client_file)
                 ? material_read(tls, &tls->now)
                 : davy_fail(DAVY_ERR_NOMEM, "TLS");
    if (status == DAVY_OK && check_end(tls->now, tls->certificate_file) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "serve", "%s", davy_error());
    if (status == DAVY_OK) {
        atomic_store(&serving, tls);
        *out = tls;
    } else {
        davy_tls_destroy(tls);
    }
    return status;
}

void davy_tls_destroy(davy_tls *tls)
{
    davy_tls *expected = tls;

    if (!tls)
        return;
    (void) atomic_compare_exchange_strong(&serving, &expected, NULL);
    while (tls->now) {
        tls_material *older = tls->now->older;

        material_destroy(tls->now);
        tls->now = older;
    }
    pthread_rwlock_destroy(&tls->guard);
    free(tls->certificate_file);
    free(tls->key_file);
    free(tls->client_file);
    free(tls);
}

/* What was replaced so long ago that no handshake can use it. */
static void forget_old(tls_material *material)
{
    while (material->older && now_ns() - material->older->replaced_ns < KEEP_NS)
        material = material->older;
    while (material->older) {
        tls_material *oldest = material->older;

        material->older = oldest->older;
        material_destroy(oldest);
    }
}

davy_status davy_tls_reload(davy_tls *tls)
{
    tls_material *read = NULL;
    davy_status status = material_read(tls, &read);

    if (status == DAVY_OK)
        status = check_end(read, tls->certificate_file);
    if (status != DAVY_OK) {
        material_destroy(read);
        return status;
    }
    pthread_rwlock_wrlock(&tls->guard);
    read->older = tls->now;
    read->older->replaced_ns = now_ns();
    tls->now = read;
    forget_old(read);
    pthread_rwlock_unlock(&tls->guard);
    return DAVY_OK;
}

/* -- Handshakes -------------------------------------------------------------------------------- */

/* A client's certificate must come from the authority and be meant for clients. */
static int verify_client(gnutls_session_t session)
{
    davy_tls *tls = atomic_load(&serving);
    gnutls_typed_vdata_st purpose = {.type = GNUTLS_DT_KEY_PURPOSE_OID,
                                     .data = (unsigned char *) GNUTLS_KP_TLS_WWW_CLIENT};
    gnutls_x509_crt_t certificates[CHAIN_MAX];
    unsigned count = 0, shown = 0, verdict = GNUTLS_CERT_INVALID;
    const gnutls_datum_t *raw = gnutls_certificate_get_peers(session, &shown);

    while (raw && count < shown && count < CHAIN_MAX &&
           gnutls_x509_crt_init(&certificates[count]) == 0) {
        count++;
        if (gnutls_x509_crt_import(certificates[count - 1], &raw[count - 1], GNUTLS_X509_FMT_DER) <
            0)
            shown = 0; /* one that cannot be read proves nothing */
    }
    if (tls && shown > 0 && shown == count) {
        pthread_rwlock_rdlock(&tls->guard);
        if (!tls->now->clients ||
            gnutls_x509_trust_list_verify_crt2(tls->now->clients, certificates, count, &purpose, 1,
                                               0, &verdict, NULL) < 0)
            verdict = GNUTLS_CERT_INVALID;
        pthread_rwlock_unlock(&tls->guard);
    }
    while (count > 0)
        gnutls_x509_crt_deinit(certificates[--count]);
    return verdict == 0 ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* Called in the server's first flight: what to show, and what to ask of the client. */
int davy_tls_choose(gnutls_session_t session, const gnutls_datum_t *authorities,
                    int authority_count, const gnutls_pk_algorithm_t *algorithms,
                    int algorithm_count, gnutls_pcert_st **chain, unsigned *count,
                    gnutls_privkey_t *key)
{
    davy_tls *tls = atomic_load(&serving);

    (void) authorities;
    (void) authority_count;
    (void) algorithms;
    (void) algorithm_count;
    if (!tls)
        return -1;
    pthread_rwlock_rdlock(&tls->guard);
    *chain = tls->now->chain;
    *count = tls->now->chain_count;
    *key = tls->now->key;
    if (tls->now->clients) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_function(session, verify_client);
    }
    pthread_rwlock_unlock(&tls->guard);
    return 0;
}

/* -- What others ask --------------------------------------------------------------------------- */

void davy_tls_pin(davy_tls *tls, char pin[DAVY_TLS_PIN_MAX])
{
    pthread_rwlock_rdlock(&tls->guard);
    memcpy(pin, tls->now->pin, DAVY_TLS_PIN_MAX);
    pthread_rwlock_unlock(&tls->guard);
}

int64_t davy_tls_end(davy_tls *tls)
{
    int64_t end;

    pthread_rwlock_rdlock(&tls->guard);
    end = (int64_t) tls->now->end * DAVY_NS_PER_S;
    pthread_rwlock_unlock(&tls->guard);
    return end;
}

bool davy_tls_fingerprint(gnutls_session_t session, char fingerprint[DAVY_TLS_FINGERPRINT_MAX])
{
    unsigned char hash[SHA256_BYTES];
    unsigned count = 0;
    const gnutls_datum_t *chain = session ? gnutls_certificate_get_peers(session, &count) : NULL;

    if (!chain || count == 0 ||
        gnutls_hash_fast(GNUTLS_DIG_SHA256, chain[0].data, chain[0].size, hash) < 0)
        return false;
    (void) sodium_bin2hex(fingerprint, DAVY_TLS_FINGERPRINT_MAX, hash, sizeof hash);
    return true;
}
