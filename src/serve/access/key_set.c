/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/key_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>
#include <sodium.h>

#include "core/file.h"
#include "core/json_sum.h"
#include "core/timestamp.h"
#include "core/utf8.h"

#define HASH_HEX        (2 * DAVY_KEY_HASH_BYTES + 1)
#define KEYS_MAX        1000 /* people and programs of one site */
#define KEYS_FILE_MAX   ((size_t) 1024 * 1024)
#define VERSION_PLAIN   1
#define VERSION_TERMS   2
#define CREATED_DIGITS  3
#define CERTIFICATE_HEX ((size_t) DAVY_KEY_CERTIFICATE_MAX - 1)

_Static_assert(DAVY_KEY_SALT_BYTES == crypto_generichash_KEYBYTES, "the salt keys the hash");

bool davy_key_name_is_valid(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t length = strlen(name);

    return length > 0 && length < DAVY_KEY_NAME_MAX && strspn(name, allowed) == length;
}

davy_status davy_key_set_models(davy_key_terms *terms, const char *models)
{
    size_t length = strlen(models);

    if (length == 0 || length >= sizeof terms->models || !davy_utf8_valid(models, length))
        return davy_fail(DAVY_ERR_INVALID,
                         "models of a key are names or patterns such as pump-*, separated "
                         "by commas, in 1 to %zu bytes",
                         sizeof terms->models - 1);
    for (const char *at = models; *at; at++)
        if ((unsigned char) *at <= ' ' || (*at == ',' && (at == models || at[1] == ',' || !at[1])))
            return davy_fail(DAVY_ERR_INVALID, "the models '%s' have an empty name or a blank",
                             models);
    memcpy(terms->models, models, length + 1);
    return DAVY_OK;
}

davy_status davy_key_set_certificate(davy_key_terms *terms, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = 0;

    for (const char *at = text; *at; at++) {
        char low = *at >= 'A' && *at <= 'F' ? (char) (*at - 'A' + 'a') : *at;

        if (low == ':' && length % 2 == 0 && length > 0)
            continue;
        if (!strchr(digits, low) || length == CERTIFICATE_HEX) {
            length = 0;
            break;
        }
        terms->certificate[length++] = low;
    }
    terms->certificate[length == CERTIFICATE_HEX ? length : 0] = '\0';
    return length == CERTIFICATE_HEX
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID,
                           "a certificate is named by its SHA-256, 64 hexadecimal digits: "
                           "openssl x509 -in FILE -noout -fingerprint -sha256");
}

/* -- The set ----------------------------------------------------------------------------------- */

void davy_key_set_clear(davy_key_set *set)
{
    if (set->items)
        sodium_memzero(set->items, set->count * sizeof *set->items);
    free(set->items);
    *set = (davy_key_set){0};
}

davy_key_entry *davy_key_set_find(const davy_key_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->items[i].key.name, name) == 0)
            return &set->items[i];
    return NULL;
}

davy_key_entry *davy_key_set_find_certificate(const davy_key_set *set, const char *fingerprint)
{
    for (size_t i = 0; *fingerprint && i < set->count; i++)
        if (strcmp(set->items[i].key.terms.certificate, fingerprint) == 0)
            return &set->items[i];
    return NULL;
}

davy_status davy_key_set_add(davy_key_set *set, const davy_key_entry *entry)
{
    davy_key_entry *grown;

    if (set->count >= KEYS_MAX)
        return davy_fail(DAVY_ERR_FULL, "there are %d keys already: revoke one first", KEYS_MAX);
    grown = realloc(set->items, (set->count + 1) * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "key '%s'", entry->key.name);
    set->items = grown;
    set->items[set->count++] = *entry;
    return DAVY_OK;
}

/* -- Reading ----------------------------------------------------------------------------------- */

static bool hex_read(const char *hex, unsigned char *bytes, size_t length)
{
    size_t written = 0;

    return hex && strlen(hex) == 2 * length &&
           sodium_hex2bin(bytes, length, hex, 2 * length, NULL, &written, NULL) == 0 &&
           written == length;
}

/* A term that is there and cannot be read must not become no term: the key would get more. */
static davy_status number_read(json_t *object, const char *name, uint32_t *value)
{
    json_t *number = json_object_get(object, name);
    json_int_t got = json_integer_value(number);

    if (!number)
        return DAVY_OK;
    if (!json_is_integer(number) || got < 1 || got > UINT32_MAX)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s' is not a whole number from 1", name);
    *value = (uint32_t) got;
    return DAVY_OK;
}

static davy_status text_read(json_t *object, const char *name, davy_key_terms *terms,
                             davy_status (*take)(davy_key_terms *, const char *))
{
    json_t *text = json_object_get(object, name);

    if (!text)
        return DAVY_OK;
    if (!json_is_string(text) || take(terms, json_string_value(text)) != DAVY_OK)
        return davy_fail(DAVY_ERR_CORRUPT, "'%s' cannot be read", name);
    return DAVY_OK;
}

static davy_status terms_read(json_t *object, davy_key_terms *terms)
{
    davy_status status = text_read(object, "models", terms, davy_key_set_models);

    if (status == DAVY_OK)
        status = text_read(object, "certificate", terms, davy_key_set_certificate);
    if (status == DAVY_OK)
        status = number_read(object, "rate", &terms->rate);
    if (status == DAVY_OK)
        status = number_read(object, "burst", &terms->burst);
    if (status == DAVY_OK)
        status = number_read(object, "queries_per_day", &terms->queries_per_day);
    return status;
}

static davy_status entry_read(json_t *object, davy_key_entry *entry)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *created = json_string_value(json_object_get(object, "created"));
    davy_key *key = &entry->key;

    if (!name || !davy_key_name_is_valid(name))
        return davy_fail(DAVY_ERR_CORRUPT, "a key has no valid name");
    (void) snprintf(key->name, sizeof key->name, "%s", name);
    key->role = davy_role_parse(json_string_value(json_object_get(object, "role")));
    if (key->role == DAVY_ROLE_NONE)
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no known role", name);
    if (terms_read(object, &key->terms) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_CORRUPT, "key '%s'", name);
    if (!key->terms.certificate[0] && !hex_read(json_string_value(json_object_get(object, "hash")),
                                                entry->hash, DAVY_KEY_HASH_BYTES))
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no valid hash", name);
    if (!created || davy_timestamp_parse(created, &key->created_ns) != DAVY_OK)
        return davy_fail(DAVY_ERR_CORRUPT, "key '%s' has no date", name);
    return DAVY_OK;
}

static davy_status set_read_json(json_t *root, davy_key_set *set)
{
    json_t *list = json_object_get(root, "keys");
    json_int_t version = json_integer_value(json_object_get(root, "version"));

    if (version != VERSION_PLAIN && version != VERSION_TERMS)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "it is not of version %d or %d", VERSION_PLAIN,
                         VERSION_TERMS);
    if (!hex_read(json_string_value(json_object_get(root, "salt")), set->salt,
                  DAVY_KEY_SALT_BYTES) ||
        !json_is_array(list))
        return davy_fail(DAVY_ERR_CORRUPT, "it has no salt or no keys");
    set->salted = true;
    for (size_t i = 0; i < json_array_size(list); i++) {
        davy_key_entry entry = {0};
        davy_status status = entry_read(json_array_get(list, i), &entry);

        if (status == DAVY_OK && (davy_key_set_find(set, entry.key.name) ||
                                  davy_key_set_find_certificate(set, entry.key.terms.certificate)))
            status = davy_fail(DAVY_ERR_CORRUPT, "key '%s' is there twice", entry.key.name);
        if (status == DAVY_OK)
            status = davy_key_set_add(set, &entry);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

davy_status davy_key_stamp_read(const char *file, davy_key_stamp *stamp)
{
    struct stat info;

    *stamp = (davy_key_stamp){0};
    if (stat(file, &info) != 0) {
        if (errno == ENOENT)
            return DAVY_OK; /* no file, no keys */
        return davy_fail(DAVY_ERR_IO, "cannot look at keys '%s'", file);
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return davy_fail(DAVY_ERR_DENIED, "keys '%s' can be read by others: chmod 600", file);
    *stamp = (davy_key_stamp){.inode = info.st_ino, .size = info.st_size, .changed = info.st_mtim};
    return DAVY_OK;
}

bool davy_key_stamp_equal(const davy_key_stamp *a, const davy_key_stamp *b)
{
    return a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

davy_status davy_key_set_load(const char *file, davy_key_set *set, davy_key_stamp *stamp)
{
    davy_buffer text = {0};
    json_error_t error;
    json_t *root = NULL;
    davy_status status = davy_key_stamp_read(file, stamp);

    *set = (davy_key_set){0};
    if (status != DAVY_OK || stamp->inode == 0)
        return status;
    status = davy_file_read(file, KEYS_FILE_MAX, &text);
    if (status != DAVY_OK)
        goto out;
    status = davy_json_sum_check(text.bytes ? text.bytes : "", text.length, NULL);
    if (status != DAVY_OK) {
        status = davy_fail_in(status, "keys '%s' (who edits them takes \"checksum\" out)", file);
        goto out;
    }
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
        davy_key_set_clear(set);
    json_decref(root);
    davy_buffer_clear(&text);
    return status;
}

/* -- Writing ----------------------------------------------------------------------------------- */

static bool has_terms(const davy_key_terms *terms)
{
    return terms->models[0] || terms->certificate[0] || terms->rate || terms->burst ||
           terms->queries_per_day;
}

static bool write_number(json_t *object, const char *name, uint32_t value)
{
    return value == 0 || json_object_set_new(object, name, json_integer(value)) == 0;
}

static bool write_text(json_t *object, const char *name, const char *text)
{
    return !text[0] || json_object_set_new(object, name, json_string(text)) == 0;
}

static davy_status entry_write(json_t *list, const davy_key_entry *entry)
{
    const davy_key *key = &entry->key;
    const davy_key_terms *terms = &key->terms;
    char hash[HASH_HEX] = "";
    char created[DAVY_TIMESTAMP_MAX];
    json_t *object;

    if (!terms->certificate[0])
        (void) sodium_bin2hex(hash, sizeof hash, entry->hash, DAVY_KEY_HASH_BYTES);
    davy_timestamp_format(key->created_ns, CREATED_DIGITS, created);
    object = json_pack("{s:s, s:s, s:s}", "name", key->name, "role", davy_role_name(key->role),
                       "created", created);
    if (object && write_text(object, "hash", hash) && write_text(object, "models", terms->models) &&
        write_text(object, "certificate", terms->certificate) &&
        write_number(object, "rate", terms->rate) && write_number(object, "burst", terms->burst) &&
        write_number(object, "queries_per_day", terms->queries_per_day) &&
        json_array_append(list, object) == 0) {
        json_decref(object);
        return DAVY_OK;
    }
    json_decref(object);
    return davy_fail(DAVY_ERR_NOMEM, "key '%s'", key->name);
}

davy_status davy_key_set_save(const char *file, const davy_key_set *set)
{
    char salt[2 * DAVY_KEY_SALT_BYTES + 1];
    json_t *list = json_array();
    json_t *root;
    char *text = NULL;
    int version = VERSION_PLAIN;
    davy_status status = DAVY_OK;

    for (size_t i = 0; set->items && i < set->count && status == DAVY_OK; i++) {
        status = entry_write(list, &set->items[i]);
        if (has_terms(&set->items[i].key.terms))
            version = VERSION_TERMS;
    }
    root = json_pack("{s:i, s:s, s:o, s:s}", "version", version, "salt",
                     sodium_bin2hex(salt, sizeof salt, set->salt, DAVY_KEY_SALT_BYTES), "keys",
                     list, "checksum", DAVY_JSON_SUM_NONE);
    if (status == DAVY_OK)
        text = json_dumps(root, JSON_INDENT(2));
    if (text)
        davy_json_sum_set(text, strlen(text));
    if (text)
        status = davy_file_replace(file, text, strlen(text), 0600);
    else if (status == DAVY_OK)
        status = davy_fail(DAVY_ERR_NOMEM, "keys '%s'", file);
    free(text);
    json_decref(root);
    return status;
}
