#!/usr/bin/env node
// The program as people and scripts call it: `PASS name` / `FAIL name` lines. JISHI names the program, JISHI_TEST_PG a
// PostgreSQL on which everything that touches a place is done, too.
import { backups } from './backups.mjs'
import { calendar } from './calendar.mjs'
import { doctor } from './doctor.mjs'
import { tables } from './tables.mjs'
import { help } from './help.mjs'
import { imports } from './imports.mjs'
import { officers, terminal } from './officers.mjs'
import { noPlace, places } from './place.mjs'
import { screens } from './screens.mjs'
import { demo, files, serve } from './serve.mjs'
import { standby } from './standby.mjs'
import { upgrade } from './upgrade.mjs'
import { values } from './values.mjs'

let failed = await help()
failed += await values()
failed += await noPlace()
failed += await terminal()
failed += await serve()
failed += await files()
failed += await demo()
for (const driver of process.env.JISHI_TEST_PG ? ['sqlite', 'pg'] : ['sqlite']) {
  failed += await places(driver)
  failed += await officers(driver)
  failed += await imports(driver)
  failed += await tables(driver)
  failed += await backups(driver)
  failed += await doctor(driver)
  failed += await standby(driver)
  failed += await upgrade(driver)
  failed += await calendar(driver)
  failed += await screens(driver)
}
process.exit(failed ? 1 : 0)
