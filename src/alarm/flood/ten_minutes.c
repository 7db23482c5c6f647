/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/ten_minutes.h"

#include <string.h>

static bool end_flood(davy_ten_minutes *window)
{
    if (!window->flood || window->count >= DAVY_FLOOD_END_BELOW)
        return false;
    window->flood = false;
    window->ended_s = window->now_s;
    return true;
}

static void empty(davy_ten_minutes *window, int64_t now_s)
{
    memset(window->seconds, 0, sizeof window->seconds);
    window->count = 0;
    window->now_s = now_s;
}

/* The place of a second; also of those before 1970. */
static uint32_t *place_of(davy_ten_minutes *window, int64_t second)
{
    int64_t place = second % DAVY_TEN_MINUTES_S;

    return &window->seconds[place < 0 ? place + DAVY_TEN_MINUTES_S : place];
}

bool davy_ten_minutes_pass(davy_ten_minutes *window, int64_t now_s)
{
    bool ended = false;

    if (now_s < window->now_s - DAVY_TEN_MINUTES_S) {
        window->count = 0;
        ended = end_flood(window);
        empty(window, now_s);
        return ended;
    }
    while (window->now_s < now_s && window->count > 0) {
        uint32_t *oldest = place_of(window, ++window->now_s);

        window->count -= *oldest;
        *oldest = 0;
        ended = end_flood(window) || ended;
    }
    if (window->now_s < now_s)
        window->now_s = now_s; /* nothing is left that could leave */
    return ended;
}

bool davy_ten_minutes_add(davy_ten_minutes *window)
{
    bool begins;

    ++*place_of(window, window->now_s);
    window->count++;
    begins = !window->flood && window->count > DAVY_FLOOD_BEGIN_ABOVE;
    if (begins) {
        window->flood = true;
        window->began_s = window->now_s;
        window->peak = 0;
        window->alarms = window->count - 1;
    }
    if (window->flood)
        window->alarms++;
    if (window->flood && window->count > window->peak)
        window->peak = window->count;
    return begins;
}
