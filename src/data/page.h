/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "data/bootstrap.h"

/**
 * @file
 * A page in two languages: one HTML file with a switch, without scripts and without anything from
 * outside.
 *
 * Stage: data, because a page about data and a page about a model are made of the same parts. Every
 * text is written twice, in elements with `lang`; two radio buttons and a rule of the style sheet
 * hide one of them. What comes from files and headers goes through davy_page_text() and never
 * becomes markup.
 */

/** A piece of text in both languages. Words are ours and go in as they are. */
typedef struct davy_words {
    const char *en, *zh;
} davy_words;

/** From the doctype to the name, and the switch; what is written next stands under the name.
 * @param version  0: it has none */
void davy_page_open(davy_buffer *html, davy_words what, const char *name, unsigned version);
/** End the head. */
void davy_page_body(davy_buffer *html);
void davy_page_end(davy_buffer *html);

/** Text from outside, escaped. */
void davy_page_text(davy_buffer *html, const char *text);

/** A piece of text in both languages. */
void davy_page_words(davy_buffer *html, davy_words words);
/** The same in an element: "h2", "th", "p". */
void davy_page_element(davy_buffer *html, const char *element, davy_words words);
/** A paragraph with numbers; both texts take the same arguments in the same order. */
void davy_page_say(davy_buffer *html, const char *en, const char *zh, ...) DAVY_PRINTF(2, 4)
    DAVY_PRINTF(3, 4);

/** A cell: the value and, under it, its interval; a dash for NaN. @param best  is marked */
void davy_page_estimate(davy_buffer *html, davy_estimate estimate, bool best);
/** A cell with a number, a dash for NaN. */
void davy_page_number(davy_buffer *html, double value);

/** A number as people read it, in four digits; "-" for NaN. */
#define DAVY_PAGE_NUMBER_MAX 32
const char *davy_page_format(double value, char text[DAVY_PAGE_NUMBER_MAX]);
