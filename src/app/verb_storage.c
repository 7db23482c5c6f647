/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy storage`: what a data folder holds, by class of retention, and how long the room lasts.
 */
#include "app/storage_print.h"
#include "app/verb.h"
#include "core/clock.h"
#include "serve/api/storage.h"

#include <stdio.h>

static const davy_usage usage = {
    "storage", "", "Tell what a data folder holds, and how long the room lasts.",
    "It only looks, beside a running daemon too. Growth is that of the last 7 full UTC days.\n"};

struct settings {
    const char *data;
    bool json;
};

static davy_status print(const struct settings *settings, const davy_holding *holding)
{
    davy_storage_view view = {
        .folder = settings->data, .holding = holding, .now_ns = davy_wall_ns(davy_clock_system())};
    davy_buffer text = {0};
    davy_room room;
    davy_status status;

    davy_room_init(&room, settings->data, 0);
    view.room = davy_room_look(&room);
    status = davy_storage_write(&view, &text);
    if (status == DAVY_OK && settings->json)
        (void) printf("%s\n", text.bytes);
    else if (status == DAVY_OK)
        status = davy_storage_print(text.bytes, text.length, stdout);
    davy_buffer_clear(&text);
    return status;
}

static int tell(void *context, const davy_option_list *words)
{
    const struct settings *settings = context;
    davy_holding holding;
    davy_status status = davy_holding_read(settings->data, NULL, DAVY_HOLDING_ASK_ALL, &holding);

    (void) words;
    if (status == DAVY_OK) {
        status = print(settings, &holding);
        davy_holding_clear(&holding);
    }
    return status == DAVY_OK ? EX_OK : davy_verb_fail("storage", status);
}

static int storage(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "print as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 0, 0, argc, argv, tell,
                          &settings);
}

const davy_verb davy_verb_storage = {"storage", "tell what the data take, and the room left",
                                     storage};
