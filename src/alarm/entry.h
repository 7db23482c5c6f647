/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/state.h"

struct json_t;

/**
 * @file
 * One alarm in memory, and its record on disk.
 *
 * Stage: alarm, inside. A record is a snapshot: the last readable record of a key tells all that is
 * needed to go on, so records may be doubled or missing in the middle without harm. `turn` counts
 * the transitions of one alarm; a record whose turn is not higher than the alarm's is a double.
 *
 * Body of a record (JSON; times are integer nanoseconds; what is null or unchanged is left out):
 *
 *     id, turn, transition, state, evaluated, told, active, kind, priority, department,
 *     signal|detector|source, asset, since, ended, occurrences, announced, re_alarms, shelve_max,
 *     shelved_until, one_shot, out_until, suppressed_by, by, comment, text, judgement (object, of
 *     the last occurrence), reason (object, with a raise)
 */
typedef struct davy_alarm_entry {
    uint64_t id;
    char *key;
    davy_condition_kind kind;
    char *signal, *detector, *source, *asset; /* NULL where it does not apply */
    davy_priority priority;
    const davy_site_rule *rule; /* of the site in use; NULL in an entry that is no alarm's own */
    char *department;           /* by the rules, or NULL */
    int64_t shelve_max_ns;      /* by the rules */
    davy_alarm_phase phase;
    davy_alarm_state told; /* A to F: what was announced last, before the newest transition */
    int64_t since_ns, ended_ns, changed_ns;
    int64_t until_ns;               /* wall clock: end of the shelf or outage; 0 without one */
    int64_t until_monotonic_ns;     /* the same moment on the monotonic clock */
    int64_t granted_ns;             /* of an entry that was read: how long that was, at first */
    bool one_shot;                  /* of the shelf */
    int64_t announced_ns;           /* wall clock: when it was last announced as active */
    int64_t announced_monotonic_ns; /* the same moment on the monotonic clock */
    uint64_t re_alarms;             /* since the last raise */
    char *reason;                   /* JSON object; NULL before the first raise */
    char *comment, *by;
    char *judgement;     /* JSON object; NULL while nobody has judged the last occurrence */
    char *suppressed_by; /* logic of the last suppression; NULL before the first */
    uint64_t occurrences, turn;
    bool configured; /* the site has its condition */
    size_t unkept;   /* transitions that wait for the disk */
    size_t next;     /* entry with the same hash, or SIZE_MAX */
    size_t timed;    /* its place among those with a timer + 1; 0 when it has none */
} davy_alarm_entry;

/** The transition that a record tells, beyond what the entry now says. NULL for none. */
typedef struct davy_alarm_note {
    const char *transition;
    const char *text; /* NULL: the sentence of the last raise */
    const char *by, *comment;
    bool with_reason;
} davy_alarm_note;

/** Name of the transition that only makes an alarm's id known. */
#define DAVY_ALARM_KNOWN "known"
/** Name of the transition that only adds what a person says of the last occurrence. */
#define DAVY_ALARM_JUDGED "judged"
/** Name of the transition that writes a state again after records were given up. */
#define DAVY_ALARM_RESTORED "restored"

/** The record's body; NULL without memory. The caller frees it. */
char *davy_alarm_entry_encode(const davy_alarm_entry *entry, const davy_alarm_note *note);

/**
 * Bring an entry, empty or built from earlier records, to what a record says.
 *
 * @param time_ns  of the record
 * @return DAVY_ERR_CORRUPT, and no change, for a body that is not as above
 */
DAVY_MUST_CHECK davy_status davy_alarm_entry_decode(davy_alarm_entry *entry, const char *body,
                                                    int64_t time_ns);

/** The same of a body that was parsed; NULL for one that is no JSON. */
DAVY_MUST_CHECK davy_status davy_alarm_entry_take(davy_alarm_entry *entry,
                                                  const struct json_t *body, int64_t time_ns);

/** The entry as others see it; borrows the entry's texts. */
davy_alarm davy_alarm_entry_view(const davy_alarm_entry *entry);

/** Free the entry's texts and the entry. NULL is fine. */
void davy_alarm_entry_destroy(davy_alarm_entry *entry);

/** Replace a text by a copy, or by NULL. Without memory the old text stays and the answer is false.
 */
bool davy_text_replace(char **text, const char *with);
