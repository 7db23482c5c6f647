/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/registry_publish.h"

#include "core/file.h"
#include "models/model_private.h"
#include "models/registry/registry_private.h"
#include "models/registry/seal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFT      ".draft-"
#define ENTRY_PATH (DAVY_REGISTRY_PATH + 2 * DAVY_REGISTRY_NAME + 2)

void davy_registry_remove(const char *path)
{
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = folder >= 0 ? fdopendir(folder) : NULL;
    const struct dirent *entry;

    while (list && (entry = readdir(list)))
        (void) unlinkat(folder, entry->d_name, 0);
    if (list)
        closedir(list);
    else if (folder >= 0)
        close(folder);
    (void) rmdir(path);
}

/* Drafts that are there while nobody else holds the lock belong to trainers that died. */
static void remove_dead_drafts(const char *path)
{
    DIR *list = opendir(path);
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        char draft[ENTRY_PATH];

        if (strncmp(entry->d_name, DRAFT, strlen(DRAFT)) != 0)
            continue;
        (void) snprintf(draft, sizeof draft, "%s/%s", path, entry->d_name);
        davy_registry_remove(draft);
    }
    if (list)
        closedir(list);
}

/* Make room for the draft, under the lock. */
static davy_status make_draft(const char *path, davy_registry_draft *draft)
{
    unsigned *versions = NULL;
    size_t count = 0;
    davy_status status = davy_registry_versions(draft->folder, draft->name, &versions, &count);

    if (status == DAVY_OK) {
        remove_dead_drafts(path);
        draft->version = count > 0 ? versions[count - 1] + 1 : 1;
        if (snprintf(draft->path, sizeof draft->path, "%s/" DRAFT "XXXXXX", path) >=
            (int) sizeof draft->path)
            status = davy_fail(DAVY_ERR_INVALID, "the path of model '%s' is too long", draft->name);
        else if (!mkdtemp(draft->path))
            status = davy_fail(DAVY_ERR_IO, "cannot make '%s'", draft->path);
    }
    if (status != DAVY_OK)
        draft->path[0] = '\0';
    free(versions);
    return status;
}

davy_status davy_registry_begin(const char *folder, const char *name, davy_registry_draft *draft)
{
    char path[DAVY_REGISTRY_PATH];
    davy_status status = davy_model_name_check(name);

    *draft = (davy_registry_draft){.folder = folder, .name = name, .lock = -1};
    if (status == DAVY_OK)
        status = davy_registry_path(path, folder, name, "");
    if (status == DAVY_OK)
        status = davy_author_open(folder, &draft->author);
    if (status == DAVY_OK)
        status = davy_folder_make(path, 0755);
    if (status == DAVY_OK)
        status = davy_registry_lock(folder, name, &draft->lock);
    return status == DAVY_OK ? make_draft(path, draft) : status;
}

/* Those of a model whose lock nobody holds. A model without a lock file has never had a draft. */
static void sweep_model(const char *folder, const char *name)
{
    char path[DAVY_REGISTRY_PATH], lock[DAVY_REGISTRY_PATH];
    int descriptor;

    if (davy_registry_path(path, folder, name, "") != DAVY_OK ||
        davy_registry_path(lock, folder, name, ".lock") != DAVY_OK)
        return;
    descriptor = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        remove_dead_drafts(path);
    close(descriptor);
}

static void sweep(const char *folder)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;

    while (list && (entry = readdir(list)))
        if (davy_model_name_check(entry->d_name) == DAVY_OK)
            sweep_model(folder, entry->d_name);
    if (list)
        closedir(list);
}

davy_status davy_registry_ready(const char *folder)
{
    davy_author author;
    davy_status status = davy_author_open(folder, &author);

    davy_author_clear(&author);
    if (status == DAVY_OK)
        sweep(folder);
    return status;
}

/* The draft becomes a version: from here on it is there, whatever happens. */
static davy_status rename_draft(davy_registry_draft *draft)
{
    char path[DAVY_REGISTRY_PATH], leaf[16];
    davy_status status;

    (void) snprintf(leaf, sizeof leaf, "%u", draft->version);
    status = davy_registry_path(path, draft->folder, draft->name, leaf);
    if (status == DAVY_OK && chmod(draft->path, 0755) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot open '%s' to readers", draft->path);
    if (status == DAVY_OK)
        status = davy_folder_sync(draft->path);
    if (status == DAVY_OK && rename(draft->path, path) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot move '%s' to '%s'", draft->path, path);
    if (status != DAVY_OK)
        return status;
    draft->path[0] = '\0';
    status = davy_registry_path(path, draft->folder, draft->name, "");
    return status == DAVY_OK ? davy_folder_sync(path) : status;
}

davy_status davy_registry_publish(davy_registry_draft *draft)
{
    davy_status status = davy_seal_write(draft->path, draft->name, draft->version, &draft->author);

    if (status == DAVY_OK)
        status = rename_draft(draft);
    if (status == DAVY_OK)
        status =
            davy_registry_move(draft->folder, draft->name, "champion", draft->version, "train");
    return status;
}

void davy_registry_end(davy_registry_draft *draft)
{
    if (draft->path[0])
        davy_registry_remove(draft->path);
    if (draft->lock >= 0)
        close(draft->lock);
    davy_author_clear(&draft->author);
    *draft = (davy_registry_draft){.lock = -1};
}
