/* SPDX-License-Identifier: Apache-2.0 */
#include "data/molecule.h"

/* A build without RDKit knows that there are molecules, and says what it lacks. */

bool davy_molecule_readable(void)
{
    return false;
}

const char *davy_molecule_version(void)
{
    return "";
}

davy_status davy_molecule_read(const char *smiles, size_t length, davy_molecule **out,
                               davy_molecule_fault *fault)
{
    (void) smiles;
    (void) length;
    (void) out;
    *fault = DAVY_MOLECULE_FINE;
    return davy_fail(DAVY_ERR_UNSUPPORTED, "this davy was built without RDKit, which reads "
                                           "molecules (meson setup -Dmolecules=enabled)");
}

void davy_molecule_destroy(davy_molecule *molecule)
{
    (void) molecule;
}

const davy_molecule_facts *davy_molecule_describe(const davy_molecule *molecule)
{
    (void) molecule;
    return NULL;
}

davy_status davy_molecule_fingerprint(const davy_molecule *molecule, uint16_t *counts)
{
    (void) molecule;
    (void) counts;
    return DAVY_ERR_UNSUPPORTED;
}

size_t davy_molecule_descriptor_count(void)
{
    return 0;
}

const char *davy_molecule_descriptor_name(size_t index)
{
    (void) index;
    return "";
}

davy_status davy_molecule_descriptors(const davy_molecule *molecule, double *values)
{
    (void) molecule;
    (void) values;
    return DAVY_ERR_UNSUPPORTED;
}
