/* One line a test, and a plain sum at the end. */
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export class PassFail implements Reporter {
  private passed = 0
  private failed = 0

  onTestCaseResult(t: TestCase): void {
    const r = t.result()
    if (r.state === 'skipped') return console.log(`SKIP ${t.fullName}${r.note ? `: ${r.note}` : ''}`)
    if (r.state === 'passed') {
      this.passed++
      return console.log(`PASS ${t.fullName}`)
    }
    this.failed++
    console.log(`FAIL ${t.fullName}`)
    for (const e of r.errors ?? [])
      console.log(`     ${(e.message ?? String(e)).split('\n').slice(0, 40).join('\n     ')}`)
  }

  /* What went wrong before or after the tests of a file, or kept it from being read at all. */
  onTestModuleEnd(m: TestModule): void {
    const errors = [...m.errors(), ...[...m.children.allSuites()].flatMap((s) => [...s.errors()])]
    for (const e of errors) {
      this.failed++
      console.log(`FAIL ${m.relativeModuleId}\n     ${e.message ?? String(e)}`)
    }
  }

  onTestRunEnd(_: unknown, errors: readonly { message?: string }[]): void {
    for (const e of errors) console.log(`FAIL (outside a test) ${e.message ?? String(e)}`)
    console.log(`${this.passed} passed, ${this.failed + errors.length} failed`)
  }
}
