/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "core/file.h"
#include "core/timestamp.h"

/* keys.json:
 *
 *     {"version": 1, "salt": HEX, "keys": [{"name", "role", "hash": HEX, "created": RFC 3339}]}
 *
 * The salt keys the hash, so equal keys of two installations have different hashes. Two processes
 * may write: each takes the lock file, reads, changes and replaces. */

#define KEY_PREFIX     "davy_"
#define KEY_BYTES      32 /* 256 random bits: guessing is hopeless, so the hash may be fast */
#define HASH_BYTES     32
#define HASH_HEX       (2 * HASH_BYTES + 1)
#define KEYS_MAX       1000 /* people and programs of one site */
#define KEYS_FILE_MAX  ((size_t) 1024 * 1024)
#define SALT_BYTES     crypto_generichash_KEYBYTES
#define FILE_VERSION   1
#define CREATED_DIGITS 3

typedef struct key_entry {
    char name[DAVY_KEY_NAME_MAX];
    davy_role role;
    unsigned char hash[HASH_BYTES];
    int64_t created_ns;
} key_entry;

/* What one reading of the file gives. */
typedef struct key_set {
    unsigned char salt[SALT_BYTES];
    bool salted;
    key_entry *items;
    size_t count;
} key_set;

/* Which bytes were read: a replaced file is another inode. */
typedef struct file_stamp {
    ino_t inode;
    off_t size;
    struct timespec changed;
} file_stamp;

struct davy_keys {
    char *file;
    char *lock_file;
    pthread_mutex_t writing; /* held while the file is read or replaced; taken before guard */
    pthread_rwlock_t guard;  /* of set and stamp; never held while a disk is waited for */
    key_set set;
    file_stamp stamp;
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

static bool name_is_valid(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t length = strlen(name);

    return length > 0 && length < DAVY_KEY_NAME_MAX && strspn(name, allowed) == length;
}

static void set_clear(key_set *set)
{
    if (set->items)
        sodium_memzero(set->items, set->count * sizeof *set->items);
    free(set->items);
    *set = (key_set){0};
}

static key_entry *set_find(const key_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i].name, name) == 0)
            return &set->items[i];
    return NULL;
}

static davy_status set_add(key_set *set, const key_entry *entry)
{
    key_entry *grown;

    if (set->count >= KEYS_MAX)
        return davy_fail(DAVY_ERR_FULL, "there are %d keys already: revoke one first", KEYS_MAX);
    grown = realloc(set->items, (set->count + 1) * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "key '%s'", entry->name);
    set->items = grown;
    set->items[set->count++] = *entry;
    return DAVY_OK;
}

static bool hex_read(const char *hex, unsigned char *bytes, size_t length)
{
    size_t written = 0;

    return hex && strlen(hex) == 2 * length &&
           sodium_hex2bin(bytes, length, hex, 2 * length, NULL, &written, NULL) == 0 &&
           written == length;
}

static davy_status entry_read(json_t *object, key_entry *entry)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *created = json_string_value(json_object_get(object, "created"));

    if (!name || !name_is_valid(name))
        return davy_fail(DAVY_ERR_CORRUPT, "a key has no valid name");
    (void) snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->role = davy_role_parse(json_string_value(json_object_get(object, "role")));
    if (entry->role == DAVY_ROLE_NONE)
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no known role", name);
    if (!hex_read(json_string_value(json_object_get(object, "hash")), entry->hash, HASH_BYTES))
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no valid hash", name);
    if (!created || davy_timestamp_parse(created, &entry->created_ns) != DAVY_OK)
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no date", name);
    return DAVY_OK;
}

static davy_status set_read_json(json_t *root, key_set *set)
{
    json_t *list = json_object_get(root, "keys");

    if (json_integer_value(json_object_get(root, "version")) != FILE_VERSION)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "it is not of version %d", FILE_VERSION);
    if (!hex_read(json_string_value(json_object_get(root, "salt")), set->salt, SALT_BYTES) ||
        !json_is_array(list))
        return davy_fail(DAVY_ERR_CORRUPT, "it has no salt or no keys");
    set->salted = true;
    for (size_t i = 0; i < json_array_size(list); i++) {
        key_entry entry = {0};
        davy_status status = entry_read(json_array_get(list, i), &entry);

        if (status == DAVY_OK && set_find(set, entry.name))
            status = davy_fail(DAVY_ERR_CORRUPT, "key '%s' is there twice", entry.name);
        if (status == DAVY_OK)
            status = set_add(set, &entry);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

static davy_status stamp_read(const char *file, file_stamp *stamp)
{
    struct stat info;

    *stamp = (file_stamp){0};
    if (stat(file, &info) != 0) {
        if (errno == ENOENT)
            return DAVY_OK; /* no file, no keys */
        return davy_fail(DAVY_ERR_IO, "cannot look at keys '%s'", file);
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return davy_fail(DAVY_ERR_DENIED, "keys '%s' can be read by others: chmod 600", file);
    *stamp = (file_stamp){.inode = info.st_ino, .size = info.st_size, .changed = info.st_mtim};
    return DAVY_OK;
}

static bool stamp_equal(const file_stamp *a, const file_stamp *b)
{
    return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

/* The file as it is now. The stamp is taken first: a change in between is seen the next time. */
static davy_status set_load(const char *file, key_set *set, file_stamp *stamp)
{
    davy_buffer text = {0};
    json_error_t error;
    json_t *root = NULL;
    davy_status status = stamp_read(file, stamp);

    *set = (key_set){0};
    if (status != DAVY_OK || stamp->inode == 0)
        return status;
    status = davy_file_read(file, KEYS_FILE_MAX, &text);
    if (status != DAVY_OK)
        goto out;
    root = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        status =
            davy_fail(DAVY_ERR_CORRUPT, "keys '%s': line %d: %s", file, error.line, error.text);
        goto out;
    }
    status = set_read_json(root, set);
    if (status != DAVY_OK)
        status = davy_fail_in(status, "keys '%s'", file);

out:
    if (status != DAVY_OK)
        set_clear(set);
    json_decref(root);
    davy_buffer_clear(&text);
    return status;
}

static json_t *entry_write(const key_entry *entry)
{
    char hash[HASH_HEX];
    char created[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(entry->created_ns, CREATED_DIGITS, created);
    return json_pack(
        "{s:s, s:s, s:s, s:s}", "name", entry->name, "role", davy_role_name(entry->role), "hash",
        sodium_bin2hex(hash, sizeof hash, entry->hash, HASH_BYTES), "created", created);
}

static davy_status set_save(const char *file, const key_set *set)
{
    char salt[2 * SALT_BYTES + 1];
    json_t *list = json_array();
    json_t *root;
    char *text = NULL;
    davy_status status = DAVY_OK;

    for (size_t i = 0; set->items && i < set->count; i++)
        if (json_array_append_new(list, entry_write(&set->items[i])) != 0)
            status = davy_fail(DAVY_ERR_NOMEM, "keys '%s'", file);
    root = json_pack("{s:i, s:s, s:o}", "version", FILE_VERSION, "salt",
                     sodium_bin2hex(salt, sizeof salt, set->salt, SALT_BYTES), "keys", list);
    if (status == DAVY_OK)
        text = json_dumps(root, JSON_INDENT(2));
    if (text)
        status = davy_file_replace(file, text, strlen(text), 0600);
    else if (status == DAVY_OK)
        status = davy_fail(DAVY_ERR_NOMEM, "keys '%s'", file);
    free(text);
    json_decref(root);
    return status;
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
    status = set_load(keys->file, &keys->set, &keys->stamp);
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
    set_clear(&keys->set);
    pthread_rwlock_destroy(&keys->guard);
    pthread_mutex_destroy(&keys->writing);
    free(keys->lock_file);
    free(keys->file);
    free(keys);
}

static void hash_key(const key_set *set, const char *text, unsigned char hash[HASH_BYTES])
{
    (void) crypto_generichash(hash, HASH_BYTES, (const unsigned char *) text, strlen(text),
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
static void keys_take(davy_keys *keys, key_set *set, const file_stamp *stamp)
{
    key_set old;

    pthread_rwlock_wrlock(&keys->guard);
    old = keys->set;
    keys->set = *set;
    keys->stamp = *stamp;
    pthread_rwlock_unlock(&keys->guard);
    set_clear(&old);
}

typedef davy_status (*set_change)(key_set *set, void *context);

/* Read, change, replace, under the locks of processes and threads. */
static davy_status keys_change(davy_keys *keys, set_change change, void *context)
{
    key_set set = {0};
    file_stamp stamp = {0};
    davy_status status;
    int lock = lock_take(keys);

    if (lock < 0)
        return DAVY_ERR_IO;
    pthread_mutex_lock(&keys->writing);
    status = set_load(keys->file, &set, &stamp);
    if (status == DAVY_OK)
        status = change(&set, context);
    if (status == DAVY_OK)
        status = set_save(keys->file, &set);
    if (status == DAVY_OK)
        status = stamp_read(keys->file, &stamp);
    if (status == DAVY_OK)
        keys_take(keys, &set, &stamp);
    else
        set_clear(&set);
    pthread_mutex_unlock(&keys->writing);
    close(lock);
    return status;
}

struct creation {
    key_entry entry;
    const char *text;
};

static davy_status set_create(key_set *set, void *context)
{
    struct creation *creation = context;

    if (set_find(set, creation->entry.name))
        return davy_fail(DAVY_ERR_EXISTS, "there is a key '%s' already", creation->entry.name);
    if (!set->salted) {
        randombytes_buf(set->salt, sizeof set->salt);
        set->salted = true;
    }
    hash_key(set, creation->text, creation->entry.hash);
    return set_add(set, &creation->entry);
}

davy_status davy_keys_create(davy_keys *keys, const char *name, davy_role role, int64_t now_ns,
                             char text[DAVY_KEY_MAX])
{
    char made[DAVY_KEY_MAX];
    struct creation creation = {.entry = {.role = role, .created_ns = now_ns}, .text = made};
    davy_status status;

    if (!name_is_valid(name))
        return davy_fail(DAVY_ERR_INVALID,
                         "a key's name has 1 to %d letters, digits, '-', '_' or '.'",
                         DAVY_KEY_NAME_MAX - 1);
    if (role <= DAVY_ROLE_NONE || role > DAVY_ROLE_ADMIN)
        return davy_fail(DAVY_ERR_INVALID, "a key's role is viewer, operator, engineer or admin");
    (void) snprintf(creation.entry.name, sizeof creation.entry.name, "%s", name);
    make_key(made);
    status = keys_change(keys, set_create, &creation);
    if (status == DAVY_OK)
        memcpy(text, made, sizeof made);
    sodium_memzero(made, sizeof made);
    return status;
}

static davy_status set_revoke(key_set *set, void *context)
{
    key_entry *entry = set_find(set, context);
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

    if (!name_is_valid(name))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no such key");
    (void) snprintf(copy, sizeof copy, "%s", name);
    return keys_change(keys, set_revoke, copy);
}

davy_role davy_keys_check(davy_keys *keys, const char *text, char name[DAVY_KEY_NAME_MAX])
{
    unsigned char hash[HASH_BYTES];
    const key_entry *found = NULL;
    davy_role role = DAVY_ROLE_NONE;

    pthread_rwlock_rdlock(&keys->guard);
    hash_key(&keys->set, text, hash);
    /* Every key is compared, whichever fits: the time tells nothing. */
    for (size_t i = 0; i < keys->set.count; i++)
        if (sodium_memcmp(hash, keys->set.items[i].hash, sizeof hash) == 0)
            found = &keys->set.items[i];
    if (found) {
        role = found->role;
        memcpy(name, found->name, sizeof found->name);
    }
    pthread_rwlock_unlock(&keys->guard);
    sodium_memzero(hash, sizeof hash);
    return role;
}

davy_role davy_keys_role(davy_keys *keys, const char *name)
{
    const key_entry *found;
    davy_role role;

    pthread_rwlock_rdlock(&keys->guard);
    found = set_find(&keys->set, name);
    role = found ? found->role : DAVY_ROLE_NONE;
    pthread_rwlock_unlock(&keys->guard);
    return role;
}

davy_status davy_keys_list(davy_keys *keys, davy_keys_visit visit, void *context)
{
    davy_status status = DAVY_OK;

    pthread_rwlock_rdlock(&keys->guard);
    for (size_t i = 0; i < keys->set.count && status == DAVY_OK; i++) {
        const key_entry *entry = &keys->set.items[i];

        status = visit(context, entry->name, entry->role, entry->created_ns);
    }
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

davy_status davy_keys_refresh(davy_keys *keys)
{
    key_set set;
    file_stamp stamp;
    davy_status status;

    pthread_mutex_lock(&keys->writing);
    status = stamp_read(keys->file, &stamp);
    /* the stamp is only changed by who holds `writing` */
    if (status == DAVY_OK && !stamp_equal(&stamp, &keys->stamp)) {
        status = set_load(keys->file, &set, &stamp);
        if (status == DAVY_OK)
            keys_take(keys, &set, &stamp);
    }
    pthread_mutex_unlock(&keys->writing);
    return status;
}
