/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/backend.h"
#include "infer/repository.h"
#include "models/registry/registry.h"

#include <jansson.h>
#include <pthread.h>

/**
 * @file
 * What a repository holds, for its files: models and versions in memory, and what was seen on disk.
 *
 * Stage: infer. Two locks. `loading` is held by the one who looks at the folder, opens and closes:
 * for as long as that takes. `lock` guards what is in memory, and is held for a few instructions;
 * who holds it touches no disk and runs no model. Whoever holds `loading` may read without `lock`,
 * because nobody else changes anything but the users of a version.
 *
 * A version in memory goes LOADING -> READY -> UNLOADING, or LOADING -> UNAVAILABLE. While a newer
 * file of a READY version is loaded, the older one serves; when that fails, it goes on to serve.
 */

/** Bounds of a folder from outside: what is beyond is not looked at, and said so. */
#define DAVY_REPOSITORY_NAMES_MAX    ((size_t) 10000) /* models, and versions of one */
#define DAVY_REPOSITORY_FILES_MAX    ((size_t) 4096)  /* of a version */
#define DAVY_REPOSITORY_NESTING_MAX  4                /* folders in the folder of a version */
#define DAVY_REPOSITORY_NAME_MAX     255
#define DAVY_REPOSITORY_ALIASES_MAX  ((size_t) 256) /* of a model */
#define DAVY_REPOSITORY_ALIAS_LENGTH 64

/** The alias of what answers requests that name no version. */
#define DAVY_REPOSITORY_CHAMPION "champion"

struct davy_lease {
    davy_repository *repository;
    davy_served *served;
    davy_arena arena; /* of a config that came with a request */
    davy_infer_config config;
    void *slot; /* of the host */
    void (*destroy)(void *);
    /* Guarded by the repository's lock: */
    size_t users;
    bool retired; /* to be closed when the last lets go */
    struct davy_lease *next;
};

typedef enum davy_version_state {
    DAVY_VERSION_UNAVAILABLE,
    DAVY_VERSION_LOADING,
    DAVY_VERSION_READY
} davy_version_state;

typedef struct davy_version {
    unsigned number;
    davy_version_state state;
    davy_lease *open; /* READY, or an older file that serves on */
    char *reason;     /* why it could not be loaded; NULL else */
    uint64_t stamp;   /* of the files that `open` or `reason` are of */
    uint64_t seen;    /* stamp of the last look, and when that was first seen */
    int64_t seen_ns;
} davy_version;

typedef struct davy_alias {
    char name[DAVY_REPOSITORY_ALIAS_LENGTH];
    unsigned version;
} davy_alias;

typedef struct davy_entry {
    char *name;
    davy_version *versions; /* ascending */
    size_t version_count;
    davy_alias *aliases; /* as they are followed now: to versions that are open */
    size_t alias_count;
    unsigned serves; /* version of requests that name none; 0: none is open */
    bool wanted;     /* to be loaded and kept so */
    bool given;      /* its files came with a request: the folder does not count */
    char *reason;    /* what is wrong with the folder; NULL: nothing */
    char *told;      /* reason that was told last; guarded by `loading` */
    davy_traffic traffic;
} davy_entry;

struct davy_repository {
    davy_repository_options options;
    int folder;
    size_t memory_max, models_max;
    int64_t settle_ns;
    pthread_mutex_t loading, lock;
    pthread_cond_t quiet; /* a version was closed, or the poller is to stop */
    davy_entry **entries; /* by name */
    size_t entry_count;
    davy_lease *leases; /* all that are open, retired ones too */
    size_t lease_count, memory;
    json_t *kept; /* settings of traffic by model, as they lie in the file; guarded by `loading` */
    pthread_t poller;
    bool polls, stopping;
};

/* repository_look.c */

/** A version as it lies in the folder. */
typedef struct davy_seen {
    unsigned number;
    uint64_t stamp;     /* of names, sizes and times of all its files, and of the config */
    int64_t changed_ns; /* when the newest of them was written, by the wall clock */
    bool sealed;        /* davy published it, by a rename: it is whole */
    bool wanted;        /* by the config's policy, an alias, or the traffic */
} davy_seen;

/** What the folder of a model holds now. */
typedef struct davy_model_look {
    int folder;
    const char *config_json; /* that came with a request; NULL: the folder's own counts */
    davy_arena arena;
    davy_infer_config config;
    davy_seen *versions; /* ascending */
    size_t version_count;
    davy_alias *aliases;
    size_t alias_count;
    const char *fault; /* what was passed over, and why; NULL: nothing */
} davy_model_look;

/** Whether a name can be that of a model: a folder's, without control characters. */
DAVY_MUST_CHECK davy_status davy_repository_name_check(const char *name);

/**
 * Look at a model. Call davy_model_look_clear() also after a failure.
 *
 * @param folder       descriptor of where the model's folder stands: the repository's, or a private
 *                     one of files that came with a request
 * @param config_json  NULL: the folder's own config counts; else kept until the look is cleared
 */
DAVY_MUST_CHECK davy_status davy_model_look_at(const davy_repository *repository, int folder,
                                               const char *name, const char *config_json,
                                               davy_model_look *out);
void davy_model_look_clear(davy_model_look *look);

/** The stamp of a version as it is now. @param folder  descriptor of its model's */
DAVY_MUST_CHECK davy_status davy_version_stamp(int folder, unsigned number, uint64_t *stamp);

/** Names of all models in the folder, by name; the caller clears the arena. */
DAVY_MUST_CHECK davy_status davy_model_names(const davy_repository *repository, davy_arena *arena,
                                             const char *const **names, size_t *count);

/* repository_entries.c: what is in memory; the caller holds `loading` */

davy_entry *davy_entry_find(const davy_repository *repository, const char *name);
/** Find, or add without versions; NULL without memory. */
davy_entry *davy_entry_add(davy_repository *repository, const char *name);
/** Forget a model of which nothing is open. */
void davy_entry_remove(davy_repository *repository, davy_entry *entry);
davy_version *davy_version_find(const davy_entry *entry, unsigned number);
davy_version *davy_version_add(davy_repository *repository, davy_entry *entry, unsigned number);
void davy_version_remove(davy_repository *repository, davy_entry *entry, unsigned number);
/** Set state and reason, and tell who wants to know. @param reason  NULL: none */
void davy_version_set(davy_repository *repository, const davy_entry *entry, davy_version *version,
                      davy_version_state state, const char *reason);
/**
 * Keep what is wrong with its folder, and tell who wants to know once, and when it is over.
 *
 * @param reason   NULL: nothing
 * @param patient  tell it when a second look finds it too
 */
void davy_entry_fault(davy_repository *repository, davy_entry *entry, const char *reason,
                      bool patient);
/** No request gets it any more; it is closed when its last user lets go. NULL is fine. */
void davy_lease_retire(davy_lease *lease);

/* repository_given.c */

/** Files of a request, in a folder of their own as "NAME/1/model.onnx". */
typedef struct davy_given {
    char name[32]; /* beneath the repository's folder; "" for none */
    int folder;
} davy_given;

/** Write files where nobody else looks. Call davy_given_remove() also after a failure. */
DAVY_MUST_CHECK davy_status davy_given_write(const davy_repository *repository, const char *model,
                                             const davy_model_file *files, size_t count,
                                             davy_given *out);
void davy_given_remove(const davy_repository *repository, davy_given *given);
/** Remove what a process left that died while it loaded. */
void davy_given_sweep(const davy_repository *repository);

/* repository_traffic.c; the caller holds `loading` */

/** Read what was kept; a damaged file is told in the log and left aside. */
DAVY_MUST_CHECK davy_status davy_traffic_open(davy_repository *repository);
/** Give a model that is new in memory the settings that were kept of it. */
void davy_traffic_recall(const davy_repository *repository, davy_entry *entry);
/** A model is gone, and its settings with it. */
void davy_traffic_forget(davy_repository *repository, const char *name);

/* repository_members.c; the caller holds `loading` */

/** DAVY_ERR_INVALID when an ensemble is, over its steps, a part of itself. */
DAVY_MUST_CHECK davy_status davy_members_check(const davy_repository *repository,
                                               const davy_served *ensemble);
/** Call for every model that an open version of an ensemble names. */
typedef davy_status (*davy_member_visit)(davy_repository *repository, const char *model);
DAVY_MUST_CHECK davy_status davy_members_visit(davy_repository *repository,
                                               const davy_infer_config *config,
                                               davy_member_visit visit);
/** The steps of all open versions: no more than the names of their models. */
DAVY_MUST_CHECK davy_status davy_members_copy(const davy_entry *entry, davy_arena *arena,
                                              davy_infer_config *out);
/** Whether an ensemble that is open names a model. */
bool davy_members_used(const davy_repository *repository, const char *model);

/* repository_load.c; the caller holds `loading` */

/**
 * Bring a model in memory to what was seen: open what is wanted and new, follow the aliases, retire
 * the rest.
 *
 * @param patient  leave what may still be written, and what failed as it is, for a later look
 * @return the first failure of a wanted version; DAVY_OK else
 */
DAVY_MUST_CHECK davy_status davy_repository_bring(davy_repository *repository, davy_entry *entry,
                                                  const davy_model_look *look, bool patient);
/** What is wrong with a folder that was looked at: why that failed, what was passed over, or that
 * there is nothing; NULL for nothing. */
const char *davy_model_look_fault(davy_status status, const davy_model_look *look);

/** Look at one model and bring it to that. */
DAVY_MUST_CHECK davy_status davy_repository_refresh(davy_repository *repository, const char *name,
                                                    bool patient);

/* repository_poll.c */

/** The first look, what is to be loaded at the start, and the thread that looks again. */
DAVY_MUST_CHECK davy_status davy_repository_start(davy_repository *repository,
                                                  const davy_repository_options *options);
void davy_repository_stop(davy_repository *repository);
