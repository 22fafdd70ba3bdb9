#include "store/rows/settings.h"

#include "store/row.h"

typedef struct setting_row {
  const char *name;
  int64_t value;
} setting_row;

const row_table store_table_setting = {.name = "setting",
                                       .derived = true,
                                       ROW_COLUMNS(setting_row,
                                                   ROW_STR("name", setting_row, name, KEY),
                                                   ROW_INT("value", setting_row, value, CHANGES))};

const county_setting county_setting_list[] = {
#define SETTING(name, value, least, most, zh, en)                                                  \
  {#name, value, least, most, {zh, en}, offsetof(county_settings, name)},
#include "store/rows/settings.def"
#undef SETTING
};
const size_t county_setting_count = sizeof county_setting_list / sizeof *county_setting_list;

static void put(county_settings *all, const county_setting *x, int64_t value) {
  memcpy((char *)all + x->at, &value, sizeof value);
}

bool store_settings(store *s, county_settings *ret, err *e) {
  county_settings all;
  for (size_t i = 0; i < county_setting_count; i++)
    put(&all, &county_setting_list[i], county_setting_list[i].value);
  db_stmt *q = sql_prepare(s, "SELECT name, value FROM setting WHERE county = $1", e);
  int got = -1;
  while (q && (got = db_next(q, e)) > 0)
    for (size_t i = 0; i < county_setting_count; i++)
      if (text_is(db_text(q, 0), county_setting_list[i].name))
        put(&all, &county_setting_list[i], db_int(q, 1));
  if (got < 0) return false;
  *ret = all;
  return true;
}

bool store_setting_put(store *s, const char *name, int64_t value, err *e) {
  setting_row row = {name, value};
  return row_put(s, &store_table_setting, &row, e);
}
