// SPDX-License-Identifier: Apache-2.0
#include "data/molecule_private.hpp"

#include <GraphMol/Descriptors/MolDescriptors.h>
#include <GraphMol/PartialCharges/GasteigerCharges.h>
#include <GraphMol/RDKitBase.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

namespace counted = RDKit::Descriptors;
using RDKit::ROMol;

double count_hydrogens(const ROMol &m)
{
    return counted::calcNumAtoms(m) - counted::calcNumHeavyAtoms(m);
}

double sum_charges(const ROMol &m)
{
    int sum = 0;

    for (const RDKit::Atom *atom : m.atoms())
        sum += atom->getFormalCharge();
    return sum;
}

template <int sign> double count_charged(const ROMol &m)
{
    unsigned found = 0;

    for (const RDKit::Atom *atom : m.atoms())
        found += atom->getFormalCharge() * sign > 0;
    return found;
}

double count_radicals(const ROMol &m)
{
    unsigned found = 0;

    for (const RDKit::Atom *atom : m.atoms())
        found += atom->getNumRadicalElectrons();
    return found;
}

double count_aromatic(const ROMol &m)
{
    unsigned found = 0;

    for (const RDKit::Atom *atom : m.atoms())
        found += atom->getIsAromatic();
    return found;
}

template <RDKit::Bond::BondType type> double count_bonds(const ROMol &m)
{
    unsigned found = 0;

    for (const RDKit::Bond *bond : m.bonds())
        found += bond->getBondType() == type;
    return found;
}

double count_element(const ROMol &m, int number)
{
    unsigned found = 0;

    for (const RDKit::Atom *atom : m.atoms())
        found += atom->getAtomicNum() == number;
    return found;
}

double largest_ring(const ROMol &m)
{
    size_t largest = 0;

    for (const auto &ring : m.getRingInfo()->atomRings())
        largest = std::max(largest, ring.size());
    return static_cast<double>(largest);
}

/* Rings of so many atoms. */
template <size_t atoms> double count_rings(const ROMol &m)
{
    unsigned found = 0;

    for (const auto &ring : m.getRingInfo()->atomRings())
        found += ring.size() == atoms;
    return found;
}

/* Partial charges of Gasteiger and Marsili, Tetrahedron 36, 1980. There are none for metals. */
std::vector<double> partial_charges(const ROMol &m)
{
    std::vector<double> charges(m.getNumAtoms());

    RDKit::computeGasteigerCharges(m, charges);
    for (double &charge : charges)
        charge = std::isfinite(charge) ? charge : 0;
    return charges;
}

double largest_charge(const ROMol &m)
{
    const auto charges = partial_charges(m);

    return *std::max_element(charges.begin(), charges.end());
}

double smallest_charge(const ROMol &m)
{
    const auto charges = partial_charges(m);

    return *std::min_element(charges.begin(), charges.end());
}

/* Oxygen left over when C burns to CO2 and H to H2O, in % of the mass (Lothrop, Handrick, Chem.
 * Rev. 44, 1949). */
double oxygen_balance(const ROMol &m)
{
    const double lacking = 2 * count_element(m, 6) + count_hydrogens(m) / 2 - count_element(m, 8);

    return -1600 * lacking / counted::calcAMW(m);
}

template <double (*one)(const ROMol &, bool)> double computed(const ROMol &m)
{
    return one(m, false);
}

template <unsigned (*one)(const ROMol &)> double number(const ROMol &m)
{
    return one(m);
}

double rotatable(const ROMol &m)
{
    return counted::calcNumRotatableBonds(m);
}

double spiro(const ROMol &m)
{
    return counted::calcNumSpiroAtoms(m);
}

double bridgehead(const ROMol &m)
{
    return counted::calcNumBridgeheadAtoms(m);
}

double alpha(const ROMol &m)
{
    return counted::calcHallKierAlpha(m);
}

double polar_area(const ROMol &m)
{
    return counted::calcTPSA(m);
}

double area(const ROMol &m)
{
    return counted::calcLabuteASA(m);
}

const struct {
    const char *name;
    double (*value)(const ROMol &m);
} scalars[] = {
    {"mw", computed<counted::calcAMW>},
    {"logp", counted::calcClogP},
    {"mr", counted::calcMR},
    {"tpsa", polar_area},
    {"asa", area},
    {"atoms", number<counted::calcNumHeavyAtoms>},
    {"hydrogens", count_hydrogens},
    {"donors", number<counted::calcNumHBD>},
    {"acceptors", number<counted::calcNumHBA>},
    {"nh_oh", number<counted::calcLipinskiHBD>},
    {"n_o", number<counted::calcLipinskiHBA>},
    {"heteroatoms", number<counted::calcNumHeteroatoms>},
    {"rotatable", rotatable},
    {"amides", number<counted::calcNumAmideBonds>},
    {"csp3", counted::calcFractionCSP3},
    {"rings", number<counted::calcNumRings>},
    {"aromatic_rings", number<counted::calcNumAromaticRings>},
    {"aliphatic_rings", number<counted::calcNumAliphaticRings>},
    {"saturated_rings", number<counted::calcNumSaturatedRings>},
    {"heterocycles", number<counted::calcNumHeterocycles>},
    {"aromatic_heterocycles", number<counted::calcNumAromaticHeterocycles>},
    {"aromatic_carbocycles", number<counted::calcNumAromaticCarbocycles>},
    {"saturated_heterocycles", number<counted::calcNumSaturatedHeterocycles>},
    {"saturated_carbocycles", number<counted::calcNumSaturatedCarbocycles>},
    {"rings3", count_rings<3>},
    {"rings4", count_rings<4>},
    {"rings5", count_rings<5>},
    {"rings6", count_rings<6>},
    {"largest_ring", largest_ring},
    {"spiro", spiro},
    {"bridgehead", bridgehead},
    {"stereocentres", number<counted::numAtomStereoCenters>},
    {"aromatic_atoms", count_aromatic},
    {"double_bonds", count_bonds<RDKit::Bond::DOUBLE>},
    {"triple_bonds", count_bonds<RDKit::Bond::TRIPLE>},
    {"charge", sum_charges},
    {"cations", count_charged<1>},
    {"anions", count_charged<-1>},
    {"radicals", count_radicals},
    {"partial_charge_high", largest_charge},
    {"partial_charge_low", smallest_charge},
    {"oxygen_balance", oxygen_balance},
    {"chi0v", computed<counted::calcChi0v>},
    {"chi1v", computed<counted::calcChi1v>},
    {"chi2v", computed<counted::calcChi2v>},
    {"chi3v", computed<counted::calcChi3v>},
    {"chi4v", computed<counted::calcChi4v>},
    {"chi0n", computed<counted::calcChi0n>},
    {"chi1n", computed<counted::calcChi1n>},
    {"chi2n", computed<counted::calcChi2n>},
    {"chi3n", computed<counted::calcChi3n>},
    {"chi4n", computed<counted::calcChi4n>},
    {"hall_kier_alpha", alpha},
    {"kappa1", counted::calcKappa1},
    {"kappa2", counted::calcKappa2},
    {"kappa3", counted::calcKappa3},
    {"phi", counted::calcPhi},
};

const struct {
    const char *name;
    int number;
} elements[] = {
    {"b", 5},   {"c", 6},   {"n", 7},   {"o", 8},   {"f", 9},  {"si", 14}, {"p", 15},  {"s", 16},
    {"cl", 17}, {"se", 34}, {"br", 35}, {"sn", 50}, {"i", 53}, {"hg", 80}, {"pb", 82},
};

std::vector<double> surface_by_logp(const ROMol &m)
{
    return counted::calcSlogP_VSA(m);
}

std::vector<double> surface_by_refraction(const ROMol &m)
{
    return counted::calcSMR_VSA(m);
}

std::vector<double> surface_by_charge(const ROMol &m)
{
    return counted::calcPEOE_VSA(m);
}

std::vector<double> quantum_numbers(const ROMol &m)
{
    const auto found = counted::calcMQNs(m);

    return {found.begin(), found.end()};
}

/* Several numbers of one idea: "mqn1" .. "mqn42". */
const struct {
    const char *name;
    size_t count;
    std::vector<double> (*values)(const ROMol &m);
} families[] = {
    {"slogp_vsa", 12, surface_by_logp},
    {"smr_vsa", 10, surface_by_refraction},
    {"peoe_vsa", 14, surface_by_charge},
    {"mqn", 42, quantum_numbers},
};

std::vector<std::string> make_names()
{
    std::vector<std::string> names;

    for (const auto &one : scalars)
        names.emplace_back(one.name);
    for (const auto &one : elements)
        names.push_back(std::string("count_") + one.name);
    davy_molecule_groups_name(names);
    for (const auto &one : families)
        for (size_t i = 1; i <= one.count; i++)
            names.push_back(one.name + std::to_string(i));
    return names;
}

const std::vector<std::string> &all_names()
{
    static const std::vector<std::string> names = make_names();

    return names;
}

void add_all(const ROMol &m, std::vector<double> &values)
{
    for (const auto &one : scalars)
        values.push_back(one.value(m));
    for (const auto &one : elements)
        values.push_back(count_element(m, one.number));
    davy_molecule_groups_count(m, values);
    for (const auto &one : families) {
        const auto found = one.values(m);

        values.insert(values.end(), found.begin(), found.end());
    }
}

/* Of one atom some are 0 / 0, and some know no metals: there is none of what they measure. */
double bounded(double value)
{
    constexpr double largest = 1e9;

    return std::isfinite(value) ? std::clamp(value, -largest, largest) : 0;
}

} // namespace

size_t davy_molecule_descriptor_count(void)
{
    return all_names().size();
}

const char *davy_molecule_descriptor_name(size_t index)
{
    return index < all_names().size() ? all_names()[index].c_str() : "";
}

davy_status davy_molecule_descriptors(const davy_molecule *molecule, double *values)
{
    return davy_molecule_guard([&] {
        std::vector<double> found;

        add_all(*molecule->structure, found);
        if (found.size() != all_names().size())
            throw std::logic_error("other descriptors than are named");
        std::transform(found.begin(), found.end(), values, bounded);
    });
}
