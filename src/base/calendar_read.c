/* Holiday notices as people write them (YAML) and as the journal keeps them (JSON). */
#include "base/calendar.h"
#include "base/yaml.h"

#include <stdio.h>
#include <stdlib.h>

/* Where in the list a fault is. */
typedef struct spot {
  size_t notice, item;
  const char *list; /* "holidays", "workdays", another key, or NULL: the notice */
} spot;

#define FAULT(at, n, of, k, ...)                                                                   \
  (*(at) = (spot){.notice = (n), .list = (of), .item = (k)},                                       \
   err_set(e, ERR_BAD_INPUT, "", __VA_ARGS__))

/* ---- checking ---- */

static bool belongs(int year, day d) {
  ymd v = day_to_ymd(d);
  return v.year == year || (v.year == year - 1 && v.month == 12);
}

static bool check_days(const calendar_notice *n, size_t at, const char *list, const day *days,
                       size_t count, spot *where, err *e) {
  for (size_t i = 0; i < count; i++) {
    char name[11];
    day_format(days[i], name);
    if (!belongs(n->year, days[i]))
      return FAULT(where, at, list, i, "%s不属于%d年的放假通知，请核对年份。",
                   "%s does not belong to the notice of %d; check the year.", name, n->year);
    for (size_t k = 0; k < i; k++)
      if (days[k] == days[i])
        return FAULT(where, at, list, i, "%s写了两次，请删去一个。", "%s stands twice; remove one.",
                     name);
  }
  return true;
}

static bool check_both(const calendar_notice *n, size_t at, spot *where, err *e) {
  for (size_t i = 0; i < n->workday_count; i++)
    for (size_t k = 0; k < n->holiday_count; k++)
      if (n->workdays[i] == n->holidays[k]) {
        char name[11];
        day_format(n->workdays[i], name);
        return FAULT(where, at, "workdays", i, "%s既写成放假又写成上班，请删去一个。",
                     "%s is both a holiday and a working day; remove one.", name);
      }
  return true;
}

static bool check(const calendar_notices *all, spot *where, err *e) {
  for (size_t i = 0; i < all->count; i++) {
    const calendar_notice *n = &all->items[i];
    if (n->year < 1 || n->year > 9999)
      return FAULT(where, i, "year", 0, "请写通知的年份，例如 2027。",
                   "Give the notice's year, such as 2027.");
    if (!n->reference.bytes || n->reference.bytes > CALENDAR_REFERENCE_MAX)
      return FAULT(where, i, "reference", 0, "请写通知的文号或标题（不超过100字）。",
                   "Give the notice's number or title (at most 100 characters).");
    if (i && n->year != n[-1].year + 1)
      return FAULT(where, i, "year", 0, "%d年的通知后面应是%d年的，请按年份排列，不要缺年。",
                   "After the notice of %d comes that of %d; put them by year, without a gap.",
                   n[-1].year, n[-1].year + 1);
    if (!n->holiday_count)
      return FAULT(where, i, NULL, 0, "请写%d年的放假日期（holidays）。",
                   "Give the holidays of %d.", n->year);
    if (!check_days(n, i, "holidays", n->holidays, n->holiday_count, where, e) ||
        !check_days(n, i, "workdays", n->workdays, n->workday_count, where, e) ||
        !check_both(n, i, where, e))
      return false;
  }
  return true;
}

static bool not_a_day(spot *where, size_t notice, const char *list, size_t item, err *e) {
  return FAULT(where, notice, list, item, "这不是日期，请写成 2027-01-01 的形式。",
               "This is no day; write it like 2027-01-01.");
}

static bool no_list(spot *where, size_t notice, const char *list, err *e) {
  return FAULT(where, notice, list, 0, "“%s”应是日期的列表：[2027-01-01, …]。",
               "\"%s\" must be a list of days: [2027-01-01, …].", list);
}

typedef struct day_list {
  const day *days;
  size_t count;
} day_list;

static void set_days(calendar_notice *n, const day_list *holidays, const day_list *workdays) {
  n->holidays = holidays->days;
  n->holiday_count = holidays->count;
  n->workdays = workdays->days;
  n->workday_count = workdays->count;
}

/* ---- from a file ---- */

static bool days_of_yaml(arena *a, const yaml *map, size_t at, const char *name, day_list *ret,
                         spot *where, err *e) {
  const yaml *list = yaml_get(map, name);
  if (!list) return true;
  if (list->type != YAML_LIST) return no_list(where, at, name, e);
  day *days = ARENA_ARRAY(a, list->count, day);
  if (!days) return err_memory(e);
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].type != YAML_TEXT || !day_parse(list->items[i].s, &days[i]))
      return not_a_day(where, at, name, i, e);
  *ret = (day_list){days, list->count};
  return true;
}

static bool notices_of_yaml(arena *a, const yaml *list, calendar_notices *ret, spot *where,
                            err *e) {
  calendar_notice *all = ARENA_ARRAY(a, list->count, calendar_notice);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    const yaml *map = &list->items[i];
    int64_t year = 0;
    if (yaml_as_int(yaml_get(map, "year"), &year) && year > 0 && year <= 9999)
      all[i].year = (int)year;
    all[i].reference = text_trim(yaml_text(map, "reference"));
    day_list off = {0}, on = {0};
    if (!days_of_yaml(a, map, i, "holidays", &off, where, e) ||
        !days_of_yaml(a, map, i, "workdays", &on, where, e))
      return false;
    set_days(&all[i], &off, &on);
  }
  *ret = (calendar_notices){all, list->count};
  return check(ret, where, e);
}

/* The node of a fault; where it is missing, the one it is missing from. */
static const yaml *node_at(const yaml *list, const spot *s) {
  const yaml *notice = &list->items[s->notice];
  const yaml *part = s->list ? yaml_get(notice, s->list) : NULL;
  if (!part) return notice;
  return part->type == YAML_LIST && s->item < part->count ? &part->items[s->item] : part;
}

bool calendar_read_file(arena *a, const char *path, calendar_notices *ret, err *e) {
  const yaml *root = NULL;
  char where[ERR_WHERE_MAX];
  if (!yaml_load(a, path, &root, e)) return false;
  const yaml *list = yaml_get(root, "notices");
  if (!list || list->type != YAML_LIST || !list->count || list->count > CALENDAR_NOTICES_MAX)
    return err_set(e, ERR_BAD_FILE, yaml_where(path, list ? list : root, where),
                   "缺少通知的列表，请写成 notices: [{year, reference, holidays, workdays}]。",
                   "The list of notices is missing; write it as "
                   "notices: [{year, reference, holidays, workdays}].");
  spot found_at = {0};
  err fault = {0};
  calendar_notices found;
  if (notices_of_yaml(a, list, &found, &found_at, &fault)) {
    *ret = found;
    return true;
  }
  if (fault.code == ERR_MEMORY) return err_memory(e);
  return err_set(e, ERR_BAD_FILE, yaml_where(path, node_at(list, &found_at), where), "%s", "%s",
                 LABEL(fault));
}

calendar *calendar_load(const char *path, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  calendar *c = calendar_new();
  calendar_notices notices;
  if (!a || !c) err_memory(e);
  if (a && c && calendar_read_file(a, path, &notices, e) && calendar_take(c, &notices, e)) return c;
  calendar_free(c);
  return NULL;
}

/* ---- from JSON ---- */

static bool days_of_json(arena *a, const json *map, size_t at, const char *name, day_list *ret,
                         spot *where, err *e) {
  const json *list = json_get(map, name);
  if (!list) return true;
  if (list->type != JSON_LIST) return no_list(where, at, name, e);
  day *days = ARENA_ARRAY(a, list->count, day);
  if (!days) return err_memory(e);
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].type != JSON_TEXT || !day_parse(list->items[i].s, &days[i]))
      return not_a_day(where, at, name, i, e);
  *ret = (day_list){days, list->count};
  return true;
}

static bool notices_of_json(arena *a, const json *list, calendar_notices *ret, spot *where,
                            err *e) {
  calendar_notice *all = ARENA_ARRAY(a, list->count, calendar_notice);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    const json *map = &list->items[i];
    int64_t year = 0;
    if (json_int(map, "year", &year) && year > 0 && year <= 9999) all[i].year = (int)year;
    all[i].reference = text_trim(json_text(map, "reference"));
    day_list off = {0}, on = {0};
    if (!days_of_json(a, map, i, "holidays", &off, where, e) ||
        !days_of_json(a, map, i, "workdays", &on, where, e))
      return false;
    set_days(&all[i], &off, &on);
  }
  *ret = (calendar_notices){all, list->count};
  return check(ret, where, e);
}

bool calendar_read_json(arena *a, const json *list, calendar_notices *ret, err *e) {
  if (!list || list->type != JSON_LIST || !list->count || list->count > CALENDAR_NOTICES_MAX)
    return err_set(e, ERR_BAD_INPUT, "notices", "请给出通知的列表（最多%d个）。",
                   "Give a list of notices (at most %d).", CALENDAR_NOTICES_MAX);
  spot found_at = {0};
  err fault = {0};
  calendar_notices found;
  if (notices_of_json(a, list, &found, &found_at, &fault)) {
    *ret = found;
    return true;
  }
  if (fault.code == ERR_MEMORY) return err_memory(e);
  char where[ERR_WHERE_MAX];
  const char *of = found_at.list ? found_at.list : "";
  bool is_day = strcmp(of, "holidays") == 0 || strcmp(of, "workdays") == 0;
  int n = snprintf(where, sizeof where, "notices/%zu%s%s", found_at.notice, *of ? "/" : "", of);
  if (is_day && n > 0 && (size_t)n < sizeof where)
    snprintf(where + n, sizeof where - (size_t)n, "/%zu", found_at.item);
  return err_set(e, ERR_BAD_INPUT, where, "%s", "%s", LABEL(fault));
}

static void put_days(json_out *w, const char *key, const day *days, size_t count) {
  json_key(w, key);
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    char on[11];
    day_format(days[i], on);
    json_put_str(w, on);
  }
  json_close(w, ']');
}

void calendar_write_json(json_out *w, const calendar_notices *notices) {
  json_open(w, '[');
  for (size_t i = 0; i < notices->count; i++) {
    const calendar_notice *n = &notices->items[i];
    json_open(w, '{');
    json_key(w, "year");
    json_put_int(w, n->year);
    json_key(w, "reference");
    json_put_text(w, n->reference);
    put_days(w, "holidays", n->holidays, n->holiday_count);
    put_days(w, "workdays", n->workdays, n->workday_count);
    json_close(w, '}');
  }
  json_close(w, ']');
}
