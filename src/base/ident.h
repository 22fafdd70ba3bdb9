/* ident.h — identifiers with published check rules.
 *
 * Resident ID: GB 11643 (18 characters, mod 11-2). Unified social credit code: GB 32100 (18
 * characters, mod 31). Area code: 国统字〔2009〕91号 (12 digits, no check digit). Disability card:
 * 20 characters (ID + class 1-7 + grade 1-4), 22 after re-issue, 18 before. A failing check is an
 * err of code BAD_INPUT whose sentence says what to do. */
#ifndef JISHI_BASE_IDENT_H
#define JISHI_BASE_IDENT_H

#include "base/date.h"
#include "base/err.h"
#include "base/text.h"

/* Folds white space, full-width characters and a lower-case x; writes the 18 characters and a NUL.
 * Checks digits, the birth date (a day that exists, year ≥ 1900, not after `today`), and the check
 * character. Never the area: see docs/domain.md, "Identifiers and checks". */
bool resident_id_check(text s, day today, char ret[19], err *e);
/* Any identity document: a number shaped like a resident's is checked as one; else 4 to 24 letters
 * and digits, folded alike. Which kind it is, and what follows from that, is for the pack to say.
 */
bool document_check(text s, day today, char ret[25], err *e);
bool credit_code_check(text s, char ret[19], err *e); /* 18 characters; folds lower case */
bool disability_card_check(text s, day today, char ret[23], err *e);
/* 11 digits starting with 1, or an area code and 7-8 digits; folds +86, brackets and hyphens;
 * writes "13800000000" or "0537-2345678". */
bool phone_check(text s, char ret[16], err *e);

/* Area codes: 2 province + 2 city + 2 county + 3 town + 3 village digits; trailing zeros for upper
 * levels. */
typedef enum area_level {
  AREA_PROVINCE = 1,
  AREA_CITY,
  AREA_COUNTY,
  AREA_TOWN,
  AREA_VILLAGE
} area_level;
enum { AREA_DIGITS = 12 };
/* Zones are a second tree below the towns, beside the villages, with other bounds: 900 to 999 in
 * the last three digits, which the statistical codes leave free. */
bool area_code_is_zone(const char code[13]);
bool area_code_check(text s, char ret[13],
                     err *e); /* 2, 4, 6, 9 or 12 digits; padded with zeros to 12 */
area_level area_code_level(const char code[13]);
const char *area_level_name(area_level level);            /* "village" */
void area_code_parent(const char code[13], char ret[13]); /* of a province: itself */
/* The subtree of `code` is lo ≤ c ≤ hi in byte order. */
void area_code_range(const char code[13], char ret_lo[13], char ret_hi[13]);

#endif
