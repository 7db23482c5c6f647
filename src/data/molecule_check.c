/* SPDX-License-Identifier: Apache-2.0 */
#include "data/molecule.h"

#include <ctype.h>
#include <string.h>

/* Characters of SMILES (Daylight, opensmiles.org 1.0), less '*', '>' and blanks. */
static const char signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                            "[]()=#-+$:/\\.%@~";

/* Masses of isotopes have three figures at most. */
#define ISOTOPE_FIGURES 3

const char *davy_molecule_fault_text(davy_molecule_fault fault)
{
    static const char *const texts[DAVY_MOLECULE_FAULTS] = {
        [DAVY_MOLECULE_FINE] = "it is a molecule",
        [DAVY_MOLECULE_EMPTY] = "there is no molecule",
        [DAVY_MOLECULE_LONG] = "it has more than 2000 characters",
        [DAVY_MOLECULE_LARGE] = "it has more than 300 atoms or 100 rings",
        [DAVY_MOLECULE_SIGN] = "it has a character that SMILES does not have",
        [DAVY_MOLECULE_WILDCARD] = "an atom may be any",
        [DAVY_MOLECULE_ISOTOPE] = "there is no such isotope",
        [DAVY_MOLECULE_SYNTAX] = "it is no SMILES: a branch, ring or bracket is open, or an atom "
                                 "is none",
        [DAVY_MOLECULE_VALENCE] = "an atom has more bonds than it can have",
        [DAVY_MOLECULE_AROMATIC] = "the bonds of an aromatic ring cannot be told",
        [DAVY_MOLECULE_OTHER] = "RDKit cannot read it",
    };

    return (unsigned) fault < DAVY_MOLECULE_FAULTS ? texts[fault] : "unknown";
}

/* How many figures stand at the beginning of a text. */
static size_t count_figures(const char *text, size_t length)
{
    size_t figures = 0;

    while (figures < length && isdigit((unsigned char) text[figures]))
        figures++;
    return figures;
}

/* A text on its way through the check. */
typedef struct walk {
    const char *text;
    size_t length, at;
    size_t atoms;
    size_t ends; /* of bonds that close a ring: two for each */
} walk;

/* "[13CH3]": one atom, unless it is a hydrogen. `at` stands on the bracket, and goes behind it. */
static davy_molecule_fault check_bracket(walk *w)
{
    const char *text = w->text + ++w->at;
    const char *end = memchr(text, ']', w->length - w->at);
    const size_t length = end ? (size_t) (end - text) : 0;
    const size_t figures = count_figures(text, length);

    if (!end || length == figures)
        return DAVY_MOLECULE_SYNTAX;
    if (figures > ISOTOPE_FIGURES)
        return DAVY_MOLECULE_ISOTOPE;
    w->atoms += text[figures] != 'H' ||
                (figures + 1 < length && islower((unsigned char) text[figures + 1]));
    w->at += length + 1;
    return DAVY_MOLECULE_FINE;
}

/* Outside of brackets an atom is one capital, 'l' and 'r' are the rest of one; "%12" is one end. */
static void count_sign(walk *w)
{
    const char c = w->text[w->at++];

    w->atoms += isupper((unsigned char) c) || (c != '\0' && strchr("bcnops", c));
    w->ends += c == '%' || isdigit((unsigned char) c);
    if (c == '%')
        w->at += count_figures(w->text + w->at, w->length - w->at < 2 ? w->length - w->at : 2);
}

davy_molecule_fault davy_smiles_check(const char *smiles, size_t length)
{
    walk w = {.text = smiles, .length = length};
    davy_molecule_fault fault = DAVY_MOLECULE_FINE;

    if (length == 0)
        return DAVY_MOLECULE_EMPTY;
    if (length > DAVY_SMILES_MAX)
        return DAVY_MOLECULE_LONG;
    if (memchr(smiles, '*', length))
        return DAVY_MOLECULE_WILDCARD;
    for (size_t i = 0; i < length; i++)
        if (smiles[i] == '\0' || !strchr(signs, smiles[i]))
            return DAVY_MOLECULE_SIGN;
    while (w.at < length && fault == DAVY_MOLECULE_FINE)
        if (smiles[w.at] == '[')
            fault = check_bracket(&w);
        else
            count_sign(&w);
    if (fault == DAVY_MOLECULE_FINE &&
        (w.atoms > DAVY_MOLECULE_ATOMS_MAX || w.ends > 2 * DAVY_MOLECULE_RINGS_MAX))
        fault = DAVY_MOLECULE_LARGE;
    return fault;
}
