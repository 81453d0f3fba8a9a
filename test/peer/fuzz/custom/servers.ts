import { judgeStatus } from '../../../../shared/controllers/customresourcedefinition/status.ts'
import type { CustomResourceDefinition } from '../../../../shared/resources/apiextensions/resource.ts'
import { heardOf } from '../heard.ts'
import type { FuzzRequest } from '../request.ts'
import { createSpeaker, type FuzzServer } from '../speaker.ts'
import { settleMethod } from './conversation.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** A server that may give up in the middle of an answer, which is then one of the code 599. */
export const surviving = (server: FuzzServer): FuzzServer => ({
  send: (request) =>
    server.send(request).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') throw error
      return { code: 599, warning: undefined, text: 'the connection was closed' }
    }),
})

/** Our server with what its controller says of definitions at once. */
export const judging = (server: FuzzServer): FuzzServer => ({
  send: async (request) => {
    const answer = await server.send(request)
    if (answer.code >= 300 || !request.path.startsWith(definitions) || !['POST', 'PUT', 'PATCH'].includes(request.method))
      return answer
    const crd = JSON.parse(answer.text) as CustomResourceDefinition
    const judged = request.path.includes('dryRun')
      ? undefined
      : judgeStatus(crd, [], new Date().toISOString().replace(/\.\d+/, ''))
    if (judged) {
      const path = `${definitions}/${crd.metadata.name}/status`
      const headers = { 'content-type': 'application/json' }
      await server.send({ method: 'PUT', path, headers, body: Buffer.from(JSON.stringify(judged)) })
    }
    return answer
  },
})

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'

/** Holds conversations about definitions, which are served a moment after they were written. */
export const createCustomSpeaker = (server: FuzzServer) => {
  const tell = createSpeaker(server)
  const get = (path: string, accept = 'application/json') =>
    server.send({ method: 'GET', path, headers: { accept }, body: undefined })
  /** Whatever it waits for may never come: what is wrong with it is then said by what comes after. */
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 5000
    while (!(await holds()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const settle = async ({ path, body = '{}' }: FuzzRequest) => {
    const { list, marker } = JSON.parse(body) as { list: string; marker: string }
    let last = await get(path)
    let established = false
    await until(async () => {
      last = await get(path)
      if (last.code !== 200) return true
      const { status, spec } = JSON.parse(last.text) as CustomResourceDefinition
      const is = (type: string, value: string) => status.conditions?.some((one) => one.type === type && one.status === value)
      established = is('Established', 'True') === true && spec.versions[0]?.served === true
      return is('Established', 'True') || is('NamesAccepted', 'False') || false
    })
    if (established && last.text.includes(`"${marker}"`)) {
      await until(async () => (await get(list, table)).text.includes(`"${marker}"`))
      const group = list.split('/').slice(0, 4).join('/')
      const plural = list.split('/').at(-1)
      await until(async () => (await get(group)).text.includes(`"${plural}"`))
    }
    const heard = heardOf(last.code, undefined, last.text)
    return { ...heard, body: steadyDefinition(heard.body) }
  }
  return Object.assign(
    async (request: FuzzRequest) => {
      if (request.method === settleMethod) return settle(request)
      const heard = withoutClock(await tell(request))
      const ofDefinition = request.path.startsWith(definitions) && request.method !== 'POST'
      return { ...heard, body: ofDefinition ? steadyDefinition(heard.body) : heard.body }
    },
    { finish: tell.finish },
  )
}

interface DefinitionLike {
  readonly metadata?: { readonly managedFields?: unknown }
  readonly status?: { readonly conditions?: { readonly type: string; readonly lastTransitionTime?: string }[] }
}

/** Upstream names the type of `self` by the clock. */
const withoutClock = <T>(heard: T): T => JSON.parse(JSON.stringify(heard).replaceAll(/selfType\d+/g, 'selfType')) as T

/** Without when its conditions came, in what order, and who wrote them. */
const steadyDefinition = (body: unknown): unknown => {
  const { metadata, status, ...rest } = body as DefinitionLike
  if (!status?.conditions) return body
  const { managedFields: _managedFields, ...named } = metadata ?? {}
  const conditions = status.conditions
    .map(({ lastTransitionTime: _time, ...condition }) => condition)
    .sort((a, b) => (a.type < b.type ? -1 : 1))
  return { ...rest, metadata: named, status: { ...status, conditions } }
}
