/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Molecules against RDKit's own Python interface (make_molecules.py), the literature, and those who
 * write what is none.
 */
#include "data/molecule.h"

#include "../testing.h"
#include "molecules_expected.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VALUES_MAX 512

static davy_molecule *read_one(const char *smiles)
{
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault;

    if (davy_molecule_read(smiles, strlen(smiles), &molecule, &fault) != DAVY_OK)
        fail_msg("%s: %s", smiles, davy_error());
    assert_int_equal(fault, DAVY_MOLECULE_FINE);
    return molecule;
}

static size_t find_descriptor(const char *name)
{
    for (size_t i = 0; i < davy_molecule_descriptor_count(); i++)
        if (strcmp(davy_molecule_descriptor_name(i), name) == 0)
            return i;
    fail_msg("no descriptor '%s'", name);
    return 0;
}

static double descriptor_of(const char *smiles, const char *name)
{
    davy_molecule *molecule = read_one(smiles);
    double values[VALUES_MAX];

    assert_ok(davy_molecule_descriptors(molecule, values));
    davy_molecule_destroy(molecule);
    return values[find_descriptor(name)];
}

static void says_what_rdkit_says(void **state)
{
    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(molecules); i++) {
        davy_molecule *molecule = read_one(molecules[i].ways[0]);
        const davy_molecule_facts *facts = davy_molecule_describe(molecule);
        uint16_t counts[DAVY_MORGAN_SIZE];
        double values[VALUES_MAX];
        size_t environments = 0;

        assert_string_equal(facts->smiles, molecules[i].smiles);
        assert_string_equal(facts->scaffold, molecules[i].scaffold);
        assert_ok(davy_molecule_descriptors(molecule, values));
        for (size_t n = 0; n < DAVY_ARRAY_LENGTH(number_names); n++) {
            const double value = values[find_descriptor(number_names[n])];

            if (fabs(value - molecules[i].numbers[n]) > 1e-6)
                fail_msg("%s of %s is %g, not %g", number_names[n], facts->smiles, value,
                         molecules[i].numbers[n]);
        }
        assert_ok(davy_molecule_fingerprint(molecule, counts));
        for (size_t c = 0; c < DAVY_MORGAN_SIZE; c++)
            environments += counts[c] > 0;
        assert_int_equal(environments, molecules[i].environments);
        for (size_t e = 0; e < environments; e++)
            assert_int_equal(counts[molecules[i].morgan[e][0]], molecules[i].morgan[e][1]);
        davy_molecule_destroy(molecule);
    }
}

static void gives_the_same_bits_however_a_molecule_is_written(void **state)
{
    const size_t count = davy_molecule_descriptor_count();

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(molecules); i++) {
        double first[VALUES_MAX] = {0};

        for (size_t way = 0; way < 4; way++) {
            davy_molecule *molecule = read_one(molecules[i].ways[way]);
            double values[VALUES_MAX];

            assert_string_equal(davy_molecule_describe(molecule)->smiles, molecules[i].smiles);
            assert_ok(davy_molecule_descriptors(molecule, values));
            if (way == 0)
                memcpy(first, values, count * sizeof *values);
            assert_memory_equal(values, first, count * sizeof *values);
            davy_molecule_destroy(molecule);
        }
    }
}

static void knows_figures_of_the_literature(void **state)
{
    (void) state;
    /* Ertl, Rohde, Selzer, J. Med. Chem. 43, 2000, table 3: aspirin 63.6. */
    assert_near(descriptor_of("CC(=O)Oc1ccccc1C(=O)O", "tpsa"), 63.6, 0.05);
    /* Meyer, Koehler, Homburg, "Explosives", 6th ed.: TNT -73.9 %, nitroglycerine +3.5 %, PETN
     * -10.1 %. */
    assert_near(descriptor_of(molecules[2].smiles, "oxygen_balance"), -73.9, 0.1);
    assert_near(descriptor_of("O=N(=O)OCC(ON(=O)=O)CON(=O)=O", "oxygen_balance"), 3.5, 0.1);
    assert_near(descriptor_of("C(CO[N+](=O)[O-])(CO[N+](=O)[O-])(CO[N+](=O)[O-])CO[N+](=O)["
                              "O-]",
                              "oxygen_balance"),
                -10.1, 0.1);
    /* Counted by hand. */
    assert_near(descriptor_of(molecules[2].smiles, "group_nitro"), 3, 0);
    assert_near(descriptor_of("CCN=[N+]=[N-]", "group_azide"), 1, 0);
    assert_near(descriptor_of("CC(C)(C)OOC(C)(C)C", "group_peroxide"), 1, 0);
    assert_near(descriptor_of("CN=C=O", "group_isocyanate"), 1, 0);
    assert_near(descriptor_of("C1CO1", "group_epoxide"), 1, 0);
    assert_near(descriptor_of("CN(C)N=O", "group_nitrosamine"), 1, 0);
    assert_near(descriptor_of("O=N(=O)OCC(ON(=O)=O)CON(=O)=O", "group_nitrate"), 3, 0);
    assert_near(descriptor_of("O=N(=O)OCC(ON(=O)=O)CON(=O)=O", "group_nitro"), 0, 0);
}

static void tells_salts_mixtures_metals_and_isotopes(void **state)
{
    static const struct {
        const char *smiles;
        size_t atoms, parts, metals, isotopes;
    } expected[] = {
        {"CCO", 3, 1, 0, 0},           {"[Na+].[O-]C(=O)c1ccccc1", 10, 2, 1, 0},
        {"CCO.O.O", 5, 3, 0, 0},       {"CC[Pb](CC)(CC)CC", 9, 1, 1, 0},
        {"[2H]OC", 2, 1, 0, 1}, /* heavy hydrogen stays an atom, and is none of the heavy ones */
        {"[H][H]", 0, 1, 0, 0},        {"[235U](F)(F)(F)(F)(F)F", 7, 1, 1, 1},
        {"O=[As]O[As]=O", 5, 1, 0, 0},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++) {
        davy_molecule *molecule = read_one(expected[i].smiles);
        const davy_molecule_facts *facts = davy_molecule_describe(molecule);

        assert_int_equal(facts->atoms, expected[i].atoms);
        assert_int_equal(facts->parts, expected[i].parts);
        assert_int_equal(facts->metals, expected[i].metals);
        assert_int_equal(facts->isotopes, expected[i].isotopes);
        davy_molecule_destroy(molecule);
    }
}

/* Numbers of every molecule are finite: of one atom, of metals, without a bond, with a charge. */
static void gives_finite_numbers_of_strange_molecules(void **state)
{
    static const char *const strange[] = {
        "[H][H]", "[He]",  "[Na+].[Cl-]", "[Fe+2]", "[O-][O-]", "[U]", "[OH-].[Ca+2].[OH-]",
        "[H+]",   "B1BB1", "[CH3]",       "C[Hg]C", "F[Xe]F"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(strange); i++) {
        davy_molecule *molecule = read_one(strange[i]);
        double values[VALUES_MAX];

        assert_ok(davy_molecule_descriptors(molecule, values));
        for (size_t n = 0; n < davy_molecule_descriptor_count(); n++)
            if (!isfinite(values[n]))
                fail_msg("%s of %s", davy_molecule_descriptor_name(n), strange[i]);
        davy_molecule_destroy(molecule);
    }
}

static void refuses_what_is_no_molecule_and_says_why(void **state)
{
    static const struct {
        const char *smiles;
        davy_molecule_fault fault;
    } hostile[] = {
        {"", DAVY_MOLECULE_EMPTY},
        {".", DAVY_MOLECULE_SYNTAX},
        {"CC(", DAVY_MOLECULE_SYNTAX},
        {"CC)", DAVY_MOLECULE_SYNTAX},
        {"C1CC", DAVY_MOLECULE_SYNTAX},
        {"C%", DAVY_MOLECULE_SYNTAX},
        {"[", DAVY_MOLECULE_SYNTAX},
        {"[C", DAVY_MOLECULE_SYNTAX},
        {"[]", DAVY_MOLECULE_SYNTAX},
        {"[12]", DAVY_MOLECULE_SYNTAX},
        {"[Xx]", DAVY_MOLECULE_SYNTAX},
        {"ethanol", DAVY_MOLECULE_SYNTAX},
        {"CCO ethanol", DAVY_MOLECULE_SIGN},
        {"CCO\n", DAVY_MOLECULE_SIGN},
        {"CC>>CO", DAVY_MOLECULE_SIGN},
        {"C\xc3\xa9", DAVY_MOLECULE_SIGN},
        {"CCO |$;;$|", DAVY_MOLECULE_SIGN},
        {"{Q}C", DAVY_MOLECULE_SIGN},
        {"*CC", DAVY_MOLECULE_WILDCARD},
        {"C(C)(C)(C)(C)C", DAVY_MOLECULE_VALENCE},
        {"N#N#N", DAVY_MOLECULE_VALENCE},
        {"F(C)C", DAVY_MOLECULE_VALENCE},
        {"c1cccc1", DAVY_MOLECULE_AROMATIC},
        {"cc", DAVY_MOLECULE_AROMATIC},
        {"[999999C]", DAVY_MOLECULE_ISOTOPE},
        {"[999C]", DAVY_MOLECULE_ISOTOPE},
        {"[1C]", DAVY_MOLECULE_ISOTOPE},
        {"[5H]C", DAVY_MOLECULE_FINE}, /* it lives 10^-22 s, and is in the table of isotopes */
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(hostile); i++) {
        davy_molecule *molecule = NULL;
        davy_molecule_fault fault = DAVY_MOLECULE_FAULTS;
        const davy_status status =
            davy_molecule_read(hostile[i].smiles, strlen(hostile[i].smiles), &molecule, &fault);

        if (fault != hostile[i].fault || (status == DAVY_OK) != (fault == DAVY_MOLECULE_FINE))
            fail_msg("'%s': %s", hostile[i].smiles, davy_molecule_fault_text(fault));
        if (status != DAVY_OK) {
            assert_string_equal(davy_error(), davy_molecule_fault_text(fault));
            assert_null(molecule);
        }
        davy_molecule_destroy(molecule);
    }
}

static davy_molecule_fault check_repeated(const char *unit, size_t count, const char *end)
{
    char *text = calloc(strlen(unit) * count + strlen(end) + 1, 1);
    davy_molecule_fault fault;

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * strlen(unit), unit, strlen(unit));
    memcpy(text + strlen(unit) * count, end, strlen(end));
    fault = davy_smiles_check(text, strlen(text));
    free(text);
    return fault;
}

static void refuses_what_would_take_minutes_before_rdkit_sees_it(void **state)
{
    (void) state;
    assert_int_equal(check_repeated("C", 300, ""), DAVY_MOLECULE_FINE);
    assert_int_equal(check_repeated("C", 301, ""), DAVY_MOLECULE_LARGE);
    assert_int_equal(check_repeated("[U]", 301, ""), DAVY_MOLECULE_LARGE);
    assert_int_equal(check_repeated("Cl.", 300, "Br"), DAVY_MOLECULE_LARGE);
    assert_int_equal(check_repeated("[H]", 301, "C"), DAVY_MOLECULE_FINE); /* hydrogens go */
    assert_int_equal(check_repeated("[Hg]", 301, ""), DAVY_MOLECULE_LARGE);
    assert_int_equal(check_repeated("(", 2000, ""), DAVY_MOLECULE_FINE); /* RDKit says it is open */
    assert_int_equal(check_repeated("(", 2001, ""), DAVY_MOLECULE_LONG);
    assert_int_equal(check_repeated("C%10", 201, ""), DAVY_MOLECULE_LARGE);
    assert_int_equal(davy_smiles_check("C\0C", 3), DAVY_MOLECULE_SIGN);
}

/* Nets of metals have no valence that would stop them; trees and chains are as long as they may be.
 * All of them must end. */
static void reads_or_refuses_the_worst_that_is_let_through(void **state)
{
    char text[DAVY_SMILES_MAX + 1] = "";
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault;

    (void) state;
    for (int i = 0; i < 200; i++) /* rings that are all open at once */
        (void) snprintf(text + strlen(text), sizeof text - strlen(text), "[U]%%%d", 10 + i % 90);
    if (davy_molecule_read(text, strlen(text), &molecule, &fault) == DAVY_OK)
        davy_molecule_destroy(molecule);
    memset(text, '(', sizeof text - 1);
    text[0] = 'C';
    assert_fails(davy_molecule_read(text, sizeof text - 1, &molecule, &fault), DAVY_ERR_INVALID,
                 "open");
}

/* The context becomes false when something is not as it is with one thread. */
static void *read_all(void *context)
{
    bool *same = context;

    for (int turn = 0; turn < 20; turn++)
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(molecules); i++) {
            const char *smiles = molecules[i].ways[turn % 4];
            davy_molecule *molecule = NULL;
            davy_molecule_fault fault;
            double values[VALUES_MAX];

            if (davy_molecule_read(smiles, strlen(smiles), &molecule, &fault) != DAVY_OK ||
                davy_molecule_descriptors(molecule, values) != DAVY_OK ||
                strcmp(davy_molecule_describe(molecule)->smiles, molecules[i].smiles) != 0 ||
                fabs(values[find_descriptor("logp")] - molecules[i].numbers[1]) > 1e-6)
                *same = false;
            davy_molecule_destroy(molecule);
            if (davy_molecule_read("c1cccc1", 7, &molecule, &fault) == DAVY_OK)
                *same = false;
        }
    return NULL;
}

static void reads_in_several_threads_at_once(void **state)
{
    pthread_t threads[4];
    bool same[4] = {true, true, true, true};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_all, &same[i]), 0);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(same[i]);
    }
}

static void says_nothing_on_standard_error(void **state)
{
    char path[] = "/tmp/davy-molecule-XXXXXX";
    const int file = mkstemp(path), kept = dup(STDERR_FILENO);
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault;
    struct stat about;

    (void) state;
    assert_true(file >= 0 && kept >= 0);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    assert_int_equal(davy_molecule_read("CC(", 3, &molecule, &fault), DAVY_ERR_INVALID);
    assert_int_equal(davy_molecule_read("c1cccc1", 7, &molecule, &fault), DAVY_ERR_INVALID);
    davy_molecule_destroy(read_one("C[Hg]C"));
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    assert_int_equal(fstat(file, &about), 0);
    assert_int_equal(about.st_size, 0);
    (void) close(file);
    (void) close(kept);
    (void) unlink(path);
}

static void says_what_a_build_without_rdkit_lacks(void **state)
{
    davy_molecule *molecule = NULL;
    davy_molecule_fault fault;

    (void) state;
    assert_fails(davy_molecule_read("CCO", 3, &molecule, &fault), DAVY_ERR_UNSUPPORTED, "RDKit");
    assert_int_equal(davy_molecule_descriptor_count(), 0);
    assert_string_equal(davy_molecule_version(), "");
}

int main(void)
{
    const struct CMUnitTest reading[] = {
        cmocka_unit_test(says_what_rdkit_says),
        cmocka_unit_test(gives_the_same_bits_however_a_molecule_is_written),
        cmocka_unit_test(knows_figures_of_the_literature),
        cmocka_unit_test(tells_salts_mixtures_metals_and_isotopes),
        cmocka_unit_test(gives_finite_numbers_of_strange_molecules),
        cmocka_unit_test(refuses_what_is_no_molecule_and_says_why),
        cmocka_unit_test(refuses_what_would_take_minutes_before_rdkit_sees_it),
        cmocka_unit_test(reads_or_refuses_the_worst_that_is_let_through),
        cmocka_unit_test(reads_in_several_threads_at_once),
        cmocka_unit_test(says_nothing_on_standard_error),
    };
    const struct CMUnitTest without[] = {
        cmocka_unit_test(refuses_what_would_take_minutes_before_rdkit_sees_it),
        cmocka_unit_test(says_what_a_build_without_rdkit_lacks),
    };

    return davy_molecule_readable() ? cmocka_run_group_tests(reading, NULL, NULL)
                                    : cmocka_run_group_tests(without, NULL, NULL);
}
