/* SPDX-License-Identifier: Apache-2.0 */
#include "data/molecules.h"
#include "models/samples/cautions.h"

#include <stdio.h>

/* "data.csv: line 7: 'CC(' (it is no SMILES: ...); ...". */
static void list_refused(const davy_molecule_tally *tally, char *text, size_t capacity)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < tally->told_count && used + 160 < capacity; i++)
        used += (size_t) snprintf(
            text + used, capacity - used, "%s%.40s: line %llu: '%.24s' (%.60s)", i > 0 ? "; " : "",
            tally->told[i].file, (unsigned long long) tally->told[i].line, tally->told[i].text,
            davy_molecule_fault_text(tally->told[i].fault));
}

static void say_refused(const davy_molecule_tally *tally, davy_cautions *cautions)
{
    const size_t refused = davy_molecule_tally_refused(tally);
    const size_t rows = tally->read + tally->blank + refused;
    char list[400];

    list_refused(tally, list, sizeof list);
    davy_cautions_add(
        cautions, "no_molecule", (double) (refused + tally->blank) / (double) rows,
        "%zu of %zu rows hold no molecule and %zu more one that cannot be read: they were not "
        "learnt from, and have no answer. %s",
        "%zu 行（共 %zu 行）没有分子，另有 %zu 行的分子无法读取：它们未参与学习，也得不到答案。%s",
        tally->blank, rows, refused, list);
}

void davy_cautions_add_molecules(davy_cautions *cautions, const davy_molecule_tally *tally)
{
    if (tally->blank + davy_molecule_tally_refused(tally) > 0)
        say_refused(tally, cautions);
    if (tally->mixtures + tally->metals + tally->isotopes > 0)
        davy_cautions_add(
            cautions, "parts", (double) tally->mixtures / (double) tally->read,
            "Of %zu molecules %zu are salts or mixtures, %zu hold a metal and %zu a named isotope: "
            "their numbers are of all parts together, as they were written.",
            "%zu 个分子中有 %zu 个是盐或混合物，%zu 个含金属，%zu "
            "个含指定同位素：其数值按所写的全部组分计算。",
            tally->read, tally->mixtures, tally->metals, tally->isotopes);
}
