/* SPDX-License-Identifier: Apache-2.0 */

/* Models from strangers: read, planned and run with small limits. */
#include "onnx_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void) onnx_run(data, size);
    return 0;
}
