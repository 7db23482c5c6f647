/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/builders.h"
#include "nn/onnx/upgrade.h"

#include "nn/op.h"

#include <stdlib.h>
#include <string.h>

/*
 * How an ONNX operator becomes nodes of the engine. An operator that stands in no table is the
 * engine's own of that name, with the same inputs and attributes.
 */

/* Sorted by type. */
static const davy_import_row builders[] = {
    {"AveragePool", 0, davy_build_average_pool},
    {"BatchNormalization", 0, davy_build_batch_norm},
    {"Constant", 0, davy_build_constant},
    {"Conv", 0, davy_build_conv},
    {"ConvTranspose", 0, davy_build_conv_transpose},
    {"Dropout", 0, davy_build_dropout},
    {"GRU", 0, davy_build_gru},
    {"GlobalAveragePool", 0, davy_build_global_average_pool},
    {"GlobalMaxPool", 0, davy_build_global_max_pool},
    {"If", 0, davy_build_if},
    {"InstanceNormalization", 0, davy_build_instance_norm},
    {"LSTM", 0, davy_build_lstm},
    {"LayerNormalization", 0, davy_build_layer_norm},
    {"Loop", 0, davy_build_loop},
    {"MaxPool", 0, davy_build_max_pool},
    {"RNN", 0, davy_build_rnn},
    {"Scan", 0, davy_build_scan},
    {"ai.onnx.ml.LabelEncoder", 0, davy_build_label_encoder},
    {"ai.onnx.ml.TreeEnsembleClassifier", 0, davy_build_trees},
    {"ai.onnx.ml.TreeEnsembleRegressor", 0, davy_build_trees},
    {"ai.onnx.ml.ZipMap", 0, davy_build_zip_map},
};

/* For nodes of operator sets before the one that is named. Sorted by type, oldest first. */
static const davy_import_row upgrades[] = {
    {"Add", 7, davy_upgrade_broadcast},
    {"And", 7, davy_upgrade_broadcast},
    {"BatchNormalization", 9, davy_upgrade_batch_norm},
    {"BatchNormalization", 14, davy_upgrade_batch_norm},
    {"Cast", 6, davy_upgrade_cast},
    {"Clip", 11, davy_upgrade_clip},
    {"Concat", 4, davy_upgrade_concat},
    {"Div", 7, davy_upgrade_broadcast},
    {"Dropout", 12, davy_upgrade_dropout},
    {"Equal", 7, davy_upgrade_broadcast},
    {"Gemm", 7, davy_upgrade_gemm},
    {"Greater", 7, davy_upgrade_broadcast},
    {"Hardmax", 13, davy_upgrade_softmax},
    {"Less", 7, davy_upgrade_broadcast},
    {"LogSoftmax", 13, davy_upgrade_softmax},
    {"Mul", 7, davy_upgrade_broadcast},
    {"Or", 7, davy_upgrade_broadcast},
    {"PRelu", 7, davy_upgrade_prelu},
    {"Pad", 11, davy_upgrade_pad},
    {"Pow", 7, davy_upgrade_broadcast},
    {"ReduceSum", 13, davy_upgrade_axes},
    {"Reshape", 5, davy_upgrade_reshape},
    {"Resize", 11, davy_upgrade_resize},
    {"Scatter", 0, davy_upgrade_scatter},
    {"Slice", 10, davy_upgrade_slice},
    {"Softmax", 13, davy_upgrade_softmax},
    {"Split", 13, davy_upgrade_split},
    {"Squeeze", 13, davy_upgrade_axes},
    {"Sub", 7, davy_upgrade_broadcast},
    {"Tile", 6, davy_upgrade_tile},
    {"TopK", 10, davy_upgrade_top_k},
    {"Unsqueeze", 13, davy_upgrade_axes},
    {"Upsample", 0, davy_upgrade_upsample},
    {"Xor", 7, davy_upgrade_broadcast},
};

static int compare(const void *type, const void *row)
{
    return strcmp(type, ((const davy_import_row *) row)->type);
}

davy_import_step *davy_import_builder(const char *type)
{
    const davy_import_row *row =
        bsearch(type, builders, DAVY_ARRAY_LENGTH(builders), sizeof builders[0], compare);

    return row ? row->step : NULL;
}

const davy_op *davy_import_operator(const char *type)
{
    for (const davy_op *const *op = davy_op_table(); *op; op++)
        if ((*op)->onnx && strcmp((*op)->onnx, type) == 0)
            return *op;
    return NULL;
}

bool davy_import_upgraded(const char *type, int64_t opset)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(upgrades); i++)
        if (strcmp(upgrades[i].type, type) == 0 &&
            (upgrades[i].before == 0 || opset < upgrades[i].before))
            return true;
    return false;
}

davy_status davy_import_upgrade(davy_draft *draft)
{
    const char *type = draft->type;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(upgrades) && status == DAVY_OK; i++)
        if (strcmp(upgrades[i].type, type) == 0 &&
            (upgrades[i].before == 0 || draft->opset < upgrades[i].before))
            status = upgrades[i].step(draft);
    return status;
}
