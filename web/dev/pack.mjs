/* An invented programme for the mock server, shaped as GET /packs. Not a shipped pack: it only has every type of field and step. */
const L = (zh, en) => ({ zh, en })
const choice = (...rows) => rows.map(([code, zh, en]) => ({ code, title: L(zh, en) }))
const field = (name, zh, en, type, more = {}) => ({
  name,
  title: L(zh, en),
  help: L('', ''),
  type,
  format: null,
  privacy: 'open',
  required: false,
  long: false,
  min: null,
  max: null,
  values: [],
  fact: null,
  ...more,
})

const grades = choice(
  ['a', 'A级（安全）', 'A (sound)'],
  ['b', 'B级（基本安全）', 'B (mostly sound)'],
  ['c', 'C级（局部危险）', 'C (partly unsafe)'],
  ['d', 'D级（危险）', 'D (unsafe)'],
)
const people = field('people', '核实人数', 'people who verified', 'int', { required: true, min: 1, max: 9 })

export const pack = {
  name: 'sample',
  version: '0.1.0',
  hash: '00',
  title: L('示例：动态监测帮扶', 'Sample: dynamic monitoring'),
  roles: [
    { name: 'town_clerk', title: L('乡镇经办员', 'town clerk') },
    { name: 'county_officer', title: L('县级审核员', 'county officer') },
  ],
  kinds: [
    {
      name: 'household',
      plural: '',
      title: L('户', 'household'),
      parent: null,
      key: 'code',
      label: 'head_name',
      list: ['head_name', 'code', 'household_type', 'size', 'income_year'],
      fields: [
        field('code', '户编号', 'household no.', 'text', {
          required: true,
          max: 32,
          help: L('全县不重复。', 'Unique in the county.'),
        }),
        field('head_name', '户主姓名', 'name of head', 'text', { required: true, max: 40 }),
        field('household_type', '户类型', 'household type', 'choice', {
          values: choice(
            ['lifted', '脱贫户', 'lifted'],
            ['edge', '边缘易致贫户', 'edge'],
            ['sudden', '突发严重困难户', 'sudden hardship'],
            ['plain', '一般农户', 'plain'],
          ),
        }),
        field('size', '家庭人口', 'members', 'int', { min: 1, max: 30 }),
        field('income_year', '家庭年纯收入', 'net income a year', 'money', { min: 0 }),
        field('phone', '联系电话', 'phone', 'text', { format: 'phone', privacy: 'masked' }),
        field('house_grade', '住房安全等级', 'house grade', 'choice', { values: grades }),
        field('water_safe', '饮水是否安全', 'safe water', 'bool'),
        field('moved_in', '迁入日期', 'moved in', 'date'),
        field('risks', '风险类型', 'risks', 'choices', {
          values: choice(
            ['illness', '因病', 'illness'],
            ['school', '因学', 'schooling'],
            ['disaster', '因灾', 'disaster'],
            ['work', '务工不稳', 'unsteady work'],
          ),
        }),
        field('land_share', '流转土地比例', 'share of land leased', 'rate'),
        field('main_crop', '主要作物', 'main crop', 'choice', {
          values: choice(
            ['wheat', '小麦', 'wheat'],
            ['corn', '玉米', 'corn'],
            ['rice', '水稻', 'rice'],
            ['soy', '大豆', 'soy'],
            ['peanut', '花生', 'peanut'],
            ['garlic', '大蒜', 'garlic'],
          ),
        }),
        field('remark', '备注', 'remark', 'text', { long: true, max: 500 }),
      ],
    },
    {
      name: 'person',
      plural: 'persons',
      title: L('成员', 'members'),
      parent: 'household',
      key: 'id_number',
      label: 'name',
      list: ['name', 'relation', 'id_number', 'health'],
      fields: [
        field('name', '姓名', 'name', 'text', { required: true, max: 40 }),
        field('id_number', '证件号码', 'ID number', 'text', { format: 'resident_id', privacy: 'masked' }),
        field('relation', '与户主关系', 'relation to head', 'choice', {
          required: true,
          values: choice(
            ['head', '户主', 'head'],
            ['spouse', '配偶', 'spouse'],
            ['child', '子女', 'child'],
            ['parent', '父母', 'parent'],
          ),
        }),
        field('health', '健康状况', 'health', 'choice', {
          values: choice(
            ['well', '健康', 'well'],
            ['chronic', '长期慢性病', 'chronic illness'],
            ['grave', '大病', 'grave illness'],
            ['disabled', '残疾', 'disabled'],
          ),
        }),
        field('in_school', '是否在校', 'in school', 'bool'),
      ],
    },
  ],
  events: [
    {
      name: 'visit',
      title: L('走访', 'visit'),
      about: 'household',
      who: ['town_clerk'],
      list: ['topics', 'note'],
      fields: [
        field('topics', '走访内容', 'topics', 'choices', {
          required: true,
          values: choice(
            ['income', '收入', 'income'],
            ['housing', '住房', 'housing'],
            ['health', '看病', 'health'],
            ['school', '上学', 'school'],
            ['policy', '政策宣传', 'policies'],
          ),
        }),
        field('house_grade', '住房安全等级', 'house grade', 'choice', { values: grades, fact: 'house_grade' }),
        field('note', '走访情况', 'what was seen', 'text', { long: true, max: 500 }),
      ],
    },
    {
      name: 'medical_claim',
      title: L('医疗支出', 'medical cost'),
      about: 'person',
      who: ['town_clerk'],
      list: ['self_paid', 'hospital'],
      fields: [
        field('self_paid', '自付金额', 'self-paid', 'money', { required: true, min: 0 }),
        field('hospital', '医院', 'hospital', 'text', { max: 60 }),
      ],
    },
  ],
  parameters: [
    {
      name: 'p.monitor.line',
      title: L('监测线（人均年）', 'monitoring line, per person and year'),
      type: 'money',
      form: 'value',
      set: true,
      values: [{ from: '2026-01-01', value: 800000, reference: '虚构文件 1 号' }],
    },
    {
      name: 'p.share',
      title: L('分档比例', 'shares'),
      type: 'rate',
      form: 'keyed',
      set: true,
      values: [{ from: '2026-01-01', value: { level1: '0.9', level2: '0.65' }, reference: '虚构文件 2 号' }],
    },
    { name: 'p.alert.most', title: L('预警上限', 'alert limit'), type: 'int', form: 'value', set: false, values: [] },
  ],
  variables: [],
  aggregates: [],
  rules: [
    { name: 'illness_shock', title: L('因病支出骤增', 'illness shock'), colour: 'red' },
    { name: 'unsafe_house', title: L('住房安全没有保障', 'unsafe house'), colour: 'red' },
    {
      name: 'low_income',
      title: L('收入接近监测线', 'income near the line'),
      colour: 'yellow',
      of: 'household',
      per: 'year',
    },
  ],
  workflows: [
    {
      name: 'prevention',
      process: 'watch',
      title: L('防返贫监测帮扶', 'prevention'),
      of: 'household',
      from: '2021-01-01',
      to: null,
      start: 'clue',
      states: [
        { name: 'clue', title: L('风险线索', 'clue'), closed: false },
        { name: 'verify', title: L('入户核实', 'verify'), closed: false },
        { name: 'assist', title: L('落实帮扶', 'assist'), closed: false },
        { name: 'eliminated', title: L('风险消除', 'risk eliminated'), closed: true },
        { name: 'rejected', title: L('不予纳入', 'rejected'), closed: true },
      ],
      transitions: [
        {
          name: 'verify',
          title: L('入户核实', 'verify at home'),
          from: ['clue'],
          to: 'verify',
          who: ['town_clerk'],
          fields: [people, field('met', '见到的人', 'people met', 'text', { max: 60 })],
          guarded: true,
        },
        {
          name: 'reject',
          title: L('不予纳入', 'reject'),
          from: ['clue', 'verify'],
          to: 'rejected',
          who: ['county_officer'],
          fields: [field('why', '原因', 'why', 'text', { required: true, long: true })],
          guarded: false,
        },
        {
          name: 'enrol',
          title: L('纳入监测', 'enrol'),
          from: ['verify'],
          to: 'assist',
          who: ['town_clerk'],
          fields: [
            field('risk', '主要风险', 'main risk', 'choice', {
              required: true,
              values: choice(['illness', '因病', 'illness'], ['house', '住房', 'house'], ['income', '收入', 'income']),
            }),
          ],
          guarded: false,
        },
        {
          name: 'eliminate',
          title: L('风险消除', 'eliminate the risk'),
          from: ['assist'],
          to: 'eliminated',
          who: ['town_clerk'],
          fields: [],
          guarded: true,
        },
      ],
    },
  ],
  measures: [
    {
      name: 'minimum_allowance',
      title: L('最低生活保障', 'minimum living allowance'),
      group: { name: 'safety', title: L('保障性措施', 'safety net') },
      of: 'household',
      fields: [
        field('covered', '保障人数', 'covered members', 'int', { required: true, min: 1, max: 30 }),
        field('counted', '核算月收入', 'counted income a month', 'money', { required: true }),
      ],
      per: 'month',
      propose: ['town_clerk'],
      approve: ['county_officer', 'town_clerk'],
      needs_case: true,
    },
    {
      name: 'house_repair',
      title: L('危房修缮', 'house repair'),
      group: { name: 'housing', title: L('住房保障', 'housing') },
      of: 'household',
      fields: [],
      per: 'once',
      propose: ['town_clerk'],
      approve: ['county_officer'],
      needs_case: false,
    },
  ],
  imports: [{ name: 'lifted_export', title: L('脱贫人口导出表', 'lifted-population export') }],
}
