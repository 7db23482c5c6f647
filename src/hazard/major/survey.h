/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/chemical.h"
#include "hazard/major/external.h"
#include "hazard/major/gb18218.h"
#include "site/site.h"

/**
 * @file
 * Survey: the major hazards of a site by GB 18218-2018, from what its assets hold.
 *
 * Stage: hazard, room major. A unit is what `holds: {unit: ...}` says; assets without one are one
 * unit together, named as the site: one unit is a worse hazard than its parts, so that a forgotten
 * key errs towards safety. Amounts are taken as the greatest the equipment is designed for.
 *
 * What table 1 names has its threshold there. What it does not name is classed by the figures that
 * davy has of it, which are not all: another hazard of it may have a lower threshold. Sums over
 * such a unit are "at least", and it is never told to be no major hazard.
 */

/** Where the threshold of a substance is from. */
typedef enum davy_major_basis {
    DAVY_MAJOR_UNKNOWN, /* davy does not know the substance, or no class of it */
    DAVY_MAJOR_CLASSES, /* table 2, by the classes that its figures give: at most this */
    DAVY_MAJOR_LOWEST,  /* table 1 has several rows for its CAS number: the lowest of them */
    DAVY_MAJOR_TABLE_1,
    DAVY_MAJOR_BASES
} davy_major_basis;

/** An asset that holds something. */
typedef struct davy_major_line {
    size_t asset; /* index */
    size_t unit;  /* index */
    davy_major_basis basis;
    const davy_chemical *chemical; /* NULL: not in the table of chemicals */
    const davy_gb_substance *row;  /* of table 1, or NULL */
    const davy_gb_class *class;    /* of table 2 that gives the threshold, or NULL */
    davy_gb_item item;             /* factor 1, the least of table 4, where none is known */
    bool factor_known;             /* by table 3 */
    bool is_gas;                   /* toxic or flammable, and boils below 20 degC */
    bool is_explosive;             /* of division 1.1 of the UN list, by its row of table 1 */
} davy_major_line;

typedef enum davy_major_verdict {
    DAVY_MAJOR_NO,
    DAVY_MAJOR_YES,
    DAVY_MAJOR_UNDECIDED, /* below 1, and something in it is not known */
    DAVY_MAJOR_VERDICTS
} davy_major_verdict;

typedef struct davy_major_unit {
    const char *name;
    size_t line_count;
    bool s_complete, r_complete; /* otherwise the sums are "at least" */
    davy_answer s, r;            /* NO_DATA when nothing of it is known, or no people for R */
    davy_major_verdict verdict;
    int grade;  /* 1 to 4 of a major hazard; 0 when it is none, or R is not known */
    double gas; /* sum of q/Q of its toxic and flammable gases */
    davy_distance_method distance; /* which method says its external safety distance */
} davy_major_unit;

/**
 * Survey a site.
 *
 * @param left_out  [asset_count] what if these assets were not there; NULL: all are
 * @param people    who may be exposed within 500 m of the fence; NaN: not known
 * @param lines     [asset_count]
 * @param units     [asset_count]
 * @return how many units there are; their lines are in the order of the assets
 */
size_t davy_major_survey(const davy_site *site, const bool *left_out, double people,
                         davy_major_line *lines, size_t *line_count, davy_major_unit *units);

/** People of all places outside the fence that the site file has, by day or night, whichever is
 * more; NaN when it has none. */
double davy_major_people(const davy_site *site);
