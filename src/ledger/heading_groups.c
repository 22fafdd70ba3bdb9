/* What the headings over named rows (one a village …) may ask for: what each row comes to. */
#include "ledger/heading_book.h"

#include "base/json_fields.h"

static label own_label(const heading_book *b) {
  return b->event ? b->event->title : b->kind->title;
}

/* "黏土", "黏土数", "黏土数量". */
static bool add_number_names(heading_book *b, size_t target, const char *title) {
  static const char *const tails[] = {"", "数", "数量"};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    const char *name = arena_printf(b->a, "%s%s", title, tails[i]);
    if (!name || !heading_book_name(b, target, name, TIER_TITLE)) return false;
  }
  return true;
}

static bool add_made(heading_book *b, const char *make, const char *key, const char *says,
                     label title, size_t *ret) {
  AUTO_BUF buf j = {0};
  json_out w = json_to(&j);
  json_open(&w, '{');
  json_field_str(&w, "make", make);
  json_field_str(&w, key, says);
  json_close(&w, '}');
  return buf_ok(&j) && heading_book_target(b, buf_view(&j), title, own_label(b), ret);
}

/* Of the rows of which `where` is true. */
static bool add_counted(heading_book *b, const char *where, label title) {
  size_t at;
  return add_made(b, "count", "where", where, title, &at) && add_number_names(b, at, title.zh) &&
         heading_book_name(b, at, title.en, TIER_TITLE);
}

static bool add_summed(heading_book *b, const char *what, label title) {
  size_t at;
  const label sum = {arena_printf(b->a, "%s合计", title.zh),
                     arena_printf(b->a, "%s: total", title.en)};
  return sum.zh && sum.en && add_made(b, "sum", "what", what, sum, &at) &&
         heading_book_name(b, at, sum.zh, TIER_TITLE) &&
         heading_book_name(b, at, sum.en, TIER_TITLE);
}

static bool is_summed(const cel_type *t) {
  return t && t->kind == CEL_INT && t->unit != UNIT_DATE && t->unit != UNIT_RATE;
}

static bool add_field(heading_book *b, const field *f) {
  if (f->privacy != PRIVACY_OPEN) return true;
  if (f->type == FIELD_BOOL) return add_counted(b, f->name, f->title);
  if (is_summed(f->type_in_cel)) return add_summed(b, f->name, f->title);
  for (size_t i = 0; f->type == FIELD_CHOICE && i < f->choice_count; i++) {
    const char *where = arena_printf(b->a, "%s == \"%s\"", f->name, f->choices[i].code);
    if (!where || !add_counted(b, where, f->choices[i].title)) return false;
  }
  return true;
}

static bool add_variables(heading_book *b) {
  const pack *p = b->pack;
  for (size_t i = 0; i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    if (b->event ? v->of >= 0 || v->of_event != b->event->index : v->of != b->kind->index) continue;
    if (v->type->kind == CEL_BOOL ? !add_counted(b, v->name, v->title)
                                  : is_summed(v->type) && !add_summed(b, v->name, v->title))
      return false;
  }
  return true;
}

static bool add_events(heading_book *b) {
  const pack *p = b->pack;
  for (size_t i = 0; i < p->event_count && !b->event; i++) {
    AUTO_BUF buf j = {0};
    size_t at;
    const event_kind *k = &p->events[i];
    if (k->about != b->kind->index && p->kinds[k->about].parent != b->kind->index) continue;
    const char *zh = arena_printf(b->a, "%s次数", k->title.zh);
    buf_printf(&j, "{\"counts\":\"%s\"}", k->name);
    if (!zh || !buf_ok(&j) ||
        !heading_book_target(b, buf_view(&j), (label){zh, k->title.en}, own_label(b), &at) ||
        !heading_book_name(b, at, zh, TIER_TITLE))
      return false;
  }
  return true;
}

heading_book *heading_groups_new(arena *a, const catalog *packs, text rows, err *e) {
  heading_book *b = heading_book_begin(a, packs, rows, e);
  size_t at;
  if (!b) return NULL;
  const field *fields = b->event ? b->event->fields : b->kind->fields;
  const size_t count = b->event ? b->event->field_count : b->kind->field_count;
  const label all = {arena_printf(a, "%s的数量", own_label(b).zh),
                     arena_printf(a, "number of: %s", own_label(b).en)};
  bool ok = all.zh && all.en &&
            heading_book_target(b, TEXT("{\"make\":\"count\"}"), all, own_label(b), &at);
  for (size_t i = 0; ok && i < count; i++) ok = add_field(b, &fields[i]);
  ok = ok && add_variables(b) && add_events(b);
  if (ok) return b;
  err_memory(e);
  return NULL;
}
