/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/chemical.h"

#include "core/status.h"
#include "hazard/major/gb18218.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const davy_chemical_figure_name names[DAVY_CHEMICAL_FIGURES] = {
    [DAVY_CHEMICAL_BOILING] = {"boiling_point", "Boiling point", "degC", "bp"},
    [DAVY_CHEMICAL_FLASH] = {"flash_point", "Flash point", "degC", "fp"},
    [DAVY_CHEMICAL_LEL] = {"lel", "Lower explosive limit", "% by volume", "lel"},
    [DAVY_CHEMICAL_UEL] = {"uel", "Upper explosive limit", "% by volume", "uel"},
    [DAVY_CHEMICAL_AEGL2] = {"aegl2_60min", "AEGL-2, 60 minutes", "ppm", "aegl"},
    [DAVY_CHEMICAL_ERPG2] = {"erpg2", "ERPG-2, an hour", "ppm", "erpg"},
    [DAVY_CHEMICAL_IDLH] = {"idlh", "IDLH, 30 minutes to escape", "ppm", "idlh"},
    [DAVY_CHEMICAL_LD50] = {"ld50_oral_rat", "LD50, rats, oral", "mg/kg", "ld50"},
    [DAVY_CHEMICAL_THRESHOLD] = {"gb18218_threshold", "Threshold of GB 18218-2018", "t", "gb"},
};

const davy_chemical_figure_name *davy_chemical_figure_of(davy_chemical_figure figure)
{
    return &names[figure];
}

const char *davy_chemical_source(const davy_chemical *chemical, davy_chemical_figure figure,
                                 char text[DAVY_CHEMICAL_SOURCE_MAX])
{
    text[0] = '\0';
    return isnan(chemical->figures[figure])
               ? text
               : davy_chemical_cite(chemical->sources, names[figure].key, text);
}

const char *davy_chemical_chinese(const davy_chemical *chemical)
{
    const davy_gb_substance *row = davy_gb_substance_find(chemical->cas, NULL);

    return row ? row->chinese : NULL;
}

davy_cas davy_cas_check(const char *text)
{
    const size_t length = strlen(text);
    const char *first = strchr(text, '-');
    int sum = 0, weight = 0;

    /* Two to seven digits, two, and one, with hyphens between them. */
    if (!first || length != (size_t) (first - text) + 5 || first - text < 2 || first - text > 7 ||
        first[3] != '-' || strspn(text, "0123456789-") != length ||
        strspn(text, "0123456789") != (size_t) (first - text) ||
        strspn(first + 1, "0123456789") != 2 || !isdigit((unsigned char) first[4]))
        return DAVY_CAS_NONE;
    for (size_t i = length - 2; i-- > 0;)
        if (text[i] != '-')
            sum += ++weight * (text[i] - '0');
    return sum % 10 == first[4] - '0' ? DAVY_CAS_FINE : DAVY_CAS_WRONG;
}

static bool means(const char *text, const davy_chemical *chemical)
{
    const char *chinese = davy_chemical_chinese(chemical);

    if (davy_cas_check(text) != DAVY_CAS_NONE)
        return strcmp(text, chemical->cas) == 0;
    if (chemical->un[0] &&
        (strcasecmp(text, chemical->un) == 0 || strcmp(text, chemical->un + strlen("UN")) == 0))
        return true;
    return strcmp(text, chemical->smiles) == 0 || strcasestr(chemical->name, text) ||
           (chinese && strstr(chinese, text));
}

const davy_chemical *davy_chemical_find(const char *text, const davy_chemical *after)
{
    const davy_chemical *chemical;

    for (size_t i = after ? (size_t) (after - davy_chemical_at(0)) + 1 : 0;
         text[0] && (chemical = davy_chemical_at(i)); i++)
        if (means(text, chemical))
            return chemical;
    return NULL;
}

static bool is_named(const davy_chemical *chemical, const char *text)
{
    const char *chinese = davy_chemical_chinese(chemical);

    return strcasecmp(chemical->name, text) == 0 || (chinese && strcmp(chinese, text) == 0);
}

/* One of the names that stand in a name: "Nitric acid (>70 %)", "Nitrogen dioxide / dinitrogen
 * tetroxide". */
static bool is_one_name_of(const char *all, const char *text)
{
    const size_t length = strlen(text), plain = strcspn(all, "(/");
    const char *slash = strchr(all, '/');

    if (length > 0 && length + 1 == plain && strncasecmp(all, text, length) == 0)
        return true; /* a blank stands before what follows */
    return slash && slash[1] == ' ' && strcasecmp(slash + 2, text) == 0;
}

/* "UN1017", "un 1017", "1017". */
static bool is_number_of(const davy_chemical *chemical, const char *text)
{
    if (!chemical->un[0])
        return false;
    if (strncasecmp(text, "UN", 2) == 0)
        text += text[2] == ' ' ? 3 : 2;
    return strcmp(text, chemical->un + strlen("UN")) == 0;
}

const davy_chemical *davy_chemical_named(const char *text)
{
    const davy_chemical *chemical;

    for (size_t i = 0; (chemical = davy_chemical_at(i)); i++)
        if (is_named(chemical, text) || strcmp(chemical->cas, text) == 0 ||
            is_number_of(chemical, text) || is_one_name_of(chemical->name, text) ||
            (text[0] && strcmp(chemical->smiles, text) == 0))
            return chemical;
    return NULL;
}

size_t davy_chemical_search(const char *text, const davy_chemical *out[DAVY_CHEMICALS])
{
    size_t count = 0, named = 0;

    for (const davy_chemical *one = NULL; (one = davy_chemical_find(text, one));)
        out[count++] = one;
    for (size_t i = 0; i < count; i++)
        if (is_named(out[i], text))
            out[named++] = out[i];
    return named ? named : count;
}
