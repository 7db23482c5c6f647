/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Walk: elements of a tensor in another order than they lie in memory.
 *
 * Stage: nn. A walk has dims of its own and a stride for each, counted in elements; its position p
 * is read with the last dim fastest, and the element lies at origin + sum of index times stride.
 * Broadcasting is a stride of 0, a reversed axis a negative one, a transposed tensor the same
 * strides in another order: one reader serves them all. Neighbouring dims are merged where the
 * strides allow, so that a run of the last dim is as long as it can be.
 */
#define DAVY_WALK_RANK_MAX (2 * DAVY_RANK_MAX) /* tile walks over (repeat, dim) pairs */

typedef struct davy_walk {
    int rank; /* at least 1 after davy_walk_merge() */
    int64_t dims[DAVY_WALK_RANK_MAX];
    int64_t strides[DAVY_WALK_RANK_MAX];
    int64_t origin;
    int64_t count; /* product of dims */
    bool dense;    /* position p lies at element p */
} davy_walk;

/** A walk over all elements of a tensor as they lie; not merged, so that callers can rearrange it.
 */
void davy_walk_of(davy_walk *walk, const davy_tensor *tensor);
/** `tensor` repeated to the shape of `like`; they fit, see davy_broadcast_shape(). */
void davy_walk_broadcast(davy_walk *walk, const davy_tensor *tensor, const davy_tensor *like);
/** Merge neighbouring dims and set count and dense; the last step of making a walk. */
void davy_walk_merge(davy_walk *walk);

/** The element that stands at a position. */
int64_t davy_walk_element(const davy_walk *walk, int64_t position);

/** Copy positions from .. from+count-1 to `dst`, one after the other. @param size  bytes of one */
void davy_walk_read(const davy_walk *walk, size_t size, const void *src, int64_t from, size_t count,
                    void *dst);
/** The reverse: positions from .. of `dst` get what stands in `src`, one after the other. */
void davy_walk_write(const davy_walk *walk, size_t size, void *dst, int64_t from, size_t count,
                     const void *src);
/** Add `src` to the floats at positions from .. of `dst`: the gradient of reading them. */
void davy_walk_add(const davy_walk *walk, const davy_kernels *kernels, float *dst, int64_t from,
                   size_t count, const float *src);

/** Copy all positions of a walk over `src` to `dst`, in parallel. */
void davy_walk_copy(const davy_walk *walk, const davy_env *env, size_t size, const void *src,
                    void *dst);
/** Copy `src` to all positions of a walk over `dst`, in parallel; no two positions are one element.
 */
void davy_walk_paste(const davy_walk *walk, const davy_env *env, size_t size, const void *src,
                     void *dst);
/** diff_dst = what davy_walk_copy() reads of diff_src, or is added to it: the way back of a paste.
 */
void davy_walk_copy_back(const davy_walk *walk, const davy_env *env, const davy_tensor *diff_src,
                         bool add, davy_tensor *diff_dst);
/** Add `diff_src` to `diff_dst` at the positions of a walk: the way back of a copy. */
void davy_walk_paste_back(const davy_walk *walk, const davy_env *env, const davy_tensor *diff_src,
                          bool add, davy_tensor *diff_dst);

/** For rows whose state is a davy_walk: out[0] is a copy of in[0] along it. */
davy_status davy_walk_forward(const davy_call *call);
void davy_walk_backward(const davy_call *call);

/**
 * The shape that inputs first .. first+count-1 broadcast to, ONNX's multidirectional rule; absent
 * ones do not count.
 *
 * @return DAVY_ERR_INVALID when they do not fit
 */
DAVY_MUST_CHECK davy_status davy_broadcast_shape(const davy_call *call, size_t first, size_t count,
                                                 int *rank, int64_t dims[DAVY_RANK_MAX]);
