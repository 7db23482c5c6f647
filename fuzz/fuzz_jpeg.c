/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a JPEG picture: a whole picture within the limit, or a sentence.
 */
#include "data/image.h"

#include <stdlib.h>
#include <string.h>

/* Small, so that time goes into headers and codes and not into rows. */
#define PIXELS_MAX ((size_t) 128 * 128)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whole, and as small as is of use. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const davy_image_options ways[] = {
        {.pixels_max = PIXELS_MAX},
        {.pixels_max = PIXELS_MAX, .enough_width = 2, .enough_height = 1},
    };

    if (size < 3 || memcmp(data, "\xFF\xD8\xFF", 3) != 0)
        return -1; /* another format: not for this corpus */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ways); i++) {
        davy_image image = {0};
        davy_image_facts facts;

        if (davy_image_decode(data, size, &ways[i], &image, &facts) == DAVY_OK &&
            ((size_t) facts.width * facts.height > PIXELS_MAX || !image.pixels))
            abort();
        davy_image_clear(&image);
    }
    return 0;
}
