/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a PNG picture: a whole picture within the limit, or a sentence.
 */
#include "data/image.h"

#include <stdlib.h>
#include <string.h>

/* Small, so that time goes into headers and codes and not into rows. */
#define PIXELS_MAX ((size_t) 128 * 128)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const davy_image_options options = {.pixels_max = PIXELS_MAX};
    davy_image image = {0};
    davy_image_facts facts;

    if (size < 4 || memcmp(data, "\x89PNG", 4) != 0)
        return -1; /* another format: not for this corpus */
    if (davy_image_decode(data, size, &options, &image, &facts) == DAVY_OK &&
        ((size_t) image.width * image.height > PIXELS_MAX || !image.pixels))
        abort();
    davy_image_clear(&image);
    return 0;
}
