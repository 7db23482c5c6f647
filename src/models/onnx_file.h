/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * ONNX files as models need them: a graph written from nodes and numbers, numbers read by name.
 *
 * Stage: models. The schema is Debian's onnx.proto through protobuf-c. The writer makes operator
 * set 13, doubles throughout, so that a runtime computes what davy computes. The reader is given
 * bytes by strangers: it bounds size, memory and nesting, and takes only finite numbers.
 */

/** Largest model file that is read. */
#define DAVY_ONNX_FILE_MAX ((size_t) 256 * 1024 * 1024)

/** A graph under construction. A failed addition marks it; davy_onnx_writer_finish() tells. */
typedef struct davy_onnx_writer davy_onnx_writer;

DAVY_MUST_CHECK davy_status davy_onnx_writer_create(const char *name, davy_onnx_writer **out);
/** NULL is fine. */
void davy_onnx_writer_destroy(davy_onnx_writer *writer);

/** Learnt numbers: an initializer of doubles; `columns` 0 makes a vector. The values are copied. */
void davy_onnx_put_numbers(davy_onnx_writer *writer, const char *name, size_t rows, size_t columns,
                           const double *values);
/** One number, of rank 0. */
void davy_onnx_put_scalar(davy_onnx_writer *writer, const char *name, double value);
/** A vector of 64-bit integers, for axes. */
void davy_onnx_put_integers(davy_onnx_writer *writer, const char *name, const int64_t *values,
                            size_t count);
/** A node with up to four inputs, closed by NULL, and one output. */
void davy_onnx_put_node(davy_onnx_writer *writer, const char *operator, const char * const * inputs,
                        const char *output);
/** Give the newest node an integer attribute. */
void davy_onnx_put_attribute(davy_onnx_writer *writer, const char *name, int64_t value);
/** The graph's input [N, columns]. */
void davy_onnx_put_input(davy_onnx_writer *writer, const char *name, size_t columns);
/** An output of the graph, [N]. */
void davy_onnx_put_output(davy_onnx_writer *writer, const char *name);

/** The file's bytes, appended to `out`. */
DAVY_MUST_CHECK davy_status davy_onnx_writer_finish(davy_onnx_writer *writer, davy_buffer *out);

/** A file that was read. */
typedef struct davy_onnx_file davy_onnx_file;

/** DAVY_ERR_CORRUPT for bytes that are no ONNX model; DAVY_ERR_FULL beyond the limits above. */
DAVY_MUST_CHECK davy_status davy_onnx_file_parse(const void *bytes, size_t length,
                                                 davy_onnx_file **out);
/** NULL is fine. */
void davy_onnx_file_destroy(davy_onnx_file *file);

/** Rows and columns of an initializer (columns 0 for a vector), or DAVY_ERR_CORRUPT without it. */
DAVY_MUST_CHECK davy_status davy_onnx_file_shape(const davy_onnx_file *file, const char *name,
                                                 size_t *rows, size_t *columns);

/**
 * Copy an initializer of exactly this shape. Doubles and floats are taken.
 *
 * @return DAVY_ERR_CORRUPT when it is missing, has another shape or type, or a number in it is not
 *         finite
 */
DAVY_MUST_CHECK davy_status davy_onnx_file_numbers(const davy_onnx_file *file, const char *name,
                                                   size_t rows, size_t columns, double *values);

/**
 * Whether the node that makes `output` is this operator.
 *
 * @return DAVY_ERR_CORRUPT when no node makes it
 */
DAVY_MUST_CHECK davy_status davy_onnx_file_has_node(const davy_onnx_file *file,
                                                    const char *operator, const char * output,
                                                    bool *is_this);
