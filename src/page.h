/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* An event's page: the catalogue's row and schema/pages.def as plain text, markdown or a manual page. */
#ifndef LYM_PAGE_H
#define LYM_PAGE_H

#include <stdio.h>
#include "schema.h"

enum lym_page_form {
	LYM_PAGE_TEXT,
	LYM_PAGE_MARKDOWN,
	LYM_PAGE_ROFF,
};

/* Write the page of ev to f. Errors of f are left for the caller to find with ferror(). */
void lym_page_write(FILE *f, const struct lym_event *ev, enum lym_page_form form);
/* Explain every fault of the pages: an event without one, a related event that does not exist. 0 or -EINVAL. */
int lym_page_check(void);

#endif
