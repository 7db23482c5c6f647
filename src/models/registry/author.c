/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/author.h"

#include "core/file.h"
#include "models/registry/registry_private.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE      ".author.key"
#define LOCK_FILE     ".lock"
#define PATH_CAPACITY 4096
#define SEED_HEX      ((size_t) 2 * crypto_sign_SEEDBYTES)
#define FOR_OTHERS    (S_IRWXG | S_IRWXO)

static davy_status set_seed(davy_author *author, const unsigned char *seed)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES];

    if (crypto_sign_seed_keypair(public, author->secret, seed) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "the author's key cannot be used");
    (void) sodium_bin2hex(author->key, sizeof author->key, public, sizeof public);
    return DAVY_OK;
}

/* Only its owner may read a secret; that it was readable once is worth a word. */
static davy_status check_mode(const char *path)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot look at '%s'", path);
    if (about.st_mode & FOR_OTHERS)
        return davy_fail(DAVY_ERR_DENIED,
                         "'%s' may be read by others than its owner, and whoever reads it can sign "
                         "models: chmod 600, or remove it for a new key",
                         path);
    return DAVY_OK;
}

static davy_status read_key(const char *path, davy_author *out)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    davy_buffer text = {0};
    size_t length = 0;
    davy_status status = check_mode(path);

    if (status == DAVY_OK)
        status = davy_file_read(path, 2 * SEED_HEX, &text);
    if (status == DAVY_OK &&
        (text.length < SEED_HEX ||
         sodium_hex2bin(seed, sizeof seed, text.bytes, SEED_HEX, NULL, &length, NULL) != 0 ||
         length != sizeof seed || strspn(text.bytes + SEED_HEX, "\n") != text.length - SEED_HEX))
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s' holds no key of an author", path);
    if (status == DAVY_OK)
        status = set_seed(out, seed);
    sodium_memzero(seed, sizeof seed);
    if (text.bytes)
        sodium_memzero(text.bytes, text.length);
    davy_buffer_clear(&text);
    return status;
}

static davy_status make_key(const char *path)
{
    unsigned char seed[crypto_sign_SEEDBYTES];
    char text[SEED_HEX + 2];
    davy_status status;

    randombytes_buf(seed, sizeof seed);
    (void) sodium_bin2hex(text, sizeof text, seed, sizeof seed);
    text[SEED_HEX] = '\n';
    status = davy_file_replace(path, text, SEED_HEX + 1, 0600);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(text, sizeof text);
    return status;
}

/* Two trainers that are the first make one key. */
static davy_status make_key_once(const char *registry, const char *path)
{
    char lock[PATH_CAPACITY];
    davy_status status = davy_folder_make(registry, 0755);
    int descriptor;

    if (status != DAVY_OK)
        return status;
    (void) snprintf(lock, sizeof lock, "%s/" LOCK_FILE, registry);
    status = davy_registry_hold(lock, DAVY_REGISTRY_WAIT_S, &descriptor);
    if (status != DAVY_OK)
        return status;
    davy_file_sweep(path);
    if (access(path, F_OK) != 0)
        status = make_key(path);
    close(descriptor);
    return status;
}

davy_status davy_author_open(const char *registry, davy_author *out)
{
    char path[PATH_CAPACITY];
    davy_status status = DAVY_OK;

    if (sodium_init() < 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "libsodium does not start");
    if (snprintf(path, sizeof path, "%s/" KEY_FILE, registry) >= (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the path of the models is too long");
    if (access(path, F_OK) != 0)
        status = make_key_once(registry, path);
    return status == DAVY_OK ? read_key(path, out) : status;
}

void davy_author_clear(davy_author *author)
{
    sodium_memzero(author, sizeof *author);
}

void davy_author_key(const char *registry, char key[DAVY_AUTHOR_MAX])
{
    davy_author author = {.key = ""};
    char path[PATH_CAPACITY];

    if (snprintf(path, sizeof path, "%s/" KEY_FILE, registry) < (int) sizeof path &&
        sodium_init() >= 0 && access(path, R_OK) == 0 && read_key(path, &author) != DAVY_OK)
        author.key[0] = '\0';
    memcpy(key, author.key, DAVY_AUTHOR_MAX);
    davy_author_clear(&author);
}

void davy_author_sign(const davy_author *author, const void *bytes, size_t length,
                      unsigned char signature[DAVY_SIGNATURE_SIZE])
{
    (void) crypto_sign_detached(signature, NULL, bytes, length, author->secret);
}

davy_status davy_author_check(const char *key, const void *bytes, size_t length,
                              const unsigned char signature[DAVY_SIGNATURE_SIZE])
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    size_t size = 0;

    if (strlen(key) != DAVY_AUTHOR_MAX - 1 ||
        sodium_hex2bin(public, sizeof public, key, DAVY_AUTHOR_MAX - 1, NULL, &size, NULL) != 0 ||
        size != sizeof public)
        return davy_fail(DAVY_ERR_CORRUPT, "the author is no key of 64 hexadecimal digits");
    if (crypto_sign_verify_detached(signature, bytes, length, public) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "author %.12s did not sign it", key);
    return DAVY_OK;
}
