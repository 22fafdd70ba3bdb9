/* import.h — a roster file into commands: a dry run first, then the accepted rows.
 *
 * The layout (pack/model/import_layout.h) says which header goes where. Rows are checked against
 * the fields and against each other; each fault names row, column, value and remedy. A dry run
 * changes nothing. What an import brought can be taken back by one UNDO entry, and the same import
 * can be sent again: its entries have derived ids.
 *
 * Stands above the engine; knows nothing of requests. */
#ifndef JISHI_IMPORT_IMPORT_H
#define JISHI_IMPORT_IMPORT_H

#include "engine/writer.h"

typedef struct import_choices import_choices; /* choices.h */

typedef struct import_file {
  const actor *who;
  const import_layout *layout;
  const char *path;
  const char *name; /* as its owner calls it, for the journal */
  /* One sheet, by its name or number; NULL: every visible one that has the layout's head. */
  const char *sheet;
  /* What the owner of the file chose. Cells that cannot be read are left out, and their rows taken
   * in: but for what names a subject, and in lists of events, only where `take_rest` is set. */
  bool take_rest;
  bool take_moves; /* who stands under another parent in the register moves; else only told */
  /* A first taking-in (engine/rules/owned.h): from which register; NULL: a roster, whose owned
   * columns are compared and not written. */
  const char *taking_in;
  day taking_in_on;              /* DAY_NONE: today */
  const import_choices *choices; /* what somebody chose for this file; NULL: nothing */
  /* A head that lacks something is told in the report, for somebody to choose; else it is
   * ERR_BAD_FILE. */
  bool asks;
  void (*progress)(void *context, int64_t rows); /* from time to time; NULL: nobody asks */
  bool (*stopping)(void *context); /* asked between rows that are taken in; NULL: to the end */
  void *context;
} import_file;

/* Reads the file and compares it with what is stored. The report is JSON (docs/api.md, IMPORT); to
 * keep it is the caller's. Errors: ERR_BAD_FILE, ERR_TOO_LARGE, ERR_STORE, ERR_MEMORY. */
bool import_check(store *s, arena *a, const import_file *file, day today, text *ret_report, err *e);
/* The file once more, as XLSX: cells with a fault are marked, and a column says why. Sent in again,
 * it is read like the first. */
typedef struct faulty_file {
  const char *path; /* where it goes */
  bool all;         /* also rows without a fault */
  bool english;     /* the reasons */
} faulty_file;
bool import_write_faulty(store *s, arena *a, const import_file *file, day today,
                         const faulty_file *to, err *e);
/* Sends the accepted rows to the writer, with import_id = id. After a failure (also ERR_BUSY) some
 * rows may be in: the same call goes on with the others. */
bool import_apply(writer *w, store *s, arena *a, const import_file *file, const uuid *id,
                  text *ret_report, err *e);

#endif
