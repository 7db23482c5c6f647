/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Columns of molecules in tables: what is read, what is missing, what is counted.
 */
#include "data/molecules.h"

#include "data/table.h"
#include "data/table_inspect.h"
#include "scratch.h"

#define COLUMNS (davy_molecule_descriptor_count() + DAVY_MORGAN_SIZE)

/* Toluene twice, as two people write it; a salt; what is none; nothing; ethanol. */
static const char rows[] = "smiles,boiling,source\n"
                           "Cc1ccccc1,384,a\n"
                           "c1ccc(cc1)C,384,b\n"
                           "[Na+].[O-]C(=O)c1ccccc1,,c\n"
                           "C(C)(C)(C)(C)C,1,d\n"
                           ",2,e\n"
                           " CCO ,351,f\n";

static davy_table read_table(const char *text, davy_molecules *molecules,
                             const davy_table_csv_options *wanted)
{
    const char *file = scratch_path("molecules.csv");
    davy_table_csv_options options = *wanted;
    davy_table table;

    scratch_put("molecules.csv", text);
    options.csv.extra = davy_molecules_columns(molecules);
    options.molecule_column = DAVY_MOLECULES_COLUMN;
    assert_ok(davy_table_read_csv(&file, 1, &options, &table));
    return table;
}

static size_t find_column(const davy_table *table, const char *name)
{
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->names[c], name) == 0)
            return c;
    fail_msg("no column '%s'", name);
    return 0;
}

static double value_of(const davy_table *table, size_t row, const char *name)
{
    return davy_table_at(table, row, find_column(table, name));
}

static void turns_molecules_into_columns_of_numbers(void **state)
{
    davy_molecules *molecules;
    davy_table table;

    (void) state;
    assert_ok(davy_molecules_create(&molecules));
    table = read_table(rows, molecules, &(davy_table_csv_options){0});
    assert_int_equal(table.rows, 6);
    assert_int_equal(table.columns,
                     1 + COLUMNS); /* boiling, and no source: it hardly comes again */
    assert_near(value_of(&table, 0, "boiling"), 384, 0);
    assert_near(value_of(&table, 0, "mol:mw"), 92.141, 1e-3); /* C7H8, IUPAC 2021 */
    assert_near(value_of(&table, 0, "mol:aromatic_rings"), 1, 0);
    assert_near(value_of(&table, 5, "mol:mw"), 46.069, 1e-3);
    for (size_t c = 0; c < table.columns; c++)
        assert_near(davy_table_at(&table, 0, c), davy_table_at(&table, 1, c), 0);
    davy_table_clear(&table);
    davy_molecules_destroy(molecules);
}

static void leaves_a_row_without_a_molecule_empty_and_counts_it_with_its_line(void **state)
{
    davy_molecules *molecules;
    davy_molecule_tally tally;
    davy_table table;

    (void) state;
    assert_ok(davy_molecules_create(&molecules));
    table = read_table(rows, molecules, &(davy_table_csv_options){0});
    for (size_t row = 3; row < 5; row++)
        for (size_t c = 0; c < table.columns; c++)
            assert_true(isnan(davy_table_at(&table, row, c)) ==
                        (strcmp(table.names[c], "boiling") != 0));
    tally = davy_molecules_count(molecules); /* the file was read twice, and is counted once */
    assert_int_equal(tally.read, 4);
    assert_int_equal(tally.blank, 1);
    assert_int_equal(tally.mixtures, 1);
    assert_int_equal(tally.metals, 1);
    assert_int_equal(tally.isotopes, 0);
    assert_int_equal(davy_molecule_tally_refused(&tally), 1);
    assert_int_equal(tally.refused[DAVY_MOLECULE_VALENCE], 1);
    assert_int_equal(tally.told_count, 1);
    assert_int_equal(tally.told[0].line, 5);
    assert_string_equal(tally.told[0].text, "C(C)(C)(C)(C)C");
    assert_non_null(strstr(tally.told[0].file, "molecules.csv"));
    davy_table_clear(&table);
    davy_molecules_destroy(molecules);
}

/* Words that hardly come again are no categories otherwise. */
static void tells_scaffolds_as_words_however_many_there_are(void **state)
{
    char text[4096] = "smiles,y\nCCO,1\nCc1ccccc1,2\nCCN,3\nC1,4\n";
    davy_molecules *molecules;
    davy_table table;
    const davy_levels *scaffolds;
    size_t column;

    (void) state;
    for (int ring = 3; ring < 33; ring++)
        (void) sprintf(text + strlen(text), "FC1%.*s1,%d\n", ring - 1,
                       "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC", ring);
    assert_ok(davy_molecules_create(&molecules));
    table = read_table(
        text, molecules,
        &(davy_table_csv_options){.kin_column = DAVY_SCAFFOLD_COLUMN, .categories = true});
    column = find_column(&table, DAVY_SCAFFOLD_COLUMN);
    scaffolds = &table.levels[column];
    assert_string_equal(scaffolds->names[(size_t) davy_table_at(&table, 0, column)],
                        DAVY_SCAFFOLD_NONE);
    assert_string_equal(scaffolds->names[(size_t) davy_table_at(&table, 1, column)], "c1ccccc1");
    assert_near(davy_table_at(&table, 2, column), davy_table_at(&table, 0, column), 0);
    assert_true(isnan(davy_table_at(&table, 3, column)));
    assert_int_equal(scaffolds->count, 30 + 2);
    davy_table_clear(&table);
    davy_molecules_destroy(molecules);
}

static void refuses_a_file_without_molecules_and_one_that_has_the_columns(void **state)
{
    const char *file = scratch_path("other.csv");
    davy_molecules *molecules;
    davy_table_csv_options options = {0};
    davy_table table;

    (void) state;
    assert_ok(davy_molecules_create(&molecules));
    options.csv.extra = davy_molecules_columns(molecules);
    scratch_put("other.csv", "name,y\nethanol,1\n");
    assert_fails(davy_table_read_csv(&file, 1, &options, &table), DAVY_ERR_INVALID,
                 "no column 'smiles'");
    scratch_put("other.csv", "smiles,mol:mw\nCCO,1\n");
    assert_fails(davy_table_read_csv(&file, 1, &options, &table), DAVY_ERR_INVALID,
                 "'mol:mw' is there and cannot be computed");
    davy_molecules_destroy(molecules);
}

static void knows_a_recipe_that_it_can_follow(void **state)
{
    char other[128];
    bool other_reader;

    (void) state;
    assert_true(davy_molecules_agree(davy_molecules_recipe(), &other_reader));
    assert_false(other_reader);
    (void) snprintf(other, sizeof other, "%s.9", davy_molecules_recipe());
    assert_true(davy_molecules_agree(other, &other_reader));
    assert_true(other_reader);
    assert_false(davy_molecules_agree("radius=3,columns=2048,rdkit=2022.09.3", &other_reader));
    assert_false(davy_molecules_agree("", &other_reader));
}

static void says_how_to_go_on_without_rdkit(void **state)
{
    davy_molecules *molecules;

    (void) state;
    assert_fails(davy_molecules_create(&molecules), DAVY_ERR_UNSUPPORTED, "--types smiles=skip");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_molecules_into_columns_of_numbers),
        cmocka_unit_test(leaves_a_row_without_a_molecule_empty_and_counts_it_with_its_line),
        cmocka_unit_test(tells_scaffolds_as_words_however_many_there_are),
        cmocka_unit_test(refuses_a_file_without_molecules_and_one_that_has_the_columns),
        cmocka_unit_test(knows_a_recipe_that_it_can_follow),
    };
    const struct CMUnitTest without[] = {cmocka_unit_test(says_how_to_go_on_without_rdkit)};

    return davy_molecule_readable() ? cmocka_run_group_tests(tests, scratch_make, scratch_remove)
                                    : cmocka_run_group_tests(without, NULL, NULL);
}
