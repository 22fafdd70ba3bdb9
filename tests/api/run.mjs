#!/usr/bin/env node
// API tests against the real server; `PASS name` / `FAIL name` lines. JISHI names the program, JISHI_TEST_PG a PostgreSQL to run the loop on, too.
import { acceptance } from './acceptance.mjs'
import { acceptanceAir } from './acceptance-air.mjs'
import { calendar } from './calendar.mjs'
import { loop } from './loop.mjs'
import { background } from './background.mjs'
import { badInput } from './bad_input.mjs'
import { bodies } from './bodies.mjs'
import { explain } from './explain.mjs'
import { contract } from './contract.mjs'
import { connections } from './connections.mjs'
import { samples } from './samples.mjs'
import { rosters } from './rosters.mjs'
import { areas } from './areas.mjs'
import { officers } from './officers.mjs'
import { mergers } from './mergers.mjs'
import { owned } from './owned.mjs'
import { packs } from './packs.mjs'
import { programs } from './programs.mjs'
import { units } from './units.mjs'
import { whatif } from './whatif.mjs'

if (!process.env.JISHI_TEST_PG)
  for (const name of [
    'loop',
    'calendar',
    'programs',
    'packs',
    'officers',
    'areas',
    'mergers',
    'owned',
    'whatif',
    'units',
    'samples',
    'explain',
    'acceptance',
    'acceptance-air',
  ])
    console.log(`SKIP ${name} on PostgreSQL: JISHI_TEST_PG names none`)

let failed = await loop('sqlite')
if (process.env.JISHI_TEST_PG) failed += await loop('pg')
failed += await areas('sqlite')
if (process.env.JISHI_TEST_PG) failed += await areas('pg')
failed += await programs('sqlite')
if (process.env.JISHI_TEST_PG) failed += await programs('pg')
failed += await packs('sqlite')
if (process.env.JISHI_TEST_PG) failed += await packs('pg')
failed += await calendar('sqlite')
if (process.env.JISHI_TEST_PG) failed += await calendar('pg')
failed += await officers('sqlite')
if (process.env.JISHI_TEST_PG) failed += await officers('pg')
failed += await mergers('sqlite')
if (process.env.JISHI_TEST_PG) failed += await mergers('pg')
failed += await owned('sqlite')
if (process.env.JISHI_TEST_PG) failed += await owned('pg')
failed += await badInput()
failed += await bodies()
failed += await background()
failed += await rosters()
failed += await samples('sqlite')
if (process.env.JISHI_TEST_PG) failed += await samples('pg')
failed += await whatif('sqlite')
if (process.env.JISHI_TEST_PG) failed += await whatif('pg')
failed += await units('sqlite')
if (process.env.JISHI_TEST_PG) failed += await units('pg')
failed += await explain('sqlite')
if (process.env.JISHI_TEST_PG) failed += await explain('pg')
failed += await acceptance('sqlite')
if (process.env.JISHI_TEST_PG) failed += await acceptance('pg')
failed += await acceptanceAir('sqlite')
if (process.env.JISHI_TEST_PG) failed += await acceptanceAir('pg')
failed += await connections()
failed += await contract() // the last: it looks at what all the others have called
process.exit(failed ? 1 : 0)
