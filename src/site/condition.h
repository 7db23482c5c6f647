/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "site/site.h"

#include <stdint.h>

/**
 * @file
 * Conditions: which questions about its plant a site asks, and what its rules say about each.
 *
 * Stage: site. A condition is one question with a name that survives restarts and reloads
 * ("T-101/pressure:hihi"). The list is made once; findings index it. The conditions of one signal
 * stand together, in the order of their kinds, so a signal needs only where its own begin and a bit
 * for each kind. After them come two of each detector (model, verdict) and one of each source.
 * Those of the daemon itself ("davy:store") are apart: no site has others, and detection has none.
 */

/** Bytes of a condition's key with its zero. */
#define DAVY_CONDITION_KEY_MAX (DAVY_PATH_MAX + 32)

typedef enum davy_condition_kind {
    DAVY_CONDITION_LOLO,
    DAVY_CONDITION_LO,
    DAVY_CONDITION_HI,
    DAVY_CONDITION_HIHI,
    DAVY_CONDITION_RATE,      /* changes faster than its rate limit */
    DAVY_CONDITION_STUCK,     /* has not changed at all for too long */
    DAVY_CONDITION_SHIFT,     /* EWMA or CUSUM: its mean has moved */
    DAVY_CONDITION_NOVEL,     /* does what it has hardly ever done */
    DAVY_CONDITION_QUALITY,   /* the source says that its value is bad */
    DAVY_CONDITION_DEADLINE,  /* no good sample within its deadline */
    DAVY_CONDITION_MODEL,     /* a model's score is above its limit */
    DAVY_CONDITION_VERDICT,   /* a model gives no verdict, with the reason */
    DAVY_CONDITION_SOURCE,    /* a source has lost its peer */
    DAVY_CONDITION_STORE,     /* of the daemon itself: samples are not kept */
    DAVY_CONDITION_RECORDS,   /* of the daemon itself: alarms are announced and not recorded */
    DAVY_CONDITION_DAMAGE,    /* of the daemon itself: a part of what was kept is damaged */
    DAVY_CONDITION_RECEIVERS, /* of the daemon itself: who is to be told of alarms is not */
    DAVY_CONDITION_PROOFTEST, /* of the daemon itself: a proof test did not reach its end */
    DAVY_CONDITION_RETENTION  /* of the daemon itself: a shorter time of retention waits */
} davy_condition_kind;

#define DAVY_CONDITION_LAST DAVY_CONDITION_RETENTION

/** "hihi", "rate", "silence", ...: the part of a key after the colon. */
const char *davy_condition_kind_name(davy_condition_kind kind);

/** A bit for each kind. */
#define DAVY_KIND_BIT(kind) ((uint32_t) 1 << (kind))

/** Bad samples for so long are a condition; a shorter deadline of the signal is taken instead. */
#define DAVY_QUALITY_DELAY_NS (5 * DAVY_NS_PER_S)

/** A source that is back within this time is no alarm. */
#define DAVY_SOURCE_DELAY_NS (3 * DAVY_NS_PER_S)

typedef struct davy_condition {
    const char *key; /* "T-101/pressure:hihi", "detector T-101-health:model",
                      * "source plc-1:source" */
    davy_condition_kind kind;
    davy_priority priority;
    size_t signal;   /* index in the site, or DAVY_SITE_NONE */
    size_t detector; /* index in the site, or DAVY_SITE_NONE */
    size_t source;   /* index in the site, or DAVY_SITE_NONE */
    size_t asset;    /* index in the site, or DAVY_SITE_NONE (a detector over several assets) */
    size_t position; /* index in the site: who looks after it */
    double limit;    /* in the unit of the signal; 1 for a model; NaN where there is none */
    double deadband; /* of lolo to hihi, same unit; 0 else */
    int64_t on_delay_ns, off_delay_ns; /* how long it must hold, or not hold, to be told */
    const davy_site_rule *rule;        /* what else the rules say; never NULL */
} davy_condition;

/** The kinds of condition this signal asks for, as bits. */
uint32_t davy_signal_conditions(const davy_site_signal *signal);

/* Delays that a signal's conditions have without rules: limits have both of the signal's, what is
 * measured over a stretch needs no on-delay more, and bad samples are a condition after a while. */

static inline int64_t davy_signal_on_delay(const davy_site_signal *signal, davy_condition_kind kind)
{
    const bool shorter = signal->deadline_ns > 0 && signal->deadline_ns < DAVY_QUALITY_DELAY_NS;

    if (kind <= DAVY_CONDITION_HIHI)
        return signal->on_delay_ns;
    if (kind == DAVY_CONDITION_QUALITY)
        return shorter ? signal->deadline_ns : DAVY_QUALITY_DELAY_NS;
    return 0;
}

static inline int64_t davy_signal_off_delay(const davy_site_signal *signal,
                                            davy_condition_kind kind)
{
    return kind <= DAVY_CONDITION_NOVEL && kind != DAVY_CONDITION_STUCK ? signal->off_delay_ns : 0;
}

/** A rule gives one of its conditions another delay or deadband. */
bool davy_signal_is_retimed(const davy_site_signal *signal);

/** The deadband a rule gives to a limit of this signal, in its unit; its own when it gives none. */
double davy_rule_deadband(const davy_site_rule *rule, const davy_site_signal *signal);

/**
 * All conditions of a site, with their keys in the same piece of memory.
 *
 * @param out    an array of `count`; the caller frees it
 * @param bytes  size of that piece
 */
DAVY_MUST_CHECK davy_status davy_conditions_make(const davy_site *site, davy_condition **out,
                                                 size_t *count, size_t *bytes);

/** The conditions of the daemon itself, in the order of their kinds, with what the rules of a site
 * say about them. Their keys live for ever. */
void davy_conditions_own(const davy_site *site, davy_condition out[DAVY_SITE_OWN_CONDITIONS]);

/** A condition by what it is about: what a key means. */
typedef struct davy_condition_name {
    davy_condition_kind kind;
    size_t of; /* index of the signal, the detector or the source; 0 for the daemon's own */
} davy_condition_name;

/** What a key names in this site. False when the site has no such condition. */
bool davy_condition_find(const davy_site *site, const char *key, davy_condition_name *out);

/** The key of a condition. @return key */
const char *davy_condition_key(const davy_site *site, davy_condition_name name,
                               char key[DAVY_CONDITION_KEY_MAX]);

/** What the rules say about a condition; the plain rule where they say nothing. */
const davy_site_rule *davy_condition_rule(const davy_site *site, davy_condition_name name);
