/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"
#include "data/molecule.h"

/**
 * @file
 * Molecules of a table: a column `smiles` becomes columns of numbers as its file is read.
 *
 * Stage: data. Behind the columns of a file stand `mol:NAME`, the descriptors, `morgan:0` to
 * `morgan:2047`, how many atoms have each environment, and the text `mol:scaffold`, of which a
 * split keeps together what is alike. They are read like columns of the file. A row whose molecule
 * cannot be read has none of them, and is counted with its line and the reason.
 */
typedef struct davy_molecules davy_molecules;

/** The column that holds molecules, and the one of their scaffolds. */
#define DAVY_MOLECULES_COLUMN "smiles"
#define DAVY_SCAFFOLD_COLUMN  "mol:scaffold"

/** The scaffold of a molecule without a ring. The Therapeutics Data Commons put all of them into
 * one group, too (tdc/utils/split.py). */
#define DAVY_SCAFFOLD_NONE "(no ring)"

/** Rows that are told with their line. */
#define DAVY_MOLECULES_TOLD 8

/** What was met. Zeroed is nothing. */
typedef struct davy_molecule_tally {
    size_t read, blank; /* molecules; cells without one */
    size_t refused[DAVY_MOLECULE_FAULTS];
    size_t mixtures, metals,
        isotopes; /* molecules of several parts, with a metal, a named isotope */
    struct {
        char file[128], text[48]; /* cut where they are longer */
        uint64_t line;
        davy_molecule_fault fault;
    } told[DAVY_MOLECULES_TOLD]; /* the first that were refused */
    size_t told_count;
} davy_molecule_tally;

/** How many rows hold a text that is no molecule. */
size_t davy_molecule_tally_refused(const davy_molecule_tally *tally);

/** Count what another tally has counted, too. */
void davy_molecule_tally_add(davy_molecule_tally *tally, const davy_molecule_tally *other);

/** DAVY_ERR_UNSUPPORTED in a build without RDKit. */
DAVY_MUST_CHECK davy_status davy_molecules_create(davy_molecules **out);
/** NULL is fine. Files that are open with its columns may be closed, and not read. */
void davy_molecules_destroy(davy_molecules *molecules);

/** The columns that it computes, for davy_csv_options. Borrowed. */
const davy_csv_extra *davy_molecules_columns(const davy_molecules *molecules);

/** What all files held, each as it was read last. */
davy_molecule_tally davy_molecules_count(const davy_molecules *molecules);

/** How columns are made, for model.json: "radius=2,columns=2048,rdkit=2022.09.3". */
const char *davy_molecules_recipe(void);

/**
 * Whether columns are made here as a model learnt them.
 *
 * @param other_reader  set when another version of RDKit reads: numbers may differ a little
 */
bool davy_molecules_agree(const char *recipe, bool *other_reader);
