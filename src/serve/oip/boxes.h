/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/boxes.h"
#include "infer/served.h"
#include "serve/call.h"
#include "serve/oip/picture.h"

/**
 * @file
 * Boxes of a detector in the pixels of the picture that somebody sent.
 *
 * Stage: serve. A picture was stretched, or put on grey, to become the input of a model; boxes go
 * the same way back, and what reaches beyond the picture is cut off.
 */

/**
 * @param least  score that counts, in place of the model's own; below 0: the model's own
 * @param place  where the picture went; NULL: boxes are told in pixels of the input
 * @param out    [count] in the arena, the surest first
 */
DAVY_MUST_CHECK davy_status davy_oip_boxes(const davy_served_info *info, const davy_tensor *tensor,
                                           size_t sample, double least,
                                           const davy_picture_place *place, davy_arena *arena,
                                           davy_found_box **out, size_t *count);

/**
 * What a failure to find boxes is answered with: that a detector gives no numbers is a fault of the
 * server's model, which is told and logged.
 *
 * @return DAVY_OK when the call has its answer; else the status as it was
 */
DAVY_MUST_CHECK davy_status davy_oip_boxes_failed(davy_call *call, davy_status status);

/** "person", or "3" of a model without a file of labels. @param digits  room for the latter */
const char *davy_oip_box_label(const davy_served_info *info, const davy_found_box *box,
                               char digits[24]);

/** Tensors that stand for the numbers of a detector. */
#define DAVY_OIP_BOX_TENSORS 4

/**
 * The boxes of all samples: `NAME.boxes` FP32 [K, 4] (left, top, right, bottom), `NAME.score` FP32
 * [K], `NAME.label` BYTES [K], `NAME.sample` INT64 [K].
 *
 * @param places  [place_count] of the samples; without one pixels are the input's
 * @return DAVY_ERR_INVALID for an output of which the config declares no boxes
 */
DAVY_MUST_CHECK davy_status davy_oip_box_tensors(const davy_served_info *info,
                                                 const davy_named_tensor *output,
                                                 const davy_picture_place *places,
                                                 size_t place_count, davy_oip_memory *memory,
                                                 davy_named_tensor out[DAVY_OIP_BOX_TENSORS]);
