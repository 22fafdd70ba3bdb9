import common from '@common/i18n/en'

export default {
  ...common,
  app: { name: 'Jishi', slogan: 'find at once, help at once, close at once', skip: 'Skip to content' },
  menu: { map: 'Map', duties: 'Duties', home: 'What is due', cases: 'Cases', findings: 'Findings', whatif: 'What if', figures: 'Figures', funds: 'Funds', imports: 'Import', main: 'main menu', toggle: 'menu' },
  head: { area: 'area', language: 'language', large: 'Large type', largeOn: 'Large type: on', largeOff: 'Large type: off', signOut: 'Sign out', path: 'where you are' },
  act: {
    saved: 'Saved.',
    search: 'Search', reset: 'Reset', add: 'New', addOf: 'New {what}', edit: 'Change', editOf: 'Change {what}', print: 'Print', save: 'Save', cancel: 'Cancel', close: 'Close',
    back: 'Back', next: 'Next page', previous: 'Previous page', retry: 'Load again', open: 'Open', confirm: 'OK', fill: 'Fill in', more: 'More', recordOf: 'Record {what}', look: 'Look',
  },
  login: {
    title: 'Sign in', login: 'Login', password: 'Password', go: 'Sign in', forgot: 'Forgotten the password? The county administrator resets it in one step.',
    needLogin: 'Please give your login.', needPassword: 'Please give your password.', over: 'Your session is over; please sign in again.',
  },
  home: {
    overdue: 'Overdue', soon: 'Due within seven days', approvals: 'Waiting for my approval', open: 'Other open cases', nothing: 'None.', subjects: 'On the register', findings: 'Findings now', cases: 'Open cases',
    all: 'All done; nothing is due.', overdueEmpty: 'Nothing is overdue.', soonEmpty: 'Nothing is due within seven days.', approvalsEmpty: 'Nothing waits for your approval.', openEmpty: 'None.',
  },
  list: {
    page: 'page {n}', loading: 'Loading…', empty: 'Nothing matches.', rows: '{n} on this page',
    words: 'Name, pinyin initials or number', wordsHelp: 'such as 李小红, lxh, 3708…', area: 'Area', colour: 'Colour', allAreas: 'all areas', allColours: 'all colours', name: 'Name', act: 'Actions',
    filter: 'search', table: 'list: {what}', cases: 'list of cases', findings: 'list of findings',
  },
  file: {
    recordMore: 'Record more',
    facts: 'Facts', main: 'Main facts', others: 'Other facts', computed: 'Computed', empty: 'Not filled in yet', emptyHelp: 'What is not filled in is unknown, not zero.', findings: 'Findings', cases: 'Cases', measures: 'Measures',
    events: 'Records', history: 'Changes', notFilled: '{n} items', noFindings: 'No findings now.', changed: 'Someone changed this meanwhile. What you filled in is still here; look again and save once more.', cannotTell: 'Cannot tell, because these are missing', cannotTellOf: '{rule}: cannot tell, because {missing} is not known.',
    because: 'What was known then', document: 'document: {doc}', noCases: 'No cases.', noMeasures: 'No measures.', noEvents: 'Nothing recorded yet.', noHistory: 'No changes.', noChildren: 'No {what} yet.',
    overFindings: 'Findings resolved', since: 'found {day}', until: 'resolved {day}', showClear: 'Show in clear', clearNote: 'A look in clear is noted in the journal.', what: 'Who', field: 'Item', value: 'Value', from: 'Holds from', at: 'Entered', by: 'By', source: 'Source',
    withdraw: 'Withdraw', withdrawAsk: 'Withdraw this record? What followed from it is computed again.', withdrawn: 'withdrawn', locally: 'The county sets this as a parameter.', recordNow: 'Record',
  },
  event: {
    on: 'Day', onHelp: 'An earlier day may be given.', last: 'Last time ({day}, {by}) {n} items were filled in', useLast: 'Use them again', saved: 'Recorded.', results: 'What followed', quiet: 'No new findings, and no deadlines changed.',
    found: 'Found: {what}', opened: 'Case opened: {what}', now: 'Case “{what}” is now: {state}', deadline: 'Deadline: {day} ({n} days left)', resolved: 'Resolved: {what}', again: 'Record another', joined: 'Joined to the case that is open', about: 'About',
  },
  case: {
    state: 'State', open: 'open', closed: 'closed', deadline: 'Deadline', noDeadline: 'no deadline', daysLeft: '{n} days left', today: 'due today', overdue: '{n} days overdue', opened: 'opened {day}', relapses: 'relapsed {n} times',
    steps: 'Steps taken', next: 'Next step', to: 'leads to: {state}', note: 'Note', noteHelp: 'Optional; what was said or seen.', taken: 'Done: {what}', subject: 'Subject', title: 'Process', allStates: 'all states', whyNot: 'Not now: {why}', file: 'See the whole file',
    noNext: 'No next step for this case now.', system: 'system', measures: 'Measures of this case', overdueFirst: 'Overdue ones come first.',
  },
  measure: {
    propose: 'Propose a measure', kind: 'Measure', amount: 'Amount', state: 'State', note: 'Note', act: { approved: 'Approve', refused: 'Refuse', running: 'Begin', done: 'Finish', stopped: 'Stop' },
    proposed: 'Proposed; waiting for approval.', moved: 'Done: {what}', ask: '{act}: {what}', case: 'Case', noCase: 'no case', pick: 'Pick a measure first.', how: 'How it was computed', amountLater: 'The amount is computed by policy.',
  },
  finding: { rule: 'Finding', allRules: 'all findings', says: 'What', subject: 'Subject', since: 'Found on', case: 'Case', state: 'State', open: 'open', resolved: 'resolved' },
  import: {
    layout: 'Layout', pick: 'Pick the layout first, then give the file.', drop: 'Drop an Excel or CSV file here, or click to choose one', dropHelp: 'Use the exported table as it is. It is only checked at first; nothing is changed.', checking: 'Checking…', file: 'File: {name}',
    dry: 'What the check found', rows: '{n} rows', good: '{n} good', bad: '{n} with faults', created: '{n} new', changed: '{n} changed', same: '{n} unchanged', absent: '{n} not in the register', absentTitle: 'On the list, not in the register', absentHelp: 'Compared with the register: nothing was recorded of these. Verify whether they should be in it, or whether the number is wrong.', copy: 'Copy', copied: 'Copied; paste it into a sheet.', errors: 'Faults', row: 'Row', column: 'Column', value: 'In the table', remedy: 'Fault and remedy',
    sample: 'Sample (how the first rows were read)', apply: 'Take the good rows', undo: 'Undo the import', applied: 'Imported. If it was wrong, it can be undone.', undone: 'Undone; the data are as before the import.', undoAsk: 'Undo this import? What was changed after it stays.', again: 'Import another', nothing: 'No rows can be taken.',
    badLater: 'Rows with faults were not taken; mend them and import again, nothing doubles.', tooMany: 'Only the first {n} are listed.', unknownColumns: 'Columns not known, and not read: {names}',
  },
  whatif: {
    pack: 'Programme', help: 'Choose a parameter and drag it or type a number: who would enter, who would leave and what it would cost stands below at once. Nothing is changed and nobody is notified.',
    add: 'Choose parameters', addHelp: 'Search by name', none: 'This programme has no parameters to try.', now: 'In force', notSet: 'not set', since: 'since {day}', unset: 'As if it were not set', restore: 'Back to the value in force', remove: 'Leave this out', slider: 'Drag: {what}', box: 'Type: {what}', range: '{from} to {to}', wrong: 'That is no such number; the last one still counts.',
    asOf: 'Policy of the day', by: 'Broken down by', noBy: 'not broken down', area: 'Area', all: 'All', asking: 'Working it out…', plain: 'No parameter is changed yet; this is the screening with those in force.',
    subjects: 'Looked at', enters: 'Enter', leaves: 'Leave', cost: 'Cost ({per})', more: 'against now', same: 'the same as now', costNote: 'The cost of all rules added up; who falls under several rules counts with each.', unpriced: 'Facts are missing of {n} more, whose cost is not counted.', untold: 'Of {n} more it cannot be told; they are not counted.',
    rules: 'By rule', rule: 'Rule', about: 'About', count: 'Now', then: 'Then', unknown: 'Cannot tell', money: 'Cost then', difference: 'Difference', parts: 'By area: {rule}', categories: 'By {by}: {rule}', place: 'Area', category: 'Category', up: 'Back to {name}', quiet: 'Nobody in this area.', changedOnly: 'Only rules that change', raisedOnly: 'Only rules with a result', noChange: 'No rule gives another result after this change.',
    who: 'Who: {rule}', which: { enters: 'Enter', leaves: 'Leave', raised_then: 'Then', raised_now: 'Now', unknown: 'Cannot tell' }, name: 'Name', amount: 'Cost', nobody: 'Nobody.', printed: 'As of {day}, journal entry {seq}', set: 'Parameters tried', document: 'Document', footNow: 'A what-if, for study; it decides nothing.',
  },
  move: { act: 'Move', title: 'Move: {what}', go: 'Move', to: 'To which {what}', help: 'For splitting, merging, marriage. All that was recorded goes along; the old {what} keeps its history. Add a new {what} first, then move.', done: 'Moved.' },
  duty: {
    duty: 'Duty', who: 'Who', team: '{area} (together)', period: 'Period', progress: 'Done', of: '{done} / {need} ', times: 'times', places: 'objects', set: '{n} in the set', excusedN: ', {n} excused', today: 'Today still {n} ', left: ' ({n} days left)', rows: 'Details', because: 'Not done, because', record: 'Record', last: 'Last', never: 'not in this period', none: 'No duties on this day.', noRows: 'No such objects.', all: 'All duties', anyState: 'Any state', day: 'day', dayBefore: 'the day before', dayAfter: 'the day after', reason: 'Reason', from: 'From', to: 'To', leave: 'Extent', allDuties: 'Leave: all duties of these days', standIn: 'Stand-in', standInHelp: 'What the stand-in does in your grid counts for you.', standsIn: '{who} stands in', said: 'Recorded', excuses: 'Reasons and leave', mine: 'My patrols and visits', more: 'All duties',
    help: 'Say why something was not done; nobody wants an invented visit. A past day is told with the set and the officers of that day; what is entered later counts.',
    per: { day: 'a day', week: 'a week', month: 'a month', quarter: 'a quarter', year: 'a year' },
    state: { title: 'State', done: 'done', due: 'due', overdue: 'overdue', excused: 'excused', nothing: 'no objects', unknown: 'not set' },
  },
  map: { kind: 'kind', signs: 'Print QR signs', sorts: 'types', help: '{n} have a place, {without} do not yet. It works without a network, so there is no map beneath; coordinates are WGS-84.', more: 'There are more than can be shown; choose an area.', without: '{n} without a place', signsOf: '{what}: {n} QR signs', scan: 'Scan to record', noSuch: 'There is no object {code}, or it is outside your areas.' },
  fund: {
    name: 'Fund', budget: 'Budget', promised: 'Approved, not paid', paid: 'Paid', left: 'Left', used: 'Paid so far', count: '{n} items', rows: 'Payments', rowsOf: 'Payments: {what}', what: 'For', none: 'No fund is registered yet.', noRows: 'No payments.', paidOf: '{amount} paid', noMeasure: 'No measure is approved; propose one first.',
    help: 'Totals are the sums of the rows. "Approved, not paid" is of measures approved or running; of monthly and yearly ones only this month and year. Nothing can be paid beyond the budget or without approval.',
  },
  figure: {
    period: 'Period', month: 'This month', last: 'Last month', year: 'This year', days: 'From and to', unknown: '{n} not counted for lack of facts', byArea: 'By area', rows: 'rows', part: 'counts', asOf: '{area}, {from} to {to}; as of entry {seq} of the journal. Click a figure for its rows.',
  },
  why: { colour: 'colour', button: 'Why', title: 'Why: {what}', note: 'Computed from the facts and parameters of today.', noteEvent: 'Computed by the formulas and parameters of its day.', now: 'by the figures of today {text}', seen: 'shown above', missing: 'missing: {what}', formula: 'formula', window: '{from} to {to}', upTo: 'up to {to}', events: '{n} counted', entered: 'entered {day}', deeper: '{n} inputs', and: 'all must hold', or: 'one is enough', cut: 'There is more than can be listed here.' },
  print: { title: 'File of {what}', county: 'County', printed: 'Printed', pageHint: 'Prints on A4, portrait.', sign: 'signature: {what}', seal: '(seal)', village: 'village', town: 'town', head: 'person concerned', officer: 'officer', date: 'date', go: 'Print', reason: 'reasons', amount: 'amount', approval: 'steps', facts: 'Facts', none: 'none' },
  route: { notFound: 'No such page', home: 'Back to the start' },
}
