import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { validatingAdmissionPolicyStatusController } from '../../../shared/controllers/validatingadmissionpolicy-status.ts'
import { type ValidatingAdmissionPolicy, validatingAdmissionPolicies } from '../../../shared/resources/resource.ts'
import { startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ controllers: [validatingAdmissionPolicyStatusController] })
})
afterAll(() => cluster.stop())

const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }
const policy = (name: string, expression: string): ValidatingAdmissionPolicy => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression }] },
})
const statusOf = (name: string, generation: number) =>
  cluster.until(() => {
    const status = cluster.cache.get(validatingAdmissionPolicies, '', name)?.status
    return status?.observedGeneration === generation && status
  })

describe('the status of a policy', () => {
  it('has nothing to warn of where types fit', async () => {
    await cluster.client.create(validatingAdmissionPolicies, policy('good', 'object.spec.replicas < 5'))
    expect(await statusOf('good', 1)).toEqual({ observedGeneration: 1, typeChecking: {} })
  })

  it('warns of what types do not have, until the policy is another', async () => {
    await cluster.client.create(validatingAdmissionPolicies, policy('bad', 'object.spec.size < 5'))
    const { typeChecking } = await statusOf('bad', 1)
    expect(typeChecking?.expressionWarnings).toMatchObject([
      {
        fieldRef: 'spec.validations[0].expression',
        warning: expect.stringContaining("apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'size'"),
      },
    ])
    const { spec } = policy('bad', 'object.spec.replicas < 5')
    await cluster.client.patch(validatingAdmissionPolicies, '', 'bad', { type: 'merge', body: { spec } })
    expect(await statusOf('bad', 2)).toEqual({ observedGeneration: 2, typeChecking: {} })
  })
})
