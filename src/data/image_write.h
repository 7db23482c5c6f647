/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "data/image.h"

/**
 * @file
 * Pictures out, for report pages: PNG bytes, data URIs, and heat laid over a picture.
 *
 * Stage: data. The same picture gives the same bytes.
 */

/** Append the picture as a PNG file. */
DAVY_MUST_CHECK davy_status davy_image_append_png(const davy_image *image, davy_buffer *out);

/** Append `data:image/png;base64,...` (RFC 2397, RFC 4648), to stand in an `src` attribute. */
DAVY_MUST_CHECK davy_status davy_image_append_uri(const davy_image *image, davy_buffer *out);

/** A coarse map of where a network looked. */
typedef struct davy_heat {
    const float *values; /* [height][width] in any unit, at least 0; borrowed */
    uint32_t width, height;
} davy_heat;

/**
 * Lay heat over a picture: nothing at 0, over red and yellow to white at the map's largest value.
 * Between the cells' centres the heat is interpolated. A map of zeros or NaN changes nothing.
 */
void davy_image_lay_heat(davy_image *image, const davy_heat *heat);
