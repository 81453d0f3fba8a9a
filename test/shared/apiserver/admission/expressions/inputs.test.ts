import { afterEach, describe, expect, it } from 'vitest'
import type { AdmissionPlugin } from '../../../../../shared/apiserver/admission/admission.ts'
import { createDefaultAdmission } from '../../../../../shared/apiserver/admission/default-plugins.ts'
import { expressionInputs } from '../../../../../shared/apiserver/admission/expressions/inputs.ts'
import {
  compileMatchConditions,
  matchConditions,
} from '../../../../../shared/apiserver/admission/expressions/match-conditions.ts'
import { askedOf } from '../../../../../shared/apiserver/admission/matching/asked.ts'
import { startTestServer, type TestServer } from '../../environment.ts'

let server: TestServer | undefined
afterEach(() => server?.stop())

/** A server that lets in what all of these are true of. */
const startWith = async (...expressions: string[]) => {
  const conditions = compileMatchConditions(
    expressions.map((expression, index) => ({ name: String(index), expression })),
    { params: false },
  )
  const results: unknown[] = []
  const plugin: AdmissionPlugin = {
    name: 'Test',
    validate: async (attributes, environment) => {
      if (attributes.definition.plural !== 'configmaps') return
      const inputs = await expressionInputs(attributes, askedOf(attributes), environment)
      results.push(await matchConditions(conditions, inputs, 'Fail'))
    },
  }
  server = await startTestServer({ admission: [...createDefaultAdmission(), plugin] })
  await server.makeNamespace('here')
  return { server, results }
}

const configMaps = '/api/v1/namespaces/here/configmaps'

describe('what expressions see of a request', () => {
  it('is the object as it will be stored, and who sent it', async () => {
    const { server, results } = await startWith(
      "object.kind == 'ConfigMap' && object.apiVersion == 'v1' && object.data.a == 'b'",
      'object.metadata.name == request.name && size(object.metadata.uid) == 36',
      "oldObject == null && request.operation == 'CREATE' && request.namespace == 'here'",
      "request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps' && request.requestKind.version == 'v1'",
      "request.options.kind == 'CreateOptions' && request.options.fieldManager == 'me' && !request.dryRun",
      '!has(request.subResource) && !has(request.userInfo.extra)',
      "request.userInfo.username == 'kubernetes-admin' && 'system:masters' in request.userInfo.groups",
      "authorizer.requestResource.check('delete').allowed() && authorizer.serviceAccount('a', 'b').path('/x').check('get').reason() != 'x'",
    )
    const answer = await server.call('POST', `${configMaps}?fieldManager=me`, {
      body: { metadata: { generateName: 'made-' }, data: { a: 'b' } },
    })
    expect(answer.code).toBe(201)
    expect(results).toEqual([{ matches: true }])
  })

  it('is the object before, and of a deletion no other', async () => {
    const { server, results } = await startWith(
      "request.operation == 'CREATE' || oldObject.data.a == 'b'",
      "request.operation != 'DELETE' || (object == null && request.options.kind == 'DeleteOptions')",
      "request.operation != 'UPDATE' || (object.data.a == 'c' && request.options.dryRun == ['All'] && request.dryRun)",
    )
    await server.call('POST', configMaps, { body: { metadata: { name: 'a' }, data: { a: 'b' } } })
    await server.call('PUT', `${configMaps}/a?dryRun=All`, { body: { metadata: { name: 'a' }, data: { a: 'c' } } })
    await server.call('DELETE', `${configMaps}/a`)
    expect(results).toEqual([{ matches: true }, { matches: true }, { matches: true }])
  })
})
