/* SPDX-License-Identifier: Apache-2.0 */
#include "data/page.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char style[] =
    ":root{--ink:#1b2733;--soft:#5c6b7a;--line:#dfe5ea;--paper:#f6f8fa;--blue:#1d5f9e;"
    "--good:#1a7f4b;--bad:#b3372a;--open:#8a6d00}"
    "body{font:15px/1.55 system-ui,'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;"
    "max-width:1040px;margin:2em auto;padding:0 1.2em;color:var(--ink);background:#fff}"
    "h1{font-size:1.7em;margin:.2em 0 0}h2{font-size:1.2em;margin:2.2em 0 .5em;padding-top:.6em;"
    "border-top:1px solid var(--line)}h3{font-size:1em;margin:1.4em 0 .4em}"
    "p{margin:.5em 0;max-width:48em}.sub,small{color:var(--soft)}.sub{font-size:.92em}"
    "code{font:.92em ui-monospace,monospace;word-break:break-all}"
    "table{border-collapse:collapse;margin:.6em 0}"
    "td,th{padding:.35em .9em .35em 0;text-align:left;vertical-align:top;font-weight:normal;"
    "border-bottom:1px solid var(--line)}th{color:var(--soft);font-size:.92em}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "td.n small{display:block;font-size:.8em}td.best{font-weight:650}"
    "tr.model td,tr.main td{background:#eef4fa}tr.model td:first-child,tr.main td:first-child,"
    "th.model{font-weight:650}th.model{color:var(--blue)}"
    ".wide{overflow-x:auto}.pair{display:grid;grid-template-columns:1fr 1fr;gap:1.2em}"
    ".verdict{border-left:5px solid var(--blue);background:var(--paper);padding:.8em 1.2em;"
    "margin:1.4em 0}.verdict p{margin:.3em 0}.verdict .figure{font-size:1.35em;font-weight:650}"
    ".verdict.bad{border-color:var(--bad)}.verdict.good{border-color:var(--good)}"
    ".good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--open)}"
    "svg{width:100%;height:auto;display:block}svg text{font:12px system-ui,'Noto Sans CJK SC',"
    "'Microsoft YaHei',sans-serif;fill:var(--soft)}svg .name{fill:var(--ink)}"
    "svg.scores{background:var(--paper);border-radius:4px}"
    "input.switch{position:absolute;opacity:0}"
    ".languages{float:right;font-size:.92em}.languages label{cursor:pointer;padding:.25em .7em;"
    "border:1px solid var(--line)}"
    "#english:checked~header label[for=english],#chinese:checked~header label[for=chinese]"
    "{background:var(--blue);color:#fff;border-color:var(--blue)}"
    "#english:focus-visible~header label[for=english],#chinese:focus-visible~header "
    "label[for=chinese]{outline:2px solid var(--ink)}"
    "#english:checked~*:not(input) [lang=zh],#chinese:checked~*:not(input) [lang=en]"
    "{display:none}"
    "@media(max-width:720px){.pair{grid-template-columns:1fr}}"
    "@media print{.languages{display:none}body{margin:0;max-width:none}h2{break-after:avoid}"
    "svg,tr{break-inside:avoid}}";

/* What stands for a character that would become markup; NULL for all others. */
static const char *entity_of(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void davy_page_text(davy_buffer *html, const char *text)
{
    for (; *text; text++) {
        const char *entity = entity_of(*text);

        davy_buffer_append(html, entity ? entity : text, entity ? strlen(entity) : 1);
    }
}

void davy_page_words(davy_buffer *html, davy_words words)
{
    davy_buffer_printf(html, "<span lang=\"en\">%s</span><span lang=\"zh\">%s</span>", words.en,
                       words.zh);
}

void davy_page_element(davy_buffer *html, const char *element, davy_words words)
{
    davy_buffer_printf(html, "<%s>", element);
    davy_page_words(html, words);
    davy_buffer_printf(html, "</%.*s>", (int) strcspn(element, " "), element);
}

static void say_in(davy_buffer *html, const char *lang, const char *format, va_list list)
    DAVY_PRINTF(3, 0);

static void say_in(davy_buffer *html, const char *lang, const char *format, va_list list)
{
    char text[2048];

    (void) vsnprintf(text, sizeof text, format, list);
    davy_buffer_printf(html, "<span lang=\"%s\">%s</span>", lang, text);
}

void davy_page_say(davy_buffer *html, const char *en, const char *zh, ...)
{
    va_list list, again;

    va_start(list, zh);
    va_copy(again, list);
    davy_buffer_append_text(html, "<p>");
    say_in(html, "en", en, list);
    say_in(html, "zh", zh, again);
    davy_buffer_append_text(html, "</p>");
    va_end(again);
    va_end(list);
}

const char *davy_page_format(double value, char text[DAVY_PAGE_NUMBER_MAX])
{
    if (isnan(value))
        return "–";
    if (isinf(value))
        return value > 0 ? "∞" : "−∞";
    if (fabs(value) >= 1e5 || (fabs(value) < 1e-3 && value != 0))
        (void) snprintf(text, DAVY_PAGE_NUMBER_MAX, "%.3g", value);
    else
        (void) snprintf(text, DAVY_PAGE_NUMBER_MAX, "%.*f",
                        fabs(value) >= 1000  ? 0
                        : fabs(value) >= 100 ? 1
                        : fabs(value) >= 10  ? 2
                                             : 3,
                        value);
    return text;
}

void davy_page_number(davy_buffer *html, double value)
{
    char text[DAVY_PAGE_NUMBER_MAX];

    davy_buffer_printf(html, "<td class=\"n\">%s</td>", davy_page_format(value, text));
}

void davy_page_estimate(davy_buffer *html, davy_estimate estimate, bool best)
{
    char value[DAVY_PAGE_NUMBER_MAX], low[DAVY_PAGE_NUMBER_MAX], high[DAVY_PAGE_NUMBER_MAX];

    davy_buffer_printf(html, "<td class=\"n%s\">%s", best ? " best" : "",
                       davy_page_format(estimate.value, value));
    if (!isnan(estimate.low))
        davy_buffer_printf(html, "<small>%s … %s</small>", davy_page_format(estimate.low, low),
                           davy_page_format(estimate.high, high));
    davy_buffer_append_text(html, "</td>");
}

void davy_page_open(davy_buffer *html, davy_words what, const char *name, unsigned version)
{
    davy_buffer_append_text(html, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                                  "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    davy_page_text(html, name);
    if (version > 0)
        davy_buffer_printf(html, " version %u", version);
    davy_buffer_printf(html, "</title><style>%s</style>", style);
    davy_buffer_append_text(
        html, "<input class=\"switch\" type=\"radio\" name=\"language\" id=\"english\" checked>"
              "<input class=\"switch\" type=\"radio\" name=\"language\" id=\"chinese\">"
              "<header><div class=\"languages\"><label for=\"english\">English</label>"
              "<label for=\"chinese\">中文</label></div><p class=\"sub\">");
    davy_page_words(html, what);
    davy_buffer_append_text(html, "</p><h1>");
    davy_page_text(html, name);
    if (version > 0)
        davy_buffer_printf(html, " <small>v%u</small>", version);
    davy_buffer_append_text(html, "</h1><p class=\"sub\">");
}

void davy_page_body(davy_buffer *html)
{
    davy_buffer_append_text(html, "</p></header><main>");
}

void davy_page_end(davy_buffer *html)
{
    davy_buffer_append_text(html, "</main></html>\n");
}
