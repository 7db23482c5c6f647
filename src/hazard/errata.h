/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Errata: values that a book or program gives wrong, so that who compares davy with it knows.
 *
 * Stage: hazard.
 */
typedef struct davy_erratum {
    const char *name;     /* "briggs-d": stable, for programs */
    const char *document; /* "CCPS, Guidelines for Consequence Analysis (1999)" */
    const char *where;    /* page, table, equation, or file of a program */
    const char *printed;
    const char *right;
    const char *known; /* how it is known that the one is wrong and the other right */
} davy_erratum;

/** The errata in the order of their table, by name; NULL behind the last. */
const davy_erratum *davy_erratum_at(size_t index);
/** The erratum of a name, or NULL. */
const davy_erratum *davy_erratum_find(const char *name);
