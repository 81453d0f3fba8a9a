import type { Connection } from '../connection.ts'
import { heardOf } from '../fuzz/heard.ts'
import { customDefinitions, customObjects } from './custom-definitions.ts'
import { type Difference, differences } from './difference.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const longestWaitMs = 60_000

/** Makes the definitions, and waits until each server tells of them wherever it tells of anything. */
export const makeDefinitions = async (server: Connection): Promise<void> => {
  for (const body of customDefinitions) {
    const { code, text } = await post(server, definitions, body)
    if (code !== 201) throw new Error(`POST ${definitions}: ${code} ${text.slice(0, 300)}`)
  }
  for (const { spec } of customDefinitions as unknown as { spec: { group: string; names: { kind: string; plural: string } } }[]) {
    const model = `.${spec.names.kind}"`
    await until(`OpenAPI of ${spec.names.kind}`, async () => (await server.send({ path: '/openapi/v2' })).text.includes(model))
    await until(`discovery of ${spec.names.plural}`, async () => {
      const { text } = await server.send({
        path: '/apis',
        headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      })
      return text.includes(`"${spec.names.plural}"`)
    })
  }
}

/** What objects of the definitions become, and their tables. */
export const compareCustom = async (ours: Connection, peer: Connection): Promise<Difference[]> => {
  const found: Difference[] = []
  const both = async (what: string, ask: (server: Connection) => ReturnType<Connection['send']>) => {
    const [own, theirs] = await Promise.all(
      [ours, peer].map(async (server) => {
        const { code, headers, text } = await ask(server)
        return heardOf(code, headers.warning as string | undefined, text)
      }),
    )
    found.push(...differences(what, own, theirs))
  }
  for (const { path, body } of customObjects) await both(`defaults ${path}`, (server) => post(server, path, body))
  for (const path of new Set(customObjects.map((one) => one.path))) {
    await both(`list ${path}`, (server) => server.send({ path }))
    await both(`table ${path}`, (server) => server.send({ path, headers: { accept: table } }))
    await both(`table ${path}/one`, (server) => server.send({ path: `${path}/one`, headers: { accept: table } }))
    await both(`table ${path}/one/scale`, (server) => server.send({ path: `${path}/one/scale`, headers: { accept: table } }))
  }
  return found
}

const post = (server: Connection, path: string, body: object) =>
  server.send({ method: 'POST', path, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + longestWaitMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come within ${longestWaitMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
