/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/sentence.h"

#include "alarm/state.h"
#include "core/timestamp.h"
#include "core/utf8.h"

#include <stdio.h>
#include <string.h>

/* What a person does. Its record has the sentence of the raise, whatever has become of it. */
static bool is_of_person(const char *transition)
{
    static const davy_alarm_event events[] = {DAVY_ALARM_ACKNOWLEDGES,
                                              DAVY_ALARM_RESETS,
                                              DAVY_ALARM_SHELVES,
                                              DAVY_ALARM_UNSHELVES,
                                              DAVY_ALARM_GOES_OUT_OF_SERVICE,
                                              DAVY_ALARM_COMES_INTO_SERVICE};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++)
        if (strcmp(davy_alarm_event_name(events[i]), transition) == 0)
            return true;
    return strcmp(transition, "commented") == 0;
}

/* Does the record's sentence say what happened just now? */
static bool tells_itself(const char *transition)
{
    return !is_of_person(transition) &&
           strcmp(transition, davy_alarm_event_name(DAVY_ALARM_SHELF_ENDS)) != 0;
}

/* Why it was suppressed is no longer what matters. */
static bool comes_out(const davy_alarm *alarm, const char *transition)
{
    return alarm->active && strcmp(transition, davy_alarm_event_name(DAVY_ALARM_UNSUPPRESSES)) == 0;
}

static void add(char *sentence, const char *separator, const char *text)
{
    size_t length = strlen(sentence);

    (void) snprintf(sentence + length, DAVY_SENTENCE_MAX - length, "%s%s",
                    length > 0 ? separator : "", text);
}

static void add_time(char *sentence, const char *words, int64_t time_ns)
{
    char time[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, 0, time);
    add(sentence, "; ", words);
    add(sentence, " ", time);
}

static void add_what_holds(const davy_alarm *alarm, const char *raise, char *sentence)
{
    if (alarm->active)
        add(sentence, "; ", raise && *raise ? raise : "its condition holds");
    else if (alarm->ended_ns != 0)
        add_time(sentence, "over since", alarm->ended_ns);
    else
        add(sentence, "; ", "its condition does not hold");
}

/* "until 2026-11-22T18:00:00Z; jan: the float was stuck" */
static void add_person(const davy_alarm *alarm, char *sentence)
{
    const int64_t until_ns =
        alarm->shelved_until_ns != 0 ? alarm->shelved_until_ns : alarm->out_until_ns;

    if (until_ns != 0)
        add_time(sentence, "until", until_ns);
    if (!alarm->by)
        return;
    add(sentence, "; ", alarm->by);
    if (alarm->comment)
        add(sentence, ": ", alarm->comment);
}

void davy_notice_sentence(const davy_alarm *alarm, const char *transition, const char *recorded,
                          const char *raise, char sentence[DAVY_SENTENCE_MAX])
{
    const bool told = recorded && tells_itself(transition);

    sentence[0] = '\0';
    if (told)
        add(sentence, "", recorded);
    if (!told || comes_out(alarm, transition))
        add_what_holds(alarm, raise ? raise : recorded, sentence);
    if (is_of_person(transition))
        add_person(alarm, sentence);
    davy_utf8_mend(sentence);
}
