// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {
#include "data/molecule.h"
}

#include <GraphMol/ROMol.h>

#include <memory>
#include <string>
#include <vector>

/* A molecule as RDKit has it. Some descriptors are kept in it once they are computed: one thread
 * per molecule. */
struct davy_molecule {
    std::unique_ptr<const RDKit::ROMol> structure;
    std::string smiles, scaffold;
    davy_molecule_facts facts;
};

/* What may go wrong behind a door of C, as a status: no exception goes through it. */
template <typename Work> davy_status davy_molecule_guard(const Work &work)
{
    try {
        work();
        return DAVY_OK;
    } catch (const std::bad_alloc &) {
        return davy_fail(DAVY_ERR_NOMEM, "molecule");
    } catch (const std::exception &error) {
        return davy_fail(DAVY_ERR_INVALID, "RDKit: %.200s", error.what());
    } catch (...) {
        return davy_fail(DAVY_ERR_INVALID, "RDKit gave up");
    }
}

/* Names of functional groups, and how often a molecule has each. */
void davy_molecule_groups_name(std::vector<std::string> &names);
void davy_molecule_groups_count(const RDKit::ROMol &molecule, std::vector<double> &values);
