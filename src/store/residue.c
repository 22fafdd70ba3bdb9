/* What is left of a unit when somebody of it is forgotten. */
#include "store/residue.h"

#include <stdio.h>

#include "base/json_fields.h"
#include "store/carry.h"
#include "store/row.h"
#include "store/rows/schema.h"
#include "store/rows/subjects.h"
#include "store/sealed.h"
#include "store/store_internal.h"

extern const row_table store_table_fact, store_table_step, store_table_merger,
    store_table_merger_row, store_table_casework, store_table_file_naming, store_table_forgetting;

/* ---- tables ---- */

/* Which rows are of a unit ($2); "": none of that table. */
static bool where_of(const store *s, const row_table *t, buf *b) {
  buf_clear(b);
  if (t == &store_table_fact) {
    buf_str(b, "subject IN (");
    for (size_t i = 0; i < s->kind_count; i++)
      buf_printf(b, "%sSELECT id FROM %s WHERE county = $1 AND root = $2", i ? " UNION ALL " : "",
                 s->kinds[i].table.name);
    buf_char(b, ')');
  } else if (t == &store_table_step) {
    buf_str(b, "case_id IN (SELECT id FROM casework WHERE county = $1 AND root = $2)");
  } else if (t == &store_table_merger) {
    buf_str(b, "stays_root = $2");
  } else if (t == &store_table_merger_row) {
    buf_str(b, "merger IN (SELECT id FROM merger WHERE county = $1 AND stays_root = $2)");
  } else if (t->derived) {
    for (size_t i = 0; i < t->count; i++)
      if (strcmp(t->columns[i].name, "root") == 0) buf_str(b, "root = $2");
  }
  return b->bytes != 0;
}

/* Tables in an order in which rows can be removed: those that are found by others first. */
static const row_table **tables_of(store *s, arena *a, size_t *ret_count) {
  static const row_table *const first[] = {&store_table_fact, &store_table_step,
                                           &store_table_merger_row};
  enum { FIRST = sizeof first / sizeof *first };
  size_t n = FIRST, most = FIRST + s->kind_count + s->event_count;
  while (store_tables[n - FIRST]) n++;
  const row_table **all = ARENA_ARRAY(a, most + n, const row_table *);
  if (!all) return NULL;
  memcpy(all, first, sizeof first);
  n = FIRST;
  for (size_t i = 0; store_tables[i]; i++)
    if (store_tables[i] != first[0] && store_tables[i] != first[1] && store_tables[i] != first[2])
      all[n++] = store_tables[i];
  for (size_t i = 0; i < s->event_count; i++) all[n++] = &s->events[i].table;
  for (size_t i = 0; i < s->kind_count; i++) all[n++] = &s->kinds[i].table;
  *ret_count = n;
  return all;
}

/* ---- the rows as they are ---- */

typedef struct found_row {
  const row_table *table;
  json *line;       /* {table: {column: value}} */
  json *row;        /* the inside */
  bool *was_sealed; /* [of row's members]: the member stands open here, and lies sealed */
} found_row;
typedef struct made {
  store *s;
  arena *a;
  const uuid_list *gone;
  found_row *rows;
  size_t count, room;
  const row_table *reading;
  text *names; /* of the forgotten: blotted out elsewhere */
  size_t name_count, name_room;
  text *files; /* of the forgotten */
  size_t file_count, file_room;
} made;

static bool take_row(void *context, text line, err *e) {
  made *m = context;
  json *parsed = json_parse(m->a, line, e);
  found_row *more = parsed ? ARENA_GROW(m->a, m->rows, m->count, &m->room, found_row) : NULL;
  if (!more) return parsed ? err_memory(e) : false;
  m->rows = more;
  json *row = &parsed->items[0];
  bool *was_sealed = ARENA_ARRAY(m->a, row->count + 1, bool);
  more[m->count++] = (found_row){m->reading, parsed, row, was_sealed};
  return was_sealed || err_memory(e);
}

static bool read_rows(made *m, const family *f, err *e) {
  size_t count = 0;
  const row_table **tables = tables_of(m->s, m->a, &count);
  const carry_sink to = {take_row, m};
  AUTO_BUF buf where = {0};
  if (!tables) return err_memory(e);
  for (size_t t = 0; t < count; t++) {
    if (!where_of(m->s, tables[t], &where)) continue;
    m->reading = tables[t];
    for (size_t i = 0; i < f->roots.count; i++)
      if (!buf_ok(&where) || !carry_rows_of(m->s, tables[t], where.at, &f->roots.items[i], &to, e))
        return buf_ok(&where) ? false : err_memory(e);
  }
  return true;
}

/* ---- whose a row is ---- */

static bool id_in(const json *row, const char *column, uuid *ret) {
  return uuid_parse(json_text(row, column), ret);
}

static const kind *kind_of_table(const store *s, const row_table *t) {
  for (size_t i = 0; i < s->kind_count; i++)
    if (&s->kinds[i].table == t) return s->kinds[i].kind;
  return NULL;
}

/* Of a step: of its case. */
static bool subject_of_case(const made *m, const uuid *case_id, uuid *ret) {
  uuid id;
  for (size_t i = 0; i < m->count; i++)
    if (m->rows[i].table == &store_table_casework && id_in(m->rows[i].row, "id", &id) &&
        uuid_equal(&id, case_id))
      return id_in(m->rows[i].row, "subject", ret);
  return false;
}

/* The subject of a row; of a row that names none, its root. */
static uuid about(const made *m, const found_row *r) {
  uuid id = {{0}}, of = {{0}};
  if (kind_of_table(m->s, r->table))
    id_in(r->row, "id", &id);
  else if (r->table == &store_table_merger)
    id_in(r->row, "stays", &id);
  else if (r->table == &store_table_step && id_in(r->row, "case_id", &of))
    subject_of_case(m, &of, &id);
  else if (!id_in(r->row, "subject", &id))
    id_in(r->row, "root", &id);
  return id;
}

static bool is_gone(const made *m, const found_row *r) {
  uuid id = about(m, r);
  if (r->table == &store_table_forgetting) return false; /* why it was done stays */
  if (uuid_list_has(m->gone, &id)) return true;
  return r->table == &store_table_merger && id_in(r->row, "gone", &id) &&
         uuid_list_has(m->gone, &id);
}

/* Of a fact: which field of whose kind. */
static const field *field_of_fact(const made *m, const found_row *r, bool *ret_is_title) {
  const uuid whose = about(m, r);
  uuid id;
  *ret_is_title = false;
  for (size_t i = 0; i < m->count; i++) {
    const kind *k = kind_of_table(m->s, m->rows[i].table);
    if (!k || !id_in(m->rows[i].row, "id", &id) || !uuid_equal(&id, &whose)) continue;
    const field *f = field_find(k->fields, k->field_count, json_text(r->row, "field"));
    *ret_is_title = f && k->title_field >= 0 && f == &k->fields[k->title_field];
    return f;
  }
  return NULL;
}

/* ---- what goes ---- */

/* Texts, because they may say anything; sealed fields; and what the pack calls identifying. */
static bool goes(const field *f) {
  return f->sealed || f->type == FIELD_TEXT || f->identifies;
}

/* By what a cell is sealed: the name of its field or column. */
static const char *context_of(const made *m, const found_row *r, text column) {
  bool ignored;
  if (r->table == &store_table_fact && text_is(column, "value")) {
    const field *f = field_of_fact(m, r, &ignored);
    return f ? f->name : "";
  }
  for (size_t i = 0; i < r->table->count; i++)
    if (text_is(column, r->table->columns[i].name))
      return r->table->columns[i].field ? r->table->columns[i].field->name
                                        : r->table->columns[i].name;
  return "";
}

static void set_text(json *cell, text t) {
  *cell = (json){.type = t.at ? JSON_TEXT : JSON_NULL, .s = t};
}

/* Of a field that a newer pack dropped a fact may be left: nobody can open it, and it goes. */
static bool open_row(made *m, found_row *r, err *e) {
  for (size_t i = 0; i < r->row->count; i++) {
    json *cell = &r->row->items[i];
    if (cell->type != JSON_TEXT || !sealed_is(cell->s)) continue;
    const char *context = context_of(m, r, r->row->keys[i]);
    text said = {NULL, 0};
    if (*context && !sealed_open(m->s, text_of(context), cell->s, m->a, &said, e)) return false;
    set_text(cell, said);
    r->was_sealed[i] = said.at != NULL;
  }
  return true;
}

static json *cell_of(json *row, const char *column) {
  for (size_t i = 0; i < row->count; i++)
    if (text_is(row->keys[i], column)) return &row->items[i];
  return NULL;
}

enum { NAME_LEAST_BYTES = 6 }; /* two Chinese characters */

static bool add_text(arena *a, text t, text **list, size_t *count, size_t *room, err *e) {
  for (size_t i = 0; i < *count; i++)
    if (text_equal((*list)[i], t)) return true;
  text *more = ARENA_GROW(a, *list, *count, room, text);
  if (!more) return err_memory(e);
  *list = more;
  more[(*count)++] = t;
  return true;
}

static text said_in(const json *row, const char *column) {
  const json *cell = json_get(row, column);
  return cell && cell->type == JSON_TEXT ? cell->s : (text){NULL, 0};
}

/* What the forgotten are known by, and which files are theirs. */
static bool note_value(made *m, const field *f, bool names, text said, err *e) {
  if (!said.at) return true;
  if (f->format == FORMAT_FILES) {
    text word;
    while (text_next_word(&said, &word))
      if (!add_text(m->a, word, &m->files, &m->file_count, &m->file_room, e)) return false;
    return true;
  }
  names |= f->sealed && f->type == FIELD_TEXT;
  return !names || said.bytes < NAME_LEAST_BYTES ||
         add_text(m->a, said, &m->names, &m->name_count, &m->name_room, e);
}

static bool note_row(made *m, const found_row *r, err *e) {
  const kind *k = kind_of_table(m->s, r->table);
  bool title = false;
  if (r->table == &store_table_fact) {
    const field *f = field_of_fact(m, r, &title);
    return !f || note_value(m, f, title, said_in(r->row, "value"), e);
  }
  for (size_t i = 0; i < r->table->count; i++) {
    const row_column *c = &r->table->columns[i];
    if (!c->field) continue;
    const bool names = k && ((k->title_field >= 0 && c->field == &k->fields[k->title_field]) ||
                             (k->key >= 0 && c->field == &k->fields[k->key]));
    if (!note_value(m, c->field, names, said_in(r->row, c->name), e)) return false;
  }
  return true;
}

/* The longest first: a name may be the beginning of another. */
static void sort_names(made *m) {
  for (size_t i = 1; i < m->name_count; i++)
    for (size_t j = i; j && m->names[j].bytes > m->names[j - 1].bytes; j--) {
      const text t = m->names[j];
      m->names[j] = m->names[j - 1];
      m->names[j - 1] = t;
    }
}

/* Each name in it becomes FORGOTTEN_BLOT; what has none stays the same text. */
static bool blot(made *m, text said, text *ret, err *e) {
  *ret = said;
  for (size_t i = 0; i < m->name_count; i++) {
    const text name = m->names[i];
    const char *at = memmem(ret->at, ret->bytes, name.at, name.bytes);
    if (!at) continue;
    AUTO_BUF buf b = {0};
    text rest = *ret;
    for (; (at = memmem(rest.at, rest.bytes, name.at, name.bytes));
         rest = (text){at + name.bytes, rest.bytes - (size_t)(at - rest.at) - name.bytes}) {
      buf_add(&b, rest.at, (size_t)(at - rest.at));
      buf_str(&b, FORGOTTEN_BLOT);
    }
    buf_text(&b, rest);
    char *copy = buf_ok(&b) ? arena_copy(m->a, b.at, b.bytes) : NULL;
    if (!copy) return err_memory(e);
    *ret = (text){copy, b.bytes};
  }
  return true;
}

/* A text of the engine's own is a form, a list, or words: it stays one. */
static text empty_like(text said) {
  return said.bytes && said.at[0] == '{'   ? TEXT("{}")
         : said.bytes && said.at[0] == '[' ? TEXT("[]")
                                           : TEXT("");
}

/* A cell of one who goes on: blotted, and sealed by the new key. */
static bool keep_cell(made *m, const found_row *r, size_t at, err *e) {
  static const uuid county = {{0}};
  json *cell = &r->row->items[at];
  const bool own = r->table->owner_at || r->table == &store_table_fact;
  const uuid owner = own ? about(m, r) : county;
  text now;
  if (cell->type != JSON_TEXT) return true;
  if (!blot(m, cell->s, &now, e) ||
      (r->was_sealed[at] &&
       !sealed_text(m->s, &owner, text_of(context_of(m, r, r->row->keys[at])), now, m->a, &now, e)))
    return false;
  set_text(cell, now);
  return true;
}

static const row_column *column_named(const row_table *t, text name) {
  for (size_t i = 0; i < t->count; i++)
    if (text_is(name, t->columns[i].name)) return &t->columns[i];
  return NULL;
}

static void empty_fact(const made *m, const found_row *r) {
  bool title;
  const field *f = field_of_fact(m, r, &title);
  json *cell = cell_of(r->row, "value");
  if (cell && (!f || goes(f))) set_text(cell, title ? TEXT(FORGOTTEN_TITLE) : (text){NULL, 0});
}

static void empty_cell(const made *m, const found_row *r, const row_column *c, json *cell) {
  const kind *k = kind_of_table(m->s, r->table);
  const bool title =
      k && k->title_field >= 0 &&
      (c->field ? c->field == &k->fields[k->title_field] : strcmp(c->name, "title") == 0);
  if (title)
    set_text(cell, TEXT(FORGOTTEN_TITLE));
  else if (c->field ? goes(c->field) : c->type == ROW_TYPE_OPTIONAL_TEXT) /* searched by */
    set_text(cell, (text){NULL, 0});
  else if (!c->field && c->type == ROW_TYPE_TEXT)
    set_text(cell, empty_like(cell->s));
}

static bool change_row(made *m, found_row *r, err *e) {
  const bool gone = is_gone(m, r);
  if (gone && r->table == &store_table_fact) {
    empty_fact(m, r);
    return true;
  }
  for (size_t i = 0; i < r->row->count; i++) {
    const row_column *c = column_named(r->table, r->row->keys[i]);
    if (!c || c->role == ROW_KEY) continue;
    if (gone)
      empty_cell(m, r, c, &r->row->items[i]);
    else if (!keep_cell(m, r, i, e))
      return false;
  }
  return true;
}

/* ---- files ---- */

static bool text_in(const text *list, size_t count, text t) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(list[i], t)) return true;
  return false;
}

static bool named_elsewhere(store *s, const family *f, text name, bool *ret_yes, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT root FROM file_naming WHERE county = $1 AND name = $2", e);
  int got;
  *ret_yes = false;
  if (!q) return false;
  db_bind_text(q, 2, name);
  while ((got = db_next(q, e)) > 0) {
    const uuid root = sql_uuid(q, 0);
    *ret_yes |= !uuid_list_has(&f->roots, &root);
  }
  return got == 0;
}

/* A file that a row of somebody else names stays. */
static bool named_by_others(made *m, text name) {
  for (size_t i = 0; i < m->count; i++) {
    const found_row *r = &m->rows[i];
    if (r->table == &store_table_file_naming || is_gone(m, r)) continue;
    for (size_t c = 0; c < r->row->count; c++)
      if (r->row->items[c].type == JSON_TEXT &&
          memmem(r->row->items[c].s.at, r->row->items[c].s.bytes, name.at, name.bytes))
        return true;
  }
  return false;
}

/* Of a unit that is forgotten as a whole, all that its records named. */
static bool note_files(made *m, const family *f, err *e) {
  for (size_t i = 0; i < m->count; i++) {
    uuid root;
    if (m->rows[i].table == &store_table_file_naming && id_in(m->rows[i].row, "root", &root) &&
        uuid_list_has(m->gone, &root) &&
        !add_text(m->a, json_text(m->rows[i].row, "name"), &m->files, &m->file_count, &m->file_room,
                  e))
      return false;
  }
  size_t n = 0;
  for (size_t i = 0; i < m->file_count; i++) {
    bool elsewhere;
    if (!named_elsewhere(m->s, f, m->files[i], &elsewhere, e)) return false;
    if (!elsewhere && !named_by_others(m, m->files[i])) m->files[n++] = m->files[i];
  }
  m->file_count = n;
  return true;
}

/* ---- made ---- */

static void put_ids(json_out *w, const char *key, const uuid_list *ids) {
  char id[37];
  json_field_open(w, key, '[');
  for (size_t i = 0; i < ids->count; i++) {
    uuid_format(&ids->items[i], id);
    json_put_str(w, id);
  }
  json_close(w, ']');
}

static bool print_kept(const made *m, const family *f, buf *b) {
  json_out w = json_to(b);
  json_open(&w, '{');
  json_field_open(&w, "files", '[');
  for (size_t i = 0; i < m->file_count; i++) json_put_text(&w, m->files[i]);
  json_close(&w, ']');
  put_ids(&w, "gone", m->gone);
  put_ids(&w, "members", &f->members);
  put_ids(&w, "roots", &f->roots);
  json_field_open(&w, "rows", '[');
  for (size_t i = 0; i < m->count; i++)
    if (m->rows[i].table != &store_table_file_naming ||
        !text_in(m->files, m->file_count, json_text(m->rows[i].row, "name")))
      json_put(&w, m->rows[i].line);
  json_close(&w, ']');
  json_close(&w, '}');
  return buf_ok(b);
}

static bool destroy_keys(store *s, const uuid_list *members, const uuid_list *gone, err *e) {
  for (size_t i = 0; i < members->count; i++)
    if (!sealed_destroy(s, &members->items[i], !uuid_list_has(gone, &members->items[i]), e))
      return false;
  return true;
}

/* {"kept": …}, its inside sealed by one who goes on. */
static bool seal_kept(made *m, const family *f, text plain, text *ret, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  const uuid *by = NULL;
  for (size_t i = 0; i < f->members.count && !by; i++) {
    bool yes;
    if (!sealed_goes_on(m->s, &f->members.items[i], &yes, e)) return false;
    if (yes) by = &f->members.items[i];
  }
  if (!by) {
    char *clear = arena_copy(m->a, plain.at, plain.bytes);
    *ret = (text){clear, plain.bytes};
    return clear || err_memory(e);
  }
  if (!sealed_text(m->s, by, TEXT("kept"), plain, m->a, &plain, e)) return false;
  json_open(&w, '{');
  json_field_text(&w, "sealed", plain);
  json_close(&w, '}');
  char *copy = buf_ok(&b) ? arena_copy(m->a, b.at, b.bytes) : NULL;
  *ret = (text){copy, b.bytes};
  return copy || err_memory(e);
}

bool residue_make(store *s, arena *a, const family *f, const uuid_list *gone, text *ret, err *e) {
  made m = {.s = s, .a = a, .gone = gone};
  AUTO_BUF buf plain = {0};
  if (!read_rows(&m, f, e)) return false;
  for (size_t i = 0; i < m.count; i++)
    if (!open_row(&m, &m.rows[i], e)) return false;
  for (size_t i = 0; i < m.count; i++)
    if (is_gone(&m, &m.rows[i]) && !note_row(&m, &m.rows[i], e)) return false;
  sort_names(&m);
  if (!note_files(&m, f, e) || !destroy_keys(s, &f->members, gone, e)) return false;
  for (size_t i = 0; i < m.count; i++)
    if (!change_row(&m, &m.rows[i], e)) return false;
  return print_kept(&m, f, &plain) ? seal_kept(&m, f, buf_view(&plain), ret, e) : err_memory(e);
}

/* ---- put in ---- */

static bool read_ids(arena *a, const json *list, uuid_list *ret, err *e) {
  *ret = (uuid_list){0};
  for (size_t i = 0; list && i < list->count; i++) {
    uuid id;
    if (list->items[i].type == JSON_TEXT && uuid_parse(list->items[i].s, &id) &&
        !uuid_list_add(a, ret, &id))
      return err_memory(e);
  }
  return true;
}

static bool remove_rows(store *s, arena *a, const uuid_list *roots, err *e) {
  size_t count = 0;
  const row_table **tables = tables_of(s, a, &count);
  AUTO_BUF buf where = {0}, b = {0};
  if (!tables) return err_memory(e);
  for (size_t t = 0; t < count; t++) {
    if (!where_of(s, tables[t], &where)) continue;
    buf_clear(&b);
    buf_printf(&b, "DELETE FROM %s WHERE county = $1 AND ", tables[t]->name);
    buf_append(&b, &where);
    for (size_t i = 0; i < roots->count; i++) {
      db_stmt *q = sql_prepare_buf(s, &b, e);
      if (!q) return false;
      sql_bind_uuid(q, 2, &roots->items[i]);
      if (!db_run(q, e)) return false;
    }
  }
  return true;
}

static bool insert_rows(store *s, arena *a, const json *rows, err *e) {
  size_t count = 0;
  const row_table **tables = tables_of(s, a, &count);
  if (!tables) return err_memory(e);
  for (size_t i = 0; rows && i < rows->count; i++) {
    const json *line = &rows->items[i];
    const row_table *t = NULL;
    for (size_t n = 0; n < count && line->count == 1 && !t; n++)
      if (text_is(line->keys[0], tables[n]->name)) t = tables[n];
    if (!t)
      return err_set(e, ERR_STORE, "kept", "流水里有一条删去的登记读不懂。",
                     "An entry that forgets somebody cannot be read.");
    if (!carry_insert(s, t, &line->items[0], a, e)) return false;
  }
  return true;
}

static bool remove_files(store *s, const json *files, err *e) {
  for (size_t i = 0; files && i < files->count; i++) {
    db_stmt *q = sql_prepare(s, "DELETE FROM file WHERE county = $1 AND name = $2", e);
    if (!q) return false;
    db_bind_text(q, 2, files->items[i].s);
    if (!db_run(q, e)) return false;
  }
  return true;
}

/* A replay passed over the unit, and counted it in no change of areas. */
static bool count_moves(store *s, const uuid *root, err *e) {
  db_stmt *q = sql_prepare(s,
                           "UPDATE area_change SET units = units + 1 WHERE county = $1 AND seq IN "
                           "(SELECT seq FROM past_area WHERE county = $1 AND root = $2)",
                           e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return db_run(q, e);
}

static bool is_there(store *s, arena *a, const uuid *root, bool *ret_yes, err *e) {
  uuid_list found = {0};
  if (!family_members(s, a, root, &found, e)) return false;
  *ret_yes = found.count > 1;
  for (size_t i = 0; i < s->kind_count && !*ret_yes; i++) {
    record *r = NULL;
    if (!store_subject_find_ever(s, a, s->kinds[i].kind, root, &r, e)) return false;
    *ret_yes = r != NULL;
  }
  return true;
}

bool residue_put(store *s, arena *a, const json *kept, int64_t seq, uuid_list *ret_roots, err *e) {
  uuid_list members, gone;
  bool there[FAMILY_ROOTS_MAX + 1] = {false};
  if (!read_ids(a, json_get(kept, "roots"), ret_roots, e) ||
      !read_ids(a, json_get(kept, "members"), &members, e) ||
      !read_ids(a, json_get(kept, "gone"), &gone, e))
    return false;
  for (size_t i = 0; i < ret_roots->count && i <= FAMILY_ROOTS_MAX; i++)
    if (!is_there(s, a, &ret_roots->items[i], &there[i], e)) return false;
  if (!remove_rows(s, a, ret_roots, e) || !insert_rows(s, a, json_get(kept, "rows"), e) ||
      !remove_files(s, json_get(kept, "files"), e))
    return false;
  for (size_t i = 0; i < ret_roots->count && i <= FAMILY_ROOTS_MAX; i++)
    if ((!there[i] && !count_moves(s, &ret_roots->items[i], e)) ||
        !sealed_pass_over(s, &ret_roots->items[i], seq, e))
      return false;
  sealed_keys_changed(s);
  return true;
}

bool residue_scrub(store *s, err *e) {
  AUTO_BUF buf tables = {0};
  for (size_t i = 0; store_tables[i]; i++)
    if (store_tables[i]->derived || strcmp(store_tables[i]->name, "file") == 0 ||
        strcmp(store_tables[i]->name, "data_key") == 0)
      buf_printf(&tables, "%s ", store_tables[i]->name);
  for (size_t i = 0; i < s->kind_count; i++) buf_printf(&tables, "%s ", s->kinds[i].table.name);
  for (size_t i = 0; i < s->event_count; i++) buf_printf(&tables, "%s ", s->events[i].table.name);
  return buf_ok(&tables) ? db_scrub(s->d, tables.at, e) : err_memory(e);
}
