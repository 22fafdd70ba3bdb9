/* PostgreSQL through libpq: being written. */
#include "store/db_driver.h"

db *db_postgres_open(const char *place, db_mode mode, err *e) {
  (void)place;
  (void)mode;
  err_set(e, ERR_STORE, NULL, "还不能用 PostgreSQL。", "PostgreSQL is not available yet.");
  return NULL;
}
