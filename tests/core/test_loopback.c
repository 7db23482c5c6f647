/* SPDX-License-Identifier: Apache-2.0 */
#include "core/loopback.h"

#include "../testing.h"

/* RFC 6761, 6.3; RFC 1122, 3.2.1.3 (all of 127/8); RFC 4291, 2.5.3. */
static void this_machine_is_near(void **state)
{
    static const char *const hosts[] = {"localhost", "LocalHost", "127.0.0.1",        "127.8.9.10",
                                        "::1",       "[::1]",     "[0:0:0:0:0:0:0:1]"};
    static const char *const urls[] = {"http://127.0.0.1",     "http://localhost:8080/a",
                                       "smtp://[::1]:25",      "http://[::1]/x?y=http://z",
                                       "http://localhost?x=@", "https://127.1.2.3:1#f"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(hosts); i++)
        assert_true(davy_loopback_host(hosts[i]));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(urls); i++)
        assert_true(davy_loopback_url(urls[i]));
}

static void a_name_that_looks_like_it_is_not(void **state)
{
    static const char *const hosts[] = {
        "",         "127.example", "127.0.0.1.example", "localhost.example",
        "localhos", "128.0.0.1",   "127.0.0",           "0x7f.0.0.1",
        "::2",      "[::1",        "::ffff:127.0.0.1"};
    static const char *const urls[] = {
        "",
        "localhost",
        "http://",
        "http://127.example:25",
        "http://127.0.0.1:80@elsewhere/",
        "http://localhost@elsewhere",
        "http://localhost.elsewhere",
        "http://[::1]elsewhere",
        "http://127.0.0.1\\@elsewhere",
        "http://[::1",
        "http://elsewhere/127.0.0.1",
        "http://"
        "a-name-that-is-longer-than-any-address-and-any-host-that-can-be-near-in-this-world"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(hosts); i++)
        if (davy_loopback_host(hosts[i]))
            fail_msg("'%s' is near", hosts[i]);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(urls); i++)
        if (davy_loopback_url(urls[i]))
            fail_msg("'%s' is near", urls[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_machine_is_near),
        cmocka_unit_test(a_name_that_looks_like_it_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
