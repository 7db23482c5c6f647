/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/cite.h"

#include "core/status.h"

#include <stdio.h>
#include <string.h>

/* The tags of sources, as the rows have them in brackets. */
static const struct {
    const char *tag, *document;
} documents[] = {
    {"E", "NOAA-style table of 807 chemicals in SIHPCC/pyeldqm @2fa92e2 (secondary: check against "
          "EPA and AIHA)"},
    {"NF", "NFPA 497 (2008), as stored in CalebBell/chemicals @82faef9"},
    {"IEC", "IS/IEC 60079-20-1 (2010), as stored in CalebBell/chemicals @82faef9"},
    {"DS", "DIPPR flash points (Serat), as stored in CalebBell/chemicals @82faef9"},
    {"CRCO", "CRC Handbook, organic constants, as stored in CalebBell/chemicals @82faef9"},
    {"CRCI", "CRC Handbook, inorganic constants, as stored in CalebBell/chemicals @82faef9"},
    {"CC", "CAS Common Chemistry, as stored in CalebBell/chemicals @82faef9"},
    {"P", "PubChem, as stored in CalebBell/chemicals @82faef9"},
    {"PI", "PubChem, inorganic, as stored in CalebBell/chemicals @82faef9"},
    {"I", "NICEATM ICE Acute Oral Toxicity 1.0, median of rat records"},
    {"K", "Karmaus et al. 2022, replicate rat studies"},
    {"G", "GB 18218-2018, table 1"},
    {"N", "49 CFR 172.101, list of proper shipping names"},
    {"D", "ESOL, Delaney 2004"},
    {"W", "standard atomic weights, IUPAC, abridged"},
    {"M", "Mathews, Chem. Rev. 72 (1972), as stored in CalebBell/chemicals @0d05c36"},
    {"IU", "IUPAC critical properties, Vapor-Liquid Critical Properties of Elements and Compounds, "
           "as stored in CalebBell/chemicals @1a1dffc"},
    {"PS", "PSRK appendix, revision 4, as stored in CalebBell/chemicals @4f55bfe"},
    {"HV", "CRC Handbook, heats of vaporisation, as stored in CalebBell/chemicals @15738c5"},
    {"P8", "Perry's Chemical Engineers' Handbook, 8th ed., table 2-8, as stored in "
           "CalebBell/chemicals @4f55bfe"},
    {"PD", "Perry's Chemical Engineers' Handbook, 8th ed., densities of liquids (DIPPR 105), as "
           "stored in CalebBell/chemicals @4f55bfe"},
    {"PH", "Perry's Chemical Engineers' Handbook, 8th ed., table 2-150, as stored in "
           "CalebBell/chemicals @4f55bfe"},
    {"PC", "Perry's Chemical Engineers' Handbook, 8th ed., table 2-153, as stored in "
           "CalebBell/chemicals @3082372"},
    {"PO", "Poling, Prausnitz, O'Connell, The Properties of Gases and Liquids, 5th ed., appendix "
           "A, as stored in CalebBell/chemicals @4f55bfe"},
    {"AT", "Active Thermochemical Tables 1.112, as stored in CalebBell/chemicals @15738c5"},
    {"AP", "API Technical Data Book (Albahri), as stored in CalebBell/chemicals @15738c5"},
    {"J", "NIST-JANAF, 4th ed. (1998), as stored in CalebBell/chemicals @14e18cc"},
    {"CS", "ChemSep data of pure components, as stored in FOSSEE/OMChemSim @2f07e97"},
};

static const char *document_of(const char *tag, size_t length)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(documents); i++)
        if (strlen(documents[i].tag) == length && memcmp(documents[i].tag, tag, length) == 0)
            return documents[i].document;
    return "";
}

/* Behind "key:" at the begin of a piece between semicolons; NULL when the row has none. */
static const char *piece_of(const char *sources, const char *key)
{
    const size_t length = strlen(key);

    for (const char *at = sources; at; at = strchr(at, ';')) {
        at += strspn(at, "; ");
        if (strncmp(at, key, length) == 0 && at[length] == ':')
            return at + length + 1;
    }
    return NULL;
}

const char *davy_chemical_cite(const char *sources, const char *key,
                               char text[DAVY_CHEMICAL_SOURCE_MAX])
{
    const char *piece = piece_of(sources, key);
    const char *end = piece && *piece == '[' ? strchr(piece, ']') : NULL;

    text[0] = '\0';
    if (end)
        (void) snprintf(text, DAVY_CHEMICAL_SOURCE_MAX, "%s%.*s",
                        document_of(piece + 1, (size_t) (end - piece - 1)),
                        (int) strcspn(end + 1, ";"), end + 1);
    return text;
}
