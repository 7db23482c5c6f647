/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "core/sample.h"
#include "serve/limits.h"

#define TOKEN_BYTES 32

typedef struct session_entry {
    uint64_t id; /* 0: free */
    unsigned char hash[TOKEN_BYTES];
    davy_key key;
    int64_t used_ns, ends_ns; /* monotonic; no end when 0 */
} session_entry;

struct davy_sessions {
    pthread_mutex_t guard;
    uint64_t next_id;
    session_entry items[DAVY_HTTP_SESSIONS_MAX];
};

static void hash_token(const char *token, unsigned char hash[TOKEN_BYTES])
{
    (void) crypto_generichash(hash, TOKEN_BYTES, (const unsigned char *) token, strlen(token), NULL,
                              0);
}

static void encode(const unsigned char bytes[TOKEN_BYTES], char text[DAVY_SESSION_TOKEN_MAX])
{
    (void) sodium_bin2base64(text, DAVY_SESSION_TOKEN_MAX, bytes, TOKEN_BYTES,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

davy_status davy_sessions_create(davy_sessions **out)
{
    davy_sessions *sessions = calloc(1, sizeof *sessions);

    if (!sessions)
        return davy_fail(DAVY_ERR_NOMEM, "the sessions of browsers");
    pthread_mutex_init(&sessions->guard, NULL);
    *out = sessions;
    return DAVY_OK;
}

void davy_sessions_destroy(davy_sessions *sessions)
{
    if (!sessions)
        return;
    pthread_mutex_destroy(&sessions->guard);
    free(sessions);
}

static bool is_over(const session_entry *session, int64_t now_ns)
{
    return (session->ends_ns > 0 && now_ns >= session->ends_ns) ||
           now_ns - session->used_ns >= DAVY_HTTP_SESSION_IDLE_MS * DAVY_NS_PER_MS;
}

/* A place for one more session of a key: its own oldest when it has too many, else one that is free
 * or over; NULL when there is none. */
static session_entry *find_place(davy_sessions *sessions, const char *name, int64_t now_ns)
{
    session_entry *place = NULL, *oldest = NULL;
    size_t own = 0;

    for (size_t i = 0; i < DAVY_HTTP_SESSIONS_MAX; i++) {
        session_entry *at = &sessions->items[i];

        if (at->id == 0 || is_over(at, now_ns)) {
            place = at;
        } else if (strcmp(at->key.name, name) == 0) {
            own++;
            if (!oldest || at->used_ns < oldest->used_ns)
                oldest = at;
        }
    }
    return own >= DAVY_HTTP_SESSIONS_PER_KEY_MAX ? oldest : place;
}

davy_status davy_sessions_open(davy_sessions *sessions, const davy_key *key, int64_t now_ns,
                               int64_t ends_ns, char token[DAVY_SESSION_TOKEN_MAX])
{
    unsigned char bytes[TOKEN_BYTES];
    int64_t shift_ns = now_ns + DAVY_HTTP_SESSION_MS * DAVY_NS_PER_MS;
    session_entry *place;

    if (key->role > DAVY_ROLE_VIEWER && (ends_ns == 0 || ends_ns > shift_ns))
        ends_ns = shift_ns;
    randombytes_buf(bytes, sizeof bytes);
    encode(bytes, token);
    pthread_mutex_lock(&sessions->guard);
    place = find_place(sessions, key->name, now_ns);
    if (place) {
        *place = (session_entry){
            .id = ++sessions->next_id, .key = *key, .used_ns = now_ns, .ends_ns = ends_ns};
        hash_token(token, place->hash);
    }
    pthread_mutex_unlock(&sessions->guard);
    sodium_memzero(bytes, sizeof bytes);
    return place ? DAVY_OK
                 : davy_fail(DAVY_ERR_UNAVAILABLE, "there are %d sessions already",
                             DAVY_HTTP_SESSIONS_MAX);
}

/* Count a use; with what is over, the place is free. */
static bool use(session_entry *session, int64_t now_ns)
{
    if (is_over(session, now_ns)) {
        session->id = 0;
        return false;
    }
    session->used_ns = now_ns;
    return true;
}

bool davy_sessions_find(davy_sessions *sessions, const char *token, int64_t now_ns, davy_key *key,
                        uint64_t *id)
{
    unsigned char hash[TOKEN_BYTES];
    bool found = false;

    hash_token(token, hash);
    pthread_mutex_lock(&sessions->guard);
    for (size_t i = 0; i < DAVY_HTTP_SESSIONS_MAX && !found; i++) {
        session_entry *at = &sessions->items[i];

        if (at->id > 0 && memcmp(at->hash, hash, sizeof hash) == 0 && use(at, now_ns)) {
            *key = at->key;
            *id = at->id;
            found = true;
        }
    }
    pthread_mutex_unlock(&sessions->guard);
    return found;
}

static session_entry *find_id(davy_sessions *sessions, uint64_t id)
{
    for (size_t i = 0; id > 0 && i < DAVY_HTTP_SESSIONS_MAX; i++)
        if (sessions->items[i].id == id)
            return &sessions->items[i];
    return NULL;
}

bool davy_sessions_touch(davy_sessions *sessions, uint64_t id, int64_t now_ns)
{
    session_entry *found;
    bool lives;

    pthread_mutex_lock(&sessions->guard);
    found = find_id(sessions, id);
    lives = found && use(found, now_ns);
    pthread_mutex_unlock(&sessions->guard);
    return lives;
}

void davy_sessions_close(davy_sessions *sessions, uint64_t id)
{
    session_entry *found;

    pthread_mutex_lock(&sessions->guard);
    found = find_id(sessions, id);
    if (found)
        *found = (session_entry){0};
    pthread_mutex_unlock(&sessions->guard);
}

void davy_session_csrf(const char *token, char csrf[DAVY_SESSION_TOKEN_MAX])
{
    static const unsigned char purpose[] = "davy: what changes something carries this";
    unsigned char key[TOKEN_BYTES], hash[TOKEN_BYTES];

    hash_token(token, key);
    (void) crypto_generichash(hash, sizeof hash, purpose, sizeof purpose - 1, key, sizeof key);
    encode(hash, csrf);
}
