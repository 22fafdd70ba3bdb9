/* Words both apps use. */
export default {
  form: {
    required: '这一项必填。',
    pick: '请选一项。',
    int: '请填整数，例如 3。',
    money: '请填金额（元），最多两位小数，例如 1234.50。',
    rate: '请填百分比，例如 80。',
    date: '请填日期，例如 2026-03-05。',
    tooLong: '最多 {max} 个字，请写短一些。',
    min: '不能小于 {min}。',
    max: '不能大于 {max}。',
    fix: '有几项填得不对，已标红，请改好再保存。',
    masked: '号码已遮挡；不改就保持原来的。',
  },
  word: {
    yes: '是',
    no: '否',
    unknown: '未知',
    yuan: '元',
    and: '、',
  },
  colour: { red: '红', yellow: '黄', green: '绿' },
  colourLong: { red: '红色 · 需马上处理', yellow: '黄色 · 需关注', green: '绿色 · 平稳' },
  per: { once: '一次性', month: '每月', year: '每年' },
  measureState: {
    proposed: '待审批',
    approved: '已批准',
    refused: '未批准',
    running: '落实中',
    done: '已落实',
    stopped: '已停止',
  },
}
