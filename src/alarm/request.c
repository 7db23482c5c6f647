/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm.h"

#include "core/quantity.h"
#include "core/utf8.h"

#include <string.h>

/* Signs that move or turn what is written around them, and are not seen themselves: C0, delete, C1,
 * and the bidirectional controls, with which a text can be made to read as another. */
static bool is_control(uint32_t sign)
{
    return sign < 0x20 || (sign >= 0x7f && sign <= 0x9f) || (sign >= 0x202a && sign <= 0x202e) ||
           (sign >= 0x2066 && sign <= 0x2069);
}

/* White space and what has no width: Unicode's White_Space and the zero width signs. */
static bool is_blank(uint32_t sign)
{
    return sign == ' ' || sign == 0xa0 || sign == 0x1680 || (sign >= 0x2000 && sign <= 0x200f) ||
           sign == 0x202f || (sign >= 0x205f && sign <= 0x2064) || sign == 0x3000 || sign == 0xfeff;
}

static bool has_words(const char *text)
{
    for (uint32_t sign; (sign = davy_utf8_next(&text)) != 0;)
        if (!is_blank(sign))
            return true;
    return false;
}

davy_status davy_alarm_words_check(const char *what, const char *text, size_t capacity)
{
    const char *at = text;
    size_t length = strlen(text);

    if (length >= capacity)
        return davy_fail(DAVY_ERR_INVALID, "%s of %zu bytes is longer than %zu", what, length,
                         capacity - 1);
    if (!davy_utf8_valid(text, length))
        return davy_fail(DAVY_ERR_INVALID, "%s is not UTF-8", what);
    for (uint32_t sign; (sign = davy_utf8_next(&at)) != 0;)
        if (is_control(sign))
            return davy_fail(DAVY_ERR_INVALID,
                             "%s has a control character, U+%04X, before byte %zu", what,
                             (unsigned) sign, (size_t) (at - text));
    if (length > 0 && !has_words(text))
        return davy_fail(DAVY_ERR_INVALID, "%s is blank: it needs words", what);
    return DAVY_OK;
}

static bool needs_comment(davy_alarm_action action)
{
    return action == DAVY_ALARM_COMMENT || action == DAVY_ALARM_TAKE_OUT_OF_SERVICE;
}

static davy_status check_comment(const davy_alarm_request *request)
{
    bool has_comment = request->comment && request->comment[0] != '\0';

    if (!has_comment && needs_comment(request->action))
        return davy_fail(DAVY_ERR_INVALID, "%s",
                         request->action == DAVY_ALARM_COMMENT
                             ? "a comment needs words"
                             : "taking out of service needs a reason");
    if (request->action == DAVY_ALARM_JUDGE &&
        (request->verdict < DAVY_ALARM_TRUE || request->verdict > DAVY_ALARM_KNOWN_WORK))
        return davy_fail(DAVY_ERR_INVALID, "the answer is true, false or known-work");
    return has_comment
               ? davy_alarm_words_check("the comment", request->comment, DAVY_ALARM_COMMENT_MAX)
               : DAVY_OK;
}

static davy_status check_shelf(const davy_alarm_request *request)
{
    char most[32];

    if ((request->duration_ns > 0) == request->one_shot)
        return davy_fail(DAVY_ERR_INVALID,
                         "shelving needs a duration, for example \"30min\", or one shot");
    davy_duration_format(DAVY_ALARM_SHELVE_MAX_NS, most, sizeof most);
    if (request->duration_ns > DAVY_ALARM_SHELVE_MAX_NS)
        return davy_fail(DAVY_ERR_INVALID,
                         "Bad_ShelvingTimeOutOfRange: an alarm is shelved for at most %s", most);
    return DAVY_OK;
}

/* How far away a time is, davy_alarms_check() asks the clock. */
static davy_status check_outage(const davy_alarm_request *request)
{
    char most[32];

    if ((request->duration_ns > 0) == (request->until_ns > 0))
        return davy_fail(DAVY_ERR_INVALID, "taking out of service needs an end: a duration, for "
                                           "example \"8h\", or a time");
    davy_duration_format(DAVY_ALARM_OUT_MAX_NS, most, sizeof most);
    if (request->duration_ns > DAVY_ALARM_OUT_MAX_NS)
        return davy_fail(DAVY_ERR_INVALID, "an alarm is out of service for at most %s", most);
    return DAVY_OK;
}

static davy_status check_length(const davy_alarm_request *request)
{
    if (request->duration_ns > 0 && request->duration_ns < DAVY_ALARM_ASIDE_MIN_NS)
        return davy_fail(DAVY_ERR_INVALID, "an alarm is set aside for at least 1s");
    if (request->action == DAVY_ALARM_SHELVE)
        return check_shelf(request);
    return request->action == DAVY_ALARM_TAKE_OUT_OF_SERVICE ? check_outage(request) : DAVY_OK;
}

davy_status davy_alarm_request_check(const davy_alarm_request *request)
{
    davy_status status;

    if ((unsigned) request->action > DAVY_ALARM_JUDGE)
        return davy_fail(DAVY_ERR_INVALID, "action %d is not known", (int) request->action);
    if (!request->by || request->by[0] == '\0')
        return davy_fail(DAVY_ERR_INVALID, "an action needs the name of who acts");
    status = davy_alarm_words_check("the name", request->by, DAVY_ALARM_BY_MAX);
    if (status == DAVY_OK)
        status = check_comment(request);
    if (status == DAVY_OK)
        status = check_length(request);
    return status;
}
