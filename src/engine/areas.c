/* Which areas a subject or a post may name. */
#include "engine/areas.h"

#include "base/ident.h"

/* "370871001205 东村、370871001206 西村" */
static bool name_successors(store *s, arena *a, const area *x, buf *list, err *e) {
  text rest = x->successors, word;
  while (rest.at && text_next_word(&rest, &word)) {
    const char *name = "", *code = arena_copy(a, word.at, word.bytes);
    if (!code) return err_memory(e);
    if (!store_area_name(s, a, code, &name, e)) return false;
    buf_printf(list, "%s%s %s", list->bytes ? "、" : "", code, name);
  }
  return buf_ok(list) || err_memory(e);
}

bool area_is_no_more(store *s, arena *a, const area *x, const char *where, err *e) {
  AUTO_BUF buf list = {0};
  char on[11];
  day_format(x->until, on);
  if (!name_successors(s, a, x, &list, e)) return false;
  if (!list.bytes)
    return err_set(e, ERR_BAD_INPUT, where, "%s %s从 %s 起已经撤销。", "%s %s is no more since %s.",
                   x->code, x->name, on);
  return err_set(e, ERR_BAD_INPUT, where, "%s %s从 %s 起已经变更，现在请写：%s。",
                 "%s %s is no more since %s; now write: %s.", x->code, x->name, on, list.at);
}

bool area_stands_check(store *s, arena *a, const char *code, const char *where, err *e) {
  area *x = NULL;
  if (!store_area_find(s, a, code, &x, e)) return false;
  if (!x)
    return err_set(e, ERR_BAD_INPUT, where, "本区县没有代码为 %s 的区域，请核对。",
                   "There is no area %s in this county; check the code.", code);
  return area_stands(x) || area_is_no_more(s, a, x, where, e);
}

bool area_zone_in_town(const char *zone, const char *area) {
  return strncmp(zone, area, area_code_level(area) < AREA_TOWN ? 6 : 9) == 0;
}

bool area_level_fits(const kind *k, const char *code, err *e) {
  if (area_code_is_zone(code))
    return err_set(e, ERR_BAD_INPUT, "area",
                   "%s 是片区，不是村（居）。%s登记在村（居）或乡镇，片区另外填写。",
                   "%s is a zone. A %s is registered in a village or town; its zone is a field of "
                   "its own.",
                   code, LABEL(k->title));
  if ((int)area_code_level(code) >= k->registered_at) return true;
  const label level = k->registered_at == AREA_VILLAGE ? (label){"村（居）", "village"}
                                                       : (label){"乡镇（街道）", "town"};
  return err_set(e, ERR_BAD_INPUT, "area", "%s要登记到%s，%s 是上一级，请选择它下面的一个。",
                 "A %s is registered in a %s; %s lies above, choose one in it.", LABEL(k->title),
                 LABEL(level), code);
}

bool area_fits_kind(store *s, arena *a, const kind *k, const char *code, err *e) {
  return area_stands_check(s, a, code, "area", e) && area_level_fits(k, code, e);
}
