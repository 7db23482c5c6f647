/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#define ISA_TEXT_OF(isa) #isa
#define ISA_TEXT(isa)    ISA_TEXT_OF(isa)

const davy_kernels ISA(kernels) = {
    .name = ISA_TEXT(DAVY_ISA),
    .lanes = LANES,
    .gemm = ISA(gemm),
    .exp = ISA(exp),
    .log = ISA(log),
    .tanh = ISA(tanh),
    .sigmoid = ISA(sigmoid),
    .gelu = ISA(gelu),
    .silu = ISA(silu),
    .erf = ISA(erf),
    .sqrt = ISA(sqrt),
    .tanh_back = ISA(tanh_back),
    .sigmoid_back = ISA(sigmoid_back),
    .relu_back = ISA(relu_back),
    .gelu_back = ISA(gelu_back),
    .silu_back = ISA(silu_back),
    .activate = ISA(activate),
    .activate_back = ISA(activate_back),
    .add = ISA(add),
    .multiply = ISA(multiply),
    .axpy = ISA(axpy),
    .scale = ISA(scale),
    .sum = ISA(sum),
    .dot = ISA(dot),
    .max = ISA(max),
    .sum_rows = ISA(sum_rows),
    .softmax = ISA(softmax),
    .norm = ISA(norm),
    .lstm = ISA(lstm),
    .lstm_back = ISA(lstm_back),
    .blend = ISA(blend),
    .blend_back = ISA(blend_back),
    .reset = ISA(reset),
    .reset_back = ISA(reset_back),
    .scores = ISA(scores),
    .scores_back = ISA(scores_back),
    .maximum = ISA(maximum),
    .max_pool2 = ISA(max_pool2),
    .max_pool2_back = ISA(max_pool2_back),
    .max_pool2_back_bf16 = ISA(max_pool2_back_bf16),
    .adam = ISA(adam),
    .momentum = ISA(momentum),
    .to_bf16 = ISA(to_bf16),
    .from_bf16 = ISA(from_bf16),
};
