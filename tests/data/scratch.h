/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "core/file.h"
#include "core/random.h"
#include "data/image_write.h"

#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * @file
 * A folder of its own for each test, and pictures to put there.
 */
static char scratch_root[64];

static inline int scratch_make(void **state)
{
    (void) state;
    (void) snprintf(scratch_root, sizeof scratch_root, "/tmp/davy-pictures-XXXXXX");
    return mkdtemp(scratch_root) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
    char command[256];

    (void) state;
    (void) snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -rf %s", scratch_root,
                    scratch_root);
    return system(command); // NOLINT(cert-env33-c, concurrency-mt-unsafe)
}

static inline const char *scratch_path(const char *name)
{
    static char path[4200];

    (void) snprintf(path, sizeof path, "%s/%s", scratch_root, name);
    return path;
}

static inline void scratch_put_bytes(const char *name, const void *bytes, size_t length)
{
    char path[4200], *slash;

    (void) snprintf(path, sizeof path, "%s", scratch_path(name));
    slash = strrchr(path, '/');
    *slash = '\0';
    assert_ok(davy_folder_make(path, 0700));
    *slash = '/';
    assert_ok(davy_file_replace(path, bytes, length, 0600));
}

static inline void scratch_put(const char *name, const char *text)
{
    scratch_put_bytes(name, text, strlen(text));
}

/** Soft hills of light on a slope, in three colours: other hills for another seed. */
static inline davy_image scratch_scene(uint32_t width, uint32_t height, uint64_t seed)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, width, height));
    for (uint32_t i = 0; i < width * height * 3; i++) {
        const uint32_t column = i / 3 % width, row = i / 3 / width;
        const float x = (float) column / (float) width, y = (float) row / (float) height;
        float light = 0.3F * x + 0.2F * y;

        for (uint32_t hill = 0; hill < 6; hill++) {
            const uint64_t n = (uint64_t) hill * 8;
            const float across = x - davy_random_uniform(seed, 1, n);
            const float down = y - davy_random_uniform(seed, 1, n + 1);

            light += davy_random_uniform(seed, 1, n + 2 + i % 3) *
                     expf(-20 * (across * across + down * down));
        }
        image.pixels[i] = (uint8_t) (250 * (1 - expf(-light)));
    }
    return image;
}

static inline void scratch_put_image(const char *name, const davy_image *image)
{
    davy_buffer file = {0};

    assert_ok(davy_image_append_png(image, &file));
    scratch_put_bytes(name, file.bytes, file.length);
    davy_buffer_clear(&file);
}

static inline void scratch_put_scene(const char *name, uint32_t width, uint32_t height,
                                     uint64_t seed)
{
    davy_image image = scratch_scene(width, height, seed);

    scratch_put_image(name, &image);
    davy_image_clear(&image);
}
