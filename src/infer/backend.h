/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"
#include "nn/graph.h"

/**
 * @file
 * Backends: one constant table a row, what a version's folder can be; served.c lists them.
 *
 * Stage: infer. A backend opens the folder of a version, fills in what it says of itself, and runs
 * whole tensors that served.c has checked against its ports.
 */

/** Where a version lies: its folder and that of its model, opened without a link on the way. */
typedef struct davy_served_place {
    int folder, model; /* descriptors of REPOSITORY/NAME/VERSION and REPOSITORY/NAME */
    const char *path;  /* for sentences */
    const char *file;  /* of a graph that stands alone, whatever is beside it; NULL: a version's */
    size_t memory_max; /* bytes that its numbers may take; 0: the importer's default */
} davy_served_place;

typedef struct davy_backend {
    const char *name, *platform;
    /* Set served->state and fill in served->info, as far as it is not filled in; memory comes from
     * served->arena. On failure the core calls close() on what was set. */
    davy_status (*open)(davy_served *served, const davy_served_place *place);
    void (*close)(void *state);
    davy_status (*create)(davy_instance *instance); /* sets instance->state */
    void (*destroy)(void *state);
    void (*reset)(void *state); /* optional: a new sequence begins */
    davy_status (*run)(davy_instance *instance, const davy_tensor *inputs, davy_tensor *outputs);
    const davy_doubt *(*doubts)(const void *state, size_t *count); /* optional */
    davy_status (*explain)(davy_instance *instance, size_t sample,
                           const davy_infer_request *request, davy_arena *arena,
                           davy_attribution *out); /* optional */
} davy_backend;

extern const davy_backend davy_backend_ensemble;
extern const davy_backend davy_backend_onnx;
extern const davy_backend davy_backend_predictor;
extern const davy_backend davy_backend_watcher;

struct davy_served {
    const davy_backend *backend;
    davy_served_info info;
    void *state;           /* of the backend */
    davy_arena arena;      /* what `info` points to */
    davy_infer_config own; /* the folder's, or none: what `info.config` points to then */
};

struct davy_instance {
    const davy_served *served;
    davy_pool *pool;
    davy_explain_pace pace; /* of long explanations */
    void *state;            /* of the backend */
};

/** Files of a version. */
#define DAVY_SERVED_ONNX "model.onnx"
#define DAVY_SERVED_JSON "model.json"

/** Labels of classes that a model's folder may hold, and their bytes. */
#define DAVY_SERVED_LABELS_MAX ((size_t) 1 << 20)

/** Bytes of the models that davy opens for others: what a small machine can hold twice. */
#define DAVY_SERVED_FILE_MAX ((size_t) 1 << 30)

/** Open a version whose folder was opened. @param config  borrowed until the model is closed */
DAVY_MUST_CHECK davy_status davy_served_open_at(const davy_served_place *place, const char *name,
                                                unsigned version, const davy_infer_config *config,
                                                davy_served **out);

/** The config of a model's folder; what it says by default where there is none. -1: no folder. */
DAVY_MUST_CHECK davy_status davy_served_read_config(int model, davy_arena *arena,
                                                    davy_infer_config *out);

/** The samples of training that a predictor keeps; NULL for other backends. */
const struct davy_background *davy_served_background(const davy_served *served);
/** The predictor itself; NULL for other backends. */
const davy_predictor *davy_served_predictor(const davy_served *served);

/* ports.c */

/** A tensor of a port with zeros: free dimensions are 1, that of the batch `rows`. */
DAVY_MUST_CHECK davy_status davy_port_zeros(const davy_served_info *info, const davy_port *port,
                                            size_t rows, davy_arena *arena, davy_tensor *out);

/** The inputs and outputs of a graph as ports, with what its file declares of them. */
DAVY_MUST_CHECK davy_status davy_ports_of_graph(davy_served *served, const davy_graph *graph);

/**
 * Narrow the ports by what the config says of them, and look for what else it names.
 *
 * @return DAVY_ERR_INVALID names what in config and graph does not fit; DAVY_ERR_UNSUPPORTED for an
 *         input or output without a type that a client can send
 */
DAVY_MUST_CHECK davy_status davy_ports_settle(davy_served *served);

/** One port in the memory of a served model; NULL without memory. */
davy_port *davy_ports_make(davy_served *served, size_t count);

/** DAVY_ERR_INVALID when a tensor is not what the port declares. */
DAVY_MUST_CHECK davy_status davy_port_check(const davy_port *port, const davy_tensor *tensor);
