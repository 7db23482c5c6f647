/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include <stdlib.h>

/**
 * @file
 * A model from bytes of any kind: read, planned and run with small limits, for the fuzz target and
 * the test of mutations. Inputs get the sizes that the model declares, free ones 2, and zeros.
 */
#define ONNX_RUN_MEMORY_MAX   ((size_t) 32 << 20)
#define ONNX_RUN_ELEMENTS_MAX 4096
#define ONNX_RUN_VALUES_MAX   16

/* @return false when the input is larger than is tried here */
static inline int onnx_run_fill(const davy_tensor *declared, davy_tensor *input)
{
    static _Alignas(64) unsigned char zeros[ONNX_RUN_ELEMENTS_MAX * 8];
    int64_t dims[DAVY_RANK_MAX], count = 1;

    for (int i = 0; i < declared->rank; i++) {
        dims[i] = declared->dims[i] < 0 ? 2 : declared->dims[i];
        if (dims[i] > ONNX_RUN_ELEMENTS_MAX || count * dims[i] > ONNX_RUN_ELEMENTS_MAX)
            return 0;
        count *= dims[i];
    }
    if (davy_tensor_shape(input, declared->type == DAVY_TYPE_NONE ? DAVY_TYPE_F32 : declared->type,
                          declared->rank, dims) != DAVY_OK)
        return 0;
    input->data = zeros;
    return input->type != DAVY_TYPE_TEXT;
}

/** The status of the first thing that fails, or DAVY_OK. */
static inline davy_status onnx_run(const void *bytes, size_t length)
{
    const davy_network_options options = {.memory_max = ONNX_RUN_MEMORY_MAX};
    davy_tensor inputs[ONNX_RUN_VALUES_MAX], outputs[ONNX_RUN_VALUES_MAX];
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = davy_onnx_import(bytes, length, NULL, ONNX_RUN_MEMORY_MAX, &graph);

    if (status == DAVY_OK)
        status = davy_network_create(graph, &options, &network);
    if (status == DAVY_OK)
        status = davy_session_create(network, NULL, &session);
    if (status == DAVY_OK) {
        const davy_graph *runs = davy_network_graph(network);
        int good =
            runs->input_count <= ONNX_RUN_VALUES_MAX && runs->output_count <= ONNX_RUN_VALUES_MAX;

        for (size_t i = 0; good && i < runs->input_count; i++)
            good = onnx_run_fill(&runs->values[runs->inputs[i]].tensor, &inputs[i]);
        if (good)
            status = davy_session_run(session, inputs, outputs);
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}
