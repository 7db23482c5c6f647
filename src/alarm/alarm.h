/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/clock.h"
#include "core/status.h"
#include "detect/finding.h"
#include "store/records.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The alarm engine: the states of IEC 62682 / ISA-18.2 as one table, every transition durable
 * before it is announced.
 *
 * Stage: alarm. An alarm belongs to a condition key and lives as long as the key is known. Findings
 * and people's actions are events; the table in alarm/state.h gives the next state. A transition is
 * appended to the records, synced, and only then handed to the announcer. At opening the states are
 * rebuilt from the records; a shelf that has run out meanwhile comes back unshelved.
 *
 * All functions may be called from any thread.
 */

/** Letters of ISA-18.2-2009. */
typedef enum davy_alarm_state {
    DAVY_ALARM_NORMAL,               /* A */
    DAVY_ALARM_UNACKNOWLEDGED,       /* B: active */
    DAVY_ALARM_ACKNOWLEDGED,         /* C: active */
    DAVY_ALARM_RETURNED,             /* D: returned to normal, unacknowledged */
    DAVY_ALARM_LATCHED,              /* E: latched, unacknowledged */
    DAVY_ALARM_LATCHED_ACKNOWLEDGED, /* F */
    DAVY_ALARM_SHELVED,              /* G */
    DAVY_ALARM_SUPPRESSED,           /* H: by design */
    DAVY_ALARM_OUT_OF_SERVICE        /* I */
} davy_alarm_state;

/** "normal", "unacknowledged", "acknowledged", "returned", ... as in the API. */
const char *davy_alarm_state_name(davy_alarm_state state);

typedef enum davy_alarm_action {
    DAVY_ALARM_ACKNOWLEDGE,
    DAVY_ALARM_COMMENT,
    DAVY_ALARM_SHELVE,
    DAVY_ALARM_UNSHELVE,
    DAVY_ALARM_TAKE_OUT_OF_SERVICE,
    DAVY_ALARM_RETURN_TO_SERVICE,
    DAVY_ALARM_RESET,
    DAVY_ALARM_JUDGE
} davy_alarm_action;

/** What a person says of an occurrence: docs/alarms.md tells what the answer moves and what not. */
typedef enum davy_alarm_verdict {
    DAVY_ALARM_UNJUDGED,
    DAVY_ALARM_TRUE,      /* there was something to find */
    DAVY_ALARM_FALSE,     /* there was nothing */
    DAVY_ALARM_KNOWN_WORK /* somebody worked there: the data are no example of anything */
} davy_alarm_verdict;

/** "true", "false", "known-work"; "" for DAVY_ALARM_UNJUDGED. */
const char *davy_alarm_verdict_name(davy_alarm_verdict verdict);

/** The verdict with this name; DAVY_ALARM_UNJUDGED for another one and for NULL. */
davy_alarm_verdict davy_alarm_verdict_find(const char *name);

/** Longest shelf that is granted; rules may ask for less, and a longer wish is refused. */
#define DAVY_ALARM_SHELVE_MAX_NS DAVY_SITE_SHELVE_MAX_NS

/** Shortest time for which an alarm is set aside: less is over before anybody sees it. */
#define DAVY_ALARM_ASIDE_MIN_NS DAVY_NS_PER_S

/** Farthest end of being out of service: a long turnaround. */
#define DAVY_ALARM_OUT_MAX_NS (90LL * 86400 * DAVY_NS_PER_S)

/** Bytes of a comment with its zero. */
#define DAVY_ALARM_COMMENT_MAX 1024

/** Bytes of the name of who acts, with its zero. */
#define DAVY_ALARM_BY_MAX 128

/** Most transitions that wait for records that cannot be written. */
#define DAVY_ALARMS_UNKEPT_MAX ((size_t) 65536)

typedef struct davy_alarm_request {
    davy_alarm_action action;
    const char *by;      /* name of the person or key */
    const char *comment; /* NULL for none; required to comment, and as the reason to take out of
                          * service */
    int64_t duration_ns; /* to shelve, or to take out of service; 0: not given */
    bool one_shot;       /* to shelve until the condition ends, in place of a duration */
    int64_t until_ns;    /* wall time: to take out of service, in place of a duration */
    davy_alarm_verdict verdict; /* to judge the newest occurrence */
    uint64_t occurrence;        /* to judge: the one that the person looks at; refused when it is no
                                 * longer the newest. 0: the newest */
} davy_alarm_request;

/** One alarm as it is now. Texts are borrowed for the call of the visitor. */
typedef struct davy_alarm {
    uint64_t id; /* given at its first transition or first sight, kept for ever */
    const char *key;
    davy_condition_kind kind;
    const char *signal;   /* path, or NULL */
    const char *detector; /* name, or NULL */
    const char *source;   /* name, or NULL */
    const char *asset;    /* name, or NULL */
    davy_priority priority;
    const char *department; /* of the rules, or NULL */
    davy_alarm_state state;
    davy_alarm_state evaluated; /* A to F: what lies under a shelf, a suppression, an outage */
    davy_alarm_state told;      /* A to F: what people had been told before its last transition */
    bool active;                /* the condition holds now, also while shelved */
    bool acknowledged;
    bool latched;               /* the condition is over and somebody has to reset the alarm */
    int64_t since_ns;           /* event time of the last raise; 0 when never raised */
    int64_t ended_ns;           /* event time of its end; 0 while it lasts */
    int64_t changed_ns;         /* wall time of the last transition */
    int64_t shelved_until_ns;   /* 0 when not shelved */
    bool one_shot;              /* the shelf ends when the condition does, if that is earlier */
    int64_t shelve_max_ns;      /* longest shelf of this alarm */
    int64_t out_until_ns;       /* 0 when in service */
    const char *suppressed_by;  /* the logic, while suppressed by design, or NULL */
    uint64_t re_alarms;         /* times it was announced again since the last raise */
    const char *reason;         /* JSON object, alarm/reason.h */
    const char *judgement;      /* JSON object: verdict, by, comment, time; of the last occurrence,
                                 * or NULL */
    const char *cause;          /* advice of the rules, or NULL */
    const char *consequence;    /* the same */
    int64_t respond_within_ns;  /* the same, or 0 */
    const char *const *actions; /* [action_count] the same: what to do, in order */
    size_t action_count;
    const char *comment; /* last one, or NULL */
    const char *by;      /* who acted last, or NULL */
    uint64_t occurrences;
    uint64_t turn; /* transitions so far; with the id it names this one */
    bool durable;  /* false: announced, and its record still waits for the disk */
} davy_alarm;

typedef struct davy_alarms davy_alarms;

typedef struct davy_alarms_callbacks {
    void *context;
    /* After the transition is durable, or marked as not; in the order of the records. `transition`
     * is one of alarm/state.h's names or "commented". Must not call back. */
    void (*announce)(void *context, const davy_alarm *alarm, const char *transition);
} davy_alarms_callbacks;

/**
 * @param records  NULL: a rehearsal. Nothing is rebuilt and nothing kept, all else is the same
 */
DAVY_MUST_CHECK davy_status davy_alarms_open(davy_records *records, const davy_clock *clock,
                                             const davy_alarms_callbacks *callbacks,
                                             davy_alarms **out);

/**
 * The alarms of a proof test: the same engine over records of kind DAVY_RECORD_PROOF, which nobody
 * rebuilds, counts or sends. It knows no past.
 */
DAVY_MUST_CHECK davy_status davy_alarms_open_proof(davy_records *records, const davy_clock *clock,
                                                   const davy_alarms_callbacks *callbacks,
                                                   davy_alarms **out);

/** NULL is fine. */
void davy_alarms_close(davy_alarms *alarms);

/**
 * Tell the conditions of a site, at start and after a reload. An alarm whose key is gone ends: it
 * returns to normal with that reason. The order of `conditions` is what findings index.
 *
 * Records that cannot be written are no failure here: a plant must be able to start with a full
 * disk. davy_alarms_tick() tells about them.
 *
 * @param site  borrowed, with `conditions` and their keys, until the next call or close
 * @return DAVY_ERR_NOMEM: then every finding is refused until a call succeeds
 */
DAVY_MUST_CHECK davy_status davy_alarms_configure(davy_alarms *alarms, const davy_site *site,
                                                  const davy_condition *conditions, size_t count);

/** The condition of this index holds as far as the alarms know: for a start after a stop. */
bool davy_alarms_is_active(davy_alarms *alarms, size_t condition);

/**
 * Take findings, in order; one sync for all. Whatever the answer, all of them were taken: a failure
 * says that records wait for the disk. A finding whose condition is not known is passed over, with
 * DAVY_ERR_INVALID.
 */
DAVY_MUST_CHECK davy_status davy_alarms_take(davy_alarms *alarms, const davy_finding *findings,
                                             size_t count);

/**
 * End shelves and outages that ran out, announce again what has been active for its re-alarm time,
 * and try again what could not be recorded. Call at least every second. A shelf is over when either
 * clock says so: a step of the wall clock can end it early, never stretch it.
 */
DAVY_MUST_CHECK davy_status davy_alarms_tick(davy_alarms *alarms);

/**
 * Suppression by design: the logic of site->suppressions[suppression] is true now, or is not. The
 * first answer after davy_alarms_configure() counts also when it is "not": what was suppressed when
 * the program last ran comes out then.
 *
 * @return as davy_alarms_take()
 */
DAVY_MUST_CHECK davy_status davy_alarms_suppress(davy_alarms *alarms, size_t suppression,
                                                 bool active);

/**
 * Are these words that a person may leave on record: UTF-8 of less than `capacity` bytes, without
 * control characters, and not blank. An empty text is fine.
 *
 * @param what  names them in the sentence: "the comment"
 */
DAVY_MUST_CHECK davy_status davy_alarm_words_check(const char *what, const char *text,
                                                   size_t capacity);

/**
 * Is the request itself in order: a comment where one is needed, texts that are UTF-8 without
 * control characters and not too long, a shelf or an outage with an end that is not too far.
 */
DAVY_MUST_CHECK davy_status davy_alarm_request_check(const davy_alarm_request *request);

/**
 * The same, and within what the rules grant for this alarm: a longer shelf than its shelve_max is
 * refused (Bad_ShelvingTimeOutOfRange of OPC 10000-9). davy_alarms_act() asks this first; whoever
 * must tell a wrong request from a wrong state asks it before.
 *
 * @return DAVY_ERR_NOT_FOUND for an unknown id; DAVY_ERR_INVALID
 */
DAVY_MUST_CHECK davy_status davy_alarms_check(davy_alarms *alarms, uint64_t id,
                                              const davy_alarm_request *request);

/**
 * A person acts. DAVY_ERR_NOT_FOUND for an unknown id, DAVY_ERR_INVALID with the reason when the
 * state does not allow it or a duration or comment is missing or too long; the records' failure
 * when it could not be kept. Nothing has changed then.
 */
DAVY_MUST_CHECK davy_status davy_alarms_act(davy_alarms *alarms, uint64_t id,
                                            const davy_alarm_request *request);

typedef enum davy_alarm_filter {
    DAVY_ALARMS_STANDING, /* active or unacknowledged, or shelved, suppressed, out of service */
    DAVY_ALARMS_ACTIVE,
    DAVY_ALARMS_SHELVED,
    DAVY_ALARMS_ALL
} davy_alarm_filter;

/**
 * Visit alarms as they are at this moment: unacknowledged first, then by priority, then newest
 * first. The visitor works on copies and holds up no alarm, however slow it is.
 */
DAVY_MUST_CHECK davy_status davy_alarms_visit(davy_alarms *alarms, davy_alarm_filter filter,
                                              davy_status (*visit)(void *context,
                                                                   const davy_alarm *alarm),
                                              void *context);

/** One alarm. */
DAVY_MUST_CHECK davy_status davy_alarms_get(davy_alarms *alarms, uint64_t id,
                                            davy_status (*visit)(void *context,
                                                                 const davy_alarm *alarm),
                                            void *context);

/** Figures for /metrics. */
typedef struct davy_alarms_stats {
    size_t alarms;           /* known */
    size_t standing, active; /* of them */
    uint64_t transitions;    /* since opening */
    size_t unkept;           /* announced and waiting for the disk */
    uint64_t given_up;       /* of them, since opening: DAVY_ALARMS_UNKEPT_MAX was reached */
    uint64_t unreadable;     /* records that were passed over at opening */
} davy_alarms_stats;

void davy_alarms_get_stats(davy_alarms *alarms, davy_alarms_stats *stats);
