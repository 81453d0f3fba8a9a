import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

describe.skipIf(why !== undefined)(titled('kubectl apply --server-side on a simulated cluster', why), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 1 })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const web = (replicas: number | undefined, image = 'web:1') => {
    const object = deployment('web', { replicas: replicas ?? 1, spec: { containers: [container({ image })] } })
    return JSON.stringify(replicas === undefined ? { ...object, spec: { ...object.spec, replicas: undefined } } : object)
  }
  const serverSide = (input: string, ...options: string[]) =>
    kubectl.withInput(input, 'apply', '--server-side', ...options, '-f', '-')
  const managers = async (...object: string[]) => {
    const template = '{range .metadata.managedFields[*]}{.operation} {.manager} {.subresource};{end}'
    return (await kubectl.ok('get', ...object, '--show-managed-fields', '-o', `jsonpath=${template}`)).split(';').slice(0, -1)
  }

  it('makes an object, and says on the second time that it is applied', async () => {
    expect(await serverSide(web(2))).toBe('deployment.apps/web serverside-applied\n')
    expect(await serverSide(web(2))).toBe('deployment.apps/web serverside-applied\n')
    expect(await managers('deployment', 'web')).toContain('Apply kubectl ')
    expect(await kubectl.ok('rollout', 'status', 'deployment/web', '--timeout=60s')).toContain('successfully rolled out')
    expect(await managers('deployment', 'web')).toContain('Update kube-controller-manager status')
    expect(await kubectl.ok('get', 'deployment', 'web', '-o', 'yaml')).not.toContain('managedFields')
  })

  it('conflicts with who scaled it meanwhile, unless it is forced', async () => {
    await kubectl.ok('scale', 'deployment', 'web', '--replicas=3')
    const { code, stderr } = await kubectl.run(['apply', '--server-side', '-f', '-'], { input: web(1) })
    expect(code).toBe(1)
    expect(stderr).toContain(
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    )
    expect(stderr).toContain('--force-conflicts')
    await serverSide(web(1), '--force-conflicts')
    expect(await kubectl.field('.spec.replicas', 'deployment', 'web')).toBe('1')
  })

  it('shows what it would change', async () => {
    const { code, stdout } = await kubectl.run(['diff', '--server-side', '-f', '-'], { input: web(1, 'web:2') })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^-\s+- image: web:1$/m)
    expect(stdout).toMatch(/^\+\s+- image: web:2$/m)
    expect((await kubectl.run(['diff', '--server-side', '-f', '-'], { input: web(1) })).code).toBe(0)
  })

  it('removes what it no longer says, and leaves what another says', async () => {
    const map = (data: object) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map' }, data })
    await serverSide(map({ a: '1', b: '2' }))
    await serverSide(map({ b: '2', c: '3' }), '--field-manager=other')
    await serverSide(map({ a: '1' }))
    expect(JSON.parse(await kubectl.field('.data', 'configmap', 'map'))).toEqual({ a: '1', b: '2', c: '3' })
    await serverSide(map({ c: '3' }), '--field-manager=other')
    expect(JSON.parse(await kubectl.field('.data', 'configmap', 'map'))).toEqual({ a: '1', c: '3' })
  })

  it('takes over from a client-side apply, and gives back', async () => {
    const map = (data: object) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'over' }, data })
    await kubectl.withInput(map({ a: '1', b: '2' }), 'apply', '-f', '-')
    expect(await managers('configmap', 'over')).toEqual(['Update kubectl-client-side-apply '])
    await serverSide(map({ a: '2' }))
    expect(await managers('configmap', 'over')).toEqual(['Apply kubectl-last-applied ', 'Apply kubectl '])
    expect(JSON.parse(await kubectl.field('.data', 'configmap', 'over'))).toEqual({ a: '2' })
    expect(await kubectl.withInput(map({ a: '3', d: '4' }), 'apply', '-f', '-')).toContain('configmap/over configured')
    expect(JSON.parse(await kubectl.field('.data', 'configmap', 'over'))).toEqual({ a: '3', d: '4' })
    await serverSide(map({ a: '4' }))
    expect(JSON.parse(await kubectl.field('.data', 'configmap', 'over'))).toEqual({ a: '4' })
  })

  it('refuses what is no field, and a dry run leaves nothing', async () => {
    const wrong = JSON.stringify({ ...JSON.parse(web(1)), spec: { replicaz: 1 } })
    const { stderr } = await kubectl.run(['apply', '--server-side', '-f', '-'], { input: wrong })
    expect(stderr).toContain('.spec.replicaz: field not declared in schema')
    const dry = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'dry' } })
    expect(await serverSide(dry, '--dry-run=server')).toContain('serverside-applied (server dry run)')
    expect(await kubectl.fails('get', 'configmap', 'dry')).toContain('NotFound')
  })
})
