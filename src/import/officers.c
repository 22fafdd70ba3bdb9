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
  const actor *who;
  area_book *areas;
  officer_list *list;
  list_head head;
  size_t room;
  text *logins; /* in this file so far */
  size_t login_count, login_room;
  int64_t row;
  bool row_failed;
  json_out errors; /* the list's, while they are written */
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
    if (!login) continue;
    r->row = row.number;
    r->head.count = row.count;
    for (size_t c = 0; c < row.count; c++) {
      text title = row.cells[c].text;
      const char *copy = arena_copy(r->a, title.at, title.bytes);
      if (!copy) return err_memory(e);
      r->head.columns[c].title = text_of(copy);
      r->head.columns[c].is = column_of(title, &r->head.columns[c].post);
      if (r->head.columns[c].is == COLUMN_NONE && !is_passed_over(title))
        add_sentence(
            r, copy, title,
            (label){"不认识这一列，请删去，或改成 登录名、姓名、岗位、区域、状态。",
                    "This column is not known; delete it, or call it login, name, role, area, "
                    "state."});
    }
    return true;
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
    posts[n].role = officer_role(r->packs, role_word, NULL, &why);
    if (!posts[n].role) add_fault(r, role_title, role_word, &why);
    if (!area_word.bytes)
      add_sentence(r, area_title.at, area_word,
                   (label){"请写明这个岗位管哪个区域。", "Say over which area the post is."});
    else if (!area_book_word(r->areas, area_word, posts[n].area, &why))
      add_fault(r, area_title, area_word, &why);
    else if (!actor_may(r->who, r->packs, RIGHT_ADMINISTER, posts[n].area))
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

static bool same_posts(const officer *was, const officer_change *c) {
  bool same = was->post_count == c->post_count;
  for (size_t i = 0; same && i < c->post_count; i++)
    same = strcmp(was->posts[i].role, c->posts[i].role) == 0 &&
           strcmp(was->posts[i].area, c->posts[i].area) == 0;
  return same;
}

/* Only what differs is sent; false: nothing. */
static bool drop_unchanged(const officer *was, officer_change *c) {
  c->id = was->id;
  c->login = NULL;
  if (!c->name || strcmp(c->name, was->name) == 0) c->name = NULL;
  if (same_posts(was, c)) c->posts = NULL;
  if (c->has_active && c->active == was->active) c->has_active = false;
  return c->name || c->posts || c->has_active;
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

static bool read_row(reading *r, const table_row *row, err *e) {
  officer_change c = {.id = uuid_v7_now()};
  text login = cell_of(r, row, COLUMN_LOGIN, 0, NULL), name = cell_of(r, row, COLUMN_NAME, 0, NULL);
  officer *was = NULL;
  err why;
  r->row = row->number;
  r->row_failed = false;
  r->list->rows++;
  c.login = arena_copy(r->a, login.at, login.bytes);
  c.name = arena_copy(r->a, name.at, name.bytes);
  if (!c.login || !c.name) return err_memory(e);
  if (!officer_login_check(login, &why)) add_fault(r, TEXT("登录名"), login, &why);
  if (!name.bytes || name.bytes > OFFICER_NAME_MAX_BYTES)
    add_sentence(r, "姓名", name, (label){"请填写姓名，不要太长。", "Give a name; not too long."});
  read_state(r, row, &c);
  if (!is_repeated(r, text_of(c.login), e) || !read_posts(r, row, &c, e) ||
      !store_officer_find_by_login(r->s, r->a, login, &was, e))
    return false;
  if (r->row_failed) return r->list->bad++, true;
  const char *own_login = c.login, *own_name = c.name;
  bool differs = !was || drop_unchanged(was, &c);
  r->list->good++;
  ++*(!was ? &r->list->created : differs ? &r->list->changed : &r->list->same);
  if (!was) c.password = true;
  return !differs || add_line(r, &c, own_login, own_name, was, e);
}

static bool read_rows(reading *r, table_reader *t, err *e) {
  table_row row;
  int got;
  if (!find_head(r, t, e)) return false;
  if (r->row_failed) r->list->bad++;
  while ((got = table_next(t, &row, e)) > 0) {
    if (r->list->rows == OFFICER_LIST_MAX)
      return err_set(e, ERR_TOO_LARGE, "file", "名单超过 %d 行，请分成几份。",
                     "The list has over %d rows; split it.", OFFICER_LIST_MAX);
    if (!read_row(r, &row, e)) return false;
  }
  return got == 0;
}

bool officer_list_read(store *s, const catalog *packs, arena *a, const actor *who, const char *path,
                       officer_list *ret, err *e) {
  officer_list list = {0};
  json_builder errors = {.a = a};
  reading r = {
      .s = s, .packs = packs, .a = a, .who = who, .list = &list, .errors = json_to_tree(&errors)};
  if (!(r.areas = area_book_new(s, a, e))) return false;
  table_reader *t = table_open(path, NULL, e);
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
  } counts[] = {{"rows", l->rows},       {"good", l->good},       {"bad", l->bad},
                {"created", l->created}, {"changed", l->changed}, {"same", l->same}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    json_field_int(w, counts[i].name, counts[i].n);
  }
  json_key(w, "errors");
  json_put(w, l->errors);
}

static bool send_line(writer *w, const actor *who, const officer_line *l, password_taker take,
                      void *context, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  char hash[PASSWORD_HASH_BYTES], password[20];
  answer out;
  if (!a) return err_memory(e);
  command c = {.verb = VERB_OFFICER, .id = uuid_v7_now(), .who = *who};
  if (!(c.body = officer_change_body(a, &l->change, e))) return false;
  if (!l->was) {
    password_generate(password);
    if (!password_hash(text_of(password), hash, e) || !take(context, l, password, e)) return false;
    c.password_hash = hash;
  }
  return writer_apply(w, &c, a, &out, e);
}

bool officer_list_apply(writer *w, const actor *who, const officer_list *l, password_taker take,
                        void *context, err *e) {
  for (size_t i = 0; i < l->line_count; i++)
    if (!send_line(w, who, &l->lines[i], take, context, e)) return err_within(e, l->lines[i].login);
  return true;
}
