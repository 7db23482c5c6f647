/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"

#include <curl/curl.h>
#include <stdbool.h>

/**
 * @file
 * What every transfer by libcurl has in common here, whoever is at the other end.
 *
 *  - It goes where it was told and nowhere else: no proxy from the environment (`http_proxy` would
 *    hand keys, tokens and messages to whoever set it, and let him answer in the name of an issuer
 *    on this machine), no redirect, no protocol but those named.
 *  - It ends: after its time, or when it is asked to, also while a name server is silent.
 *  - What comes back is bounded: heads, and the body of an answer.
 *
 * Stage: core. One thread per handle. Not part of davy-core: who uses it links libcurl.
 */
typedef struct davy_transfer {
    const char *protocols;                    /* as "http,https" */
    long timeout_ms;                          /* of the whole */
    bool (*should_stop)(const void *context); /* asked about once a second; NULL: never */
    const void *context;
    davy_buffer *answer; /* the body; NULL: it is thrown away */
    size_t answer_max;   /* bytes of the body; with more the transfer fails */

    size_t taken, head_taken; /* so far */
    bool judged;              /* the head of the last answer is whole: its code is known */
} davy_transfer;

/** Bytes of all heads of an answer. */
#define DAVY_TRANSFER_HEAD_MAX ((size_t) 64 * 1024)

/** @param transfer  borrowed as long as the handle lives */
void davy_transfer_set_up(CURL *curl, davy_transfer *transfer);

/** Go, with an empty answer. */
CURLcode davy_transfer_run(CURL *curl, davy_transfer *transfer);
