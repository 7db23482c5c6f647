/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "site/site.h"

#include <stdatomic.h>
#include <stdbool.h>

struct json_t;

/**
 * @file
 * Kinds of receivers: how one message is handed over and confirmed.
 *
 * Stage: alarm. A kind is one file, receiver_<name>.c, with a davy_receiver_kind at its end. One
 * thread uses a receiver; it is opened before the first message, kept open while messages come, and
 * closed after a failure and when it is quiet.
 */

/** A message on its way. Borrowed for the call. */
typedef struct davy_delivery {
    const char *id;
    const char *body; /* in the receiver's format */
    size_t length;
    const char *type; /* media type */
    const char *line; /* one line of words: a subject */
    const struct json_t *message;
    int64_t time_ns; /* wall clock, now */
} davy_delivery;

/** What a receiver needs to work with. */
typedef struct davy_receiver_setup {
    const davy_site_receiver *receiver;
    const char *folder; /* files that are named relative are in it; "" for the working folder */
    const char *site;   /* name of the plant */
    const atomic_bool *interrupted; /* makes a send end soon, with DAVY_ERR_TIMEOUT */
} davy_receiver_setup;

typedef struct davy_receiver_kind {
    const char *name;
    size_t state_size; /* bytes of private state; zeroed before every open */
    /* On failure close() is called on the half-open state. */
    davy_status (*open)(void *state, const davy_receiver_setup *setup);
    /*
     * Hand one message over, and wait for the confirmation.
     *
     * @param again_ns  when it fails: not before so long, as the receiver asks; else left alone
     * @return DAVY_ERR_INVALID when the receiver refuses this message, which says nothing about
     *         the next one; any other failure is about the receiver
     */
    davy_status (*send)(void *state, const davy_delivery *delivery, int64_t *again_ns);
    void (*close)(void *state);
    /* A sentence on what keeps it from being as safe as it should be on this machine; NULL when
     * there is nothing, and for a kind that has nothing to say. */
    const char *(*lacks)(void);
} davy_receiver_kind;

extern const davy_receiver_kind davy_receiver_webhook, davy_receiver_mqtt, davy_receiver_smtp,
    davy_receiver_command, davy_receiver_syslog;

/** The kind of this name, or NULL. */
const davy_receiver_kind *davy_receiver_kind_find(const char *name);

/** How long one attempt may take. */
#define DAVY_RECEIVER_TIMEOUT_NS (10 * DAVY_NS_PER_S)

/** Bytes of a secret with its zero. */
#define DAVY_RECEIVER_SECRET_MAX 512

/**
 * Read a secret or password: the first line of a file.
 *
 * @param length  of it; it may hold zero bytes when it stands in base64 behind "whsec_"
 */
DAVY_MUST_CHECK davy_status davy_receiver_secret(const davy_receiver_setup *setup, const char *file,
                                                 char secret[DAVY_RECEIVER_SECRET_MAX],
                                                 size_t *length);

/** Where it goes, fit to be shown: no path or query of a URL, which may hold a token. */
void davy_receiver_place(const davy_site_receiver *receiver, char *text, size_t capacity);

/** Before libcurl is used for the first time, by any thread. */
void davy_receiver_use_curl(void);
