/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What a stock Telegraf writes is read: all of it, with nothing refused but text.
 */
#include "../testing.h"
#include "collect/lines.h"
#include "core/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Two inputs of every Telegraf, one reading after the other, as line protocol on its output. */
static const char config[] = "[agent]\n"
                             "  omit_hostname = false\n"
                             "[[inputs.cpu]]\n"
                             "[[inputs.mem]]\n"
                             "[[inputs.system]]\n"
                             "[[outputs.file]]\n"
                             "  files = [\"stdout\"]\n"
                             "  data_format = \"influx\"\n";

static davy_signal_id find(void *context, const char *asset, size_t asset_length, const char *field,
                           size_t field_length)
{
    (void) context;
    (void) asset;
    (void) field;
    assert_true(asset_length > 0 && field_length > 0);
    return 1;
}

static void read_all(FILE *stream, davy_buffer *text)
{
    char bytes[4096];
    size_t count;

    while ((count = fread(bytes, 1, sizeof bytes, stream)) > 0)
        davy_buffer_append(text, bytes, count);
    assert_ok(davy_buffer_ok(text));
}

static void run_telegraf(davy_buffer *text)
{
    char path[] = "/tmp/davy-telegraf-XXXXXX", command[128];
    int descriptor = mkstemp(path);
    FILE *stream;

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, config, sizeof config - 1), sizeof config - 1);
    close(descriptor);
    (void) snprintf(command, sizeof command, "timeout 60 telegraf --quiet --once --config %s",
                    path);
    stream = popen(command, "r"); /* NOLINT(cert-env33-c): a fixed command of a test */
    assert_non_null(stream);
    read_all(stream, text);
    assert_int_equal(pclose(stream), 0);
    (void) unlink(path);
}

static void what_telegraf_writes_is_read(void **state)
{
    const davy_lines_options options = {1, 0, INT64_MAX, find, NULL};
    davy_sample *samples = NULL;
    davy_lines_result result;
    davy_buffer text = {0};
    size_t count = 0;

    (void) state;
    run_telegraf(&text);
    assert_ok(davy_lines_parse(text.bytes, text.length, &options, &samples, &count, &result));
    assert_true(count > 10);
    for (size_t i = 0; i < result.told; i++)
        assert_non_null(strstr(result.refusals[i].reason, "text, not a number"));
    free(samples);
    davy_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_telegraf_writes_is_read),
    };

    if (system("command -v telegraf >/dev/null 2>&1") != 0) { /* NOLINT(cert-env33-c) */
        (void) puts("1..0 # SKIP telegraf is not installed");
        return EXIT_SUCCESS;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
