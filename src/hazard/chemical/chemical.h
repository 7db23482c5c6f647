/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/chemical/cite.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Hazardous chemicals that plants hold: what is known of each, and who says so.
 *
 * Stage: hazard, room chemical. A table that is part of the program. Every figure has the source it
 * was read in; a figure that was read nowhere is not there, and is never filled by a guess.
 */

/** Of the table: rises when a row or figure changes, so that an answer can name it. */
#define DAVY_CHEMICALS_VERSION 1

/** Rows of the table. */
#define DAVY_CHEMICALS ((size_t) 103)

typedef enum davy_chemical_figure {
    DAVY_CHEMICAL_BOILING,   /* degC at 101.325 kPa */
    DAVY_CHEMICAL_FLASH,     /* degC, closed cup */
    DAVY_CHEMICAL_LEL,       /* lower explosive limit, % of the volume */
    DAVY_CHEMICAL_UEL,       /* upper one */
    DAVY_CHEMICAL_AEGL2,     /* ppm, 60 minutes: lasting harm, or no escape */
    DAVY_CHEMICAL_ERPG2,     /* ppm, an hour */
    DAVY_CHEMICAL_IDLH,      /* ppm, to escape in 30 minutes */
    DAVY_CHEMICAL_LD50,      /* mg/kg, rats, swallowed */
    DAVY_CHEMICAL_THRESHOLD, /* t, of GB 18218-2018 table 1 */
    DAVY_CHEMICAL_FIGURES
} davy_chemical_figure;

typedef struct davy_chemical {
    const char *name;
    const char *cas;
    const char *un;                        /* "UN1017"; "" where it has none */
    const char *smiles;                    /* "" where none was read */
    double figures[DAVY_CHEMICAL_FIGURES]; /* NaN: read nowhere */
    const char *sources;                   /* "bp:[CRCI]; lel:[NF]; gb:[G] row 1 PDF p.4" */
} davy_chemical;

/** What a figure is: "boiling_point", "Boiling point", and its unit as people write it. */
typedef struct davy_chemical_figure_name {
    const char *name, *title, *unit;
    const char *key; /* in a row's sources */
} davy_chemical_figure_name;

const davy_chemical_figure_name *davy_chemical_figure_of(davy_chemical_figure figure);

/** In the order of the table; NULL behind the last. */
const davy_chemical *davy_chemical_at(size_t index);

/**
 * The next chemical behind `after` (NULL: from the first) that a text means: its CAS or UN number
 * ("1017" too), its SMILES, or a part of its English or Chinese name, whatever the case.
 */
const davy_chemical *davy_chemical_find(const char *text, const davy_chemical *after);

/**
 * The chemicals that a text means, as davy_chemical_find() has it; where it is the whole name of
 * one, English or Chinese, only those: benzene is asked for, and not everything with a ring of it.
 *
 * @param out  in the order of the table
 * @return how many there are
 */
size_t davy_chemical_search(const char *text, const davy_chemical *out[DAVY_CHEMICALS]);

/**
 * The one chemical that a text names, for what is computed: its CAS or UN number ("UN 1017" too),
 * its SMILES, or its whole name, whatever the case. A name also stands without what it has in
 * parentheses, and each of two names with a slash between them alone. NULL: it names none: a part
 * of a name is no name, for hexane is not cyclohexane.
 */
const davy_chemical *davy_chemical_named(const char *text);

/** The Chinese name, as GB 18218-2018 has it; NULL where that does not name it. */
const char *davy_chemical_chinese(const davy_chemical *chemical);

/** Where a figure was read: the document, and the place in it; "" for a figure that is not there.
 */
const char *davy_chemical_source(const davy_chemical *chemical, davy_chemical_figure figure,
                                 char text[DAVY_CHEMICAL_SOURCE_MAX]);

/** What a text that looks like a CAS number is. */
typedef enum davy_cas { DAVY_CAS_NONE, DAVY_CAS_WRONG, DAVY_CAS_FINE } davy_cas;

/** NONE: it has another form. WRONG: its check digit does not fit the others. */
davy_cas davy_cas_check(const char *text);
