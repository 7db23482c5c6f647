#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Write molecules_expected.h: what RDKit's own Python interface says of molecules, for test_molecule.c.

usage: make_molecules.py > molecules_expected.h      (Debian: python3-rdkit)
"""
from rdkit import Chem, rdBase
from rdkit.Chem import AllChem, Crippen, Descriptors, rdMolDescriptors
from rdkit.Chem.Scaffolds import MurckoScaffold

MOLECULES = [
    "CC(=O)Oc1ccccc1C(=O)O", "CCO", "Cc1c(cc(cc1[N+](=O)[O-])[N+](=O)[O-])[N+](=O)[O-]", "CCOP(=S)(OCC)Oc1ccc(cc1)[N+](=O)[O-]",
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "[Na+].[O-]C(=O)c1ccccc1", "CC[Pb](CC)(CC)CC", "C[C@H](N)C(=O)O", "F/C=C/F", "[2H]C([2H])([2H])Cl",
    "CC(C)Cc1ccc(cc1)C(C)C(=O)O", "C1CC2CCC1C2", "O=C=Nc1ccc(Cc2ccc(N=C=O)cc2)cc1", "ClC(Cl)=C(c1ccc(Cl)cc1)c1ccc(Cl)cc1", "C[Si](C)(C)O[Si](C)(C)C", "N#N",
    "c1ccc2c(c1)ccc1c2ccc2ccccc21", "OO", "C1=CC2C(C1)C1C=CC2C1", "[H][H]",
]
NUMBERS = [("mw", Descriptors.MolWt), ("logp", Crippen.MolLogP), ("mr", Crippen.MolMR), ("tpsa", rdMolDescriptors.CalcTPSA), ("donors", rdMolDescriptors.CalcNumHBD),
           ("acceptors", rdMolDescriptors.CalcNumHBA), ("rotatable", rdMolDescriptors.CalcNumRotatableBonds), ("csp3", rdMolDescriptors.CalcFractionCSP3),
           ("rings", rdMolDescriptors.CalcNumRings), ("spiro", rdMolDescriptors.CalcNumSpiroAtoms), ("chi1v", rdMolDescriptors.CalcChi1v), ("kappa2", rdMolDescriptors.CalcKappa2),
           ("asa", rdMolDescriptors.CalcLabuteASA), ("slogp_vsa2", lambda m: rdMolDescriptors.SlogP_VSA_(m)[1]), ("peoe_vsa7", lambda m: rdMolDescriptors.PEOE_VSA_(m)[6]),
           ("mqn12", lambda m: rdMolDescriptors.MQNs_(m)[11])]


def quoted(text):
    return '"' + text.replace("\\", "\\\\") + '"'


print(f"/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by make_molecules.py with RDKit {rdBase.rdkitVersion}. */\n/* clang-format off */\n#pragma once\n#include <stddef.h>\n")
print("static const char *const number_names[] = {" + ", ".join(quoted(name) for name, _ in NUMBERS) + "};\n")
print(f"static const struct {{\n    const char *ways[4], *smiles, *scaffold;\n    double numbers[{len(NUMBERS)}];\n    size_t environments;\n    int morgan[40][2]; /* column, count */\n}} molecules[] = {{")
for smiles in MOLECULES:
    molecule = Chem.MolFromSmiles(smiles)
    ways = [smiles] + Chem.MolToRandomSmilesVect(molecule, 3, randomSeed=7)
    molecule = Chem.MolFromSmiles(Chem.MolToSmiles(molecule))
    found = sorted(AllChem.GetHashedMorganFingerprint(molecule, 2, nBits=2048).GetNonzeroElements().items())
    assert len(found) <= 40
    print("    {{" + ", ".join(quoted(w) for w in ways) + "}, " + quoted(Chem.MolToSmiles(molecule)) + ", " +
          quoted(MurckoScaffold.MurckoScaffoldSmiles(mol=molecule, includeChirality=False)) + ",")
    print("     {" + ", ".join(f"{of(molecule):.10g}" for _, of in NUMBERS) + f"}}, {len(found)},")
    print("     {" + ", ".join(f"{{{k}, {n}}}" for k, n in found) + "}},")
print("};")
