/* settings.h — what the county has decided for itself (settings.def). */
#ifndef JISHI_STORE_ROWS_SETTINGS_H
#define JISHI_STORE_ROWS_SETTINGS_H

#include "store/store.h"

typedef struct county_settings {
#define SETTING(name, value, least, most, zh, en) int64_t name;
#include "store/rows/settings.def"
#undef SETTING
} county_settings;

typedef struct county_setting {
  const char *name;
  int64_t value, least, most;
  label title;
  size_t at; /* of its member */
} county_setting;
extern const county_setting county_setting_list[];
extern const size_t county_setting_count;

bool store_settings(store *s, county_settings *ret, err *e);
bool store_setting_put(store *s, const char *name, int64_t value, err *e);

#endif
