import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentConfiguration } from '../../agent/configuration.ts'
import { openRunningAgents } from '../../local/running-agents.ts'
import { isRunning, processMark } from '../../shared/platform/process-mark.ts'

const configurationOf = (nodeName: string, port = 10250) => ({ nodeName, port }) as AgentConfiguration

describe('agents that outlive their server', () => {
  let folder: string
  const marks: string[] = []
  /** Any process that ends when it is asked to. */
  const startAgent = (): number => {
    const { pid } = spawn('sleep', ['60'], { stdio: 'ignore' })
    marks.push(processMark(pid!))
    return pid!
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agents-'))
  })
  afterEach(() => {
    for (const mark of marks.splice(0)) if (isRunning(mark)) process.kill(Number(mark.split(' ')[0]), 'SIGKILL')
  })

  it('are kept where they were told the same, and ended where not', async () => {
    const agents = openRunningAgents('/data', folder)
    const [same, other, unwanted] = [startAgent(), startAgent(), startAgent()]
    agents.note(same, configurationOf('a'))
    agents.note(other, configurationOf('b'))
    agents.note(unwanted, configurationOf('c'))
    const kept = await agents.keep([configurationOf('a'), configurationOf('b', 10251)])
    expect(kept.map(({ nodeName }) => nodeName)).toEqual(['a'])
    expect(marks.map(isRunning)).toEqual([true, false, false])
    expect((await agents.keep([configurationOf('a')])).map(({ mark }) => mark)).toEqual([marks[0]])
  })

  it('keep another cluster from the addresses that they hold, as long as they live', async () => {
    const agents = openRunningAgents('/data', folder)
    agents.note(startAgent(), configurationOf('a'))
    agents.refuseOthers()
    const others = openRunningAgents('/elsewhere', folder)
    expect(() => others.refuseOthers()).toThrow(/\/data still run.*npm run reset -- --data-dir \/data/)
    await others.end()
    expect(marks.map(isRunning)).toEqual([true])
    await agents.end()
    expect(marks.map(isRunning)).toEqual([false])
    others.refuseOthers()
  })
})
