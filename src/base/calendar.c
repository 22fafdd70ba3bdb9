#include "base/date.h"
#include "base/yaml.h"

#include <stdlib.h>

/* Working days are counted from a fixed Monday: the weekday count is arithmetic, and `shift` holds
 * for every day of the table by how much the special days up to it have changed that count. */
struct calendar {
  int first_year, last_year;
  day first, last; /* the days `shift` speaks for */
  int32_t *shift;  /* last - first + 1 */
};

enum { A_MONDAY = DAY_MIN }; /* 0001-01-01 */

static bool weekday_works(day d) {
  return day_weekday(d) <= 5;
}

/* Monday to Friday in [A_MONDAY, d]. */
static int weekdays_to(day d) {
  int days = d - A_MONDAY + 1, rest = days % 7;
  return days / 7 * 5 + (rest < 5 ? rest : 5);
}

static int shift_to(const calendar *c, day d) {
  if (!c || d < c->first) return 0;
  return c->shift[(d < c->last ? d : c->last) - c->first];
}

static int workdays_to(const calendar *c, day d) {
  return weekdays_to(d) + shift_to(c, d);
}

static bool known(day d) {
  return d >= DAY_MIN && d <= DAY_MAX;
}

calendar *calendar_new(const special_day *items, size_t count, int first_year, int last_year) {
  calendar *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->first_year = first_year;
  c->last_year = last_year;
  if (first_year > last_year || !day_from_ymd(first_year, 1, 1, &c->first) ||
      !day_from_ymd(last_year, 12, 31, &c->last)) {
    free(c);
    return NULL;
  }
  for (size_t i = 0; i < count; i++) { /* a make-up day may lie in the year before */
    if (!known(items[i].on)) continue;
    if (items[i].on < c->first) c->first = items[i].on;
    if (items[i].on > c->last) c->last = items[i].on;
  }
  size_t days = (size_t)(c->last - c->first) + 1;
  c->shift = calloc(days, sizeof *c->shift);
  if (!c->shift) {
    free(c);
    return NULL;
  }
  for (size_t i = 0; i < count; i++)
    if (known(items[i].on))
      c->shift[items[i].on - c->first] = items[i].works - weekday_works(items[i].on);
  for (size_t i = 1; i < days; i++) c->shift[i] += c->shift[i - 1];
  return c;
}

void calendar_free(calendar *c) {
  if (!c) return;
  free(c->shift);
  free(c);
}

bool calendar_works(const calendar *c, day d) {
  if (!known(d)) return false;
  return weekday_works(d) + shift_to(c, d) - (d > DAY_MIN ? shift_to(c, d - 1) : 0) > 0;
}

bool calendar_covers(const calendar *c, day d) {
  int year = day_to_ymd(d).year;
  return c && year >= c->first_year && year <= c->last_year;
}

day calendar_add_workdays(const calendar *c, day from, int n) {
  if (!known(from) || n < 0) return DAY_NONE;
  if (n == 0) return from;
  int64_t goal = (int64_t)workdays_to(c, from) + n;
  if (goal > workdays_to(c, DAY_MAX)) return DAY_NONE;
  day low = from, high = DAY_MAX; /* workdays_to(low) < goal <= workdays_to(high) */
  while (high - low > 1) {
    day middle = low + (high - low) / 2;
    if (workdays_to(c, middle) < goal)
      low = middle;
    else
      high = middle;
  }
  return high;
}

int calendar_workdays_between(const calendar *c, day from, day to) {
  if (!known(from) || !known(to)) return 0;
  return workdays_to(c, to) - workdays_to(c, from);
}

typedef struct table {
  const char *path;
  special_day *items;
  size_t count;
  int first_year, last_year;
  err *e;
} table;

#define fault(t, node, zh, ...)                                                                    \
  err_set((t)->e, ERR_BAD_FILE, yaml_place((t)->path, node, (char[ERR_PLACE_MAX]){0}), zh,         \
          __VA_ARGS__)

static bool read_years(table *t, const yaml *root) {
  const yaml *years = yaml_get(root, "years");
  int64_t first, last;
  if (!yaml_as_int(yaml_get(years, "first"), &first) ||
      !yaml_as_int(yaml_get(years, "last"), &last) || first < 1 || last > 9999 || first > last)
    return fault(t, years ? years : root, "缺少年份范围，请写成 years: {first: 2013, last: 2026}。",
                 "The range of years is missing; write it as years: {first: 2013, last: 2026}.");
  t->first_year = (int)first;
  t->last_year = (int)last;
  return true;
}

static bool read_days(table *t, const yaml *root, const char *name, bool works) {
  const yaml *list = yaml_get(root, name);
  if (!list || list->type != YAML_LIST)
    return fault(t, list ? list : root, "缺少日期列表“%s”，请写成 %s: [2024-01-01, …]。",
                 "The list of days \"%s\" is missing; write it as %s: [2024-01-01, …].", name,
                 name);
  for (size_t i = 0; i < list->count; i++) {
    const yaml *item = &list->items[i];
    day on = DAY_NONE;
    if (item->type != YAML_TEXT || !day_parse(item->s, &on))
      return fault(t, item, "这不是日期，请写成 2024-01-01 的形式。",
                   "This is no day; write it like 2024-01-01.");
    int year = day_to_ymd(on).year;
    if (year < t->first_year || year > t->last_year)
      return fault(
          t, item, "这一天不在 years 的年份（%d 至 %d）之内，请改正其中之一。",
          "This day is outside the years (%d to %d) of the file; correct one or the other.",
          t->first_year, t->last_year);
    t->items[t->count++] = (special_day){on, works};
  }
  return true;
}

static int compare_days(const void *a, const void *b) {
  day x = ((const special_day *)a)->on, y = ((const special_day *)b)->on;
  return (x > y) - (x < y);
}

static bool each_once(table *t, const yaml *root) {
  qsort(t->items, t->count, sizeof *t->items, compare_days);
  for (size_t i = 1; i < t->count; i++) {
    char name[11];
    day_format(t->items[i].on, name);
    if (t->items[i].on == t->items[i - 1].on)
      return fault(t, root, "%s 写了两次，请删去一个。", "%s stands twice; remove one.", name);
  }
  return true;
}

static size_t length_of(const yaml *list) {
  return list ? list->count : 0;
}

calendar *calendar_load(const char *path, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const yaml *root;
  table t = {.path = path, .e = e};
  if (!a) err_memory(e);
  if (!a || !yaml_load(a, path, &root, e)) return NULL;
  size_t count = length_of(yaml_get(root, "holidays")) + length_of(yaml_get(root, "makeup"));
  t.items = ARENA_ARRAY(a, count, special_day);
  if (!t.items) err_memory(e);
  if (!t.items || !read_years(&t, root) || !read_days(&t, root, "holidays", false) ||
      !read_days(&t, root, "makeup", true) || !each_once(&t, root))
    return NULL;
  calendar *c = calendar_new(t.items, t.count, t.first_year, t.last_year);
  if (!c) err_memory(e);
  return c;
}
