/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "infer/served.h"

/**
 * @file
 * Repository: which models there are, which versions are loaded, and which one a request means.
 *
 * Stage: infer. A folder in Triton's layout, NAME/config.pbtxt and NAME/VERSION/model.onnx; davy's
 * registry is one. A version that is swapped is held until the last who uses it lets go, so that no
 * request fails; whoever takes one takes no lock of the disk.
 */
typedef struct davy_repository davy_repository;

/** A version that is held: it is not closed before davy_lease_release(). */
typedef struct davy_lease davy_lease;

typedef enum davy_model_control {
    DAVY_CONTROL_POLL,    /* what appears is loaded, what goes is unloaded */
    DAVY_CONTROL_EXPLICIT /* only what is asked for */
} davy_model_control;

typedef struct davy_repository_options {
    const char *folder;
    davy_model_control control;
    int64_t poll_ns;            /* 0: the default */
    size_t models_max;          /* versions loaded at a time; 0: the default */
    size_t memory_max;          /* bytes of all that is loaded; 0: the default */
    const char *const *startup; /* EXPLICIT: names that are loaded at once; "*": all */
    size_t startup_count;
    const char
        *traffic; /* file that keeps davy_repository_set_traffic() from run to run; NULL: none */
    /* A version was opened and is not ready yet: warm it up; `model` is the descriptor of its
     * model's folder. A failure is the version's, and its reason. Optional. */
    davy_status (*prepare)(void *context, davy_lease *lease, int model);
    /* A version is ready, went away, or failed; version 0: the model's folder is FAULTY, or MENDED
     * again. For events and the audit. Optional. */
    void (*changed)(void *context, const char *name, unsigned version, const char *state,
                    const char *reason);
    /* An alias answers with another version than before. Optional. */
    void (*moved)(void *context, const char *name, const char *alias, unsigned from, unsigned to);
    void *context;
} davy_repository_options;

DAVY_MUST_CHECK davy_status davy_repository_open(const davy_repository_options *options,
                                                 davy_repository **out);
/** NULL is fine. Waits for those who hold a version. */
void davy_repository_close(davy_repository *repository);

/** Versions and states, also of models that are not loaded. */
typedef struct davy_repository_entry {
    const char *name;
    unsigned version;    /* 0: none is there */
    const char *state;   /* "READY", "LOADING", "UNLOADING", "UNAVAILABLE" */
    const char *reason;  /* of UNAVAILABLE; why a newer file of a READY one was not taken; what is
                          * wrong with the folder of the model; "" */
    const char *aliases; /* "champion,stable"; "" for none */
} davy_repository_entry;
typedef davy_status (*davy_repository_visit)(void *context, const davy_repository_entry *entry);
DAVY_MUST_CHECK davy_status davy_repository_list(davy_repository *repository, bool ready_only,
                                                 davy_repository_visit visit, void *context);

/** A file of a load request: "1/model.onnx" and its bytes. */
typedef struct davy_model_file {
    const char *path;
    davy_bytes bytes;
} davy_model_file;

/**
 * Load what the folder has now, or what is given; what was loaded serves on until the new is ready,
 * and stays when the new one fails.
 *
 * @param config_json  NULL: that of the folder
 */
DAVY_MUST_CHECK davy_status davy_repository_load(davy_repository *repository, const char *name,
                                                 const char *config_json,
                                                 const davy_model_file *files, size_t count);
DAVY_MUST_CHECK davy_status davy_repository_unload(davy_repository *repository, const char *name,
                                                   bool dependents);
/** Look at the folder now (POLL does so by itself). */
DAVY_MUST_CHECK davy_status davy_repository_poll(davy_repository *repository);

/**
 * The version that a name and a version's text mean now: "" what is served (champion in a registry,
 * else the newest loaded), "3", or an alias.
 *
 * @return DAVY_ERR_NOT_FOUND; DAVY_ERR_UNAVAILABLE with the reason while it is not ready
 */
DAVY_MUST_CHECK davy_status davy_repository_acquire(davy_repository *repository, const char *name,
                                                    const char *version, davy_lease **out);
void davy_lease_release(davy_lease *lease);
const davy_served *davy_lease_served(const davy_lease *lease);
/** What the host keeps beside a version (its queue); destroyed with the version. */
void **davy_lease_slot(davy_lease *lease, void (*destroy)(void *));

/** How requests for a model without a version are shared among versions. */
typedef struct davy_traffic {
    char canary[64];     /* alias or version that gets a share; "" for none */
    double canary_share; /* 0 to 1, by client and id, so that one client stays on one side */
    char shadow[64];     /* runs beside, its answers are compared and dropped; "" for none */
    double error_bound;  /* canary: share of errors or disagreements from which it is taken back */
    size_t decide_after; /* requests seen before that */
} davy_traffic;
/** From a JSON object, {"canary": "challenger", "canary_share": 0.05}: what is not there is none.
 */
DAVY_MUST_CHECK davy_status davy_traffic_parse(const char *bytes, size_t length, davy_traffic *out);
/** As a JSON object with all its keys. */
DAVY_MUST_CHECK davy_status davy_traffic_write(const davy_traffic *traffic, davy_buffer *out);

/** What it names is loaded, then it is kept, then it counts; when one fails all stays as it was. */
DAVY_MUST_CHECK davy_status davy_repository_set_traffic(davy_repository *repository,
                                                        const char *name,
                                                        const davy_traffic *traffic);
DAVY_MUST_CHECK davy_status davy_repository_traffic(davy_repository *repository, const char *name,
                                                    davy_traffic *out);
