/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Uploads: files that clients send to train on, kept for a while in the data folder.
 *
 * Stage: serve. An upload is DATA/uploads/ID.csv, ID being 32 random hexadecimal digits; until it
 * is whole it is ID.part. It takes no room that the plant's samples and alarms need: it is refused
 * when the disk has less than a reserve left, and when all uploads together are too many bytes.
 */
#define DAVY_UPLOAD_ID_MAX       33                   /* with its zero */
#define DAVY_UPLOADS_BYTES_MAX   ((uint64_t) 8 << 30) /* all of them: a year of a plant's minutes */
#define DAVY_UPLOAD_DISK_RESERVE ((uint64_t) 1 << 30) /* left for samples, alarms and audit */
#define DAVY_UPLOAD_KEPT_S       ((int64_t) 24 * 3600) /* since it was sent */

/** An upload that is being received. */
typedef struct davy_upload {
    char id[DAVY_UPLOAD_ID_MAX];
    char folder[4000]; /* "DATA/uploads" */
    int file;
    uint64_t bytes;
} davy_upload;

/** DAVY_ERR_FULL, and nothing is begun, when there is no room. */
DAVY_MUST_CHECK davy_status davy_upload_begin(const char *data, davy_upload **out);
/** Add bytes at its end. */
DAVY_MUST_CHECK davy_status davy_upload_add(davy_upload *upload, const void *bytes, size_t length);
/** It is whole: synced, and found by its id from now on. */
DAVY_MUST_CHECK davy_status davy_upload_finish(davy_upload *upload);
/** Give back; what is not whole is removed. NULL is fine. */
void davy_upload_end(davy_upload *upload);

/** Path of a whole upload. DAVY_ERR_NOT_FOUND when there is none of this id, or it is no id. */
DAVY_MUST_CHECK davy_status davy_upload_find(const char *data, const char *id, char *path,
                                             size_t capacity);

/**
 * Remove uploads that were not touched for DAVY_UPLOAD_KEPT_S, also those that nobody receives any
 * more.
 *
 * @param in_use  whether an upload is still wanted; NULL: none is
 */
void davy_uploads_expire(const char *data, int64_t now_ns,
                         bool (*in_use)(void *context, const char *id), void *context);
