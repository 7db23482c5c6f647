/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verify_evidence.h"

#include "app/verb.h"
#include "core/file.h"
#include "core/json.h"
#include "respond/incident/evidence.h"

#include <stdio.h>

static void print_json(const davy_evidence_found *found, bool intact)
{
    davy_buffer out = {0};

    davy_json_object(&out, NULL);
    davy_json_boolean(&out, "intact", intact);
    davy_json_text(&out, "author", found->author[0] ? found->author : NULL);
    davy_json_text(&out, "incident", found->incident[0] ? found->incident : NULL);
    davy_json_boolean(&out, "drill", found->drill);
    davy_json_unsigned(&out, "records", found->records);
    davy_json_unsigned(&out, "events", found->events);
    davy_json_unsigned(&out, "impacts", found->impacts);
    davy_json_unsigned(&out, "given", found->given);
    davy_json_unsigned(&out, "missing", found->missing);
    davy_json_unsigned(&out, "chain", found->chain);
    davy_json_object_end(&out);
    if (davy_buffer_ok(&out) == DAVY_OK)
        (void) printf("%s\n", out.bytes);
    davy_buffer_clear(&out);
}

static void print_words(const davy_evidence_found *found)
{
    (void) printf("%s%s: %zu events in %zu records are as they were signed\n",
                  found->drill ? "EXERCISE " : "", found->incident, found->events, found->records);
    (void) printf("%zu impacts were computed again to the same bits; %zu were given by somebody, "
                  "and of %zu the site file is not here\n",
                  found->impacts, found->given, found->missing);
    (void) printf("signed by %s: compare it with the key you know\n", found->author);
}

int davy_verify_evidence(const char *file, bool json)
{
    davy_evidence_found found = {0};
    davy_buffer text = {0};
    davy_status status = davy_file_read(file, DAVY_EVIDENCE_BYTES_MAX, &text);

    if (status == DAVY_OK)
        status = davy_evidence_check(text.bytes ? text.bytes : "", text.length, &found);
    if (json)
        print_json(&found, status == DAVY_OK);
    else if (status == DAVY_OK)
        print_words(&found);
    davy_buffer_clear(&text);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("verify", status);
}
