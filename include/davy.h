/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * libdavy: open a model, ask it, have its answer explained, close it.
 *
 *     davy *model;
 *     davy_session *session;
 *     double row[3] = {101.3, 20.5, 0.2};
 *     davy_array input = {.type = DAVY_FP64, .rank = 2, .shape = {1, 3},
 *                         .data = row, .bytes = sizeof row};
 *
 *     if (davy_open("/var/lib/davy/models/pump@champion", &model) != DAVY_OK ||
 *         davy_session_open(model, 1, &session) != DAVY_OK ||
 *         davy_run(session, &input, 1) != DAVY_OK)
 *         return fprintf(stderr, "%s\n", davy_error());
 *     score = *(const double *) davy_output(session, 0)->data;
 *
 * A model is any ONNX file or what `davy train` made. It never changes after it was opened and may
 * be shared by any number of threads. A session runs it and belongs to one thread at a time. All
 * else is free of state: the library has no global settings, starts no thread that was not asked
 * for, writes nothing to standard error, and never ends the process. (OpenBLAS, with which it is
 * linked, starts threads of its own when it is loaded, unless OPENBLAS_NUM_THREADS=1 is set.) A
 * file that is broken, or made to break its reader, is an error with a sentence.
 *
 * A function that can fail gives DAVY_OK, which is 0, or a negative number; davy_error() then says
 * what was wrong and with which file or array. What it gives through its last argument is written
 * on success only. Pointers that it gives belong to the library; how long they last is said there.
 *
 * The library's binary interface is that of its soname. Structures that the library gives may grow
 * at their end; those that the caller fills in do not change.
 */
#ifdef __cplusplus
extern "C" {
#endif

#ifndef DAVY_API
#define DAVY_API __attribute__((visibility("default")))
#endif

/** Results. New ones may come: treat any negative number as a failure. */
#define DAVY_OK              0
#define DAVY_ERR_INVALID     (-1) /* an argument, array or setting does not fit */
#define DAVY_ERR_NOMEM       (-2) /* no memory */
#define DAVY_ERR_IO          (-3) /* a file could not be read */
#define DAVY_ERR_NOT_FOUND   (-4) /* the model, version or alias is not there */
#define DAVY_ERR_CORRUPT     (-6) /* a file is broken, or is not the one that was signed */
#define DAVY_ERR_FULL        (-7) /* more than a limit of the library, or than the caller's memory */
#define DAVY_ERR_UNSUPPORTED (-8)  /* well formed, and not something that this library can do */
#define DAVY_ERR_UNAVAILABLE (-11) /* a model runs with too many shapes at once: try again */

/** Types of elements, with the names of the Open Inference Protocol and the numbers of ONNX. */
#define DAVY_FP32   1
#define DAVY_UINT8  2
#define DAVY_INT8   3
#define DAVY_UINT16 4
#define DAVY_INT16  5
#define DAVY_INT32  6
#define DAVY_INT64  7
#define DAVY_BYTES  8 /* davy_text */
#define DAVY_BOOL   9 /* one byte, 0 or 1 */
#define DAVY_FP16   10
#define DAVY_FP64   11
#define DAVY_UINT32 12
#define DAVY_UINT64 13
#define DAVY_BF16   16

/** An element of type DAVY_BYTES: text in UTF-8, or any bytes. No zero closes it. */
typedef struct davy_text {
    const void *at;
    size_t length; /* bytes */
} davy_text;

/** Most dimensions of an array. */
#define DAVY_RANK_MAX 8

/** An array of numbers or texts: what a model declares, is given, and gives. */
typedef struct davy_array {
    const char *name; /* of the input or output; NULL, as input: it is known by its place */
    int type;         /* DAVY_FP32 ... */
    int rank;         /* dimensions; 0 for a single number */
    int64_t shape[DAVY_RANK_MAX]; /* the first `rank`; in a declaration -1 where any size goes */
    void *data;   /* elements in row-major order, aligned as their type; NULL in a declaration */
    size_t bytes; /* of data: elements times their size */
} davy_array;

/** An opened model; shared by threads. */
typedef struct davy davy;

/** One who runs a model; of one thread at a time. */
typedef struct davy_session davy_session;

/** What a model says of itself. Lasts as long as the model. */
typedef struct davy_about {
    const char *name; /* "pump"; the file's name of a model that is in no registry */
    unsigned version; /* 0: in no registry */
    const char *kind; /* "pca", "forest" ...; "onnx" for a model that davy has not trained */
    const char *task; /* "anomaly", "classify", "regress", "life", "forecast"; "" when not known */
    const davy_array *inputs;  /* [input_count] in the order in which davy_run() takes them */
    const davy_array *outputs; /* [output_count] in the order of davy_output() */
    size_t input_count, output_count;
    const char *const *signals; /* [signal_count] columns of a row, in order */
    const char *const *units;   /* [signal_count] UCUM codes, "" where not known */
    size_t signal_count;        /* 0: pictures, or not known */
    const char *const *classes; /* [class_count] in the order of the probabilities */
    size_t class_count;         /* 0: the model answers with numbers, or they are not known */
    int64_t period_ns; /* time from row to row of training; 0: rows are independent, or unknown */
    const char *file_hash; /* SHA-256 of model.onnx in hexadecimal */
    const char *signer;    /* public key of who signed the version; "" when nobody did */
} davy_about;

/**
 * Open a model.
 *
 * @param path  one of
 *              - a file that ends in ".onnx";
 *              - the folder of a version, "models/pump/3": model.onnx, for what davy has trained
 *                with model.json, and the optional config.pbtxt of Triton's layout above it;
 *              - a model of a registry, "models/pump@champion" or "models/pump@3"; "models/pump"
 *                is its champion
 * @param model  to be closed with davy_close()
 * @return DAVY_ERR_NOT_FOUND; DAVY_ERR_CORRUPT for a broken file and for a version that is not as
 *         it was signed; DAVY_ERR_UNSUPPORTED when an operator or its type is not known;
 *         DAVY_ERR_FULL for a file or a graph beyond the library's limits
 */
DAVY_API int davy_open(const char *path, davy **model);

/** Close a model, with the last of its sessions if there are any. NULL is fine. */
DAVY_API void davy_close(davy *model);

/** What a model says of itself; NULL for NULL. */
DAVY_API const davy_about *davy_describe(const davy *model);

/**
 * Open a session: memory to run the model in.
 *
 * @param threads  that may share the work of a run, at most 256; 1 is the calling thread alone,
 *                 which starts no other; 0 is as many as there are CPUs. The answers are the same
 *                 to the bit
 */
DAVY_API int davy_session_open(davy *model, unsigned threads, davy_session **session);

/** Close a session. NULL is fine. */
DAVY_API void davy_session_close(davy_session *session);

/**
 * Run the model. Inputs are read where they are and are not copied; leave them in place until the
 * next run if davy_explain() is to be called. Shapes that the model has seen before need no new
 * plan.
 *
 * A model that watches (task "anomaly") takes rows [N, signals] in order of time, each `period_ns`
 * after the one before, NaN where a number is missing. It remembers: a run goes on where the last
 * one ended, so that a stream may be given row by row. Its first rows answer "abstain" until its
 * window is full.
 *
 * @param inputs  [count] as davy_about.inputs declares them
 * @return DAVY_ERR_INVALID when an input is missing or does not fit its declaration, and when
 *         another thread is using the session; DAVY_ERR_FULL beyond the memory of a run;
 *         the outputs are then those of no run
 */
DAVY_API int davy_run(davy_session *session, const davy_array *inputs, size_t count);

/**
 * Forget the rows of a model that watches: a new stream begins. Others have nothing to forget.
 *
 * @return DAVY_ERR_INVALID when another thread is using the session
 */
DAVY_API int davy_session_reset(davy_session *session);

/**
 * An output of the last run: type, shape, and data that lasts until the session's next run.
 *
 * @return NULL when there is no such output, and before the first run and after one that failed
 */
DAVY_API const davy_array *davy_output(const davy_session *session, size_t index);

/**
 * Copy the elements of an output of the last run into memory of the caller.
 *
 * @param bytes  that `data` has room for
 * @return DAVY_ERR_FULL when they are more; DAVY_ERR_NOT_FOUND where davy_output() gives NULL;
 *         DAVY_ERR_UNSUPPORTED for DAVY_BYTES, whose elements point to their text
 */
DAVY_API int davy_output_copy(const davy_session *session, size_t index, void *data, size_t bytes);

/** Why a model answered as it did: score = base + the sum of all shares + residual. */
typedef struct davy_reasons {
    const char *output; /* the output that is explained */
    const char *answer; /* its class; "" for numbers */
    const char *method; /* how it was found: "paths", "sums", "background", "gradients",
                         * "permutation", "contributions" */
    int exact;          /* 1: the shares are exact; 0: they are an approximation */
    double base, score; /* the usual score and that of this answer: log odds, probability, the
                         * unit of what is predicted, or multiples of the limit */
    double residual;    /* what all shares together leave unexplained */
    size_t count;
    const char *const *names; /* [count] signals, or features of the model; largest share first */
    const double *shares;     /* [count] in the unit of the score; with `top`, not all of them */
} davy_reasons;

/**
 * Explain the answer to one sample of the last run.
 *
 * @param sample   its index along dimension 0
 * @param top      most shares that are wanted, the largest ones; 0: a few
 * @param reasons  last until the session's next call
 * @return DAVY_ERR_UNSUPPORTED when the model has no explanation, such as a model that davy has
 *         not trained; DAVY_ERR_INVALID for a sample that was not there
 */
DAVY_API int davy_explain(davy_session *session, size_t sample, size_t top,
                          const davy_reasons **reasons);

/**
 * The sentence of this thread's last failure; "" before the first. Lasts until its next one.
 * Never NULL.
 */
DAVY_API const char *davy_error(void);

/** Version of the library, for example "0.1.0". */
DAVY_API const char *davy_version(void);

#ifdef __cplusplus
}
#endif
