/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/seal.h"

#include "core/file.h"
#include "models/model_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST      "manifest.json"
#define SIGNATURE     "manifest.sig"
#define FORMAT        1
#define MANIFEST_MAX  ((size_t) 256 * 1024)
#define PATH_CAPACITY 8192
#define READ_STEP     ((size_t) 64 * 1024)

void davy_seal_clear(davy_seal *seal)
{
    free(seal->files);
    *seal = (davy_seal){.is_signed = false};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const davy_seal_file *) a)->name, ((const davy_seal_file *) b)->name);
}

static davy_status add_file(davy_seal *seal, const char *name, const char *hash)
{
    davy_seal_file *grown;

    if (seal->count == DAVY_SEAL_FILES_MAX || strlen(name) >= DAVY_SEAL_NAME_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a version holds too many files, or a long name");
    grown = realloc(seal->files, (seal->count + 1) * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "manifest");
    seal->files = grown;
    (void) snprintf(grown[seal->count].name, sizeof grown->name, "%s", name);
    (void) snprintf(grown[seal->count].hash, sizeof grown->hash, "%.64s", hash);
    seal->count++;
    return DAVY_OK;
}

/* Also syncs: what is signed is on the disk. Links and pipes are no files of a version. */
static davy_status hash_file(const char *folder, const char *name, char hash[DAVY_HASH_MAX])
{
    unsigned char digest[crypto_hash_sha256_BYTES], bytes[READ_STEP];
    crypto_hash_sha256_state state;
    char path[PATH_CAPACITY];
    struct stat about;
    ssize_t count = 0;
    davy_status status = DAVY_OK;
    int descriptor;

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(descriptor);
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not a regular file", path);
    }
    crypto_hash_sha256_init(&state);
    while ((count = read(descriptor, bytes, sizeof bytes)) > 0)
        crypto_hash_sha256_update(&state, bytes, (size_t) count);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hash, DAVY_HASH_MAX, digest, sizeof digest);
    if (count < 0 || fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot read and sync '%s'", path);
    close(descriptor);
    return status;
}

static bool is_seal(const char *name)
{
    return strcmp(name, MANIFEST) == 0 || strcmp(name, SIGNATURE) == 0;
}

static davy_status list_file(davy_seal *seal, const char *folder, const char *name)
{
    char hash[DAVY_HASH_MAX];
    davy_status status;

    if (is_seal(name) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return DAVY_OK;
    status = hash_file(folder, name, hash);
    return status == DAVY_OK ? add_file(seal, name, hash) : status;
}

/* The files of a folder as they are now, by name. */
static davy_status list_files(const char *folder, davy_seal *out)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!list)
        return davy_fail(DAVY_ERR_IO, "cannot read '%s'", folder);
    while (status == DAVY_OK && (entry = readdir(list)))
        status = list_file(out, folder, entry->d_name);
    closedir(list);
    if (out->count > 1)
        qsort(out->files, out->count, sizeof *out->files, by_name);
    return status;
}

static json_t *make_manifest(const davy_seal *seal)
{
    json_t *files = json_object();

    for (size_t i = 0; i < seal->count; i++)
        json_object_set_new(files, seal->files[i].name, json_string(seal->files[i].hash));
    return json_pack("{si ss si ss so}", "format", FORMAT, "name", seal->name, "version",
                     (int) seal->version, "author", seal->author, "files", files);
}

static davy_status write_file(const char *folder, const char *name, const void *bytes,
                              size_t length)
{
    char path[PATH_CAPACITY];

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    return davy_file_replace(path, bytes, length, 0644);
}

static davy_status write_both(const char *folder, const davy_seal *seal, const davy_author *author)
{
    unsigned char signature[DAVY_SIGNATURE_SIZE];
    json_t *root = make_manifest(seal);
    char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS) : NULL;
    davy_status status = text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "manifest");

    if (status == DAVY_OK) {
        davy_author_sign(author, text, strlen(text), signature);
        status = write_file(folder, MANIFEST, text, strlen(text));
    }
    if (status == DAVY_OK)
        status = write_file(folder, SIGNATURE, signature, sizeof signature);
    free(text);
    json_decref(root);
    return status;
}

davy_status davy_seal_write(const char *folder, const char *name, unsigned version,
                            const davy_author *author)
{
    davy_seal seal = {.is_signed = true, .version = version};
    davy_status status = list_files(folder, &seal);

    (void) snprintf(seal.name, sizeof seal.name, "%s", name);
    (void) snprintf(seal.author, sizeof seal.author, "%s", author->key);
    if (status == DAVY_OK)
        status = write_both(folder, &seal, author);
    davy_seal_clear(&seal);
    return status;
}

/* A name that stays in its folder. */
static bool is_file_name(const char *name)
{
    return name[0] && name[0] != '.' && !strchr(name, '/') && !is_seal(name);
}

static davy_status read_files(const json_t *files, davy_seal *out)
{
    const char *name;
    json_t *hash;
    davy_status status = json_is_object(files)
                             ? DAVY_OK
                             : davy_fail(DAVY_ERR_CORRUPT, MANIFEST " has no list of files");
    void *at = json_object_iter((json_t *) (uintptr_t) files);

    for (; at && status == DAVY_OK; at = json_object_iter_next((json_t *) (uintptr_t) files, at)) {
        name = json_object_iter_key(at);
        hash = json_object_iter_value(at);
        if (!is_file_name(name) || json_string_length(hash) != DAVY_HASH_MAX - 1)
            status =
                davy_fail(DAVY_ERR_CORRUPT, MANIFEST ": '%.40s' is no file with its SHA-256", name);
        else
            status = add_file(out, name, json_string_value(hash));
    }
    if (out->count > 1)
        qsort(out->files, out->count, sizeof *out->files, by_name);
    return status;
}

static davy_status read_manifest(const json_t *root, davy_seal *out)
{
    const char *author = json_string_value(json_object_get(root, "author"));
    const char *name = json_string_value(json_object_get(root, "name"));
    const json_int_t version = json_integer_value(json_object_get(root, "version"));

    if (json_integer_value(json_object_get(root, "format")) != FORMAT)
        return davy_fail(DAVY_ERR_UNSUPPORTED, MANIFEST " is not of format %d", FORMAT);
    if (!author || strlen(author) != DAVY_AUTHOR_MAX - 1 || !name ||
        strlen(name) >= sizeof out->name || version < 1 || version > INT_MAX)
        return davy_fail(DAVY_ERR_CORRUPT, MANIFEST " lacks its author, name or version");
    (void) snprintf(out->author, sizeof out->author, "%s", author);
    (void) snprintf(out->name, sizeof out->name, "%s", name);
    out->version = (unsigned) version;
    return read_files(json_object_get(root, "files"), out);
}

davy_status davy_seal_parse(const char *bytes, size_t length, davy_seal *out)
{
    json_error_t error;
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
    davy_seal found = {.is_signed = true};
    davy_status status =
        root ? read_manifest(root, &found)
             : davy_fail(DAVY_ERR_CORRUPT, MANIFEST ": line %d: %s", error.line, error.text);

    json_decref(root);
    if (status == DAVY_OK)
        *out = found;
    else
        davy_seal_clear(&found);
    return status;
}

/* An empty buffer when the file is not there. */
static davy_status read_if_there(int folder, const char *name, davy_buffer *out)
{
    const davy_status status = davy_file_read_beneath(folder, name, MANIFEST_MAX, out);

    return status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status;
}

static davy_status check_both(const davy_buffer *manifest, const davy_buffer *signature,
                              davy_seal *out)
{
    davy_status status;

    if (manifest->length == 0)
        return davy_fail(DAVY_ERR_CORRUPT, "there is " SIGNATURE " without " MANIFEST);
    if (signature->length != DAVY_SIGNATURE_SIZE)
        return davy_fail(DAVY_ERR_CORRUPT, "there is " MANIFEST " without a signature of it");
    status = davy_seal_parse(manifest->bytes, manifest->length, out);
    if (status == DAVY_OK)
        status = davy_author_check(out->author, manifest->bytes, manifest->length,
                                   (const unsigned char *) signature->bytes);
    return status;
}

davy_status davy_seal_read_at(int folder, davy_seal *out)
{
    davy_buffer manifest = {0}, signature = {0};
    davy_seal found = {.is_signed = false};
    davy_status status = read_if_there(folder, MANIFEST, &manifest);

    if (status == DAVY_OK)
        status = read_if_there(folder, SIGNATURE, &signature);
    if (status == DAVY_OK && manifest.length + signature.length > 0)
        status = check_both(&manifest, &signature, &found);
    davy_buffer_clear(&manifest);
    davy_buffer_clear(&signature);
    if (status == DAVY_OK) {
        *out = found;
        return DAVY_OK;
    }
    davy_seal_clear(&found);
    return davy_fail_in(status, "the signature is wrong");
}

davy_status davy_seal_read(const char *folder, davy_seal *out)
{
    int descriptor;
    davy_status status = davy_folder_open(folder, &descriptor);

    if (status != DAVY_OK)
        return status;
    status = davy_seal_read_at(descriptor, out);
    close(descriptor);
    return status;
}

static const davy_seal_file *find_file(const davy_seal *seal, const char *name)
{
    for (size_t i = 0; i < seal->count; i++)
        if (strcmp(seal->files[i].name, name) == 0)
            return &seal->files[i];
    return NULL;
}

davy_status davy_seal_covers(const davy_seal *seal, const char *file, const void *bytes,
                             size_t length)
{
    const davy_seal_file *found = find_file(seal, file);
    char hash[DAVY_HASH_MAX];

    if (!seal->is_signed)
        return DAVY_OK;
    davy_hash_bytes(bytes, length, hash);
    if (!found || strcmp(found->hash, hash) != 0)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "the signature is wrong: %s is not the file that author %.12s signed",
                         file, seal->author);
    return DAVY_OK;
}

davy_status davy_seal_trust(int folder, const davy_buffer *json, davy_arena *arena,
                            const char **signer)
{
    davy_seal seal = {.is_signed = false};
    davy_status status = davy_seal_read_at(folder, &seal);

    if (status == DAVY_OK)
        status = davy_seal_covers(&seal, "model.json", json->bytes, json->length);
    if (status == DAVY_OK) {
        *signer = davy_arena_text(arena, seal.author, strlen(seal.author));
        status = *signer ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "model");
    }
    davy_seal_clear(&seal);
    return status;
}

davy_status davy_seal_compare(const char *folder, const davy_seal *seal, davy_buffer *lines,
                              size_t *count)
{
    davy_seal now = {.is_signed = false};
    davy_status status = list_files(folder, &now);

    *count = 0;
    for (size_t i = 0; i < seal->count && status == DAVY_OK; i++) {
        const davy_seal_file *file = find_file(&now, seal->files[i].name);

        if (file && strcmp(file->hash, seal->files[i].hash) == 0)
            continue;
        davy_buffer_printf(lines, "%s %s\n", seal->files[i].name,
                           file ? "was changed" : "is missing");
        ++*count;
    }
    for (size_t i = 0; i < now.count && status == DAVY_OK; i++)
        if (!find_file(seal, now.files[i].name)) {
            davy_buffer_printf(lines, "%s was not there when the version was signed\n",
                               now.files[i].name);
            ++*count;
        }
    davy_seal_clear(&now);
    return status == DAVY_OK ? davy_buffer_ok(lines) : status;
}

davy_status davy_seal_check(const char *folder)
{
    davy_seal seal = {.is_signed = false};
    davy_buffer lines = {0};
    size_t count = 0;
    davy_status status = davy_seal_read(folder, &seal);

    if (status == DAVY_OK && seal.is_signed)
        status = davy_seal_compare(folder, &seal, &lines, &count);
    if (status == DAVY_OK && count > 0)
        status = davy_fail(DAVY_ERR_CORRUPT, "it is not as it was signed: %s", lines.bytes);
    davy_buffer_clear(&lines);
    davy_seal_clear(&seal);
    return status;
}
