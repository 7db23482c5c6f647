/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <limits.h>

/**
 * @file
 * What the one path that an embedder gives means: a file, a version's folder, a model of a
 * registry.
 *
 * Part of libdavy (include/davy.h).
 */
typedef struct davy_place_named {
    char folder[PATH_MAX];   /* of the version, or of the file, without a link on the way */
    char file[NAME_MAX + 1]; /* of an ONNX file that stands alone; "" of a version */
    char name[NAME_MAX + 1]; /* of the model: its folder's in a registry */
    unsigned version;        /* 0: in no registry */
} davy_place_named;

/** DAVY_ERR_NOT_FOUND when nothing is there. */
DAVY_MUST_CHECK davy_status davy_place_find(const char *path, davy_place_named *out);
