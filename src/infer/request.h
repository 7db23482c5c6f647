/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "infer/tensors.h"

/**
 * @file
 * A question to a model and its answer, free of any protocol.
 *
 * Stage: infer. HTTP, gRPC and the library fill in a request, call davy_host_infer() and write the
 * response in the words of their protocol.
 */

/** Words for a reason, so that a protocol can choose its code beside the status. */
typedef enum davy_refusal {
    DAVY_REFUSAL_NONE,
    DAVY_REFUSAL_QUEUE,    /* the model's queue is full */
    DAVY_REFUSAL_TIMEOUT,  /* it waited longer than it may */
    DAVY_REFUSAL_CAPACITY, /* what is promised cannot be met: more is asked than the box can do */
    DAVY_REFUSAL_STATE,    /* loading, unloading, failed, stopping */
    DAVY_REFUSAL_WAIT      /* it would have to wait, and was asked `at_once` */
} davy_refusal;

typedef struct davy_infer_request {
    const char *model;   /* name */
    const char *version; /* "": what is served; "3"; or an alias, "champion" */
    const char *id;      /* of the client; "" for none; returned as it came */
    const char *client;  /* name of the key: sequences belong to one client, canaries to one side */
    const davy_named_tensor *inputs; /* borrowed until the answer is there */
    size_t input_count;
    const char *const *outputs; /* names wanted; none: all */
    size_t output_count;
    unsigned priority;    /* 1 is the most urgent; 0: the model's default */
    uint64_t timeout_us;  /* most time in the queue; 0: the model's default */
    const char *sequence; /* correlation id in text; NULL: none */
    bool sequence_start, sequence_end;
    bool at_once; /* be answered without waiting, or refused with DAVY_REFUSAL_WAIT */
    bool explain;
    const char *explain_method; /* NULL: auto */
    size_t explain_top;         /* most attributions of a sample; 0: the default */
} davy_infer_request;

/** Why one sample of the batch got the answer it got. */
typedef struct davy_attribution {
    const char *output; /* the output that is explained, and which of its answers */
    const char *answer; /* class; "" for numbers */
    const char *method; /* "paths" */
    bool exact;
    double base, score, residual;
    size_t count;
    const char *const *names; /* [count] largest first */
    const double *shares;     /* [count] */
    davy_bytes picture;       /* Grad-CAM as PNG; length 0 for none */
} davy_attribution;

/** A sample that was not judged, or not within what was learnt, and why. */
typedef struct davy_doubt {
    size_t sample;
    bool abstain;       /* false: answered all the same, outside of training's range */
    const char *reason; /* "stuck: T-101/pressure", "outside: P-1/current 83 above 40.2" */
} davy_doubt;

/** Where the time went, in nanoseconds, and when: by the monotonic clock, 0 for an ensemble, whose
 * parts have each their own. */
typedef struct davy_infer_times {
    int64_t queue, input, compute, output;
    int64_t arrived_ns, started_ns; /* in the queue, and when its batch began */
} davy_infer_times;

/** Owns all it points to by its arena. Zeroed is empty. */
typedef struct davy_infer_response {
    davy_arena arena;
    const char *model;
    unsigned version;
    const char *file_hash; /* of model.onnx */
    davy_named_tensor *outputs;
    size_t output_count;
    davy_attribution *attributions; /* [attribution_count] one a sample when asked for */
    size_t attribution_count;
    davy_doubt *doubts;
    size_t doubt_count;
    davy_infer_times times;
    double cost;  /* in answers: more than 1 for one that was explained, by the time that it took */
    size_t batch; /* samples that ran together, this request's and others' */
    davy_refusal refusal;
    unsigned retry_after_ms; /* of a refusal */
} davy_infer_response;

void davy_infer_response_clear(davy_infer_response *response);
