import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { CoreV1Api, KubeConfig, makeInformer, Watch } from '@kubernetes/client-node'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { chart, helmOf, missingHelm } from '../../programs/helm.ts'
import { type AwsCluster, startAwsCluster } from '../cluster.ts'
import { jsonCall } from '../emulator/call.ts'
import { follow, kubectlOf } from './kubectl.ts'

const missing = inject('missing')
describe.skipIf(missing)(`the API through the gateway ${missing && `(${missing})`}`, () => {
  let aws: AwsCluster
  let kubectl: ReturnType<typeof kubectlOf>
  beforeAll(async () => {
    aws = await startAwsCluster({ synthesized: inject('synthesized') })
    kubectl = kubectlOf(aws.kubeconfig)
    await aws.tick()
  })
  afterAll(() => aws?.stop())

  const ask = (path: string, { headers = {} }: { headers?: Record<string, string> } = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      get(`${aws.gateway.url}${path}`, { ca: aws.certificateAuthority, headers }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject)
      }).on('error', reject)
    })
  const status = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).status

  it('has what every cluster has after its first minute', async () => {
    await expect
      .poll(() => kubectl('get namespaces -o name'))
      .toBe(['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => `namespace/${name}\n`).join(''))
    await expect.poll(() => kubectl('get service kubernetes --ignore-not-found -o jsonpath={.spec.clusterIP}')).toBe('10.96.0.1')
  })

  it('knows people by what STS says of them', async () => {
    expect(await kubectl('auth whoami -o jsonpath={.status.userInfo.groups}')).toContain('system:masters')
    const forged = Buffer.from(
      Buffer.from((await aws.token()).slice(11), 'base64url')
        .toString()
        .replace(/Signature=..../, 'Signature=0000'),
    ).toString('base64url')
    expect(await status('/api', { headers: { authorization: `Bearer k8s-aws-v1.${forged}` } })).toBe(401)
    expect(await status('/api')).toBe(401)
  })

  it('lets IAM, which has no credentials here, verify whom a service account token is of', async () => {
    const discovery = JSON.parse((await ask('/.well-known/openid-configuration')).body) as { issuer: string; jwks_uri: string }
    expect(discovery.issuer).toBe(`https://${aws.deployment.apiId}.execute-api.us-east-1.amazonaws.com/${aws.deployment.stage}`)
    expect(discovery.jwks_uri).toBe(`${discovery.issuer}/openid/v1/jwks`)
    const keys = createLocalJWKSet(JSON.parse((await ask('/openid/v1/jwks')).body) as JSONWebKeySet)
    // Its controller has just begun.
    await expect.poll(() => kubectl('get serviceaccounts -o name').catch(String)).toContain('serviceaccount/default')
    const token = (await kubectl('create token default --audience=sts.amazonaws.com')).trim()
    const { payload } = await jwtVerify(token, keys, { issuer: discovery.issuer, audience: 'sts.amazonaws.com' })
    expect(payload.sub).toBe('system:serviceaccount:default:default')
  })

  it('streams a watch as things happen', async () => {
    const watch = follow(aws.kubeconfig, 'get configmaps -w -o name')
    try {
      await expect.poll(watch.text).toContain('kube-root-ca.crt')
      await kubectl('create configmap later --from-literal=a=b')
      await expect.poll(watch.text).toContain('configmap/later')
      expect(watch.ended()).toBe(false)
    } finally {
      watch.stop()
    }
  })

  it('ends a watch that lasts longer than the gateway lets it, and no more', async () => {
    aws.gateway.limits = { ...aws.gateway.limits, totalMs: 2000 }
    const watch = follow(aws.kubeconfig, 'get configmaps -w -o name --output-watch-events=false')
    try {
      await expect.poll(watch.text).toContain('configmap/later')
      await expect.poll(watch.ended).toBe(true)
    } finally {
      watch.stop()
      aws.gateway.limits = { ...aws.gateway.limits, totalMs: 900_000 }
    }
    expect(await kubectl('get configmap later -o jsonpath={.data.a}')).toBe('b')
  })

  it('serves a program that follows its objects by an informer, and one whose watch ends', async () => {
    const config = new KubeConfig()
    config.loadFromFile(aws.kubeconfig)
    const core = config.makeApiClient(CoreV1Api)
    const namespace = 'default'
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    const seen: string[] = []
    const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }))
    informer.on('add', ({ metadata }) => seen.push(`${metadata?.name}`))
    informer.on('delete', ({ metadata }) => seen.push(`no ${metadata?.name}`))
    informer.on('error', (error) => seen.push(String(error)))
    await informer.start()
    try {
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'followed' } } })
      await expect.poll(() => seen).toContain('followed')
      await core.deleteNamespacedConfigMap({ namespace, name: 'followed' })
      await expect.poll(() => seen).toContain('no followed')
    } finally {
      await informer.stop()
    }
    const ended = await new Promise((resolve) => {
      void new Watch(config).watch(path, { timeoutSeconds: 1 }, () => undefined, resolve)
    })
    expect(ended).toBeNull()
  })

  it.skipIf(missingHelm())('takes a chart from Helm, its upgrade, and its end', async () => {
    const helm = helmOf(aws.kubeconfig)
    // There are no nodes.
    await helm('install', 'web', chart, '--set=replicas=0', '--wait', '--timeout=60s')
    await helm('upgrade', 'web', chart, '--set=replicas=0,greeting=bye', '--wait', '--timeout=60s')
    expect(await kubectl('get configmap web -o jsonpath={.data.greeting}')).toBe('bye')
    expect(await helm('history', 'web')).toMatch(/2\s.*deployed/)
    await helm('uninstall', 'web', '--wait', '--timeout=60s')
    expect(await kubectl('get all,secrets -l app.kubernetes.io/managed-by=Helm -o name')).toBe('')
  })

  it('keeps a Secret that asks for it in Secrets Manager, for as long as it is there', async () => {
    const { url } = aws.emulator
    const kept = async () => {
      const { SecretList } = await jsonCall<{ SecretList: { Name: string }[] }>(url, 'secretsmanager.ListSecrets')
      return SecretList.map(({ Name }) => Name).filter((name) => name.startsWith('windlass/secrets/'))
    }
    const manifest = (password: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', annotations: { 'windlass.dev/secret-store': 'secrets-manager' } },
        stringData: { password },
      })
    await kubectl('apply -f -', manifest('open-sesame'))
    const uid = await kubectl('get secret db -o jsonpath={.metadata.uid}')
    expect(await kept()).toEqual([`windlass/secrets/default/db/${uid}`])
    const value = () =>
      jsonCall<{ SecretString: string }>(url, 'secretsmanager.GetSecretValue', { SecretId: `windlass/secrets/default/db/${uid}` })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    expect((await value()).SecretString).toContain(base64('open-sesame'))
    await kubectl('apply -f -', manifest('changed-my-mind'))
    expect(await kubectl('get secret db -o jsonpath={.data.password}')).toBe(base64('changed-my-mind'))
    expect((await value()).SecretString).toContain(base64('changed-my-mind'))
    await kubectl('delete secret db')
    await expect.poll(kept).toEqual([])
  })

  it('refuses a body that is too large for the gateway, and takes one that is not', async () => {
    const manifest = (name: string, bytes: number) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text: 'x'.repeat(bytes) } })
    await kubectl('create -f -', manifest('large', 900_000))
    aws.gateway.limits = { ...aws.gateway.limits, bodyBytes: 500_000 }
    await expect(kubectl('create -f -', manifest('larger', 900_000))).rejects.toThrow('status code 413')
    aws.gateway.limits = { ...aws.gateway.limits, bodyBytes: 10_485_760 }
  })

  it('serves nothing beside its stage', async () => {
    const { origin } = new URL(aws.gateway.url)
    const answer = new Promise<number>((resolve, reject) => {
      get(`${origin}/api`, { ca: aws.certificateAuthority }, (response) => resolve(response.resume().statusCode ?? 0)).on(
        'error',
        reject,
      )
    })
    expect(await answer).toBe(403)
  })

  it('asked AWS for nothing that its roles do not grant', () => {
    expect(aws.edge.denials).toEqual([])
    expect(aws.edge.unknown).toEqual([])
  })
})
