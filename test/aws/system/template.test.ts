import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { missingPackage, programOf } from '../../programs/python-package.ts'
import { deploy } from '../deploy/deployment.ts'
import { inventory } from '../deploy/inventory.ts'
import { deleteStack } from '../deploy/stacks.ts'
import { startEmulator } from '../emulator/ministack.ts'

const linter = { name: 'cfn-lint', version: '1.58.0' }
const missing = inject('missing') || missingPackage(linter)

describe.skipIf(missing)(`the synthesized templates${missing ? ` (${missing})` : ''}`, () => {
  it("are what cfn-lint finds nothing in, but for the CDK's own redundant dependencies", () => {
    const { directory, stacks } = inject('synthesized')
    const files = stacks.map((stack) => join(directory, `${stack}.template.json`))
    expect(said(['--ignore-checks', 'W3005', '--', ...files])).toBe('')
    expect(said(['--', ...files])).toContain('W3005')
  })

  it('leave nothing in the account when they are deleted, where no data are to be kept', async () => {
    const emulator = await startEmulator()
    try {
      const { url } = emulator
      const before = await inventory(url)
      const synthesized = inject('synthesized')
      await deploy(url, synthesized)
      const deployed = await inventory(url)
      for (const [kind, names] of Object.entries(before)) expect(deployed[kind]?.length, kind).toBeGreaterThan(names.length)
      for (const stack of synthesized.stacks.toReversed()) await deleteStack(url, stack)
      expect(await inventory(url)).toEqual(before)
    } finally {
      await emulator.stop()
    }
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
