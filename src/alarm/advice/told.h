/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

struct json_t;

/**
 * @file
 * What a record tells as an event before an alarm: in English, and as a code with values of which
 * any language can make a sentence.
 *
 * Stage: alarm, inside.
 *
 *     kind            code                     values
 *     alarm, source   kind of the condition    signal, detector, source, reason
 *     action          the transition           comment
 *     site            start, stop, reload      -
 *     site            site.settings            count, reason (null: nobody gave one)
 *     model           model.alias              alias, from, to: versions
 *     model           model.detector           detector, from, to: "name@version", null for none
 *     model           model.load, ...          -
 */
typedef struct davy_told {
    const char *kind, *code, *by; /* of the record's body, or for ever; by: NULL when nobody did */
    struct json_t *values;        /* a new reference */
    char text[2048];
} davy_told;

/** An alarm that began, or what a person did to one. False for what went on by itself: no news. */
bool davy_told_alarm(const struct json_t *body, davy_told *told);

/** A start or a reload, changed settings, or a model. False for what touches no alarm, and for what
 * was refused. */
bool davy_told_audit(const char *subject, const struct json_t *body, davy_told *told);
