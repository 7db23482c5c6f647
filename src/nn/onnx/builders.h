/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/onnx/importer.h"

/**
 * @file
 * Builders: ONNX operators that the engine has in another form.
 *
 * Stage: nn. The engine is channels-last and keeps weights as its kernels read them; ONNX has N C H
 * W and weights of its own order. A builder says one by nodes of the other; constants among them
 * are computed once, by the passes.
 */

/* build_image.c */
davy_import_step davy_build_conv, davy_build_conv_transpose, davy_build_max_pool,
    davy_build_average_pool, davy_build_global_average_pool, davy_build_global_max_pool;

/* build_norm.c */
davy_import_step davy_build_batch_norm, davy_build_instance_norm, davy_build_layer_norm;

/* build_recurrent.c */
davy_import_step davy_build_rnn, davy_build_gru, davy_build_lstm;

/* build_control.c */
davy_import_step davy_build_if, davy_build_loop, davy_build_scan;

/* build_ml.c */
davy_import_step davy_build_trees, davy_build_label_encoder, davy_build_zip_map;

/* build_small.c */
davy_import_step davy_build_constant, davy_build_dropout;
