/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Files of the console, embedded in the program by tools/embed.
 *
 * Stage: serve. The table is generated at build time from the built console, or from
 * console_fallback/ when the build has no console.
 */
typedef struct davy_asset {
    const char *path; /* "/index.html" */
    const char *type; /* media type */
    const char *etag; /* quoted hash of the bytes */
    const unsigned char *bytes;
    size_t length;
    const unsigned char *gzip; /* the same packed; NULL when that saves nothing */
    size_t gzip_length;
} davy_asset;

/** Sorted by path. */
extern const davy_asset davy_assets[];
extern const size_t davy_asset_count;
