/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "nn/graph.h"

/**
 * @file
 * ONNX models in and out: from a file to a graph, and from a graph to a file.
 *
 * Stage: nn. The importer takes operator sets 1 to 17 of the standard domain, 1 to 5 of ai.onnx.ml
 * (trees, support vectors, linear models and what stands before them), and functions that a model
 * brings along. It was written for bytes from strangers: sizes, nesting and names are checked
 * before anything is built on them. The exporter writes operator set 17, and 3 of ai.onnx.ml.
 *
 * Source: ONNX 1.12, docs/IR.md, docs/Operators.md, docs/Changelog.md.
 */

/** Longest file that protobuf can describe. */
#define DAVY_ONNX_MODEL_MAX ((size_t) 2 << 30)

/** Versions that the importer was written for. */
#define DAVY_ONNX_IR_MIN    3
#define DAVY_ONNX_IR_MAX    10
#define DAVY_ONNX_OPSET_MAX 17
#define DAVY_ONNX_ML_MAX    5 /* of the domain ai.onnx.ml */

/** The domain of classical models. */
#define DAVY_ONNX_ML "ai.onnx.ml"

/** Bytes that the numbers of a model may take, unless said otherwise. */
#define DAVY_ONNX_MEMORY_MAX ((size_t) 4 << 30)

/**
 * Read a model.
 *
 * Initializers become constants, also those that stand among the inputs. Images stay N C H W at
 * inputs and outputs; inside, convolutions and pools are channels-last between two transposes,
 * which the passes cancel.
 *
 * @param folder      where external data may lie; NULL: none is read
 * @param memory_max  bytes that numbers may take; 0: DAVY_ONNX_MEMORY_MAX
 * @return DAVY_ERR_CORRUPT when the bytes are no model or break ONNX's rules; DAVY_ERR_UNSUPPORTED
 *         with all operators that davy has not got, by node and operator set; DAVY_ERR_FULL beyond
 *         a limit of ONNX files, DAVY_ERR_NOMEM beyond memory_max
 */
DAVY_MUST_CHECK davy_status davy_onnx_import(const void *bytes, size_t length, const char *folder,
                                             size_t memory_max, davy_graph **out);

/** Read a model's file; external data beneath its folder. */
DAVY_MUST_CHECK davy_status davy_onnx_load(const char *path, size_t memory_max, davy_graph **out);

/** A word about a model that travels with it. */
typedef struct davy_onnx_note {
    const char *key, *value;
} davy_onnx_note;

/**
 * Write a graph as a model of operator set 13, or the later one that has all of its operators (17
 * of a layer norm or a transform), with free sizes as names. Images at its inputs and outputs are N
 * H W C, as the graph has them. Dropout and losses are left out, with inputs that only losses use.
 *
 * @param graph  of a builder, so that shapes are known; not changed
 * @param notes  become metadata_props
 * @param out    the file's bytes are appended
 * @return DAVY_ERR_UNSUPPORTED for an operator that ONNX cannot say
 */
DAVY_MUST_CHECK davy_status davy_onnx_export(davy_graph *graph, const davy_onnx_note *notes,
                                             size_t note_count, davy_buffer *out);
