/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any text as a molecule: it is refused with a reason, or its canonical text is read again as the
 * same number of atoms, and every number of it is finite.
 */
#include "data/molecule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const davy_molecule *molecule)
{
    uint16_t counts[DAVY_MORGAN_SIZE];
    double values[VALUES_MAX];

    if (davy_molecule_fingerprint(molecule, counts) != DAVY_OK ||
        davy_molecule_descriptors(molecule, values) != DAVY_OK)
        abort();
    for (size_t i = 0; i < davy_molecule_descriptor_count(); i++)
        if (!isfinite(values[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_molecule *molecule = NULL, *again = NULL;
    davy_molecule_fault fault;
    const davy_molecule_facts *facts;
    const davy_status status = davy_molecule_read((const char *) data, size, &molecule, &fault);

    if (status == DAVY_ERR_UNSUPPORTED)
        return 0;
    if ((status == DAVY_OK) != (fault == DAVY_MOLECULE_FINE))
        abort();
    if (status != DAVY_OK)
        return 0;
    look(molecule);
    facts = davy_molecule_describe(molecule);
    if (strlen(facts->smiles) <= DAVY_SMILES_MAX &&
        davy_smiles_check(facts->smiles, strlen(facts->smiles)) == DAVY_MOLECULE_FINE) {
        if (davy_molecule_read(facts->smiles, strlen(facts->smiles), &again, &fault) != DAVY_OK ||
            davy_molecule_describe(again)->atoms != facts->atoms)
            abort();
        davy_molecule_destroy(again);
    }
    davy_molecule_destroy(molecule);
    return 0;
}
