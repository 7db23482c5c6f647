/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/keys.h"

/**
 * @file
 * Sessions of browsers: a random token in a cookie stands for the key it was opened with.
 *
 * Stage: serve. The cookie is HttpOnly and SameSite=Strict, so that no script reads it and no other
 * site sends it; what changes something must also carry the session's second token in a header
 * (X-CSRF-Token), which a page of another site cannot know. A session ends when it is closed, when
 * its key is revoked, when nobody used it for a while, and for those who may act also after a
 * shift. Tokens are kept as hashes, in memory: a restart ends all sessions.
 *
 * Source: RFC 6265bis (cookies), OWASP "Cross-Site Request Forgery Prevention" (the second token,
 * derived from the first by a keyed hash).
 */
typedef struct davy_sessions davy_sessions;

/** Bytes of a token in text with its zero: 256 bits in base64. */
#define DAVY_SESSION_TOKEN_MAX 48

DAVY_MUST_CHECK davy_status davy_sessions_create(davy_sessions **out);
/** NULL is fine. */
void davy_sessions_destroy(davy_sessions *sessions);

/**
 * Open a session of a key. One key has a few at most: its oldest makes room.
 *
 * @param now_ns   monotonic, as below
 * @param ends_ns  when it ends at the latest; 0 for the usual
 * @param token    for the cookie
 */
DAVY_MUST_CHECK davy_status davy_sessions_open(davy_sessions *sessions, const davy_key *key,
                                               int64_t now_ns, int64_t ends_ns,
                                               char token[DAVY_SESSION_TOKEN_MAX]);

/** The key a token stands for; counts as use. False when there is no such session any more.
 * @param id  number of the session, never 0 */
bool davy_sessions_find(davy_sessions *sessions, const char *token, int64_t now_ns, davy_key *key,
                        uint64_t *id);

/** Count a use of a session by its number; false when it is over. */
bool davy_sessions_touch(davy_sessions *sessions, uint64_t id, int64_t now_ns);

/** End a session. */
void davy_sessions_close(davy_sessions *sessions, uint64_t id);

/** The second token, for X-CSRF-Token. */
void davy_session_csrf(const char *token, char csrf[DAVY_SESSION_TOKEN_MAX]);
