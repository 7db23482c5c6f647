// SPDX-License-Identifier: Apache-2.0
#include "data/molecule_private.hpp"

#include <GraphMol/RWMol.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/Substruct/SubstructMatch.h>

namespace
{

/* Functional groups, as SMARTS (Daylight theory manual, section 4): what a molecule is known to
 * react, burn, explode or poison by. A molecule may count in several. */
const struct {
    const char *name, *pattern;
} groups[] = {
    {"alcohol", "[OX2H][CX4]"},
    {"phenol", "[OX2H]c"},
    {"ether", "[OX2;!r3]([#6;!$(C=O)])[#6;!$(C=O)]"},
    {"epoxide", "C1OC1"},
    {"peroxide", "[OX2][OX2]"},
    {"aldehyde", "[CX3H1](=O)[#6,#1]"},
    {"ketone", "[#6][CX3](=O)[#6]"},
    {"acid", "[CX3](=O)[OX2H1,OX1-]"},
    {"ester", "[CX3](=O)[OX2H0][#6]"},
    {"anhydride", "[CX3](=O)[OX2][CX3](=O)"},
    {"acyl_halide", "[CX3](=O)[F,Cl,Br,I]"},
    {"amide", "[NX3][CX3](=O)[#6,#1]"},
    {"carbamate", "[NX3][CX3](=O)[OX2H0]"},
    {"thiocarbamate", "[NX3][CX3](=[O,S])[S,$([OX2]);!$([OX2]C=O)]"},
    {"urea", "[NX3][CX3](=[O,S])[NX3]"},
    {"isocyanate", "N=C=[O,S]"},
    {"amine1", "[NX3;H2;!$(NC=[O,S,N])][CX4]"},
    {"amine2", "[NX3;H1;!$(NC=[O,S,N])]([CX4])[CX4]"},
    {"amine3", "[NX3;H0;!$(NC=[O,S,N])]([CX4])([CX4])[CX4]"},
    {"aniline", "[NX3;!$(N=*);!$(NC=[O,S])]c"},
    {"quaternary", "[NX4+]"},
    {"aziridine", "C1NC1"},
    {"hydrazine", "[NX3][NX3]"},
    {"imine", "[CX3]=[NX2][#6,#1]"},
    {"oxime", "[CX3]=[NX2][OX2]"},
    {"amidine", "[NX3][CX3]=[NX2]"},
    {"azo", "[#6][NX2]=[NX2][#6]"},
    {"azide", "[$([NX2]=[NX2+]=[NX1-]),$([NX1-]-[NX2+]#[NX1])]"},
    {"diazo", "[$([#6]=[NX2+]=[NX1-]),$([#6][NX2+]#[NX1])]"},
    {"nitrile", "[CX2]#[NX1]"},
    {"nitro", "[$([NX3](=O)=O),$([NX3+](=O)[O-])][#6]"},
    {"nitrate", "[$([NX3](=O)=O),$([NX3+](=O)[O-])][OX2]"},
    {"nitramine", "[$([NX3](=O)=O),$([NX3+](=O)[O-])][NX3]"},
    {"nitroso", "[NX2]=[OX1]"},
    {"nitrosamine", "[NX3][NX2]=[OX1]"},
    {"n_oxide", "[#7+;!$([#7](=O)~[O-])][O-]"},
    {"n_halogen", "[#7][F,Cl,Br,I]"},
    {"alkyl_halide", "[CX4][F,Cl,Br,I]"},
    {"vinyl_halide", "[CX3;!$(C=O)]=[CX3][F,Cl,Br,I]"},
    {"aryl_halide", "c[F,Cl,Br,I]"},
    {"trifluoromethyl", "C(F)(F)F"},
    {"thiol", "[SX2H]"},
    {"thioether", "[SX2]([#6])[#6]"},
    {"disulfide", "[SX2][SX2]"},
    {"thiocarbonyl", "[#6]=[SX1]"},
    {"sulfoxide", "[SX3](=O)([#6])[#6]"},
    {"sulfone", "[SX4](=O)(=O)([#6])[#6]"},
    {"sulfonamide", "[SX4](=O)(=O)[NX3]"},
    {"sulfonate", "[SX4](=O)(=O)[OX2,OX1-]"},
    {"phosphate", "[PX4](=O)([OX2,OX1-])([OX2,OX1-])[OX2,OX1-]"},
    {"thiophosphate", "[PX4](=[SX1])[OX2,SX2]"},
    {"thiolophosphate", "[PX4](=[OX1])[SX2]"},
    {"phosphonate", "[PX4](=O)([#6])[OX2,OX1-]"},
    {"phosphoramide", "[PX4](=[O,S])[NX3]"},
    {"phosphine", "[PX3]"},
    {"phosphorus_halide", "[#15][F,Cl,Br,I]"},
    {"silane", "[SiX4;H1,H2,H3,H4]"},
    {"siloxane", "[SiX4][OX2][SiX4]"},
    {"silyl_ether", "[SiX4][OX2][#6]"},
    {"silyl_halide", "[SiX4][F,Cl,Br,I]"},
    {"boron_oxygen", "[#5][#8]"},
    {"organometal", "[#6]~[Li,Na,K,Mg,Al,Zn,Hg,Sn,Pb,As,Sb,Ge,Te,Cd,Ti,Fe]"},
    {"alkene", "[CX3;!$(C=[!#6])]=[CX3]"},
    {"alkyne", "[CX2]#[CX2]"},
    {"michael", "[CX3]=[CX3][CX3,CX2,SX4,$([NX3+])](=,#[O,N])"},
    {"allyl_halide", "[CX3]=[CX3][CX4][F,Cl,Br,I]"},
    {"quinone", "O=C1[#6]~[#6]C(=O)[#6]~[#6]1"},
    {"lactone", "[CX3;R](=O)[OX2;R]"},
    {"lactam", "[CX3;R](=O)[NX3;R]"},
    {"barbiturate", "O=C1NC(=[O,S])NC(=O)C1"},
    {"imide", "[CX3](=O)[NX3][CX3](=O)"},
    {"guanidine", "[NX3][CX3](=[NX2])[NX3]"},
    {"pyridine", "n1ccccc1"},
    {"pyrrole", "[nX3H]"},
    {"furan", "o1cccc1"},
    {"thiophene", "s1cccc1"},
    {"imidazole", "c1cncn1"},
    {"triazole", "[$(n1nncc1),$(n1ncnc1)]"},
    {"triazine", "[$(n1cncnc1),$(n1nnccc1)]"},
    {"tetrazole", "c1nnnn1"},
    {"morpholine", "O1CCNCC1"},
    {"piperidine", "N1CCCCC1"},
    {"piperazine", "N1CCNCC1"},
    {"steroid", "C1CCC2C(C1)CCC1C2CCC2CCCC12"},
    {"chain4", "[CX4;!R][CX4;H2;!R][CX4;H2;!R][CX4;!R]"},
    {"methyl", "[CX4;H3]"},
    {"quaternary_carbon", "[CX4;H0;!$(C[!#6])]"},
    {"dioxin", "c1ccc2c(c1)Oc1ccccc1O2"},
    {"biphenyl", "c1ccc(cc1)-c1ccccc1"},
    {"gem_halide", "[CX4]([F,Cl,Br,I])[F,Cl,Br,I]"},
};

using Patterns = std::vector<std::unique_ptr<const RDKit::ROMol>>;

Patterns make_patterns()
{
    Patterns patterns;

    for (const auto &group : groups)
        patterns.emplace_back(RDKit::SmartsToMol(group.pattern));
    return patterns;
}

} // namespace

void davy_molecule_groups_name(std::vector<std::string> &names)
{
    for (const auto &group : groups)
        names.push_back(std::string("group_") + group.name);
}

void davy_molecule_groups_count(const RDKit::ROMol &molecule, std::vector<double> &values)
{
    static const Patterns patterns = make_patterns();

    for (const auto &pattern : patterns) {
        std::vector<RDKit::MatchVectType> matches;

        values.push_back(RDKit::SubstructMatch(molecule, *pattern, matches));
    }
}
