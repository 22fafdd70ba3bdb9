#include "screen/sample_draw.h"

#include "base/json_fields.h"
#include "base/money.h"
#include "base/statistics.h"

#include <stdlib.h>

static bool read_rate(text s, const char *key, int64_t usual, int64_t *ret, err *e) {
  *ret = usual;
  if (!s.bytes || (rate_parse(s, ret) && *ret > 0 && *ret < RATE_ONE)) return true;
  return err_set(e, ERR_BAD_INPUT, key, "请填写 0 和 1 之间的比例，例如 0.05。",
                 "Give a rate between 0 and 1, such as 0.05.");
}

bool draw_read_rates(draw_terms *x, text confidence, text precision, text expected, err *e) {
  return read_rate(confidence, "confidence", RATE_ONE / 100 * 95, &x->confidence, e) &&
         read_rate(precision, "precision", RATE_ONE / 100 * 5, &x->precision, e) &&
         read_rate(expected, "expected", RATE_ONE / 2, &x->expected, e);
}

static double share(int64_t rate) {
  return (double)rate / RATE_ONE;
}

bool draw_size(sample_drawing *x, screen *s, arena *a, day today, err *e) {
  const draw_terms *t = &x->terms;
  const question q = {.as_of = today, .scope = &t->scope, .threads = 1};
  const frame_query of = {.plan = t->plan, .stratified = t->stratified};
  if (!screen_frame(s, a, &q, &of, &x->frame, e)) return false;
  const int64_t all = (int64_t)x->frame.count;
  int64_t size =
      t->size ? t->size
              : sample_size(all, share(t->precision), share(t->confidence), share(t->expected));
  int64_t *populations = ARENA_ARRAY(a, x->frame.stratum_count + 1, int64_t);
  x->sizes = ARENA_ARRAY(a, x->frame.stratum_count + 1, int64_t);
  if (!populations || !x->sizes) return err_memory(e);
  for (size_t i = 0; i < x->frame.stratum_count; i++)
    populations[i] = x->frame.strata[i].population;
  if (all) sample_allocate(populations, x->frame.stratum_count, size, x->sizes);
  x->size = 0;
  for (size_t i = 0; i < x->frame.stratum_count; i++) x->size += x->sizes[i];
  return true;
}

typedef struct ticket {
  hash h;
  const frame_member *of;
} ticket;

static int by_ticket(const void *a, const void *b) {
  const ticket *x = a, *y = b;
  if (x->of->stratum != y->of->stratum) return x->of->stratum < y->of->stratum ? -1 : 1;
  return memcmp(x->h.b, y->h.b, sizeof x->h.b);
}

bool draw_pick(sample_drawing *x, text seed, arena *a, err *e) {
  const size_t all = x->frame.count;
  ticket *tickets = ARENA_ARRAY(a, all + 1, ticket);
  x->drawn = ARENA_ARRAY(a, (size_t)x->size + 1, frame_member);
  if (!tickets || !x->drawn) return err_memory(e);
  if (!all)
    return err_set(e, ERR_BAD_INPUT, "plan", "没有可以抽查的对象。",
                   "There is nobody to draw from.");
  for (size_t i = 0; i < all; i++)
    tickets[i] = (ticket){sample_ticket(seed, &x->frame.members[i].id), &x->frame.members[i]};
  qsort(tickets, all, sizeof *tickets, by_ticket);
  size_t n = 0;
  int64_t taken = 0;
  for (size_t i = 0; i < all; i++) {
    const uint32_t stratum = tickets[i].of->stratum;
    if (i && stratum != tickets[i - 1].of->stratum) taken = 0;
    if (taken++ < x->sizes[stratum]) x->drawn[n++] = *tickets[i].of;
  }
  return true;
}

static void put_choice(buf *zh, buf *en, const field *f, int choice) {
  static const label yes_no[] = {{"否", "no"}, {"是", "yes"}}, unknown = {"不详", "not known"};
  label l = choice < 0              ? unknown
            : f->type == FIELD_BOOL ? yes_no[choice != 0]
                                    : f->choices[choice].title;
  buf_printf(zh, "%s%s", zh->bytes ? " · " : "", f->type == FIELD_BOOL ? f->title.zh : "");
  buf_printf(en, "%s%s", en->bytes ? " · " : "", f->type == FIELD_BOOL ? f->title.en : "");
  buf_printf(zh, "%s%s", f->type == FIELD_BOOL ? "：" : "", l.zh);
  buf_printf(en, "%s%s", f->type == FIELD_BOOL ? ": " : "", l.en);
}

static bool put_title(json_out *w, const draw_terms *t, const frame_stratum *x, const char *area,
                      err *e) {
  AUTO_BUF buf zh = {0}, en = {0};
  buf_str(&zh, area);
  buf_str(&en, area);
  for (size_t k = 0; t->stratified && k < t->plan->by_count; k++)
    put_choice(&zh, &en, &t->pack->kinds[t->plan->of].fields[t->plan->by[k]], x->choice[k]);
  if (!zh.bytes) buf_str(&zh, "全部");
  if (!en.bytes) buf_str(&en, "all");
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  json_field_open(w, "title", '{');
  json_field_buf(w, "zh", &zh);
  json_field_buf(w, "en", &en);
  json_close(w, '}');
  return true;
}

bool draw_put_strata(json_out *w, const sample_drawing *x, store *names, arena *a, err *e) {
  json_field_open(w, "strata", '[');
  for (size_t i = 0; i < x->frame.stratum_count; i++) {
    const frame_stratum *of = &x->frame.strata[i];
    const char *name = "";
    if (of->area[0] && !store_area_name(names, a, of->area, &name, e)) return false;
    json_open(w, '{');
    if (!put_title(w, &x->terms, of, name[0] ? name : of->area, e)) return false;
    json_field_int(w, "population", of->population);
    json_field_int(w, "drawn", x->sizes[i]);
    json_close(w, '}');
  }
  json_close(w, ']');
  return true;
}

static void put_members(json_out *w, const sample_drawing *x) {
  json_field_open(w, "members", '[');
  for (int64_t i = 0; i < x->size; i++) {
    char id[37];
    uuid_format(&x->drawn[i].id, id);
    json_open(w, '[');
    json_put_str(w, id);
    json_put_int(w, x->drawn[i].stratum);
    json_close(w, ']');
  }
  json_close(w, ']');
}

bool draw_put_body(json_out *w, const sample_drawing *x, const draw_said *said, store *names,
                   arena *a, err *e) {
  json_open(w, '{');
  json_field_uuid(w, "id", &said->id);
  json_field_str(w, "pack", x->terms.pack->name);
  json_field_str(w, "plan", x->terms.plan->name);
  json_field_text(w, "title", said->title);
  json_field_text(w, "seed", said->seed);
  json_field_str(w, "area", x->terms.area);
  json_field_bool(w, "stratified", x->terms.stratified);
  json_field_int(w, "population", (int64_t)x->frame.count);
  json_field_int(w, "size", x->size);
  json_field_int(w, "confidence", x->terms.confidence);
  json_field_int(w, "precision", x->terms.precision);
  json_field_int(w, "expected", x->terms.expected);
  if (said->subject.bytes) json_field_text(w, "subject", said->subject);
  if (!draw_put_strata(w, x, names, a, e)) return false;
  put_members(w, x);
  json_close(w, '}');
  return true;
}
