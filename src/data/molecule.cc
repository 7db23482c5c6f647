// SPDX-License-Identifier: Apache-2.0
#include "data/molecule_private.hpp"

#include <GraphMol/ChemTransforms/ChemTransforms.h>
#include <GraphMol/Descriptors/MolDescriptors.h>
#include <GraphMol/Fingerprints/MorganFingerprints.h>
#include <GraphMol/MolOps.h>
#include <GraphMol/PeriodicTable.h>
#include <GraphMol/RWMol.h>
#include <GraphMol/SanitException.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/SmilesParse/SmilesWrite.h>
#include <RDGeneral/RDLog.h>
#include <RDGeneral/versions.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace
{

using Structure = std::unique_ptr<RDKit::ROMol>;

/* Why a molecule was not read, on its way to who asked. */
struct Refusal {
    davy_molecule_fault fault;
};

/* RDKit tells its faults on standard error unless it is told not to, for the whole process. */
void silence()
{
    static std::once_flag once;

    std::call_once(once, [] { boost::logging::disable_logs("rdApp.*"); });
}

/* Without names, extensions of ChemAxon and macros: the text is a molecule and nothing else. */
Structure parse(const std::string &smiles)
{
    RDKit::SmilesParserParams params;

    params.allowCXSMILES = false;
    params.parseName = false;
    Structure structure(RDKit::SmilesToMol(smiles, params));
    if (!structure)
        throw Refusal{DAVY_MOLECULE_SYNTAX};
    if (structure->getNumAtoms() == 0)
        throw Refusal{DAVY_MOLECULE_EMPTY};
    return structure;
}

/* RDKit takes any isotope, and keeps the low bits of a large one. */
void check_isotopes(const RDKit::ROMol &structure)
{
    const RDKit::PeriodicTable *table = RDKit::PeriodicTable::getTable();

    for (const RDKit::Atom *atom : structure.atoms())
        if (atom->getIsotope() != 0 &&
            table->getMassForIsotope(atom->getAtomicNum(), atom->getIsotope()) <= 0)
            throw Refusal{DAVY_MOLECULE_ISOTOPE};
}

/* Read, made canonical, and read again: the atoms then stand in one order, however it was written,
 * and sums over them have the same bits. */
void read_canonical(const std::string &smiles, davy_molecule &molecule)
{
    const Structure written = parse(smiles);

    check_isotopes(*written);
    molecule.smiles = RDKit::MolToSmiles(*written);
    molecule.structure = parse(molecule.smiles);
}

/* Rings and what joins them, without the sides of a plane, as splits by scaffold have it. */
void find_scaffold(davy_molecule &molecule)
{
    const Structure scaffold(RDKit::MurckoDecompose(*molecule.structure));

    if (scaffold && scaffold->getNumAtoms() > 0)
        molecule.scaffold = RDKit::MolToSmiles(*scaffold, false);
}

/* All but hydrogen, the noble gases, halogens, B, C, N, O, P, S, Se, and the metalloids Si, Ge, As,
 * Sb, Te, At. */
bool is_metal(int number)
{
    static const int others[] = {1,  2,  5,  6,  7,  8,  9,  10, 14, 15, 16, 17,
                                 18, 32, 33, 34, 35, 36, 51, 52, 53, 54, 85, 86};

    return !std::binary_search(std::begin(others), std::end(others), number);
}

void find_facts(davy_molecule &molecule)
{
    davy_molecule_facts &facts = molecule.facts;
    std::vector<int> parts;

    facts.smiles = molecule.smiles.c_str();
    facts.scaffold = molecule.scaffold.c_str();
    facts.atoms = RDKit::Descriptors::calcNumHeavyAtoms(*molecule.structure);
    facts.parts = RDKit::MolOps::getMolFrags(*molecule.structure, parts);
    for (const RDKit::Atom *atom : molecule.structure->atoms()) {
        facts.metals += is_metal(atom->getAtomicNum());
        facts.isotopes += atom->getIsotope() != 0;
    }
}

/* The fault of what was thrown; it is thrown on where it has none. */
davy_molecule_fault fault_of_exception()
{
    try {
        throw;
    } catch (const Refusal &refusal) {
        return refusal.fault;
    } catch (const std::bad_alloc &) {
        return DAVY_MOLECULE_FINE;
    } catch (const RDKit::AtomValenceException &) {
        return DAVY_MOLECULE_VALENCE;
    } catch (const RDKit::AtomKekulizeException &) {
        return DAVY_MOLECULE_AROMATIC;
    } catch (const RDKit::KekulizeException &) {
        return DAVY_MOLECULE_AROMATIC;
    } catch (...) {
        return DAVY_MOLECULE_OTHER;
    }
}

davy_molecule_fault read(const char *smiles, size_t length, davy_molecule **out)
{
    try {
        auto molecule = std::make_unique<davy_molecule>();

        silence();
        read_canonical(std::string(smiles, length), *molecule);
        find_scaffold(*molecule);
        find_facts(*molecule);
        *out = molecule.release();
        return DAVY_MOLECULE_FINE;
    } catch (...) {
        return fault_of_exception();
    }
}

} // namespace

bool davy_molecule_readable(void)
{
    return true;
}

const char *davy_molecule_version(void)
{
    return RDKit::rdkitVersion;
}

davy_status davy_molecule_read(const char *smiles, size_t length, davy_molecule **out,
                               davy_molecule_fault *fault)
{
    davy_molecule *molecule = nullptr;

    *fault = davy_smiles_check(smiles, length);
    if (*fault == DAVY_MOLECULE_FINE)
        *fault = read(smiles, length, &molecule);
    if (*fault != DAVY_MOLECULE_FINE)
        return davy_fail(DAVY_ERR_INVALID, "%s", davy_molecule_fault_text(*fault));
    if (!molecule)
        return davy_fail(DAVY_ERR_NOMEM, "molecule");
    *out = molecule;
    return DAVY_OK;
}

void davy_molecule_destroy(davy_molecule *molecule)
{
    delete molecule;
}

const davy_molecule_facts *davy_molecule_describe(const davy_molecule *molecule)
{
    return &molecule->facts;
}

davy_status davy_molecule_fingerprint(const davy_molecule *molecule, uint16_t *counts)
{
    return davy_molecule_guard([&] {
        const std::unique_ptr<RDKit::SparseIntVect<std::uint32_t>> found(
            RDKit::MorganFingerprints::getHashedFingerprint(*molecule->structure,
                                                            DAVY_MORGAN_RADIUS, DAVY_MORGAN_SIZE));

        std::fill_n(counts, DAVY_MORGAN_SIZE, static_cast<uint16_t>(0));
        for (const auto &environment : found->getNonzeroElements())
            counts[environment.first] = static_cast<uint16_t>(environment.second);
    });
}
