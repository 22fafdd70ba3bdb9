import common from '@common/i18n/zh'

export default {
  ...common,
  app: { name: '即时', slogan: '即时发现、即时帮扶、即时销号', skip: '跳到正文' },
  menu: { map: '地图', duties: '巡查走访', home: '今日应办', cases: '个案', findings: '预警', whatif: '政策推演', figures: '指标', funds: '资金', imports: '导入名单', main: '主菜单', toggle: '菜单' },
  head: { area: '管辖范围', language: '语言', large: '大字', largeOn: '大字：开', largeOff: '大字：关', signOut: '退出', path: '当前位置' },
  act: {
    saved: '已保存。',
    search: '查询', reset: '重置', add: '新增', addOf: '新增{what}', edit: '修改', editOf: '修改{what}', print: '打印', save: '保存', cancel: '取消', close: '关闭',
    back: '返回', next: '下一页', previous: '上一页', retry: '重新加载', open: '打开', confirm: '确定', fill: '去填写', more: '更多', recordOf: '登记{what}', look: '查看',
  },
  login: {
    title: '登录', login: '登录名', password: '密码', go: '登录', forgot: '忘记密码，请找县里的管理员，一步就能重设。',
    needLogin: '请填登录名。', needPassword: '请填密码。', over: '登录已到期，请重新登录。',
  },
  home: {
    overdue: '已超期', soon: '七天内到期', approvals: '等我审批', open: '其他办理中', nothing: '没有。', subjects: '在册对象', findings: '当前预警', cases: '办理中的个案',
    all: '都办完了，没有到期的事。', overdueEmpty: '没有超期的。', soonEmpty: '七天内没有到期的。', approvalsEmpty: '没有等您审批的。', openEmpty: '没有。',
  },
  list: {
    page: '第 {n} 页', loading: '正在加载…', empty: '没有符合条件的记录。', rows: '本页 {n} 条',
    words: '姓名、拼音首字母或编号', wordsHelp: '例如：李小红、lxh、3708…', area: '区域', colour: '颜色', allAreas: '全部区域', allColours: '全部颜色', name: '名称', act: '操作',
    filter: '查询条件', table: '{what}列表', cases: '个案列表', findings: '预警列表',
  },
  file: {
    recordMore: '更多登记',
    facts: '基本情况', main: '主要信息', others: '其他信息', computed: '计算结果', empty: '还没填的', emptyHelp: '没填就是“未知”，不当作零。', findings: '预警', cases: '个案', measures: '措施',
    events: '登记记录', history: '变更历史', notFilled: '共 {n} 项', noFindings: '目前没有预警。', changed: '别人刚刚改过这份资料。您填的还在，请核对后再按一次保存。', cannotTell: '无法判断，因为还缺这些内容', cannotTellOf: '{rule}：无法判断，因为不知道{missing}。',
    because: '当时的依据', document: '依据：{doc}', noCases: '没有个案。', noMeasures: '没有措施。', noEvents: '还没有登记记录。', noHistory: '没有变更。', noChildren: '还没有{what}。',
    overFindings: '已解除的预警', since: '{day} 发现', until: '{day} 解除', showClear: '显示完整号码', clearNote: '查看完整号码会记入流水。', what: '谁', field: '项目', value: '内容', from: '生效日期', at: '登记时间', by: '登记人', source: '来源',
    withdraw: '撤回', withdrawAsk: '撤回这条登记？由它产生的结果会重新计算。', withdrawn: '已撤回', locally: '这一项由县里在参数中设定。', recordNow: '登记',
  },
  event: {
    on: '日期', onHelp: '可以补登以前的日期。', last: '上次（{day}，{by}）填过 {n} 项', useLast: '沿用上次', saved: '已登记。', results: '登记后的结果', quiet: '没有新的预警，也没有到期变化。',
    found: '发现：{what}', opened: '已开启个案：{what}', now: '个案“{what}”现在是：{state}', deadline: '期限：{day}（还有 {n} 天）', resolved: '已解除：{what}', again: '再登记一条', joined: '已并入正在办理的个案', about: '登记对象',
  },
  case: {
    state: '状态', open: '办理中', closed: '已办结', deadline: '期限', noDeadline: '没有期限', daysLeft: '还有 {n} 天', today: '今天到期', overdue: '已超期 {n} 天', opened: '{day} 开启', relapses: '返回 {n} 次',
    steps: '办理过程', next: '下一步', to: '办后状态：{state}', note: '说明', noteHelp: '可以不填；电话里说的、现场看到的都可以写。', taken: '已办理：{what}', subject: '对象', title: '流程', allStates: '全部状态', whyNot: '现在不能办：{why}', file: '看整份档案',
    noNext: '这个个案目前没有下一步。', system: '系统', measures: '这个个案的措施', overdueFirst: '超期的排在最前。',
  },
  measure: {
    propose: '提出措施', kind: '措施', amount: '金额', state: '状态', note: '说明', act: { approved: '批准', refused: '不批准', running: '开始落实', done: '落实完成', stopped: '停止' },
    proposed: '已提出，等待审批。', moved: '已办理：{what}', ask: '{act}：{what}', case: '所属个案', noCase: '不属于个案', pick: '请先选措施。', how: '怎么算出来的', amountLater: '金额由系统按政策算出。',
  },
  finding: { rule: '预警', allRules: '全部预警', says: '内容', subject: '对象', since: '发现日期', case: '个案', state: '状态', open: '未解除', resolved: '已解除' },
  import: {
    layout: '表格样式', pick: '请先选表格样式，再放文件。', drop: '把 Excel 或 CSV 文件拖到这里，或点这里选文件', dropHelp: '直接用系统导出的原表，不用改列名；先只检查，不会改动数据。', checking: '正在检查…', file: '文件：{name}',
    dry: '检查结果', rows: '共 {n} 行', good: '正确 {n} 行', bad: '有问题 {n} 行', created: '新增 {n}', changed: '更新 {n}', same: '没有变化 {n}', absent: '不在册 {n} 行', absentTitle: '名单里有、册里没有的', absentHelp: '比对结果：这些人不在册，没有登记。请核实是否应当纳入，或证件号码是否有误。', copy: '复制名单', copied: '已复制，可粘贴到 Excel。', errors: '有问题的地方', row: '行', column: '列', value: '表里写的', remedy: '问题和改法',
    sample: '样例（前几行读出来的样子）', apply: '接收正确的行', undo: '撤销导入', applied: '已导入。发现导错了，可以撤销。', undone: '已撤销，数据恢复到导入之前。', undoAsk: '撤销这次导入？导入之后又改过的内容会保留。', again: '再导一份', nothing: '没有可以接收的行。',
    badLater: '有问题的行没有导入；改好后再导一次，已导入的不会重复。', tooMany: '只列出前 {n} 处。', unknownColumns: '这些列不认识，没有读：{names}',
  },
  whatif: {
    pack: '业务', help: '挑一个参数，拖动或填数，下面马上显示哪些人会进来、哪些人会退出、要花多少钱。只是推演，不会改动任何数据，也不会通知任何人。',
    add: '挑选参数', addHelp: '按名称查找', none: '这个业务没有可以推演的参数。', now: '现行', notSet: '没有设定', since: '{day} 起', unset: '当作没有设定', restore: '恢复现行值', remove: '不推演这一项', slider: '拖动：{what}', box: '填数：{what}', range: '{from} 至 {to}', wrong: '填的数不对，还按上一次的值推算。',
    asOf: '按哪一天的政策', by: '按类别细分', noBy: '不细分', area: '范围', all: '全部', asking: '正在推算…', plain: '还没有改参数，下面是按现行参数排查的结果。',
    subjects: '共排查', enters: '新进', leaves: '退出', cost: '金额（{per}）', more: '比现在', same: '与现在相同', costNote: '各条规则的金额相加；同一对象符合几条规则的，分别计算。', unpriced: '另有 {n} 个缺少资料，算不出金额，没有计入。', untold: '另有 {n} 个无法判断，没有计入。',
    rules: '按规则', rule: '规则', about: '对象', count: '现在', then: '推演', unknown: '无法判断', money: '推演金额', difference: '金额增减', parts: '按区域：{rule}', categories: '按{by}：{rule}', place: '区域', category: '类别', up: '返回 {name}', quiet: '这一范围没有符合的对象。', changedOnly: '只看有变化的规则', raisedOnly: '只看有结果的规则', noChange: '改了以后，各条规则的结果都没有变化。',
    who: '名单：{rule}', which: { enters: '新进', leaves: '退出', raised_then: '推演后符合', raised_now: '现在符合', unknown: '无法判断' }, name: '名称', amount: '金额', nobody: '没有。', printed: '推演日期 {day}，数据截至流水第 {seq} 条', set: '推演的参数', document: '依据', footNow: '推演结果供研究，不作为依据。',
  },
  move: { act: '迁移', title: '迁移：{what}', go: '迁过去', to: '迁到哪一{what}', help: '分户、合户、婚嫁迁移用。以前登记的一切都跟着走，原来的{what}留下历史。新立的{what}请先新增，再迁移。', done: '已迁移。' },
  duty: {
    duty: '任务', who: '谁', team: '{area}（共同完成）', period: '周期', progress: '完成', of: '{done} / {need} ', times: '次', places: '家(处)', set: '范围内 {n} 个', excusedN: '，免 {n} 个', today: '今天还要 {n} ', left: '（还有 {n} 天）', rows: '明细', because: '未完成说明', record: '去登记', last: '最近一次', never: '本期还没有', none: '这一天没有巡查走访任务。', noRows: '没有这样的对象。', all: '全部任务', anyState: '全部状态', day: '哪一天', dayBefore: '前一天', dayAfter: '后一天', reason: '原因', from: '从', to: '到', leave: '范围', allDuties: '请假：这几天的全部任务', standIn: '代管人', standInHelp: '代管人在您网格里做的，算作您已完成。', standsIn: '由{who}代管', said: '已登记', excuses: '说明和请假', mine: '我的巡查走访', more: '全部任务',
    help: '没做就写明原因，不用补假的。过去的日子按当时的范围和人员算；后来补记的照样算数。',
    per: { day: '每天', week: '每周', month: '每月', quarter: '每季度', year: '每年' },
    state: { title: '状态', done: '完成', due: '进行中', overdue: '逾期', excused: '免做', nothing: '没有对象', unknown: '要求未定' },
  },
  map: { kind: '哪种对象', signs: '打印二维码牌', sorts: '类型', help: '{n} 个有位置，{without} 个还没有填位置。不联网也能用，所以没有底图；坐标是 WGS-84。', more: '对象太多，只显示了前面的，请选区域。', without: '没有位置的 {n} 个', signsOf: '{what}二维码牌 {n} 张', scan: '扫码登记巡查', noSuch: '没有编号为 {code} 的对象，或者不在您的管辖范围内。' },
  fund: {
    name: '资金', budget: '预算', promised: '已批未付', paid: '已支付', left: '剩余', used: '支付进度', count: '{n} 笔', rows: '支付明细', rowsOf: '支付明细：{what}', what: '用途', none: '还没有登记资金。', noRows: '没有支付。', paidOf: '已发 {amount}', noMeasure: '没有已审批的措施，请先提出并审批。',
    help: '合计都由明细相加。“已批未付”是已批准或正在实施、还没有付的金额；按月、按年发放的只算当月、当年。超过预算的支付登记不了，没有审批的措施发放不了。',
  },
  figure: {
    period: '期间', month: '本月', last: '上月', year: '本年', days: '起止日期', unknown: '{n} 条因资料不全没有计入', byArea: '按区域', rows: '明细', part: '计入', asOf: '{area}，{from}至{to}；数据截至流水第 {seq} 条。点数字看明细。',
  },
  why: { colour: '颜色', button: '为什么', title: '为什么：{what}', note: '按今天的事实和参数计算。', noteEvent: '按登记那天的算法和参数计算。', now: '按今天的数是 {text}', seen: '上面已列出', missing: '缺：{what}', formula: '算法', window: '{from} 至 {to}', upTo: '截至 {to}', events: '计入 {n} 件', entered: '{day} 录入', deeper: '依据 {n} 项', and: '须全部成立', or: '有一项成立即可', cut: '内容太多，后面的没有列出。' },
  print: { title: '{what}档案', county: '县（市、区）', printed: '打印日期', pageHint: '用 A4 纸纵向打印。', sign: '{what}签名', seal: '（盖章）', village: '村（社区）', town: '乡镇（街道）', head: '当事人', officer: '经办人', date: '年　　月　　日', go: '打印', reason: '理由', amount: '金额', approval: '过程', facts: '基本情况', none: '无' },
  route: { notFound: '没有这个页面', home: '回到首页' },
}
