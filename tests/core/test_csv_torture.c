/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * CSV as it is found: each case is a file, and what must be read from it.
 *
 * The kinds of cases are those of RFC 4180, of the public suites csv-spectrum and csv-test-data,
 * and of the parser tests of Python, pandas and Papa Parse; the files are our own. Where those
 * disagree the standard is followed, and what it does not know is either the reading that loses
 * nothing, or an error.
 */
#include "core/csv.h"

#include "../one_file.h"
#include "../testing.h"
#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fields are told apart by '|', rows by '~'; the first row is the header. */
static const struct {
    const char *name, *bytes;
    size_t length; /* 0: as long as the text */
    const char *rows;
    const char *error; /* the sentence after these rows; NULL: the file ends */
} cases[] = {
    {"simple", "a,b,c\n1,2,3\n", 0, "a|b|c~1|2|3", NULL},
    {"lines end with CR LF", "a,b\r\n1,2\r\n3,4\r\n", 0, "a|b~1|2~3|4", NULL},
    {"line ends are mixed", "a,b\r\n1,2\n3,4\r\n", 0, "a|b~1|2~3|4", NULL},
    {"the last line has no end", "a,b\n1,2", 0, "a|b~1|2", NULL},
    {"the last field is empty and has no line end", "a,b\n1,", 0, "a|b~1|", NULL},
    {"several line ends at the end", "a,b\n1,2\n\n\r\n\n", 0, "a|b~1|2", NULL},
    {"blank lines first", "\n\n\na,b\n1,2\n", 0, "a|b~1|2", NULL},
    {"a header alone", "a,b\n", 0, "a|b", NULL},
    {"a header alone without a line end", "a,b", 0, "a|b", NULL},
    {"one column", "a\n1\n2\n", 0, "a~1~2", NULL},
    {"one column in quotes", "\"a\"\n\"1\"\n\"\"\n", 0, "a~1~", NULL},
    {"comma in quotes", "a,b\n\"x, y\",2\n", 0, "a|b~x, y|2", NULL},
    {"empty fields", "a,b,c\n1,,\n,,\n", 0, "a|b|c~1||~||", NULL},
    {"empty quotes", "a,b,c\n1,\"\",\"\"\n", 0, "a|b|c~1||", NULL},
    {"quotes in quotes", "a,b\n1,\"say \"\"ha\"\" now\"\n", 0, "a|b~1|say \"ha\" now", NULL},
    {"nothing but quotes in quotes", "a,b\n\"\"\"\",\"\"\"\"\"\"\n", 0, "a|b~\"|\"\"", NULL},
    {"quotes at both ends of quotes", "a,b\n\"\"\"x\"\"\",2\n", 0, "a|b~\"x\"|2", NULL},
    {"line end in quotes", "a,b\n\"x\ny\",2\n", 0, "a|b~x\ny|2", NULL},
    {"CR LF in quotes", "a,b\r\n\"x\r\ny\",2\r\n", 0, "a|b~x\r\ny|2", NULL},
    {"a line end alone in quotes", "a,b\n\"\n\",2\n", 0, "a|b~\n|2", NULL},
    {"quotes and line ends", "a,b\n1,\"x \n\"\"y\"\"\n\"\n3,4\n", 0, "a|b~1|x \n\"y\"\n~3|4", NULL},
    {"comma and quote and line end together", "a,b\n\",\"\",\n\",\"\"\n", 0, "a|b~,\",\n|", NULL},
    {"json in a field", "k,v\n1,\"{\"\"t\"\": [1, 2], \"\"n\"\": \"\"p\"\"}\"\n", 0,
     "k|v~1|{\"t\": [1, 2], \"n\": \"p\"}", NULL},
    {"quotes at the end of the file", "a,b\n1,\"2\"", 0, "a|b~1|2", NULL},
    {"quoted header", "\"a\",\"b,c\",\"d\"\"e\"\n1,2,3\n", 0, "a|b,c|d\"e~1|2|3", NULL},
    {"a line end in the header", "\"a\nb\",c\n1,2\n", 0, "a\nb|c~1|2", NULL},
    {"blanks are part of a field", "a, b\n 1 ,\t2\n", 0, "a| b~ 1 |\t2", NULL},
    {"a blank before a quote makes no quotes", "a,b\n1, \"2\"\n", 0, "a|b~1| \"2\"", NULL},
    {"a quote inside a plain field", "a,b\n5\" pipe,it\"s\n", 0, "a|b~5\" pipe|it\"s", NULL},
    {"single quotes are no quotes", "a,b\n'1,2'\n", 0, "a|b~'1|2'", NULL},
    {"a backslash escapes nothing", "a,b\n\"x\\\",2\n", 0, "a|b~x\\|2", NULL},
    {"hash is no comment", "a,b\n#1,2\n", 0, "a|b~#1|2", NULL},
    {"a carriage return inside a plain field", "a,b\n1\r2,3\n", 0, "a|b~1\r2|3", NULL},
    {"two carriage returns at a line end", "a,b\n1,2\r\r\n", 0, "a|b~1|2\r", NULL},
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a,b\n1,2\n",
     0, "a|b~1|2", NULL},
    {"byte order mark before quotes", "\xEF\xBB\xBF\"a,b\",c\n1,2\n", 0, "a,b|c~1|2", NULL},
    {"byte order mark in the middle is text",
     "a\n\xEF\xBB\xBF"
     "1\n",
     0,
     "a~\xEF\xBB\xBF"
     "1",
     NULL},
    {"UTF-8 of one to four bytes", "a,b\n\xC3\xA9\xE6\xB8\xA9,\xF0\x9F\x94\xA5\n", 0,
     "a|b~\xC3\xA9\xE6\xB8\xA9|\xF0\x9F\x94\xA5", NULL},
    {"UTF-8 and quotes", "a,b\n\"\xE6\xB8\xA9,\"\"\xE5\xBA\xA6\",1\n", 0,
     "a|b~\xE6\xB8\xA9,\"\xE5\xBA\xA6|1", NULL},
    {"header of semicolons with commas in it", "a,x;b;c\n1;2;3\n", 0, "a,x|b|c~1|2|3", NULL},
    {"tabs with empty fields", "a\tb\tc\n\t2\t\n", 0, "a|b|c~|2|", NULL},
    {"columns of one name", "a,a\n1,2\n", 0, "a|a~1|2", NULL},
    {"columns without a name", ",b,\n1,2,3\n", 0, "|b|~1|2|3", NULL},
    {"delete and escape characters", "a,b\n\x7F,\x1B[0m\n", 0, "a|b~\x7F|\x1B[0m", NULL},
    {"all fields empty, with and without quotes", "a,b,c\n,,\n\"\",\"\",\"\"\n,,", 0,
     "a|b|c~||~||~||", NULL},
    {"blanks inside quotes", "a,b\n\" x \",\"\t\"\n", 0, "a|b~ x |\t", NULL},
    {"blanks around quotes make them part of the field", "a,b,c\n1, \"2\" ,3\n", 0,
     "a|b|c~1| \"2\" |3", NULL},
    {"degrees, minutes and seconds",
     "place\n\"40\xC2\xB0 26' 46\"\" N, 79\xC2\xB0 58' 56\"\" W\"\n", 0,
     "place~40\xC2\xB0 26' 46\" N, 79\xC2\xB0 58' 56\" W", NULL},
    {"in one column a blank line is no row", "a\n\n1\n\n2\n", 0, "a~1~2", NULL},
    {"in one column empty quotes are a row", "a\n\"\"\n1\n", 0, "a~~1", NULL},
    {"a line of blanks is a row of its own", "a\n \n1\n", 0, "a~ ~1", NULL},
    {"only delimiters at the end of the file", "a,b\n1,2\n,", 0, "a|b~1|2~|", NULL},
    {"a carriage return inside quotes", "a,b\n\"1\r2\",3\n", 0, "a|b~1\r2|3", NULL},
    {"line ends alone in quotes, one after the other", "a,b\r\n\"\r\n\r\n\",2\r\n", 0,
     "a|b~\r\n\r\n|2", NULL},
    {"quotes end at the end of the file with CR LF", "a\r\n\"1\"\r\n", 0, "a~1", NULL},
    {"a quoted header over lines that end with CR LF", "\"a\r\nb\",\"c\"\"\"\r\n1,2\r\n", 0,
     "a\r\nb|c\"~1|2", NULL},
    {"line separators of Unicode end no line",
     "a,b\n1\xE2\x80\xA8"
     "2,\xC2\x85\n",
     0,
     "a|b~1\xE2\x80\xA8"
     "2|\xC2\x85",
     NULL},
    {"vertical tab and form feed end no line", "a,b\n1\v2,3\f\n", 0, "a|b~1\v2|3\f", NULL},
    {"a comma and nothing else in quotes", "a,b\n\",\",\",,\"\n", 0, "a|b~,|,,", NULL},
    {"a header with a delimiter at its end", "a,b,\n1,2,\n", 0, "a|b|~1|2|", NULL},
    {"quotes of a kind that printers use",
     "a,b\n\xE2\x80\x9C"
     "1,2\xE2\x80\x9D\n",
     0,
     "a|b~\xE2\x80\x9C"
     "1|2\xE2\x80\x9D",
     NULL},
    {"a header shorter than its rows", "a\n1,2\n", 0, "a", "2 fields where the header has 1"},
    {"a header longer than its rows", "a,b,c\n1,2\n", 0, "a|b|c",
     "2 fields where the header has 3"},
    {"one open quote as the whole row", "a,b\n\"\n", 0, "a|b",
     "line 2: a quote is open until the end of the file"},
    {"three quotes", "a\n\"\"\"\n", 0, "a", "line 2: a quote is open until the end of the file"},
    {"the end-of-file character of DOS", "a,b\n1,2\n\x1A", 0, "a|b~1|2",
     "line 3: 1 fields where the header has 2"},
    {"a line of comment behind the rows", "a,b\n1,2\n# end\n", 0, "a|b~1|2",
     "line 3: 1 fields where the header has 2"},
    {"too few fields", "a,b\n1,2\n3\n", 0, "a|b~1|2", "line 3: 1 fields where the header has 2"},
    {"too many fields", "a,b\n1,2,3\n", 0, "a|b", "line 2: 3 fields where the header has 2"},
    {"too few fields after quotes with line ends", "a,b\n\"1\n1\",2\n3\n", 0, "a|b~1\n1|2",
     "line 4: 1 fields"},
    {"a delimiter at the end of a row alone", "a,b\n1,2,\n", 0, "a|b", "3 fields"},
    {"a quote that is never closed", "a,b\n1,2\n\"3,4\n5,6\n", 0, "a|b~1|2",
     "line 3: a quote is open until the end of the file"},
    {"a quote in quotes that is not doubled", "a,b\n\"1\"1\",2\n", 0, "a|b",
     "line 2: text follows a closing quote"},
    {"a blank after quotes", "a,b\n\"1\" ,2\n", 0, "a|b", "text follows a closing quote"},
    {"a zero byte",
     "a,b\n1,\0"
     "2\n",
     9, "a|b", "line 2: a zero byte"},
    {"bytes of no encoding", "a,b\n\xFE\xFF\x80,2\n", 0, "a|b", "line 2: the text is not UTF-8"},
    {"a character of UTF-8 cut short", "a,b\n\xE6\xB8,2\n", 0, "a|b", "the text is not UTF-8"},
    {"an overlong form of UTF-8", "a,b\n\xE0\x80\xAF,2\n", 0, "a|b", "the text is not UTF-8"},
    {"a surrogate in UTF-8", "a,b\n\xED\xA0\x80,2\n", 0, "a|b", "the text is not UTF-8"},
};

static void append(char *text, size_t capacity, const char *const *fields, size_t count)
{
    size_t used = strlen(text);

    used += (size_t) snprintf(text + used, capacity - used, "%s", used ? "~" : "");
    for (size_t i = 0; i < count; i++)
        used += (size_t) snprintf(text + used, capacity - used, "%s%s", i ? "|" : "", fields[i]);
}

/* All rows of the file, and how it ended. */
static davy_status read_file(davy_csv *csv, char *text, size_t capacity)
{
    const char *const *fields;
    size_t columns;
    davy_status status;

    text[0] = '\0';
    fields = davy_csv_header(csv, &columns);
    append(text, capacity, fields, columns);
    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields)
        append(text, capacity, fields, columns);
    return status;
}

static void reads_every_case_as_it_is_written_down(void **state)
{
    char text[512];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const size_t length = cases[i].length ? cases[i].length : strlen(cases[i].bytes);
        davy_csv *csv = NULL;
        davy_status status;

        assert_ok(davy_file_replace(path, cases[i].bytes, length, 0600));
        assert_ok(davy_csv_open(path, &csv));
        for (int round = 0; round < 2; round++) { /* a second time from the start */
            status = read_file(csv, text, sizeof text);
            if (strcmp(text, cases[i].rows) != 0)
                fail_msg("%s: '%s' and not '%s'", cases[i].name, text, cases[i].rows);
            if ((status == DAVY_OK) != !cases[i].error ||
                (cases[i].error && !strstr(davy_error(), cases[i].error)))
                fail_msg("%s: %s", cases[i].name, status == DAVY_OK ? "no error" : davy_error());
            assert_ok(davy_csv_rewind(csv));
        }
        davy_csv_close(csv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_case_as_it_is_written_down),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
