/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * How bad an incident is: the grade of the accident, the level of the response, and davy's scale.
 *
 * Stage: respond. Pure. Grades are numbered as the law numbers them, 1 the worst, 0 for none.
 *
 * The accident, by what it has cost (State Council of China, Decree 493, "Regulations on the
 * Reporting, Investigation and Handling of Production Safety Accidents", article 3, in force since
 * 2007-06-01; a bound belongs to the worse grade):
 *
 *     grade                    deaths    severe injuries   direct loss, yuan
 *                                        and poisonings
 *     1 particularly serious   30 ..     100 ..            100 million ..
 *     2 serious                10 .. 29  50 .. 99          50 million ..
 *     3 relatively serious      3 .. 9   10 .. 49          10 million ..
 *     4 ordinary                .. 2     .. 9              less
 *
 * The response, by what may yet come (National Emergency Plan for Production Safety Accidents,
 * section on response levels): the missing count as deaths, and people whose lives are in danger
 * count too. What it says of the reach of governments is for people to judge.
 *
 *     level    deaths and missing   lives in danger   poisoned or severely injured   loss, yuan
 *     I        30 ..                30 ..             100 ..                         100 million ..
 *     II       10 .. 29             10 .. 29          50 .. 99                       50 million ..
 *     III       3 .. 9              (10 .. 29)        30 .. 49                       (large)
 *     IV       an ordinary accident has happened or may
 *
 * The plan says 10 to 29 lives in danger for II and III alike: the worse is taken. "Large" has no
 * figure there: the 10 million of the decree's grade 3 are taken.
 */
typedef struct davy_toll {
    uint32_t missing, safe, injured, severe, dead;
    double loss_yuan;    /* NaN: not known */
    uint32_t endangered; /* people in the zone of deadly harm, of the latest impact */
    uint32_t harmed;     /* in that of lasting harm */
    uint32_t alerted;    /* in that of the least level */
} davy_toll;

#define DAVY_GRADES 5

/** 0 to 4. 0: nobody was hurt and no loss is known. */
int davy_accident_grade(const davy_toll *toll);
/** "ordinary"; "" for 0. */
const char *davy_accident_grade_name(int grade);
/** The word of the decree. */
const char *davy_accident_grade_chinese(int grade);

/** 0 to 4 for none, I, II, III, IV. */
int davy_response_level(const davy_toll *toll);
/** "I"; "" for 0. */
const char *davy_response_level_name(int level);

/**
 * davy's own scale, for what is no accident yet too; people may set it higher.
 *
 *     1 event      nobody is hurt and nobody is in a zone
 *     2 local      somebody is hurt lightly, or in a zone of the least level
 *     3 serious    somebody is missing or severely hurt, or in a zone of lasting harm
 *     4 major      somebody is dead, or in a zone of deadly harm
 *     5 disaster   a relatively serious accident or worse, or a response of level I or II
 */
int davy_incident_scale(const davy_toll *toll);
/** "event" to "disaster"; "" for 0. */
const char *davy_incident_scale_name(int scale);
