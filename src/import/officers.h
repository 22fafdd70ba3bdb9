/* officers.h — officers from a list, and the bodies of their OFFICER entries.
 *
 * A list is a table (XLSX or CSV) with the columns 登录名 (login), 姓名 (name), 岗位 (role) and
 * 区域 (area), the last two again as 岗位2, 区域2 … for further posts, and 状态 (state: 在岗,
 * 停用). Roles and areas are written by name or code. Whoever's login is there already is changed
 * to what the list says, everybody else is new; those who are not in the list stay as they are. */
#ifndef JISHI_IMPORT_OFFICERS_H
#define JISHI_IMPORT_OFFICERS_H

#include "engine/writer.h"
#include "import/areas.h"
#include "store/rows/officers.h"

enum { OFFICER_POSTS_MAX = 9, OFFICER_LIST_MAX = 20000, OFFICER_FAULTS_MAX = 500 };

/* What an entry says of an officer; NULL, or `has_active` false: it stays as it is. */
typedef struct officer_change {
  uuid id;
  const char *login, *name;
  const post *posts;
  size_t post_count;
  bool has_active, active;
  bool password; /* there is a new one, which comes beside the body */
  bool drop_codes;
} officer_change;
const json *officer_change_body(arena *a, const officer_change *c, err *e);

/* The file, who sends it, and the id of the import: the officers it makes have ids derived from it,
 * so that what was broken off goes on where it stopped, and is known as its own. */
typedef struct officer_list_file {
  const actor *who;
  const char *path;
  uuid id;
} officer_list_file;

typedef struct officer_line {
  officer_change change;
  const char *login, *name; /* as in the list */
  const officer *was;       /* NULL: new */
} officer_line;
typedef struct officer_list {
  officer_line *lines; /* those with something to do, when no row has a fault */
  size_t line_count;
  officer_line *made; /* whom this import has made already: only login and name */
  size_t made_count;
  int64_t rows, accepted, refused, created, changed, same;
  const json *errors; /* of the first OFFICER_FAULTS_MAX: [{row, column, value, zh, en}] */
} officer_list;
/* Reads and checks the whole file by the rules of the entries it would send; nothing is written.
 * Faults of rows are in the list, not in *e; all of it lives in `a`. */
bool officer_list_read(store *s, const catalog *packs, arena *a, const officer_list_file *file,
                       officer_list *ret, err *e);
/* rows, accepted, refused, created, changed, same, errors: the members of an object that is open.
 */
void officer_list_members(const officer_list *l, json_out *w);

/* Sends the lines to the writer, one entry each. */
typedef struct officer_list_taking {
  const officer_list_file *file;
  /* A new officer's first password, called before his entry is sent, so that nobody is made whose
   * password is lost. */
  bool (*password)(void *context, const officer_line *l, char ret_password[20], err *e);
  bool (*stopping)(void *context); /* asked between rows; NULL: to the end */
  void *context;
  int64_t done; /* lines that are written, also when it stops or fails */
} officer_list_taking;
bool officer_list_apply(writer *w, const officer_list *l, officer_list_taking *t, err *e);

#endif
