/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Major hazards by GB 18218-2018: which unit of a plant is one, and of which grade.
 *
 * Stage: hazard, room major. A unit holds substances; of each the amount q is the greatest its
 * equipment is designed for, and Q the threshold of table 1, or of table 2 by its classes. A unit
 * is a major hazard when S = sum q/Q is 1 or more; R = alpha sum beta q/Q grades it from 1, the
 * worst, to 4. Amounts are in tonnes, as in the standard.
 *
 * Source: GB 18218-2018, Identification of major hazard installations for hazardous chemicals,
 * 4.2 (S), 4.3 (R), tables 1 to 6. A unit without a list of substances is missing data and not a
 * unit without hazard.
 */

/** Rows of table 1, and of table 2. */
#define DAVY_GB_SUBSTANCES ((size_t) 85)
#define DAVY_GB_CLASSES    ((size_t) 24)

/** A row of table 1, with its factor of table 3. */
typedef struct davy_gb_substance {
    int row;
    const char *english, *chinese;
    const char *cas;  /* numbers with blanks between them; "" where the standard gives none */
    double threshold; /* t */
    double beta;      /* of table 3; 0: table 3 does not name it */
} davy_gb_substance;

/** A row of tables 2 and 4. */
typedef struct davy_gb_class {
    const char *symbol; /* "W5.1" */
    const char *english, *chinese;
    double threshold; /* t */
    double beta;
} davy_gb_class;

/** In the order of table 1; NULL behind the last. */
const davy_gb_substance *davy_gb_substance_at(size_t index);

/** The next row of table 1 with a CAS number behind `after` (NULL: from the first), or NULL. */
const davy_gb_substance *davy_gb_substance_find(const char *cas, const davy_gb_substance *after);
/** The class of a symbol, or NULL. */
const davy_gb_class *davy_gb_class_find(const char *symbol);

/** One substance of a unit. */
typedef struct davy_gb_item {
    double amount;    /* q in t; NaN: not known */
    double threshold; /* Q in t; NaN: neither table names it */
    double beta;      /* NaN: its class is not known */
} davy_gb_item;

/**
 * What the tables say of a substance.
 *
 * The row of table 1 gives the threshold; without one the lowest of its classes does. The factor is
 * that of table 3, otherwise the greatest of its classes: the standard does not say which of
 * several counts, and the greatest errs towards the worse grade.
 *
 * @param row      of table 1, or NULL
 * @param classes  [class_count] of table 2
 */
davy_gb_item davy_gb_item_of(double amount, const davy_gb_substance *row,
                             const davy_gb_class *const *classes, size_t class_count);

/** S of a unit. NO_DATA for an empty unit and for an amount or threshold that is not known. */
davy_answer davy_gb_s(const davy_gb_item *items, size_t count);
/** True for an S of 1 and more; what rounding took away counts as 1. */
bool davy_gb_is_major(double s);

/** alpha of table 5. @param people  who may be exposed within 500 m of the plant's fence; >= 0 */
double davy_gb_alpha(double people);
/** R of a unit. */
davy_answer davy_gb_r(const davy_gb_item *items, size_t count, double people);
/** Grade of table 6, 1 to 4, of a unit that is a major hazard. */
int davy_gb_grade(double r);
