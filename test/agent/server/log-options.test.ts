import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { containerLogs } from '../../../agent/runtime/docker/engine-streams.ts'
import type { ContainerRuntime } from '../../../agent/runtime/runtime.ts'
import type { TargetSource } from '../../../agent/server/container-target.ts'
import { limitBytes, openLogs } from '../../../agent/server/log-question.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { docker, makeTestImage, missingEngine, testImage } from '../runtime/engine.ts'

const missing = await missingEngine()
/** As a kubelet keeps them: a line of 16 KiB and more is several entries. */
const script = 'echo one; echo two >&2; sleep 1.2; printf %020000d 0; echo; echo four; printf five'
const longest = String(2n ** 63n - 1n)

interface Entry {
  readonly atMs: number
  readonly stamp: string
  readonly text: string
  readonly startsLine: boolean
}

describe.skipIf(missing)(`the options of a log${missing ? ` (${missing})` : ''}`, () => {
  let id: string
  let source: TargetSource
  let entries: Entry[]

  const read = async (query: Record<string, string>): Promise<string> => {
    const question = { source, namespace: 'shop', pod: 'web', container: 'main', query: new URLSearchParams(query) }
    const { logs, limit } = await openLogs(question)
    const chunks: Buffer[] = []
    await pipeline(logs, limitBytes(limit), async (out: AsyncIterable<Buffer>) => {
      for await (const chunk of out) chunks.push(chunk)
    })
    return Buffer.concat(chunks).toString()
  }

  beforeAll(async () => {
    makeTestImage()
    const container = await docker.createContainer({ Image: testImage, Cmd: ['sh', '-c', script] })
    id = container.id
    await container.start()
    await container.wait()
    source = {
      pods: () => [{ metadata: { name: 'web', namespace: 'shop', uid: 'u' }, spec: { containers: [{ name: 'main' }] } } as Pod],
      runtime: {
        pod: () => ({ containers: [{ id, name: 'main', state: 'exited' }], sandboxes: [] }),
        logs: (of: string, options: Parameters<ContainerRuntime['logs']>[1]) => containerLogs(docker, of, options),
      } as unknown as ContainerRuntime,
    }
    // One entry a call, beginning with the last: what a whole log says of the parts of a long line is its first time alone.
    entries = []
    for (let tail = 1, before = ''; ; tail++) {
      const text = await read({ tailLines: String(tail) })
      if (text === before) break
      const [stamp = ''] = (await read({ tailLines: String(tail), timestamps: 'true' })).split(' ', 1)
      entries.unshift({ atMs: Date.parse(stamp), stamp, text: text.slice(0, text.length - before.length), startsLine: true })
      before = text
    }
    entries = entries.map((entry, index) => ({ ...entry, startsLine: index === 0 || entries[index - 1]!.text.endsWith('\n') }))
  })
  afterAll(async () => {
    await docker.getContainer(id).remove({ force: true })
  })

  it('are asked of five lines in six entries', () => {
    expect(entries.map(({ text }) => text.length)).toEqual([4, 4, 16_384, 3617, 5, 4])
  })

  const tails = [undefined, '0', '1', '3', '4', '100', longest]
  const sinces = [
    ...[{}, { sinceTime: '0001-01-01T00:00:00Z' }, { sinceSeconds: longest }, { sinceSeconds: String(2 ** 31 - 1) }],
    ...[{ sinceTime: '9999-12-31T23:59:59Z' }, { sinceTime: 'between' }],
  ]
  const limits = [undefined, '1', '33', '16390', longest]
  const flags = ['false', 'true']

  it.each(tails)('cut what a kubelet would cut: the last %s lines, of every time and length', async (tailLines) => {
    const between = new Date(Math.ceil(entries[1]!.atMs / 1000) * 1000 + 100).toISOString()
    for (const since of sinces)
      for (const bytes of limits)
        for (const timestamps of flags)
          for (const follow of flags) {
            const sinceTime = since.sinceTime === 'between' ? between : since.sinceTime
            const query = {
              ...{ timestamps, follow },
              ...(tailLines && { tailLines }),
              ...(bytes && { limitBytes: bytes }),
              ...(since.sinceSeconds && { sinceSeconds: since.sinceSeconds }),
              ...(sinceTime && { sinceTime }),
            }
            expect(await read(query), JSON.stringify(query)).toBe(asUpstream(entries, query))
          }
  })

  it.each([
    ['tailLines', '-1'],
    ['limitBytes', '1.5'],
    ['sinceSeconds', 'x'],
    ['sinceTime', 'yesterday'],
  ])('are refused when they make no sense: %s=%s', async (name, value) => {
    await expect(read({ [name]: value })).rejects.toThrow(`invalid value "${value}" for ${name}`)
  })
})

it('a limit is kept wherever it cuts the pieces of a log, and no more is read', async () => {
  for (let limit = 1; limit <= 12; limit++) {
    const chunks: Buffer[] = []
    for await (const chunk of limitBytes(limit)(Readable.from([Buffer.from('abc'), Buffer.from('defg'), Buffer.from('hij')])))
      chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('abcdefghij'.slice(0, limit))
  }
})

/** The last entries, of those the ones that are not older, each with its time where a line begins, and of that the first bytes. */
const asUpstream = (entries: readonly Entry[], query: Record<string, string>): string => {
  const { tailLines = longest, sinceTime, sinceSeconds, limitBytes: limit = longest, timestamps } = query
  const since = sinceTime ? Date.parse(sinceTime) : sinceSeconds ? Date.now() - Number(sinceSeconds) * 1000 : 0
  const last = entries.slice(Math.max(0, entries.length - Number(tailLines)))
  const shown = last.filter(({ atMs }) => atMs >= since)
  const lines = shown.map(({ text, stamp, startsLine }, index) =>
    timestamps === 'true' && (startsLine || index === 0) ? `${stamp} ${text}` : text,
  )
  return lines.join('').slice(0, Number(limit))
}
