/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image.h"

/**
 * @file
 * What the readers of JPEG and PNG share with image.c; for these files alone.
 *
 * Stage: data.
 */

/** Readers of one format. They fill in the stored width, height and orientation of the facts. */
typedef davy_status (*davy_image_reader)(const uint8_t *bytes, size_t length,
                                         const davy_image_options *options, davy_image *out,
                                         davy_image_facts *facts);

davy_status davy_image_decode_jpeg(const uint8_t *bytes, size_t length,
                                   const davy_image_options *options, davy_image *out,
                                   davy_image_facts *facts);
davy_status davy_image_decode_png(const uint8_t *bytes, size_t length,
                                  const davy_image_options *options, davy_image *out,
                                  davy_image_facts *facts);

/**
 * The orientation in an EXIF block (a TIFF header and its first directory).
 *
 * Source: CIPA DC-008 (Exif 2.32), 4.6.4 A, tag 274; TIFF 6.0, section 2.
 * @return 1..8; 1 when there is none or the block is damaged
 */
unsigned davy_exif_orientation(const uint8_t *block, size_t length);

/** Turn a picture upright. @param orientation  1..8 as EXIF has them */
DAVY_MUST_CHECK davy_status davy_image_turn(davy_image *image, unsigned orientation);
