/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/record.h"

#include <string.h>

uint64_t davy_records_age(const davy_records *records, double x, uint64_t time)
{
    size_t times = 0;

    for (size_t i = records->count; i-- > 0;)
        if (records->kept[i].number >= x && ++times == DAVY_RECORD_TIMES)
            return time - records->kept[i].time;
    return UINT64_MAX;
}

/* Those that x reaches have one more that beats them; who has enough of them goes. */
static void beat(davy_records *records, double x)
{
    size_t left = 0;

    for (size_t i = 0; i < records->count; i++) {
        davy_record record = records->kept[i];

        record.beaten += record.number <= x ? 1 : 0;
        if (record.beaten < DAVY_RECORD_TIMES)
            records->kept[left++] = record;
    }
    records->count = left;
}

static void drop(davy_records *records, size_t place)
{
    records->count--;
    memmove(&records->kept[place], &records->kept[place + 1],
            (records->count - place) * sizeof *records->kept);
}

static size_t smallest(const davy_records *records)
{
    size_t place = 0;

    for (size_t i = 1; i < records->count; i++)
        if (records->kept[i].number < records->kept[place].number)
            place = i;
    return place;
}

void davy_records_add(davy_records *records, double x, uint64_t time)
{
    beat(records, x);
    if (records->count == DAVY_RECORDS_MAX) {
        const size_t place = smallest(records);

        if (x < records->kept[place].number)
            return;
        drop(records, place);
    }
    records->kept[records->count++] = (davy_record){.number = x, .time = time};
}
