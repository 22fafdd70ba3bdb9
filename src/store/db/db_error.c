/* The sentences that both drivers say alike. */
#include "store/db/db_driver.h"

bool db_err_full(const char *location, err *e) {
  return err_set(e, ERR_STORE, location, "磁盘已满，未作任何更改。请腾出磁盘空间后再试。",
                 "The disk is full; nothing was changed. Free some space and try again.");
}

bool db_err_locked(const char *location, err *e) {
  return err_set(e, ERR_STORE, location,
                 "数据正被另一个程序占用，未作任何更改。请关闭另一个 jishi，或稍等片刻再试。",
                 "Another program is holding the data; nothing was changed. Close the other jishi, "
                 "or try again in a moment.");
}

bool db_err_corrupt(const char *location, err *e) {
  return err_set(e, ERR_STORE, location,
                 "数据文件已损坏。请停止录入，保留现场，再用 jishi restore 从最近的备份恢复到一个新"
                 "位置（docs/backup.md）。",
                 "The data file is damaged. Stop entering data, keep the file as it is, and bring "
                 "the latest backup back into a new location by jishi restore (docs/backup.md).");
}

bool db_err_missing(const char *location, err *e) {
  return err_set(e, ERR_STORE, location,
                 "这里没有区县的数据。请核对位置；要建一个区县，用 jishi init。",
                 "There is no county here. Check the location; jishi init makes a county.");
}

void db_log_detail(log_level level, const char *event, const char *detail) {
  log_event(level, event, log_word("driver", detail));
}

bool db_err_conflict(db *d, const char *detail, err *e) {
  d->conflict = true;
  db_log_detail(LOG_INFO, "db_conflict", detail);
  return err_set(e, ERR_CONFLICT, NULL, "已经有一条编号相同的记录，请先查找再修改。",
                 "There is already a record with this key; look it up and change it.");
}

bool db_err_internal(const char *detail, err *e) {
  db_log_detail(LOG_ERROR, "db_internal", detail);
  return err_set(e, ERR_INTERNAL, NULL,
                 "程序内部出错，未作任何更改。日志里记有详情，请告诉维护人员。",
                 "An internal error; nothing was changed. The log says more: tell whoever "
                 "maintains the system.");
}
