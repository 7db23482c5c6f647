/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/words.h"

#include "core/json.h"
#include "core/status.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct row {
    const char *key, *words[2];
} row;

static const row table[] = {
    {"ppe.nothing", {"nothing harmful is in the air there", "该处空气中无有害物质"}},
    {"ppe.unidentified", {"the substance is not known", "物质不明"}},
    {"ppe.skin", {"the substance harms the skin or passes through it", "物质伤害皮肤或经皮肤吸收"}},
    {"ppe.skin-unknown",
     {"nobody knows that the substance spares the skin", "尚不知该物质对皮肤无害"}},
    {"ppe.oxygen", {"there is less than 19.5 % oxygen", "氧含量低于19.5%"}},
    {"ppe.idlh", {"the concentration reaches the IDLH", "浓度达到IDLH(立即威胁生命或健康)"}},
    {"ppe.unmeasured", {"the concentration is not measured", "浓度未经现场测量"}},
    {"ppe.no-filter", {"no respirator filter against it is at hand", "没有适用的过滤式呼吸器"}},
    {"ppe.filter",
     {"measured, below the IDLH, and a filter holds it back", "已测量,低于IDLH,过滤式呼吸器适用"}},

    {"note.no-impact", {"no zones are known: no road is closed", "尚无影响区域:未封闭任何道路"}},
    {"note.no-roads", {"the site has no roads: nobody can be sent", "厂区未给出道路:无法派遣"}},
    {"note.needs-nothing",
     {"{task} names no capability and no crew: nobody is sent",
      "{task}未写明所需能力和人数:未派人"}},
    {"note.stranger",
     {"{unit} is not in the site file: it is not planned with, and if it is a misprint its "
      "resource may be sent twice",
      "{unit}不在厂区配置中:未参与调度,若为笔误,对应力量可能被重复派遣"}},
    {"note.nowhere",
     {"nobody knows where {task} is, and nobody is sent: give it 'at' in metres, or the name of a "
      "place, an asset or a junction of the site",
      "{task}的位置未知:未派人,请填写坐标,或厂区内的地点、设备或路口名称"}},
    {"note.zone-unknown",
     {"nobody knows how far the {zone} zone reaches: it closes no road",
      "{zone}区域的范围未知:未因其封闭道路"}},
    {"note.fire",
     {"{task} lies in the {zone} zone of fire or blast, for which no suit of A to D is made",
      "{task}位于{zone}火灾或爆炸区域内,A至D级防护服均不适用"}},
    {"note.ppe-a",
     {"{task} lies in a toxic zone: level A, until the skin is known to be safe and the air is "
      "measured (29 CFR 1910.120 App. B)",
      "{task}位于有毒区域内:A级防护,直至确知对皮肤无害并测量空气(29 CFR 1910.120附录B)"}},
    {"note.ppe-b",
     {"{task} lies in a toxic zone: level B, until the air is measured (29 CFR 1910.120 App. B)",
      "{task}位于有毒区域内:B级防护,直至测量空气(29 CFR 1910.120附录B)"}},

    {"lack.none", {"nobody has {capability}", "没有具备{capability}的力量"}},
    {"lack.unavailable",
     {"nobody with {capability} is in service", "具备{capability}的力量均不可用"}},
    {"lack.bound",
     {"everybody with {capability} is at another task", "具备{capability}的力量均在执行其他任务"}},
    {"lack.ppe",
     {"the crew of {unit} does not wear what {task} asks for",
      "{unit}的防护等级达不到{task}的要求"}},
    {"lack.late",
     {"{unit} comes after {seconds} s, too late for {task}",
      "{unit}需{seconds}秒到达,赶不上{task}"}},
    {"lack.inside",
     {"{task} lies in the {zone} zone; the nearest junction {unit} reaches is {place}, {metres} m "
      "away",
      "{task}位于{zone}区域内;{unit}能到达的最近路口是{place},相距{metres}米"}},
    {"lack.inside-upwind",
     {"{task} lies in the {zone} zone; the nearest junction upwind that {unit} reaches is {place}, "
      "{metres} m away",
      "{task}位于{zone}区域内;{unit}能到达的最近上风向路口是{place},相距{metres}米"}},
    {"lack.cut",
     {"every road from {unit} to {task} crosses the {zone} zone; the nearest junction it reaches "
      "is "
      "{place}, {metres} m away",
      "{unit}到{task}的所有道路都穿过{zone}区域;能到达的最近路口是{place},相距{metres}米"}},
    {"lack.cut-upwind",
     {"every road from {unit} to {task} crosses the {zone} zone; the nearest junction upwind that "
      "it "
      "reaches is {place}, {metres} m away",
      "{unit}到{task}的所有道路都穿过{zone}区域;能到达的最近上风向路口是{place},相距{metres}米"}},
    {"lack.stays",
     {"every road from {unit} to {task} crosses the {zone} zone",
      "{unit}到{task}的所有道路都穿过{zone}区域"}},
    {"lack.starts-inside",
     {"{unit} stands in the {zone} zone, or its way to the road crosses it",
      "{unit}位于{zone}区域内,或其上路的途径穿过该区域"}},
    {"lack.no-road", {"no road leads from {unit} to {task}", "没有道路从{unit}通往{task}"}},
    {"lack.taken",
     {"everybody with {capability} who could come is needed more elsewhere",
      "能赶到且具备{capability}的力量在别处更需要"}},

    {"reserve.short",
     {"nobody with {capability} is left for a second event",
      "没有剩余的{capability}力量应对第二起事件"}},

    {"replaced.unavailable",
     {"{unit} instead of {other}: {other} is not in service",
      "改派{unit}代替{other}:{other}不可用"}},
    {"replaced.bound",
     {"{unit} instead of {other}: {other} is at another task",
      "改派{unit}代替{other}:{other}正执行其他任务"}},
    {"replaced.ppe",
     {"{unit} instead of {other}: {task} asks for more protection than {other} has",
      "改派{unit}代替{other}:{task}要求的防护高于{other}现有的防护"}},
    {"replaced.route",
     {"{unit} instead of {other}: its route crosses the {zone} zone",
      "改派{unit}代替{other}:其路线穿过{zone}区域"}},
    {"replaced.detour",
     {"{unit} instead of {other}: its way around the {zone} zone takes {seconds} s more",
      "改派{unit}代替{other}:其绕行{zone}区域需多用{seconds}秒"}},
    {"replaced.no-road",
     {"{unit} instead of {other}: no road leads from {other} to {task}",
      "改派{unit}代替{other}:没有道路从{other}通往{task}"}},
    {"replaced.late",
     {"{unit} instead of {other}: {other} would come too late",
      "改派{unit}代替{other}:{other}将来不及"}},
    {"replaced.needed",
     {"{unit} instead of {other}: {other} goes to {place}",
      "改派{unit}代替{other}:{other}改赴{place}"}},
    {"replaced.sooner",
     {"{unit} instead of {other}: it is there {seconds} s sooner",
      "改派{unit}代替{other}:早到{seconds}秒"}},
    {"replaced.better",
     {"{unit} instead of {other}: better for all tasks together",
      "改派{unit}代替{other}:整体更优"}},
    {"removed.unavailable", {"{other} no more: it is not in service", "不再派{other}:不可用"}},
    {"removed.bound", {"{other} no more: it is at another task", "不再派{other}:正执行其他任务"}},
    {"removed.ppe",
     {"{other} no more: {task} asks for more protection than it has",
      "不再派{other}:{task}要求的防护高于其现有的防护"}},
    {"removed.route",
     {"{other} no more: its route crosses the {zone} zone", "不再派{other}:其路线穿过{zone}区域"}},
    {"removed.detour",
     {"{other} no more: its way around the {zone} zone takes {seconds} s more",
      "不再派{other}:绕行{zone}区域需多用{seconds}秒"}},
    {"removed.no-road",
     {"{other} no more: no road leads from it to {task}", "不再派{other}:没有道路通往{task}"}},
    {"removed.late", {"{other} no more: it would come too late", "不再派{other}:将来不及"}},
    {"removed.needed", {"{other} no more: it goes to {place}", "不再派{other}:改赴{place}"}},
    {"removed.enough",
     {"{other} no more: {task} has enough without it", "不再派{other}:{task}已足够"}},
    {"removed.over", {"{other} no more: {task} is over", "不再派{other}:{task}已结束"}},
    {"rerouted.detour",
     {"{unit} goes around the {zone} zone: {seconds} s more",
      "{unit}绕行{zone}区域:多用{seconds}秒"}},
    {"rerouted.staged",
     {"{task} lies in the {zone} zone now: {unit} stops at {place}",
      "{task}现位于{zone}区域内:{unit}停在{place}"}},
    {"added.task", {"{unit} for the new task {task}", "{unit}派往新任务{task}"}},
    {"added.need", {"{unit} too: {task} needs more", "增派{unit}:{task}需要更多力量"}},
};

bool davy_words_at(size_t index, const char **key, const char **english, const char **chinese)
{
    if (index >= DAVY_ARRAY_LENGTH(table))
        return false;
    *key = table[index].key;
    *english = table[index].words[DAVY_ENGLISH];
    *chinese = table[index].words[DAVY_CHINESE];
    return true;
}

static const row *find(const char *key)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(table); i++)
        if (strcmp(table[i].key, key) == 0)
            return &table[i];
    return NULL;
}

/** What stands for an argument that nobody said. */
static const char *const crew[] = {"people", "人员"}, *const some_zone[] = {"closed", "封闭"};

static void write_argument(davy_buffer *out, const davy_said *said, davy_tongue tongue,
                           const char *name, size_t length)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"unit", said->unit},
        {"other", said->other},
        {"task", said->task},
        {"place", said->place},
        {"zone", said->zone ? said->zone : some_zone[tongue]},
        {"capability", said->capability ? said->capability : crew[tongue]},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++)
        if (strlen(texts[i].name) == length && memcmp(texts[i].name, name, length) == 0) {
            davy_buffer_append_text(out, texts[i].text ? texts[i].text : "?");
            return;
        }
    davy_buffer_printf(out, "%.0f", name[0] == 's' ? said->seconds : said->metres);
}

void davy_said_write(davy_buffer *out, const davy_said *said, davy_tongue tongue)
{
    const row *found = find(said->key);
    const char *at = found ? found->words[tongue] : said->key;

    while (*at) {
        const size_t plain = strcspn(at, "{");
        const char *end;

        davy_buffer_append(out, at, plain);
        at += plain;
        end = strchr(at, '}');
        if (!end)
            break;
        write_argument(out, said, tongue, at + 1, (size_t) (end - at) - 1);
        at = end + 1;
    }
}

static void say(davy_buffer *out, const char *key, const davy_said *said, davy_tongue tongue)
{
    davy_buffer words = {0};

    davy_said_write(&words, said, tongue);
    davy_json_text(out, key, words.bytes ? words.bytes : "");
    davy_buffer_clear(&words);
}

void davy_said_json(davy_buffer *out, const davy_said *said)
{
    davy_json_text(out, "key", said->key);
    if (said->unit)
        davy_json_text(out, "resource", said->unit);
    if (said->other)
        davy_json_text(out, "other", said->other);
    if (said->task)
        davy_json_text(out, "task", said->task);
    if (said->place)
        davy_json_text(out, "place", said->place);
    if (said->zone)
        davy_json_text(out, "zone", said->zone);
    if (said->capability)
        davy_json_text(out, "capability", said->capability);
    if (!isnan(said->seconds))
        davy_json_number(out, "seconds", said->seconds);
    if (!isnan(said->metres))
        davy_json_number(out, "metres", said->metres);
    davy_json_object(out, "text");
    say(out, "en", said, DAVY_ENGLISH);
    say(out, "zh", said, DAVY_CHINESE);
    davy_json_object_end(out);
}
