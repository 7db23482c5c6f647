/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Molecule: one structure read from SMILES, and the numbers that stand for it.
 *
 * Stage: data. RDKit reads and counts; this is the door to it, in C, and nothing of C++ comes
 * through: no exception, no word on a stream. What could take RDKit minutes, or what it would take
 * for something else than was written, is refused before it sees the text. A molecule is read, made
 * canonical and read again, so that all ways to write it give the same numbers.
 *
 * Salts, mixtures and metals are molecules: they are read as they stand, all parts together, and
 * the facts say so. Nobody guesses which part was meant.
 *
 * Source: Weininger, "SMILES, a chemical language and information system", J. Chem. Inf. Comput.
 * Sci. 28, 1988. Bemis, Murcko, "The properties of known drugs", J. Med. Chem. 39, 1996 (scaffold).
 * Rogers, Hahn, "Extended-connectivity fingerprints", J. Chem. Inf. Model. 50, 2010.
 */
typedef struct davy_molecule davy_molecule;

/** Most characters and atoms: reading takes time with the square of them, and more. */
#define DAVY_SMILES_MAX         ((size_t) 2000)
#define DAVY_MOLECULE_ATOMS_MAX ((size_t) 300)

/** Most rings that are closed: what holds more is a net, and searching it never ends. */
#define DAVY_MOLECULE_RINGS_MAX ((size_t) 100)

/** The fingerprint: environments of up to this radius, folded into so many columns. */
#define DAVY_MORGAN_RADIUS 2
#define DAVY_MORGAN_SIZE   ((size_t) 2048)

/** Why a text is no molecule. */
typedef enum davy_molecule_fault {
    DAVY_MOLECULE_FINE,
    DAVY_MOLECULE_EMPTY,
    DAVY_MOLECULE_LONG,     /* more than DAVY_SMILES_MAX characters */
    DAVY_MOLECULE_LARGE,    /* more than DAVY_MOLECULE_ATOMS_MAX atoms, or too many rings */
    DAVY_MOLECULE_SIGN,     /* a character that SMILES does not have */
    DAVY_MOLECULE_WILDCARD, /* an atom that may be any */
    DAVY_MOLECULE_ISOTOPE,  /* an isotope that does not exist */
    DAVY_MOLECULE_SYNTAX,   /* an open branch, ring or bracket */
    DAVY_MOLECULE_VALENCE,  /* an atom with more bonds than it can have */
    DAVY_MOLECULE_AROMATIC, /* an aromatic ring whose bonds cannot be told */
    DAVY_MOLECULE_OTHER,    /* RDKit gave up on it */
    DAVY_MOLECULE_FAULTS
} davy_molecule_fault;

/** "an atom has more bonds than it can have": a clause. Never NULL. */
const char *davy_molecule_fault_text(davy_molecule_fault fault);

/** What was read. */
typedef struct davy_molecule_facts {
    const char *smiles;   /* canonical: the same for all ways to write the molecule */
    const char *scaffold; /* canonical, of its rings and what joins them; "" without a ring */
    size_t atoms;         /* other than hydrogen */
    size_t parts;         /* that no bond joins: more than one is a salt or a mixture */
    size_t metals;        /* atoms of metals */
    size_t isotopes;      /* atoms of a named isotope */
} davy_molecule_facts;

/** True when this build has RDKit. */
bool davy_molecule_readable(void);

/** RDKit's version, as "2022.09.3"; "" without it. */
const char *davy_molecule_version(void);

/**
 * What can be told without reading: length, signs, atoms, rings. FINE: it may be read.
 *
 * @param smiles  need not be zero-ended
 */
davy_molecule_fault davy_smiles_check(const char *smiles, size_t length);

/**
 * Read a molecule.
 *
 * @param smiles  need not be zero-ended
 * @param fault   why it is none; FINE on success and without memory
 * @return DAVY_ERR_INVALID with the reason; DAVY_ERR_UNSUPPORTED in a build without RDKit
 */
DAVY_MUST_CHECK davy_status davy_molecule_read(const char *smiles, size_t length,
                                               davy_molecule **out, davy_molecule_fault *fault);
/** NULL is fine. */
void davy_molecule_destroy(davy_molecule *molecule);

/** Borrowed until the molecule is destroyed. */
const davy_molecule_facts *davy_molecule_describe(const davy_molecule *molecule);

/** How many atoms of the molecule have each environment. @param counts  [DAVY_MORGAN_SIZE] */
DAVY_MUST_CHECK davy_status davy_molecule_fingerprint(const davy_molecule *molecule,
                                                      uint16_t *counts);

/** How many descriptors there are; 0 without RDKit. */
size_t davy_molecule_descriptor_count(void);

/** Name of a descriptor, such as "logp". Never NULL. */
const char *davy_molecule_descriptor_name(size_t index);

/**
 * All descriptors, each finite.
 *
 * @param values  [davy_molecule_descriptor_count()]
 */
DAVY_MUST_CHECK davy_status davy_molecule_descriptors(const davy_molecule *molecule,
                                                      double *values);
