/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_resize.h"
#include "infer/served.h"
#include "serve/oip/memory.h"

/**
 * @file
 * Pictures as an input: bytes of JPEG or PNG files become the numbers that a model was trained on.
 *
 * Stage: serve. What is done to a picture is what the model declares: a predictor of pictures sees
 * them as its training did; a model of others says it in `davy.image` of its config. Without either
 * bytes stay bytes.
 */

/** A picture as it came, and where it went in the input. */
typedef struct davy_picture_place {
    uint32_t width, height;
    davy_placement placement;
} davy_picture_place;

typedef struct davy_picture_form {
    const davy_port *port; /* the input that takes pictures */
    davy_fit fit;
    uint32_t width, height;
    bool channels_first, bgr, plain; /* plain: 0 to 255, else (value / 255 - mean) / deviation */
    davy_image_norm norm;
} davy_picture_form;

/** Whether an input of a model may be given as pictures, and how they are prepared. */
bool davy_picture_form_find(const davy_served_info *info, const char *input,
                            davy_picture_form *form);

/**
 * Read pictures into a tensor of the model's input: [count, height, width, 3] or [count, 3, ...].
 *
 * @param places  [count] of each, for boxes
 * @return DAVY_ERR_INVALID when one is no picture, is damaged or larger than is read
 */
DAVY_MUST_CHECK davy_status davy_pictures_read(const davy_picture_form *form,
                                               const davy_bytes *files, size_t count,
                                               davy_oip_memory *memory, davy_tensor *out,
                                               davy_picture_place *places);
