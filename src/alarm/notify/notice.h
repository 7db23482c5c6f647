/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "alarm/notify/sentence.h"
#include "store/records.h"

/**
 * @file
 * What a receiver is told: a message with an id that never changes.
 *
 * Stage: alarm. A message is made of a record of an alarm, or of a transition that has no record
 * yet because the disk fails; both give the same id. As JSON, in the shape of Standard Webhooks:
 *
 *     {"id", "type": "alarm.raised", "timestamp", "site", "title", "language", "exercise",
 *      "escalated", "transition", "text", "sequence", "raised": {"id", "timestamp"} | null,
 *      "data": the alarm as in the API}
 *
 * `language` is that of the plant's people, zh-CN in China's time zones and else en-US. `raised` is
 * the message that began this alarm. Types beside those of alarms: "alert", "heartbeat",
 * "test".
 */

/** Bytes of an id with its zero: 32 digits, and a letter for the message that escalates. */
#define DAVY_NOTICE_ID_MAX 40

#define DAVY_NOTICE_WORD_MAX 64

/** A transition on its way to becoming a message. */
typedef struct davy_notice_draft {
    char *alarm;                                                 /* JSON, as in the API; owned */
    char *key, *signal, *detector, *source, *asset, *department; /* or NULL; owned */
    char transition[DAVY_NOTICE_WORD_MAX];
    char text[DAVY_SENTENCE_MAX];
    int64_t time_ns;
    uint64_t turn, sequence; /* sequence: 0 without a record */
    uint64_t id;             /* of the alarm */
    davy_priority priority;
    davy_alarm_state state;
    bool acknowledged;
    davy_condition_kind kind;
    bool exercise; /* of a proof test */
    bool quiet;    /* the design silenced an alarm, or let it be, of which nobody has been told */
} davy_notice_draft;

/** The message that began an alarm. */
typedef struct davy_notice_raised {
    char id[DAVY_NOTICE_ID_MAX]; /* "" when it is not known */
    int64_t time_ns;
} davy_notice_raised;

/** What routes look at. */
typedef struct davy_notice {
    char id[DAVY_NOTICE_ID_MAX];
    uint64_t alarm;
    int64_t time_ns;
    const char *transition; /* the draft's */
    davy_priority priority;
    const char *position;   /* name, by the site of today; never NULL */
    const char *department; /* NULL for none */
    davy_condition_kind kind;
    const char *source, *detector; /* the draft's; NULL for none */
    bool quiet;                    /* for those who have asked for its transition alone */
    bool begins;                   /* it opens what `raised` of later messages names */
    bool needs_person;     /* active or not, nobody has acknowledged it and it is not silenced */
    const davy_site *site; /* the message is made of these when it is encoded; borrowed */
    const davy_notice_draft *draft;
    davy_notice_raised raised; /* that began it; its id is "" for none */
} davy_notice;

/**
 * Of a record, with the advice of the site of today.
 *
 * @return DAVY_ERR_NOT_FOUND for a record that announced nothing: an alarm made known, a transition
 *         under a shelf
 */
DAVY_MUST_CHECK davy_status davy_notice_draft_record(const davy_site *site,
                                                     const davy_record *record,
                                                     davy_notice_draft *out);

/** Of a transition that is announced now. */
DAVY_MUST_CHECK davy_status davy_notice_draft_alarm(const davy_alarm *alarm, const char *transition,
                                                    davy_notice_draft *out);

void davy_notice_draft_clear(davy_notice_draft *draft);

/** The message. @param draft  borrowed, as the site. @param raised  NULL for none */
void davy_notice_make(const davy_site *site, const davy_notice_draft *draft,
                      const davy_notice_raised *raised, davy_notice *out);

/** The message as text; NULL without memory. @param escalated  the one for whom it escalates to */
char *davy_notice_encode(const davy_notice *notice, bool escalated);

/** Of the plant's people, "zh-CN" or "en-US": by its time zone, since the site file says no other
 * thing about who works there. */
const char *davy_notice_language(const davy_site *site);

/** Id of the message that escalates. */
void davy_notice_escalated_id(const davy_notice *notice, char id[DAVY_NOTICE_ID_MAX]);

/** A drill for one receiver, as text with its id; NULL without memory. */
char *davy_notice_encode_test(const davy_site *site, const char *receiver, const char *by,
                              int64_t time_ns, char id[DAVY_NOTICE_ID_MAX]);

/** An alert that another stage has written. */
typedef struct davy_notice_alert {
    const char *identifier; /* its own; the message's id is made of it, so that one that is sent
                             * twice is known */
    const char *text;       /* a line for those who do not read alerts */
    const char *cap;        /* all of it, CAP 1.2 */
    const char *data;       /* JSON object: what it is about */
    int64_t time_ns;
    bool exercise;
} davy_notice_alert;

/** The message of an alert, type "alert", with the alert as "cap"; NULL without memory. */
char *davy_notice_encode_alert(const davy_site *site, const davy_notice_alert *alert,
                               char id[DAVY_NOTICE_ID_MAX]);

/** A sign of life. @param problem  NULL when everything is well */
char *davy_notice_encode_heartbeat(const davy_site *site, int64_t every_ns, const char *problem,
                                   int64_t time_ns);
