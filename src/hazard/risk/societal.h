/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "hazard/answer.h"

#include <stddef.h>

/**
 * @file
 * Societal risk: how often how many people die at once, as a curve of F and N.
 *
 * Stage: hazard, room risk. Of the people who are there, at the hours they are there. Frequencies
 * are per year and those of an outcome in one weather, as in risk.h.
 *
 * Source: TNO Purple Book CPR 18E (1999), equations 6.3 to 6.6, as transcribed in
 * Petrolord/petrolord-suite; the lines name theirs.
 */

/** An accident that kills so many; an expected number need not be whole. */
typedef struct davy_risk_event {
    double frequency; /* per year */
    double deaths;
} davy_risk_event;

/** Deaths per year that are to be expected, the sum of f N. NO_DATA for none at all. */
davy_answer davy_expected_deaths(const davy_risk_event *events, size_t count);

/** A corner of the curve: so many deaths or more come so often. */
typedef struct davy_fn_point {
    double deaths;
    double frequency; /* per year */
} davy_fn_point;

/**
 * The F-N curve: a corner for each number of deaths above 0, rising. Between two corners the
 * frequency is that of the right one.
 *
 * @param points  [count] room for the corners
 * @return DAVY_ERR_INVALID for an event whose frequency or deaths are negative or not known
 */
DAVY_MUST_CHECK davy_status davy_fn_curve(const davy_risk_event *events, size_t count,
                                          davy_fn_point *points, size_t *point_count);

/** Where a risk stands; in the middle it is to be as low as reasonably practicable. */
typedef enum davy_risk_region {
    DAVY_RISK_ACCEPTABLE,
    DAVY_RISK_ALARP,
    DAVY_RISK_UNACCEPTABLE,
    DAVY_RISK_REGIONS
} davy_risk_region;

/** "acceptable", "ALARP", "unacceptable". */
const char *davy_risk_region_name(davy_risk_region region);

/** Lines F = C / N^exponent. */
typedef struct davy_fn_limit {
    const char *name;   /* "gb36894": stable, for programs */
    const char *title;  /* for people */
    const char *source; /* document and place */
    double upper;       /* C above which it is unacceptable */
    double lower;       /* C up to which it is acceptable; the upper one where there is one line */
    double exponent;
    double from; /* deaths; below, the document draws no line */
} davy_fn_limit;

/** In the order of the table; NULL behind the last. */
const davy_fn_limit *davy_fn_limit_at(size_t index);
/** The limit of a name, or NULL. */
const davy_fn_limit *davy_fn_limit_find(const char *name);

/**
 * The worst region that a curve enters. What is on a line has not passed it.
 *
 * @param worst  if not NULL: the corner that is highest above the upper line, or nearest below it;
 *               NULL when no corner is where the document draws lines
 */
davy_risk_region davy_fn_region(const davy_fn_limit *limit, const davy_fn_point *points,
                                size_t count, const davy_fn_point **worst);
