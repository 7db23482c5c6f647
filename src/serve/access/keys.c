/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/keys.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include "core/file.h"
#include "core/sample.h"
#include "serve/access/key_set.h"

/* Two processes may write: each takes the lock file, reads, changes and replaces. */

#define KEY_PREFIX "davy_"
#define KEY_BYTES  32 /* 256 random bits: guessing is hopeless, so the hash may be fast */

struct davy_keys {
    char *file;
    char *lock_file;
    pthread_mutex_t writing; /* held while the file is read or replaced; taken before guard */
    pthread_rwlock_t guard;  /* of all below; never held while a disk is waited for */
    davy_key_set set;
    davy_key_stamp stamp;
    davy_key_stamp refused; /* of a file that could not be read: it is not read for every request */
};

static const char *const role_names[] = {
    [DAVY_ROLE_NONE] = "none",         [DAVY_ROLE_VIEWER] = "viewer",
    [DAVY_ROLE_OPERATOR] = "operator", [DAVY_ROLE_ENGINEER] = "engineer",
    [DAVY_ROLE_ADMIN] = "admin",
};

const char *davy_role_name(davy_role role)
{
    return (size_t) role < DAVY_ARRAY_LENGTH(role_names) ? role_names[role] : "none";
}

davy_role davy_role_parse(const char *word)
{
    for (size_t i = DAVY_ROLE_VIEWER; word && i < DAVY_ARRAY_LENGTH(role_names); i++)
        if (strcmp(word, role_names[i]) == 0)
            return (davy_role) i;
    return DAVY_ROLE_NONE;
}

davy_status davy_keys_open(const char *file, davy_keys **out)
{
    davy_status status;
    davy_keys *keys = NULL;

    if (sodium_init() < 0)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "libsodium found no source of random bytes");
    keys = calloc(1, sizeof *keys);
    if (!keys)
        return davy_fail(DAVY_ERR_NOMEM, "keys '%s'", file);
    pthread_mutex_init(&keys->writing, NULL);
    pthread_rwlock_init(&keys->guard, NULL);
    keys->file = strdup(file);
    if (!keys->file || asprintf(&keys->lock_file, "%s.lock", file) < 0) {
        keys->lock_file = NULL;
        status = davy_fail(DAVY_ERR_NOMEM, "keys '%s'", file);
        goto fail;
    }
    status = davy_key_set_load(keys->file, &keys->set, &keys->stamp);
    if (status != DAVY_OK)
        goto fail;
    *out = keys;
    return DAVY_OK;

fail:
    davy_keys_close(keys);
    return status;
}

void davy_keys_close(davy_keys *keys)
{
    if (!keys)
        return;
    davy_key_set_clear(&keys->set);
    pthread_rwlock_destroy(&keys->guard);
    pthread_mutex_destroy(&keys->writing);
    free(keys->lock_file);
    free(keys->file);
    free(keys);
}

static void hash_key(const davy_key_set *set, const char *text,
                     unsigned char hash[DAVY_KEY_HASH_BYTES])
{
    (void) crypto_generichash(hash, DAVY_KEY_HASH_BYTES, (const unsigned char *) text, strlen(text),
                              set->salt, sizeof set->salt);
}

static void make_key(char text[DAVY_KEY_MAX])
{
    unsigned char secret[KEY_BYTES];
    size_t prefix = sizeof KEY_PREFIX - 1;

    randombytes_buf(secret, sizeof secret);
    memcpy(text, KEY_PREFIX, prefix);
    sodium_bin2base64(text + prefix, DAVY_KEY_MAX - prefix, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
}

/* Take the lock between processes; -1 and a sentence when it cannot be had. */
static int lock_take(const davy_keys *keys)
{
    int descriptor = open(keys->lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
        return descriptor;
    (void) davy_fail(DAVY_ERR_IO, "cannot lock keys '%s'", keys->file);
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

/* What was read is what is known from now on. */
static void keys_take(davy_keys *keys, davy_key_set *set, const davy_key_stamp *stamp)
{
    davy_key_set old;

    pthread_rwlock_wrlock(&keys->guard);
    old = keys->set;
    keys->set = *set;
    keys->stamp = *stamp;
    pthread_rwlock_unlock(&keys->guard);
    davy_key_set_clear(&old);
}

typedef davy_status (*set_change)(davy_key_set *set, void *context);

/* Read, change, replace, under the locks of processes and threads. */
static davy_status keys_change(davy_keys *keys, set_change change, void *context)
{
    davy_key_set set = {0};
    davy_key_stamp stamp = {0};
    davy_status status;
    int lock = lock_take(keys);

    if (lock < 0)
        return DAVY_ERR_IO;
    pthread_mutex_lock(&keys->writing);
    status = davy_key_set_load(keys->file, &set, &stamp);
    if (status == DAVY_OK)
        status = change(&set, context);
    davy_file_sweep(keys->file);
    if (status == DAVY_OK)
        status = davy_key_set_save(keys->file, &set);
    if (status == DAVY_OK)
        status = davy_key_stamp_read(keys->file, &stamp);
    if (status == DAVY_OK)
        keys_take(keys, &set, &stamp);
    else
        davy_key_set_clear(&set);
    pthread_mutex_unlock(&keys->writing);
    close(lock);
    return status;
}

struct creation {
    davy_key_entry entry;
    const char *text;
};

static davy_status set_create(davy_key_set *set, void *context)
{
    struct creation *creation = context;
    const davy_key *key = &creation->entry.key;
    const davy_key_entry *holder = davy_key_set_find_certificate(set, key->terms.certificate);

    if (davy_key_set_find(set, key->name))
        return davy_fail(DAVY_ERR_EXISTS, "there is a key '%s' already", key->name);
    if (holder)
        return davy_fail(DAVY_ERR_EXISTS, "this certificate stands for the key '%s' already",
                         holder->key.name);
    if (!set->salted) {
        randombytes_buf(set->salt, sizeof set->salt);
        set->salted = true;
    }
    hash_key(set, creation->text, creation->entry.hash);
    return davy_key_set_add(set, &creation->entry);
}

davy_status davy_keys_create(davy_keys *keys, const char *name, davy_role role,
                             const davy_key_terms *terms, int64_t now_ns, char text[DAVY_KEY_MAX])
{
    char made[DAVY_KEY_MAX] = "";
    struct creation creation = {.entry.key.role = role, .text = made};
    davy_status status;

    if (!davy_key_name_is_valid(name))
        return davy_fail(DAVY_ERR_INVALID,
                         "a key's name has 1 to %d letters, digits, '-', '_' or '.'",
                         DAVY_KEY_NAME_MAX - 1);
    if (role <= DAVY_ROLE_NONE || role > DAVY_ROLE_ADMIN)
        return davy_fail(DAVY_ERR_INVALID, "a key's role is viewer, operator, engineer or admin");
    (void) snprintf(creation.entry.key.name, sizeof creation.entry.key.name, "%s", name);
    /* as the file has it: sessions tell a key from one made anew under its name by its date */
    creation.entry.key.created_ns = now_ns - now_ns % DAVY_NS_PER_MS;
    if (terms)
        creation.entry.key.terms = *terms;
    make_key(made);
    status = keys_change(keys, set_create, &creation);
    if (status == DAVY_OK && creation.entry.key.terms.certificate[0])
        text[0] = '\0';
    else if (status == DAVY_OK)
        memcpy(text, made, sizeof made);
    sodium_memzero(made, sizeof made);
    return status;
}

static davy_status set_revoke(davy_key_set *set, void *context)
{
    davy_key_entry *entry = davy_key_set_find(set, context);
    size_t after;

    if (!entry)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no key '%s'", (const char *) context);
    after = set->count - 1 - (size_t) (entry - set->items);
    memmove(entry, entry + 1, after * sizeof *entry);
    set->count--;
    return DAVY_OK;
}

davy_status davy_keys_revoke(davy_keys *keys, const char *name)
{
    char copy[DAVY_KEY_NAME_MAX];

    if (!davy_key_name_is_valid(name))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no such key");
    (void) snprintf(copy, sizeof copy, "%s", name);
    return keys_change(keys, set_revoke, copy);
}

/* Under `writing`; the stamp is only changed by who holds it. */
static davy_status refresh(davy_keys *keys)
{
    davy_key_set set;
    davy_key_stamp stamp;
    davy_status status = davy_key_stamp_read(keys->file, &stamp);

    if (status != DAVY_OK || davy_key_stamp_equal(&stamp, &keys->stamp))
        return status;
    status = davy_key_set_load(keys->file, &set, &stamp);
    if (status == DAVY_OK) {
        keys_take(keys, &set, &stamp);
        return DAVY_OK;
    }
    pthread_rwlock_wrlock(&keys->guard);
    keys->refused = stamp;
    pthread_rwlock_unlock(&keys->guard);
    return status;
}

davy_status davy_keys_refresh(davy_keys *keys)
{
    davy_status status;

    pthread_mutex_lock(&keys->writing);
    status = refresh(keys);
    pthread_mutex_unlock(&keys->writing);
    return status;
}

/* What `davy key` did beside us counts from the next request on, and costs each one a stat. Nobody
 * waits for who reads or writes the file already; who cannot read it is told by the next tick. */
static void follow(davy_keys *keys)
{
    davy_key_stamp stamp;
    bool known;

    if (davy_key_stamp_read(keys->file, &stamp) != DAVY_OK)
        return;
    pthread_rwlock_rdlock(&keys->guard);
    known =
        davy_key_stamp_equal(&stamp, &keys->stamp) || davy_key_stamp_equal(&stamp, &keys->refused);
    pthread_rwlock_unlock(&keys->guard);
    if (known || pthread_mutex_trylock(&keys->writing) != 0)
        return;
    (void) refresh(keys);
    pthread_mutex_unlock(&keys->writing);
}

bool davy_keys_check(davy_keys *keys, const char *text, davy_key *found)
{
    unsigned char hash[DAVY_KEY_HASH_BYTES];
    const davy_key_entry *fits = NULL;

    follow(keys);
    pthread_rwlock_rdlock(&keys->guard);
    hash_key(&keys->set, text, hash);
    /* Every key is compared, whichever fits: the time tells nothing. */
    for (size_t i = 0; i < keys->set.count; i++)
        if (sodium_memcmp(hash, keys->set.items[i].hash, sizeof hash) == 0 &&
            !keys->set.items[i].key.terms.certificate[0])
            fits = &keys->set.items[i];
    if (fits)
        *found = fits->key;
    pthread_rwlock_unlock(&keys->guard);
    sodium_memzero(hash, sizeof hash);
    return fits != NULL;
}

typedef davy_key_entry *(*set_search)(const davy_key_set *set, const char *word);

static bool find(davy_keys *keys, set_search search, const char *word, davy_key *found)
{
    const davy_key_entry *entry;

    follow(keys);
    pthread_rwlock_rdlock(&keys->guard);
    entry = search(&keys->set, word);
    if (entry)
        *found = entry->key;
    pthread_rwlock_unlock(&keys->guard);
    return entry != NULL;
}

bool davy_keys_check_certificate(davy_keys *keys, const char *fingerprint, davy_key *found)
{
    return find(keys, davy_key_set_find_certificate, fingerprint, found);
}

bool davy_keys_find(davy_keys *keys, const char *name, davy_key *found)
{
    return find(keys, davy_key_set_find, name, found);
}

davy_status davy_keys_list(davy_keys *keys, davy_keys_visit visit, void *context)
{
    davy_status status = DAVY_OK;

    pthread_rwlock_rdlock(&keys->guard);
    for (size_t i = 0; i < keys->set.count && status == DAVY_OK; i++)
        status = visit(context, &keys->set.items[i].key);
    pthread_rwlock_unlock(&keys->guard);
    return status;
}

size_t davy_keys_count(davy_keys *keys)
{
    size_t count;

    pthread_rwlock_rdlock(&keys->guard);
    count = keys->set.count;
    pthread_rwlock_unlock(&keys->guard);
    return count;
}
