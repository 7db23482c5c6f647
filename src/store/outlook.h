/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/holding.h"
#include "store/room.h"
#include "store/terms.h"

/**
 * @file
 * The outlook: what the classes of retention take, how they grow, and how long the room lasts.
 *
 * Stage: store. Growth is what the day files of the last full days take; tomorrow may be another
 * day. A class with an end grows until it holds as many days as it keeps, and then no more.
 */

/** Full UTC days whose day files tell the growth; a plant has a week. */
#define DAVY_OUTLOOK_DAYS 7

/** Days that are looked ahead: longer is for ever. */
#define DAVY_OUTLOOK_FAR_DAYS 3650

/** One class; the rollups are the last one. */
typedef struct davy_outlook_class {
    char class_name[DAVY_SITE_CLASS_NAME_MAX];
    uint64_t files, bytes, samples;
    bool asked;                              /* all of them, how many samples they have */
    int32_t first_day, last_day;             /* of its files; without one, first > last */
    uint64_t day_bytes[DAVY_OUTLOOK_DAYS];   /* of the last full days, yesterday last */
    uint64_t day_samples[DAVY_OUTLOOK_DAYS]; /* the same */
    int growth_days;                         /* of those, how many there were; 0: growth unknown */
    double bytes_a_day;
    uint64_t may_go_files, may_go_bytes; /* now, if the disk ran full */
} davy_outlook_class;

typedef struct davy_outlook {
    davy_outlook_class classes[DAVY_TERMS_MAX + 1];
    size_t count;
    double bytes_a_day; /* today, of all */
    int room_days;      /* until days must go or samples are refused; -1: longer than looked */
} davy_outlook;

/** Below so many floors days go that may go when the disk runs full. */
#define DAVY_OUTLOOK_FLOORS 2

void davy_outlook_make(const davy_holding *holding, const davy_terms *terms, davy_room_state room,
                       int64_t now_ns, davy_outlook *out);

/** The files that would go first, in their order. @return how many there are, at most `capacity` */
size_t davy_outlook_first(const davy_holding *holding, const davy_terms *terms, int64_t now_ns,
                          const davy_holding_file **files, size_t capacity);
