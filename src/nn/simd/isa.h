/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/kernels.h"

/**
 * @file
 * The names that one instruction set gives to its kernels.
 *
 * Stage: nn, private to nn/simd. The build compiles every file of this folder that includes this
 * header once for each instruction set, with DAVY_ISA set to its name, so ISA(exp) is
 * davy_avx2_exp in one object and davy_baseline_exp in another.
 */
#ifndef DAVY_ISA
#define DAVY_ISA baseline
#endif

#define ISA_PASTE_NAMES(isa, name) davy_##isa##_##name
#define ISA_PASTE(isa, name)       ISA_PASTE_NAMES(isa, name)
#define ISA(name)                  ISA_PASTE(DAVY_ISA, name)

extern const davy_kernels ISA(kernels);

void ISA(gemm)(const davy_gemm *gemm);
void ISA(transpose)(size_t rows, size_t columns, const float *src, ptrdiff_t src_row, float *dst,
                    ptrdiff_t dst_row);
void ISA(pack)(const davy_gemm *gemm, float *packed);

davy_map ISA(exp), ISA(log), ISA(tanh), ISA(sigmoid), ISA(gelu), ISA(silu), ISA(erf), ISA(sqrt);
davy_map_back ISA(tanh_back), ISA(sigmoid_back), ISA(relu_back), ISA(gelu_back), ISA(silu_back);
void ISA(activate)(davy_activation activation, float slope, size_t count, float *x);
void ISA(activate_back)(davy_activation activation, float slope, size_t count, const float *kept,
                        const float *diff_dst, float *diff_src);

void ISA(add)(size_t count, const float *a, const float *b, float *dst);
void ISA(multiply)(size_t count, const float *a, const float *b, float *dst);
void ISA(axpy)(size_t count, float factor, const float *x, float *y);
void ISA(scale)(size_t count, float factor, const float *x, float *dst);

float ISA(sum)(size_t count, const float *x);
float ISA(dot)(size_t count, const float *a, const float *b);
float ISA(max)(size_t count, const float *x);
void ISA(sum_rows)(size_t rows, size_t columns, const float *x, size_t step, bool add, float *out);
void ISA(softmax)(size_t count, const float *src, float *dst);
void ISA(norm)(size_t count, const float *src, float epsilon, const float *scale,
               const float *shift, float *dst, float kept[2]);
void ISA(norm_back)(const davy_norm_back *back);

void ISA(lstm)(const davy_gates *gates);
void ISA(lstm_back)(const davy_gates *gates);
void ISA(blend)(const davy_gates *gates, size_t a, size_t v, bool squash);
void ISA(blend_back)(const davy_gates *gates, size_t a, size_t v, bool squash);
void ISA(reset)(const davy_gates *gates, size_t r, size_t n, size_t m);
void ISA(reset_back)(const davy_gates *gates, size_t r, size_t n, size_t m);

void ISA(scores)(const davy_scores *scores);
void ISA(scores_back)(const davy_scores *scores);
void ISA(tree_tops)(size_t count, const davy_tree_top *tops, const int32_t *keys,
                    uint32_t left[DAVY_TREE_ROWS]);
void ISA(tree_walks)(davy_tree_walks *walks, size_t count);
void ISA(share_above)(const davy_share *share);
void ISA(maximum)(size_t count, const float *a, const float *b, float *dst);
void ISA(maximum_bf16)(size_t count, const uint16_t *a, const uint16_t *b, uint16_t *dst);
void ISA(max_pool2)(size_t pixels, size_t channels, const float *upper, const float *lower,
                    const float *bias, bool relu, float *dst, uint8_t *winners);
void ISA(max_pool2_back)(size_t pixels, size_t channels, const float *diff, const uint8_t *winners,
                         float *upper, float *lower, float *sum);
void ISA(max_pool2_back_bf16)(size_t pixels, size_t channels, const float *diff,
                              const uint8_t *winners, uint16_t *upper, uint16_t *lower, float *sum);

void ISA(winograd_input)(size_t tiles, size_t channels, const float *x, size_t pitch, float *v,
                         size_t plane);
void ISA(winograd_diff)(size_t tiles, size_t channels, const float *y, size_t pitch, float *v,
                        size_t plane);
void ISA(winograd_output)(size_t tiles, size_t channels, const float *sums, size_t plane,
                          const float *bias, bool relu, float *y, size_t pitch);

bool ISA(adam)(const davy_update *update);
bool ISA(momentum)(const davy_update *update);

void ISA(to_bf16)(size_t count, const float *src, uint16_t *dst);
void ISA(from_bf16)(size_t count, const uint16_t *src, float *dst);
