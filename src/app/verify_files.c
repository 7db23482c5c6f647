/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verify_files.h"

#include "alarm/change/settings.h"
#include "alarm/notify/queue.h"
#include "app/job_record.h"
#include "core/file.h"
#include "serve/access/key_set.h"
#include "store/terms.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As long as the text of a site file's alarms may be: alarm/change/ledger.c. */
#define SETTINGS_MAX ((size_t) 1 << 30)

/* A walk over the files. */
struct walk {
    const char *data;
    davy_store_tell tell;
    void *context;
    uint64_t *damaged;
};

/* What is damaged is told, and what cannot be read is; the walk goes on. */
static void judge(const struct walk *walk, davy_status status, const char *where, const char *means)
{
    if (status == DAVY_OK || status == DAVY_ERR_NOT_FOUND)
        return;
    if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED)
        ++*walk->damaged;
    else
        means = "it could not be looked at, so nothing is known of it: run davy verify as the user "
                "that the daemon runs as";
    walk->tell(walk->context, &(davy_store_fault){where, davy_error(), means});
}

static void check_keys(const struct walk *walk)
{
    char path[PATH_MAX];
    davy_key_stamp stamp;
    davy_key_set set = {0};
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/keys.json", walk->data);
    status = davy_key_set_load(path, &set, &stamp);
    davy_key_set_clear(&set);
    judge(walk, status, "keys.json",
          "a running daemon goes on with the keys that it knows, and none starts: restore the file "
          "from a backup, or remove it and make new keys with davy key");
}

static void check_terms(const struct walk *walk)
{
    davy_terms terms;

    judge(walk, davy_terms_read(walk->data, &terms), "retention",
          "how long samples were kept is not known: at the next start a time of the site file that "
          "would remove days waits for 24 hours");
}

static void check_notify(const struct walk *walk)
{
    char path[PATH_MAX];

    (void) snprintf(path, sizeof path, "%s/notify.db", walk->data);
    if (access(path, F_OK) == 0)
        judge(
            walk, davy_notify_queue_verify(path), "notify.db",
            "what is due to receivers is not as it was written; a damaged message is not sent. The "
            "alarms themselves are in records.db");
}

/* A text is named by its own hash. */
static davy_status check_settings(const char *path, const char *name)
{
    char hash[DAVY_SETTINGS_HASH_MAX];
    davy_buffer text = {0};
    davy_status status = davy_file_read(path, SETTINGS_MAX, &text);

    if (status == DAVY_OK) {
        davy_settings_hash(text.bytes ? text.bytes : "", text.length, hash);
        if (strcmp(hash, name) != 0)
            status = davy_fail(DAVY_ERR_CORRUPT, "its hash is not its name");
    }
    davy_buffer_clear(&text);
    return status;
}

static void look_at_settings(const struct walk *walk, const char *where, const char *name)
{
    char path[PATH_MAX];

    if (strlen(name) != DAVY_SETTINGS_HASH_MAX - 1)
        return; /* on its way to its name */
    (void) snprintf(path, sizeof path, "%s/%s", walk->data, where);
    judge(
        walk, check_settings(path, name), where,
        "what the next change of the site file changes is recorded without its sentences; what is "
        "in force is not read from here");
}

static void look_at_job(const struct walk *walk, const char *where, const char *name)
{
    const char *dot = strrchr(name, '.');
    char folder[PATH_MAX];
    json_t *record = NULL;
    davy_status status;

    if (!dot || strcmp(dot, ".json") != 0)
        return;
    (void) snprintf(folder, sizeof folder, "%s/%.*s", walk->data,
                    (int) (strlen(where) - strlen(name) - 1), where);
    status = davy_job_record_load(folder, name, &record);
    json_decref(record);
    judge(walk, status, where, "the job is not shown any more; the model that it made is its own");
}

typedef void (*look)(const struct walk *walk, const char *where, const char *name);

static davy_status look_into(const struct walk *walk, const char *below, look look_at)
{
    char path[PATH_MAX], where[NAME_MAX + 16];
    const struct dirent *entry;
    DIR *folder;

    (void) snprintf(path, sizeof path, "%s/%s", walk->data, below);
    folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? DAVY_OK : davy_fail(DAVY_ERR_IO, "cannot list '%s'", path);
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        (void) snprintf(where, sizeof where, "%s/%s", below, entry->d_name);
        look_at(walk, where, entry->d_name);
    }
    closedir(folder);
    return DAVY_OK;
}

davy_status davy_verify_files(const char *data, davy_store_tell tell, void *context,
                              uint64_t *damaged)
{
    const struct walk walk = {data, tell, context, damaged};
    davy_status status;

    check_keys(&walk);
    check_terms(&walk);
    check_notify(&walk);
    status = look_into(&walk, "settings", look_at_settings);
    if (status == DAVY_OK)
        status = look_into(&walk, "jobs", look_at_job);
    return status == DAVY_OK ? look_into(&walk, "whatifs", look_at_job) : status;
}
