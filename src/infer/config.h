/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "infer/tensors.h"

/**
 * @file
 * How a model is to be served: the useful part of Triton's config.pbtxt.
 *
 * Stage: infer. A file in protobuf's text format, or the same as JSON in a load request. A model
 * without one is served by what its graph and its model.json say. A key that davy does not know is
 * an error that names line and key; one that Triton has and davy leaves aside (GPU, optimisation)
 * is a word in the log.
 */
#define DAVY_CONFIG_FILE      "config.pbtxt"
#define DAVY_CONFIG_FILE_MAX  ((size_t) 1024 * 1024) /* real ones have some hundred lines */
#define DAVY_CONFIG_PORTS_MAX ((size_t) 1024)        /* as inputs of a graph */
#define DAVY_CONFIG_DEPTH_MAX 16                     /* nesting of messages; real ones have five */

/** Keys of `parameters` that are davy's. */
#define DAVY_CONFIG_IMAGE   "davy.image"
#define DAVY_CONFIG_BOXES   "davy.boxes"
#define DAVY_CONFIG_LATENCY "davy.latency_ms"

typedef enum davy_version_policy {
    DAVY_VERSIONS_LATEST, /* the newest `count` */
    DAVY_VERSIONS_ALL,
    DAVY_VERSIONS_SPECIFIC
} davy_version_policy;

typedef enum davy_timeout_action { DAVY_TIMEOUT_REJECT, DAVY_TIMEOUT_DELAY } davy_timeout_action;

typedef struct davy_queue_policy {
    size_t size_max;             /* requests that may wait; 0: the host's limit */
    uint64_t timeout_us;         /* 0: none */
    bool allow_timeout_override; /* by a request, to a smaller one */
    davy_timeout_action action;
} davy_queue_policy;

#define DAVY_PREFERRED_MAX  16
#define DAVY_PRIORITIES_MAX 64

typedef struct davy_batching {
    bool dynamic;
    size_t preferred[DAVY_PREFERRED_MAX]; /* ascending */
    size_t preferred_count;
    uint64_t delay_us;         /* most time that the oldest waits for company */
    unsigned priority_levels;  /* 0: one */
    unsigned priority_default; /* 1 is the most urgent */
    davy_queue_policy queue, queues[DAVY_PRIORITIES_MAX]; /* default, and by priority - 1 */
} davy_batching;

/** Control inputs of a stateful graph, and states that the host carries from step to step. */
typedef struct davy_sequence_state {
    const char *input, *output;
    davy_type type;
    int rank;
    int64_t dims[DAVY_RANK_MAX];
} davy_sequence_state;

typedef struct davy_sequencing {
    bool on;
    uint64_t idle_us;                              /* a sequence without a request ends */
    const char *start, *ready, *end, *correlation; /* control inputs; NULL: the graph has none */
    const davy_sequence_state *states;
    size_t state_count;
    size_t sequences_max; /* 0: the host's limit */
} davy_sequencing;

/** One step of an ensemble: which tensors of the ensemble are which of the model. */
typedef struct davy_ensemble_map {
    const char *model, *ensemble;
} davy_ensemble_map;

typedef struct davy_ensemble_step {
    const char *model;
    const char *version; /* "": what is served */
    const davy_ensemble_map *inputs, *outputs;
    size_t input_count, output_count;
} davy_ensemble_step;

/** A request that is run when the model is loaded, before it is ready. */
typedef struct davy_warmup_input {
    davy_port port;
    bool random;      /* numbers in [0, 1); else zeros, or those of a file */
    const char *file; /* in the model's folder `warmup`; NULL for none */
} davy_warmup_input;

typedef struct davy_warmup {
    const char *name;
    size_t batch, count;
    const davy_warmup_input *inputs;
    size_t input_count;
} davy_warmup;

/**
 * How bytes of a picture become the numbers of an input; key `davy.image` of `parameters`, words
 * with a blank between: "input=data size=224x160 layout=nchw colour=bgr mean=0.485,0.456,0.406
 * deviation=0.229,0.224,0.225 fit=letterbox" (size is width x height; nhwc, rgb, 0, 1 and stretch
 * unless said otherwise).
 */
typedef struct davy_image_input {
    const char *input; /* NULL: the model takes no pictures */
    size_t width, height;
    bool channels_first, bgr, letterbox;
    float mean[3], deviation[3]; /* (value / 255 - mean) / deviation */
} davy_image_input;

/** Boxes that a model may give of one picture, after suppression. */
#define DAVY_BOXES_MOST ((size_t) 1000)

/**
 * How numbers of an output are boxes (infer/boxes.h); key `davy.boxes` of `parameters`:
 * "output=output0 layout=columns box=centre objectness=no scale=pixels score=0.25 overlap=0.45
 * most=300". Those are what is meant unless said otherwise, but for the output.
 */
typedef struct davy_box_output {
    const char *output; /* NULL: the model gives no boxes */
    bool columns;       /* [N, values, boxes]; else rows: [N, boxes, values] */
    bool corners;       /* two corners; else centre and size */
    bool objectness;    /* a fifth number that all scores are multiplied by */
    bool relative;      /* to the sides of the input; else its pixels */
    double score;       /* least that counts */
    double overlap;     /* most that two boxes of a class may, as a share of their union */
    size_t most;        /* boxes of a picture */
} davy_box_output;

typedef struct davy_infer_config {
    const char *name;     /* "" when the file does not say */
    const char *platform; /* or backend; "" */
    const char *aside;    /* "optimization, response_cache": keys that are left aside; "" */
    size_t batch_max;     /* 0: the graph has no batch dimension */
    const davy_port *inputs, *outputs; /* without the batch dimension, as in the file */
    size_t input_count, output_count;
    davy_version_policy policy;
    size_t policy_count;
    const unsigned *policy_versions; /* [policy_count] of SPECIFIC */
    davy_batching batching;
    davy_sequencing sequencing;
    size_t instances; /* runs at the same time; 0: the host's choice */
    const davy_ensemble_step *steps;
    size_t step_count;
    const davy_warmup *warmups;
    size_t warmup_count;
    davy_image_input image;
    davy_box_output boxes;
    double latency_ms;       /* p99 that the model promises; 0: none; key `davy.latency_ms` */
    const char *labels_file; /* of the first output that names one; NULL */
} davy_infer_config;

/**
 * Read a config.
 *
 * @param arena  holds what the config points to
 * @return DAVY_ERR_INVALID names file, line and key
 */
DAVY_MUST_CHECK davy_status davy_infer_config_parse(const char *file, const char *bytes,
                                                    size_t length, davy_arena *arena,
                                                    davy_infer_config *out);
/** The same from the JSON of a load request. */
DAVY_MUST_CHECK davy_status davy_infer_config_parse_json(const char *bytes, size_t length,
                                                         davy_arena *arena, davy_infer_config *out);
/** As JSON with Triton's keys, for GET .../config. */
void davy_infer_config_write(const davy_infer_config *config, davy_buffer *out);
