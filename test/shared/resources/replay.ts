import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../apiserver/environment.ts'

/** A request, and what a real kube-apiserver 1.35 answered after those before it. */
interface Fact {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly type?: string
  readonly accept?: string
  readonly body?: unknown
  readonly code: number
  readonly answer: unknown
  readonly warning?: string
}

const read = (file: URL): Fact[] => {
  const text = readFileSync(file, 'utf8')
  // Long values that come more than once stand at the front.
  const { texts } = JSON.parse(text) as { texts: string[] }
  return (JSON.parse(text.replaceAll(/@(\d+)@/g, (_, index) => texts[Number(index)]!)) as { facts: Fact[] }).facts
}

/** Another each time, or of the client's certificate. */
const changing = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'storageVersionHash', 'extra'])

const steady = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(steady)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !changing.has(name))
      .map(([name, field]) => [name, name === 'rows' ? cellsOf(field) : name === 'items' ? itemsOf(field) : steady(field)]),
  )
}

/** Those of our lists say their kind. */
const itemsOf = (items: unknown) =>
  (items as object[]).map((item) => ({ ...(steady(item) as object), kind: undefined, apiVersion: undefined }))

const cellsOf = (rows: unknown) => (rows as { cells: unknown[] }[]).map(({ cells }) => cells.map(steadyCell))
const steadyCell = (cell: unknown) => (typeof cell === 'string' && /^(\d+s|\d+d|\d+y(\d+d)?)$/.test(cell) ? '(age)' : cell)

/** One test for each fact. Namespaced ones are in `facts`. */
export const replay = (file: URL): void => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await server.makeNamespace('facts')
  })
  afterAll(() => server.stop())
  const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
  it.each(read(file).map((fact) => [fact.what, fact] as const))('%s', async (_, fact) => {
    const { method, path, body, accept = 'application/json' } = fact
    const type = fact.type ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json')
    const heard = await server.call(method, path, { body, user, headers: { accept, 'content-type': type } })
    expect({ code: heard.code, warning: heard.headers.warning, body: steady(heard.json) }).toEqual({
      code: fact.code,
      warning: fact.warning,
      body: steady(fact.answer),
    })
  })
}
