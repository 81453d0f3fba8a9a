import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { missingPackage, programOf } from '../../programs/python-package.ts'

const linter = { name: 'cfn-lint', version: '1.58.0' }
const missing = inject('missing') || missingPackage(linter)

describe.skipIf(missing)(`the synthesized templates${missing ? ` (${missing})` : ''}`, () => {
  it("are what cfn-lint finds nothing in, but for the CDK's own redundant dependencies", () => {
    const { directory, stacks } = inject('synthesized')
    const files = stacks.map((stack) => join(directory, `${stack}.template.json`))
    expect(said(['--ignore-checks', 'W3005', '--', ...files])).toBe('')
    expect(said(['--', ...files])).toContain('W3005')
  })
})

/** It ends with an error when it finds something. */
const said = (args: readonly string[]): string => {
  try {
    return execFileSync(programOf(linter), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}
