/* SPDX-License-Identifier: Apache-2.0 */
#include "app/molecule_models.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Files that a model is read from, or is told to be who it is by. */
static const char *const files[] = {"model.onnx", "model.json", "manifest.json", "manifest.sig"};

/* What a folder's files were when they were read. A file that is not there is all zeros. */
typedef struct stamp {
    struct {
        dev_t device;
        ino_t inode;
        off_t size;
        struct timespec modified, changed;
    } files[DAVY_ARRAY_LENGTH(files)];
} stamp;

typedef struct entry {
    struct entry *next; /* asked for before this one */
    char *folder;
    stamp stamp;
    davy_predictor *predictor; /* NULL: it does not answer for molecules */
    size_t bytes;              /* of its files while it is open */
    size_t users;
    bool stale; /* closed when the last user lets go */
} entry;

struct davy_molecule_models {
    pthread_mutex_t lock;
    entry *first; /* asked for the latest */
    size_t bytes_max;
};

davy_status davy_molecule_models_create(size_t bytes_max, davy_molecule_models **out)
{
    davy_molecule_models *models = calloc(1, sizeof *models);

    if (!models)
        return davy_fail(DAVY_ERR_NOMEM, "models of molecules");
    (void) pthread_mutex_init(&models->lock, NULL);
    models->bytes_max = bytes_max;
    *out = models;
    return DAVY_OK;
}

static void entry_destroy(entry *one)
{
    if (!one)
        return;
    davy_predictor_close(one->predictor);
    free(one->folder);
    free(one);
}

void davy_molecule_models_destroy(davy_molecule_models *models)
{
    if (!models)
        return;
    while (models->first) {
        entry *one = models->first;

        models->first = one->next;
        entry_destroy(one);
    }
    (void) pthread_mutex_destroy(&models->lock);
    free(models);
}

/* Returns the bytes of the files. */
static size_t read_stamp(const char *folder, stamp *out)
{
    size_t bytes = 0;

    memset(out, 0, sizeof *out); /* with the padding: stamps are compared as bytes */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(files); i++) {
        char path[PATH_MAX];
        struct stat found;

        (void) snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        if (stat(path, &found) != 0)
            continue;
        bytes += (size_t) found.st_size;
        out->files[i].device = found.st_dev;
        out->files[i].inode = found.st_ino;
        out->files[i].size = found.st_size;
        out->files[i].modified = found.st_mtim;
        out->files[i].changed = found.st_ctim;
    }
    return bytes;
}

/* Take the entry out that `at` points to; it lives on while it is in use. */
static void drop(entry **at)
{
    entry *one = *at;

    if (one->users > 0) {
        one->stale = true;
        return;
    }
    *at = one->next;
    entry_destroy(one);
}

/* The entry of a folder whose files are as they were, moved to the front; one whose files are
 * others is dropped. */
static entry *find(davy_molecule_models *models, const char *folder, const stamp *now)
{
    for (entry **at = &models->first; *at; at = &(*at)->next) {
        entry *one = *at;

        if (one->stale || strcmp(one->folder, folder) != 0)
            continue;
        if (memcmp(&one->stamp, now, sizeof *now) != 0) {
            drop(at);
            return NULL;
        }
        *at = one->next;
        one->next = models->first;
        models->first = one;
        return one;
    }
    return NULL;
}

static davy_status open_entry(const char *folder, const stamp *now, size_t bytes, entry **out)
{
    entry *one = calloc(1, sizeof *one);
    davy_status status = DAVY_OK;

    if (one)
        one->folder = strdup(folder);
    if (!one || !one->folder) {
        entry_destroy(one);
        return davy_fail(DAVY_ERR_NOMEM, "model '%s'", folder);
    }
    one->stamp = *now;
    status = davy_predictor_open(folder, &one->predictor);
    if (status == DAVY_ERR_UNSUPPORTED) /* It watches signals, and answers nothing. */
        status = DAVY_OK;
    if (status != DAVY_OK) {
        entry_destroy(one);
        return status;
    }
    if (one->predictor && davy_predictor_describe(one->predictor)->molecules[0] == '\0') {
        davy_predictor_close(one->predictor);
        one->predictor = NULL;
    }
    one->bytes = one->predictor ? bytes : 0;
    *out = one;
    return DAVY_OK;
}

/* Close those that were not asked for the longest, as far as nobody uses them. */
static void make_room(davy_molecule_models *models)
{
    size_t count = 0, bytes = 0;
    entry **at = &models->first;

    while (*at) {
        entry *one = *at;

        count++;
        bytes += one->bytes;
        if (one->users == 0 && (count > DAVY_MOLECULE_MODELS_MAX || bytes > models->bytes_max)) {
            count--;
            bytes -= one->bytes;
            drop(at);
        } else {
            at = &one->next;
        }
    }
}

davy_status davy_molecule_models_acquire(davy_molecule_models *models, const char *folder,
                                         const davy_predictor **out)
{
    davy_status status = DAVY_OK;
    stamp now;
    size_t bytes;
    entry *one;

    (void) pthread_mutex_lock(&models->lock);
    bytes = read_stamp(folder, &now);
    one = find(models, folder, &now);
    if (!one) {
        status = open_entry(folder, &now, bytes, &one);
        if (status == DAVY_OK) {
            one->next = models->first;
            models->first = one;
        }
    }
    if (status == DAVY_OK) {
        one->users += one->predictor != NULL;
        *out = one->predictor;
        make_room(models);
    }
    (void) pthread_mutex_unlock(&models->lock);
    return status;
}

void davy_molecule_models_release(davy_molecule_models *models, const davy_predictor *predictor)
{
    if (!predictor)
        return;
    (void) pthread_mutex_lock(&models->lock);
    for (entry **at = &models->first; *at; at = &(*at)->next) {
        entry *one = *at;

        if (one->predictor != predictor)
            continue;
        if (--one->users == 0 && one->stale)
            drop(at);
        break;
    }
    make_room(models);
    (void) pthread_mutex_unlock(&models->lock);
}
