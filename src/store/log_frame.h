/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/sample.h"
#include "core/status.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Frames of the hot log: what is written and found again in one piece.
 *
 * Stage: store. A frame is a head of DAVY_FRAME_HEAD bytes and a payload. The head has its own
 * checksum and the segment's salt, so that after damage the next good frame can be found: neither
 * left-over bytes of another file nor values that look like a head are taken for one.
 *
 *     0 magic u32   4 type u32   8 payload length u32   12 salt u32   16 sequence u64
 *     24 XXH3 of the payload u64   32 XXH3 of bytes 0..32 u64            all little-endian
 */

#define DAVY_FRAME_HEAD        ((size_t) 40)
#define DAVY_FRAME_PAYLOAD_MAX ((size_t) 64 * 1024 * 1024)

/** Most samples of one frame, and so of one davy_store_append(): they always fit a payload. */
#define DAVY_FRAME_SAMPLES_MAX DAVY_STORE_APPEND_MAX

typedef enum davy_frame_type {
    DAVY_FRAME_SAMPLES = 1, /* samples in the order they were written */
    DAVY_FRAME_SEALED = 2   /* marks: what is in the day files by now */
} davy_frame_type;

/** A frame in a buffer that the caller holds. */
typedef struct davy_frame {
    uint32_t type;
    uint32_t length; /* of the payload */
    uint32_t salt;
    uint64_t sequence;
    const uint8_t *payload;
} davy_frame;

/** All samples of this signal in frames up to `through` are in day files. */
typedef struct davy_seal_mark {
    davy_signal_id signal;
    uint64_t through;
} davy_seal_mark;

/** Put a frame of samples into an empty buffer; davy_frame_stamp() completes it. */
DAVY_MUST_CHECK davy_status davy_frame_put_samples(davy_buffer *out, const davy_sample *samples,
                                                   size_t count);

/** The same for marks. */
DAVY_MUST_CHECK davy_status davy_frame_put_marks(davy_buffer *out, const davy_seal_mark *marks,
                                                 size_t count);

/** Give a frame its place in the log. */
void davy_frame_stamp(uint8_t *frame, uint32_t salt, uint64_t sequence);

/** Read a frame's head, DAVY_FRAME_HEAD bytes; its payload is not looked at. False when it is none,
 * or damaged. */
bool davy_frame_get_head(const uint8_t *bytes, davy_frame *frame);

/** Read the frame at the first byte. False when no whole, undamaged frame stands there. */
bool davy_frame_get(const uint8_t *bytes, size_t length, davy_frame *frame);

/**
 * Append the samples of a frame, as davy_sample[]; of a bad one, nothing. DAVY_ERR_CORRUPT when the
 * payload is not what davy_frame_put_samples() writes.
 */
DAVY_MUST_CHECK davy_status davy_frame_get_samples(const davy_frame *frame, davy_buffer *samples,
                                                   size_t *count);

DAVY_MUST_CHECK davy_status davy_frame_get_marks(const davy_frame *frame, davy_seal_mark **marks,
                                                 size_t *count);
