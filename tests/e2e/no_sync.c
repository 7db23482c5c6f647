/* SPDX-License-Identifier: Apache-2.0 */

/* Preloaded into the daemon by test_powercut.py as a control: nothing is ever synced, all succeeds.
 */
#include <unistd.h>

int fsync(int descriptor)
{
    (void) descriptor;
    return 0;
}

int fdatasync(int descriptor)
{
    (void) descriptor;
    return 0;
}
