/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"
#include "nn/simd/kernels.h"

/**
 * @file
 * Layers: a node with its parameters, for those who build a network to train.
 *
 * Stage: nn. Images are [N, H, W, C], series [N, T, C]; 1-D and 2-D layers are one function each.
 * Parameters are named `name/weights`, `name/bias`, ... and start as zeros;
 * davy_layers_initialise() draws them. A failed graph passes through (graph.h).
 */

/** Geometry of a window that slides over an image (rank 2) or a series (rank 1: index 0). */
typedef struct davy_window2 {
    int64_t kernel[2], stride[2], dilation[2]; /* 0 is read as 1 */
    int64_t pad_begin[2], pad_end[2];
    bool same; /* pad so that the output is ceil(input / stride); pads are then ignored */
} davy_window2;

typedef struct davy_conv_options {
    int64_t channels; /* that come out */
    int64_t groups;   /* 0 is read as 1; the input's channels: depthwise */
    davy_window2 window;
    davy_activation activation;
    bool no_bias; /* before a norm */
    bool pool;    /* a 2x2 max pool follows, in the same pass over memory; 2-D, ReLU or none */
} davy_conv_options;

/** [..., K] -> [..., units] */
davy_value davy_layer_dense(davy_graph *graph, const char *name, davy_value x, int64_t units,
                            davy_activation activation);
davy_value davy_layer_conv(davy_graph *graph, const char *name, davy_value x,
                           const davy_conv_options *options);
/** Sizes grow by the stride. */
davy_value davy_layer_conv_transpose(davy_graph *graph, const char *name, davy_value x,
                                     const davy_conv_options *options);
davy_value davy_layer_max_pool(davy_graph *graph, davy_value x, const davy_window2 *window);
davy_value davy_layer_average_pool(davy_graph *graph, davy_value x, const davy_window2 *window);
/** [N, ..., C] -> [N, C] */
davy_value davy_layer_global_average_pool(davy_graph *graph, davy_value x);
davy_value davy_layer_global_max_pool(davy_graph *graph, davy_value x);

/** Over all but the last dimension, with running statistics. */
davy_value davy_layer_batch_norm(davy_graph *graph, const char *name, davy_value x);
/** Over the last dimension. */
davy_value davy_layer_layer_norm(davy_graph *graph, const char *name, davy_value x);
davy_value davy_layer_group_norm(davy_graph *graph, const char *name, davy_value x, int64_t groups);

davy_value davy_layer_activation(davy_graph *graph, davy_value x, davy_activation activation,
                                 float slope);
davy_value davy_layer_softmax(davy_graph *graph, davy_value x); /* over the last dimension */
davy_value davy_layer_dropout(davy_graph *graph, davy_value x, float rate);
davy_value davy_layer_add(davy_graph *graph, davy_value a, davy_value b);
davy_value davy_layer_concat(davy_graph *graph, const davy_value *values, size_t count,
                             int64_t axis);
/** dims: 0 keeps the size, -1 is what is left. */
davy_value davy_layer_reshape(davy_graph *graph, davy_value x, int rank, const int64_t *dims);
/** [N, ...] -> [N, product] */
davy_value davy_layer_flatten(davy_graph *graph, davy_value x);
/** Elements from .. to-1 of an axis. */
davy_value davy_layer_slice(davy_graph *graph, davy_value x, int64_t axis, int64_t from,
                            int64_t to);
davy_value davy_layer_transpose(davy_graph *graph, davy_value x, const int64_t *order);
/** Mean over one axis, which goes away. */
davy_value davy_layer_mean(davy_graph *graph, davy_value x, int64_t axis);

typedef enum davy_recurrent {
    DAVY_RNN,
    DAVY_GRU,
    DAVY_LSTM,
    DAVY_LINEAR_RECURRENCE
} davy_recurrent;
/**
 * [N, T, C] -> [N, T, directions * units], or the last state [N, directions * units].
 *
 * DAVY_LINEAR_RECURRENCE is the gated linear recurrence h(t) = a(t) h(t-1) + (1 - a(t)) v(t), with
 * a = sigmoid(x Wa + ba) and v = x Wv + bv.
 */
davy_value davy_layer_recurrent(davy_graph *graph, const char *name, davy_value x,
                                davy_recurrent kind, int64_t units, bool bidirectional,
                                bool last_only);

typedef struct davy_attention_options {
    int64_t heads;
    bool causal;     /* a step sees itself and what was before it */
    int64_t window;  /* a step sees this many steps on each side; 0: all */
    davy_value mask; /* [N, T] 1 where a step may be seen, else 0; DAVY_VALUE_NONE: all */
} davy_attention_options;
/** Self-attention with its projections: [N, T, D] -> [N, T, D]. */
davy_value davy_layer_attention(davy_graph *graph, const char *name, davy_value x,
                                const davy_attention_options *options);
/** Whole numbers [N, T] (int64) below `words` -> [N, T, units] */
davy_value davy_layer_embedding(davy_graph *graph, const char *name, davy_value x, int64_t words,
                                int64_t units);
/** Add a learnt position to [N, T, D]. */
davy_value davy_layer_position(davy_graph *graph, const char *name, davy_value x);

/**
 * Draw all parameters from a seed by their layer's kind: He (before ReLU) or Glorot uniform, zeros
 * for biases, ones for scales, 1 for an LSTM's forget bias.
 *
 * Sources: He et al., arXiv:1502.01852; Glorot, Bengio, AISTATS 2010; Jozefowicz et al., ICML 2015.
 */
void davy_layers_initialise(davy_graph *graph, uint64_t seed);
