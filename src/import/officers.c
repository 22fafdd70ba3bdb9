#include "import/officers.h"

#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/password.h"
#include "engine/officers.h"
#include "sheet/table_read.h"

#include <stdio.h>

/* ---- the body of an entry ---- */

static void put_posts(json_out *w, const officer_change *c) {
  json_field_open(w, "posts", '[');
  for (size_t i = 0; i < c->post_count; i++) {
    json_open(w, '{');
    json_field_str(w, "role", c->posts[i].role);
    if (c->posts[i].pack[0]) json_field_str(w, "pack", c->posts[i].pack);
    json_field_str(w, "area", c->posts[i].area);
    json_close(w, '}');
  }
  json_close(w, ']');
}

const json *officer_change_body(arena *a, const officer_change *c, err *e) {
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_uuid(&w, "id", &c->id);
  if (c->login) json_field_str(&w, "login", c->login);
  if (c->name) json_field_str(&w, "name", c->name);
  if (c->posts) put_posts(&w, c);
  if (c->has_active) json_field_bool(&w, "active", c->active);
  if (c->password) json_field_bool(&w, "password", true);
  if (c->drop_codes) json_field_bool(&w, "codes", false);
  json_close(&w, '}');
  return json_built(&made, e);
}

/* ---- a list ---- */

typedef enum list_column {
  COLUMN_NONE,
  COLUMN_LOGIN,
  COLUMN_NAME,
  COLUMN_STATE,
  COLUMN_ROLE, /* `post` says which */
  COLUMN_AREA
} list_column;

typedef struct list_head {
  struct {
    list_column is;
    size_t post; /* from 0 */
    text title;
  } columns[TABLE_COLUMNS_MAX];
  size_t count;
} list_head;

typedef struct reading {
  store *s;
  const catalog *packs;
  arena *a;
  const officer_list_file *file;
  officer_rules rules;
  int64_t administrators; /* of the whole county, after the rows so far */
  area_book *areas;
  officer_list *list;
  list_head head;
  size_t room, made_room;
  text *logins; /* in this file so far */
  size_t login_count, login_room;
  int64_t row;
  bool row_failed;
  json_out errors; /* the list's, while they are written */
  int fault_count;
} reading;

/* "岗位2" is the role of the second post. */
static list_column column_of(text title, size_t *ret_which) {
  static const struct {
    const char *name;
    list_column is;
  } names[] = {{"登录名", COLUMN_LOGIN}, {"账号", COLUMN_LOGIN},    {"login", COLUMN_LOGIN},
               {"姓名", COLUMN_NAME},    {"name", COLUMN_NAME},     {"状态", COLUMN_STATE},
               {"state", COLUMN_STATE},  {"岗位", COLUMN_ROLE},     {"role", COLUMN_ROLE},
               {"区域", COLUMN_AREA},    {"区域代码", COLUMN_AREA}, {"area", COLUMN_AREA}};
  *ret_which = 0;
  if (title.bytes && title.at[title.bytes - 1] >= '1' && title.at[title.bytes - 1] <= '9') {
    *ret_which = (size_t)(title.at[title.bytes - 1] - '1');
    title.bytes--;
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (text_is(text_trim(title), names[i].name)) return names[i].is;
  return COLUMN_NONE;
}

static void add_fault(reading *r, text column, text value, const err *why) {
  json_out *w = &r->errors;
  r->row_failed = true;
  if (r->fault_count++ >= OFFICER_FAULTS_MAX) return;
  json_open(w, '{');
  json_field_int(w, "row", r->row);
  json_field_text(w, "column", column);
  json_field_text(w, "value", text_cut(value, 120));
  json_field_str(w, "zh", why->zh);
  json_field_str(w, "en", why->en);
  json_close(w, '}');
}

static void add_sentence(reading *r, const char *column, text value, label what) {
  err why;
  err_set(&why, ERR_BAD_INPUT, NULL, "%s", "%s", LABEL(what));
  add_fault(r, text_of(column), value, &why);
}

static bool is_passed_over(text title) {
  return !title.bytes || text_is(title, "序号") || text_is(title, "备注") || text_is(title, "no") ||
         text_is(title, "note");
}

/* Two columns that mean the same: one of them would be lost in silence. */
static bool is_second(const list_head *h, size_t column) {
  for (size_t c = 0; c < column; c++)
    if (h->columns[c].is != COLUMN_NONE && h->columns[c].is == h->columns[column].is &&
        h->columns[c].post == h->columns[column].post)
      return true;
  return false;
}

static bool read_head(reading *r, const table_row *row, err *e) {
  r->row = row->number;
  r->row_failed = false;
  r->head.count = row->count;
  for (size_t c = 0; c < row->count; c++) {
    text title = row->cells[c].text;
    const char *kept = arena_copy(r->a, title.at, title.bytes);
    if (!kept) return err_memory(e);
    r->head.columns[c].title = text_of(kept);
    r->head.columns[c].is = column_of(title, &r->head.columns[c].post);
    if (r->head.columns[c].is == COLUMN_NONE && !is_passed_over(title))
      add_sentence(
          r, kept, title,
          (label){"不认识这一列，请删去，或改成 登录名、姓名、岗位、区域、状态。",
                  "This column is not known; delete it, or call it login, name, role, area, "
                  "state."});
    else if (is_second(&r->head, c))
      add_sentence(r, kept, title,
                   (label){"前面已有同样的一列，请删去一列。",
                           "There is such a column already; delete one of them."});
  }
  return true;
}

/* The header stands within the first rows; a column that nobody knows would be lost in silence. */
static bool find_head(reading *r, table_reader *t, err *e) {
  enum { HEAD_ROWS = 20 };
  table_row row;
  for (int i = 0, got; i < HEAD_ROWS && (got = table_next(t, &row, e)) != 0; i++) {
    if (got < 0) return false;
    bool login = false;
    size_t which;
    for (size_t c = 0; c < row.count; c++)
      login |= column_of(row.cells[c].text, &which) == COLUMN_LOGIN;
    if (login) return read_head(r, &row, e);
  }
  return err_set(e, ERR_BAD_FILE, "file",
                 "没有找到表头。表头要有 登录名、姓名、岗位、区域 这几列。",
                 "There is no header; it needs the columns login, name, role, area.");
}

static text cell_of(const reading *r, const table_row *row, list_column what, size_t which,
                    text *ret_title) {
  for (size_t c = 0; c < r->head.count && c < row->count; c++)
    if (r->head.columns[c].is == what && r->head.columns[c].post == which) {
      if (ret_title) *ret_title = r->head.columns[c].title;
      return text_trim(row->cells[c].text);
    }
  return TEXT("");
}

static bool read_posts(reading *r, const table_row *row, officer_change *c, err *e) {
  post posts[OFFICER_POSTS_MAX];
  size_t n = 0;
  for (size_t i = 0; i < OFFICER_POSTS_MAX; i++) {
    text role_title = TEXT("岗位"), area_title = TEXT("区域");
    text role_word = cell_of(r, row, COLUMN_ROLE, i, &role_title),
         area_word = cell_of(r, row, COLUMN_AREA, i, &area_title);
    err why;
    if (!role_word.bytes && !area_word.bytes) continue;
    if (!officer_role(r->packs, role_word, NULL, &posts[n], &why)) {
      posts[n].role = posts[n].pack = "";
      add_fault(r, role_title, role_word, &why);
    }
    if (!area_word.bytes)
      add_sentence(r, area_title.at, area_word,
                   (label){"请写明这个岗位管哪个区域。", "Say over which area the post is."});
    else if (!area_book_word(r->areas, area_word, posts[n].area, &why))
      add_fault(r, area_title, area_word, &why);
    else if (!actor_may(r->file->who, r->packs, RIGHT_ADMINISTER, NULL, posts[n].area))
      add_sentence(
          r, area_title.at, area_word,
          (label){"您不管理这个区域的人员。", "You do not manage the officers of that area."});
    n++;
  }
  if (!n)
    add_sentence(r, "岗位", TEXT(""), (label){"请写岗位和区域。", "Give a role and an area."});
  post *copy = ARENA_ARRAY(r->a, n, post);
  if (!copy) return err_memory(e);
  memcpy(copy, posts, n * sizeof *posts);
  c->posts = copy;
  c->post_count = n;
  return true;
}

static void read_state(reading *r, const table_row *row, officer_change *c) {
  text title = TEXT("状态"), word = cell_of(r, row, COLUMN_STATE, 0, &title);
  if (!word.bytes) return;
  c->has_active = true;
  c->active = text_is(word, "在岗") || text_is(word, "active");
  if (!c->active && !text_is(word, "停用") && !text_is(word, "closed"))
    add_sentence(r, title.at, word,
                 (label){"状态写 在岗 或 停用。", "A state is active or closed."});
}

/* False: memory. */
static bool is_repeated(reading *r, text login, err *e) {
  for (size_t i = 0; i < r->login_count; i++)
    if (text_equal(r->logins[i], login)) {
      add_sentence(
          r, "登录名", login,
          (label){"这个登录名在名单里不止一次。", "This login is in the list more than once."});
      return true;
    }
  text *logins = ARENA_GROW(r->a, r->logins, r->login_count, &r->login_room, text);
  if (!logins) return err_memory(e);
  r->logins = logins;
  r->logins[r->login_count++] = login;
  return true;
}

/* Only what differs is sent; false: nothing. */
static bool drop_unchanged(const officer *was, const officer *now, officer_change *c) {
  c->id = was->id;
  c->login = NULL;
  if (strcmp(now->name, was->name) == 0) c->name = NULL;
  if (officer_same_posts(was, now)) c->posts = NULL;
  if (now->active == was->active) c->has_active = false;
  return c->name || c->posts || c->has_active;
}

/* What the entry would be refused for, found beforehand. False: the store or memory. */
static bool check_change(reading *r, const officer *was, const officer *now, err *e) {
  err why;
  if (!officer_change_check(&r->rules, was, now, &why)) {
    if (why.code == ERR_STORE || why.code == ERR_MEMORY) return *e = why, false;
    add_fault(r, TEXT("登录名"), text_of(now->login), &why);
    return true;
  }
  int64_t before = was && officer_administers(&r->rules, was),
          after = officer_administers(&r->rules, now);
  r->administrators += after - before;
  if (after >= before || r->administrators > 0) return true;
  r->administrators++;
  officer_last_administrator(NULL, &why);
  add_fault(r, TEXT("登录名"), text_of(now->login), &why);
  return true;
}

static bool add_line(reading *r, const officer_change *c, const char *login, const char *name,
                     const officer *was, err *e) {
  officer_list *l = r->list;
  officer_line *lines = ARENA_GROW(r->a, l->lines, l->line_count, &r->room, officer_line);
  if (!lines) return err_memory(e);
  l->lines = lines;
  l->lines[l->line_count++] = (officer_line){*c, login, name, was};
  return true;
}

static bool add_made(reading *r, const officer *was, err *e) {
  officer_list *l = r->list;
  officer_line *made = ARENA_GROW(r->a, l->made, l->made_count, &r->made_room, officer_line);
  if (!made) return err_memory(e);
  l->made = made;
  l->made[l->made_count++] = (officer_line){.login = was->login, .name = was->name};
  return true;
}

/* The cells of a row, into `c`; what is wrong with them goes into the report. */
static bool read_cells(reading *r, const table_row *row, officer_change *c, err *e) {
  text login = cell_of(r, row, COLUMN_LOGIN, 0, NULL), name = cell_of(r, row, COLUMN_NAME, 0, NULL);
  err why;
  c->login = arena_copy(r->a, login.at, login.bytes);
  c->name = arena_copy(r->a, name.at, name.bytes);
  if (!c->login || !c->name) return err_memory(e);
  if (!officer_login_check(login, &why)) add_fault(r, TEXT("登录名"), login, &why);
  if (!officer_name_check(name, &why)) add_fault(r, TEXT("姓名"), name, &why);
  read_state(r, row, c);
  return is_repeated(r, text_of(c->login), e) && read_posts(r, row, c, e);
}

/* An officer whom this import has made, and whose login was changed since. */
static bool note_renamed(reading *r, const uuid *own, text login, err *e) {
  officer *made = NULL;
  if (!store_officer_find(r->s, r->a, own, &made, e)) return false;
  if (made)
    add_sentence(
        r, "登录名", login,
        (label){"这份名单添加过这个人，后来换了登录名；请按现在的登录名写。",
                "This list has made him, and his login was changed since; write the one of now."});
  return true;
}

static bool read_row(reading *r, const table_row *row, err *e) {
  officer_change c = {.password = false};
  officer *was = NULL;
  r->row = row->number;
  r->row_failed = false;
  r->list->rows++;
  if (!read_cells(r, row, &c, e) ||
      !store_officer_find_by_login(r->s, r->a, text_of(c.login), &was, e))
    return false;
  const char *login = c.login, *name = c.name;
  uuid own = uuid_derived(&r->file->id, text_of(login));
  if (!was && !note_renamed(r, &own, text_of(login), e)) return false;
  officer now = {.id = was ? was->id : own,
                 .login = login,
                 .name = name,
                 .active = c.has_active ? c.active : !was || was->active,
                 .posts = c.posts,
                 .post_count = c.post_count};
  c.id = now.id;
  if (was && uuid_equal(&was->id, &own) && !add_made(r, was, e)) return false;
  bool differs = !r->row_failed && (!was || drop_unchanged(was, &now, &c));
  if (differs && !check_change(r, was, &now, e)) return false;
  if (r->row_failed) return r->list->refused++, true;
  r->list->accepted++;
  ++*(!was ? &r->list->created : differs ? &r->list->changed : &r->list->same);
  c.password = !was;
  return !differs || add_line(r, &c, login, name, was, e);
}

static bool read_rows(reading *r, table_reader *t, err *e) {
  table_row row;
  int got;
  if (!find_head(r, t, e)) return false;
  if (r->row_failed) r->list->refused++;
  while ((got = table_next(t, &row, e)) > 0) {
    if (r->list->rows == OFFICER_LIST_MAX)
      return err_set(e, ERR_TOO_LARGE, "file", "名单超过 %d 行，请分成几份。",
                     "The list has over %d rows; split it.", OFFICER_LIST_MAX);
    if (!read_row(r, &row, e)) return false;
  }
  return got == 0;
}

bool officer_list_read(store *s, const catalog *packs, arena *a, const officer_list_file *file,
                       officer_list *ret, err *e) {
  officer_list list = {0};
  json_builder errors = {.a = a};
  reading r = {.s = s,
               .packs = packs,
               .a = a,
               .file = file,
               .rules = {s, packs, a, file->who},
               .list = &list,
               .errors = json_to_tree(&errors)};
  if (!(r.areas = area_book_new(s, a, e)) ||
      !officer_administrators(&r.rules, &r.administrators, e))
    return false;
  table_reader *t = table_open(file->path, NULL, e);
  if (!t) return false;
  json_open(&r.errors, '[');
  bool ok = read_rows(&r, t, e);
  json_close(&r.errors, ']');
  table_close(t);
  if (!ok || !(list.errors = json_built(&errors, e))) return false;
  *ret = list;
  return true;
}

void officer_list_members(const officer_list *l, json_out *w) {
  const struct {
    const char *name;
    int64_t n;
  } counts[] = {{"rows", l->rows},       {"accepted", l->accepted}, {"refused", l->refused},
                {"created", l->created}, {"changed", l->changed},   {"same", l->same}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    json_field_int(w, counts[i].name, counts[i].n);
  }
  json_key(w, "errors");
  json_put(w, l->errors);
}

static bool send_line(writer *w, const officer_line *l, const officer_list_taking *t, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  char hash[PASSWORD_HASH_BYTES], password[20];
  answer out;
  if (!a) return err_memory(e);
  command c = {.verb = VERB_OFFICER, .id = uuid_v7_now(), .who = *t->file->who};
  if (!(c.body = officer_change_body(a, &l->change, e))) return false;
  if (!l->was) {
    if (!t->password(t->context, l, password, e) || !password_hash(text_of(password), hash, e))
      return false;
    c.password_hash = hash;
    c.first_password = true;
  }
  return writer_apply(w, &c, a, &out, e);
}

bool officer_list_apply(writer *w, const officer_list *l, officer_list_taking *t, err *e) {
  for (t->done = 0; t->done < (int64_t)l->line_count; t->done++) {
    const officer_line *line = &l->lines[t->done];
    if (t->stopping && t->stopping(t->context))
      return err_set(e, ERR_BUSY, NULL,
                     "服务要停了，名单办到一半。重新启动后请再办一次，不会重复。",
                     "The service is stopping and the list is half done. After the restart take it "
                     "in once more; nothing comes twice.");
    if (!send_line(w, line, t, e)) return err_within(e, line->login);
  }
  return true;
}
