import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newSigningRequest } from '../shared/apiserver/new-signing-request.ts'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

describe.skipIf(why !== undefined)(titled('kubectl on a simulated cluster', why), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 3 })
  const { kubectl } = cluster

  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  const web = deployment('web', { replicas: 3, spec: { containers: [container({ image: 'web:1' })] } })
  const rolledOut = (name: string) => kubectl.ok('rollout', 'status', `deployment/${name}`, '--timeout=30s')

  it('says on start that nothing really runs, and what to type next', () => {
    expect(cluster.output).toMatch(/nothing really runs|only seem to run/)
    expect(cluster.output).toContain('get nodes')
  })

  it('makes windlass the current context of the kubeconfig and shows its nodes', async () => {
    expect((await kubectl.ok('config', 'current-context')).trim()).toBe('windlass')
    const nodes = await eventually('three nodes', {
      ask: () => kubectl.ok('get', 'nodes'),
      wanted: (text) => (text.match(/ Ready /g) ?? []).length === 3,
    })
    expect(nodes).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\n/)
    expect(await kubectl.ok('version')).toMatch(/Server Version: v1\.35/)
    expect(await kubectl.ok('cluster-info')).toContain('is running at')
  })

  it('has the namespaces of every cluster', async () => {
    const names = (await kubectl.ok('get', 'namespaces', '-o', 'name')).trim().split('\n')
    expect(names).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => `namespace/${name}`))
    expect(await kubectl.ok('get', 'service', 'kubernetes')).toMatch(/kubernetes +ClusterIP +10\.96\.0\.1 +<none> +443\/TCP/)
  })

  it('lists and explains what it serves', async () => {
    const resources = await kubectl.ok('api-resources')
    for (const line of [
      /^pods +po +v1 +true +Pod$/m,
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
      /^nodes +no +v1 +false +Node$/m,
    ]) {
      expect(resources).toMatch(line)
    }
    expect(await kubectl.ok('api-versions')).toContain('apps/v1')
    expect(await kubectl.ok('explain', 'deployment.spec.strategy')).toMatch(
      /KIND: +Deployment[\s\S]+rollingUpdate\t<RollingUpdateDeployment>/,
    )
    expect(await kubectl.ok('explain', 'pod.spec.containers.livenessProbe.httpGet')).toContain('path\t<string>')
  })

  it('keeps what admission policies say, and shows them', async () => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }
    const validation = {
      expression: "!('forbidden' in object.data)",
      messageExpression: "object.metadata.name + ' has what it may not'",
    }
    const base = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: 'nothing-forbidden' } }
    await kubectl.apply({
      ...base,
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        matchConstraints: { resourceRules: [rule] },
        matchConditions: [{ name: 'has-data', expression: 'has(object.data)' }],
        validations: [validation],
      },
    })
    await kubectl.apply({
      ...base,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'nothing-forbidden', validationActions: ['Deny'] },
    })
    expect(await kubectl.ok('get', 'validatingadmissionpolicies')).toMatch(
      /^NAME +VALIDATIONS +PARAMKIND +AGE\nnothing-forbidden +1 +<unset>/,
    )
    const refused = await eventually('the policy to count', {
      ask: () => kubectl.run(['create', 'configmap', 'odd', '--from-literal=forbidden=x', '--dry-run=server']),
      wanted: ({ code }) => code !== 0,
    })
    expect(refused.stderr).toContain(
      "ValidatingAdmissionPolicy 'nothing-forbidden' with binding 'nothing-forbidden' denied request: odd has what it may not",
    )
    await kubectl.ok('create', 'configmap', 'even', '--from-literal=allowed=x', '--dry-run=server')
    await kubectl.ok('delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', 'nothing-forbidden')
  })

  it('gives a user a certificate that works, and a service account a token that stays', async () => {
    const { request, key } = await newSigningRequest({ name: 'jane', groups: ['dev'], algorithm: 'rsa' })
    const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], expirationSeconds: 3600 }
    await kubectl.apply({
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'jane' },
      spec,
    })
    expect(await kubectl.ok('get', 'csr', 'jane')).toMatch(/jane +\d+s +kubernetes.io\/kube-apiserver-client +\S+ +60m +Pending/)
    expect(await kubectl.ok('certificate', 'approve', 'jane')).toContain(
      'certificatesigningrequest.certificates.k8s.io/jane approved',
    )
    const certificate = await eventually('a certificate', {
      ask: () => kubectl.ok('get', 'csr', 'jane', '-o', 'jsonpath={.status.certificate}'),
      wanted: (text) => text !== '',
    })
    const folder = mkdtempSync(join(tmpdir(), 'windlass-jane-'))
    try {
      writeFileSync(join(folder, 'jane.crt'), Buffer.from(certificate, 'base64'))
      writeFileSync(join(folder, 'jane.key'), key)
      const environment = { KUBECONFIG: join(folder, 'kubeconfig') }
      copyFileSync(cluster.kubeconfig, environment.KUBECONFIG)
      const asJane = (...args: string[]) => kubectl.run(args, { environment })
      const files = [`--client-certificate=${join(folder, 'jane.crt')}`, `--client-key=${join(folder, 'jane.key')}`]
      await asJane('config', 'set-credentials', 'jane', ...files)
      await asJane('config', 'set-context', 'windlass', '--user=jane')
      expect((await asJane('auth', 'whoami')).stdout).toMatch(/Username +jane\nGroups +\[dev system:authenticated\]/)
      expect((await asJane('get', 'secrets')).stderr).toContain('User "jane" cannot list resource "secrets"')
    } finally {
      rmSync(folder, { recursive: true })
    }
    const annotations = { 'kubernetes.io/service-account.name': 'default' }
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'long', annotations },
      type: 'kubernetes.io/service-account-token',
    })
    const token = await eventually('a token', {
      ask: () => kubectl.ok('get', 'secret', 'long', '-o', 'jsonpath={.data.token}'),
      wanted: (text) => text !== '',
    })
    const review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: Buffer.from(token, 'base64').toString() },
    }
    const reviewed = await kubectl.withInput(JSON.stringify(review), 'create', '-f', '-', '-o', 'json')
    expect(JSON.parse(reviewed).status.user.username).toBe('system:serviceaccount:default:default')
  })

  it('runs a Deployment from apply to Ready and describes it', async () => {
    expect(await kubectl.apply(web)).toBe('deployment.apps/web created\n')
    expect(await rolledOut('web')).toContain('deployment "web" successfully rolled out')
    expect(await kubectl.apply(web)).toBe('deployment.apps/web unchanged\n')
    expect(await kubectl.ok('get', 'deployments')).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +3\/3 +3 +3 +\d+s\n$/)
    expect(await kubectl.ok('get', 'pods', '-o', 'wide')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nweb-\w+-\w+ +1\/1 +Running +0 +\d+s +10\.\d+\.\d+\.\d+ /,
    )
    expect(await kubectl.ok('get', 'rs')).toMatch(/^NAME +DESIRED +CURRENT +READY +AGE\nweb-\w+ +3 +3 +3 /)
    const described = await kubectl.ok('describe', 'deployment', 'web')
    expect(described).toContain('StrategyType:           RollingUpdate')
    expect(described).toContain('3 desired | 3 updated | 3 total | 3 available | 0 unavailable')
    expect(described).toMatch(/ScalingReplicaSet .*Scaled up replica set web-\w+ from 0 to 3/)
  })

  it('shows a change before it is made, and edits', async () => {
    const changed = structuredClone(web)
    changed.spec.replicas = 4
    const diff = await kubectl.run(['diff', '-f', '-'], { input: JSON.stringify(changed) })
    expect(diff.code).toBe(1)
    expect(diff.stdout).toMatch(/^-\s+replicas: 3\n\+\s+replicas: 4$/m)
    expect(await kubectl.field('.spec.replicas', 'deployment', 'web')).toBe('3')
    const editor = join(cluster.folder, 'editor.sh')
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/^  replicas: 3$/  replicas: 4/" "$1"\n', { mode: 0o755 })
    const edited = await kubectl.run(['edit', 'deployment', 'web'], { environment: { KUBE_EDITOR: editor } })
    expect(edited.stdout).toBe('deployment.apps/web edited\n')
    expect(await rolledOut('web')).toContain('successfully rolled out')
    expect(await kubectl.field('.status.readyReplicas', 'deployment', 'web')).toBe('4')
  })

  it('rolls out, shows the history, goes back, pauses, resumes and restarts', async () => {
    await kubectl.ok('annotate', 'deployment/web', 'kubernetes.io/change-cause=first')
    expect(await kubectl.ok('set', 'image', 'deployment/web', 'main=web:2')).toBe('deployment.apps/web image updated\n')
    await kubectl.ok('annotate', 'deployment/web', 'kubernetes.io/change-cause=second', '--overwrite')
    await rolledOut('web')
    expect(await kubectl.ok('rollout', 'history', 'deployment/web')).toMatch(/REVISION +CHANGE-CAUSE\n1 +first\n2 +second\n/)
    expect(await kubectl.ok('rollout', 'history', 'deployment/web', '--revision=2')).toMatch(/Image:\s+web:2/)
    expect(await kubectl.ok('rollout', 'undo', 'deployment/web')).toBe('deployment.apps/web rolled back\n')
    await rolledOut('web')
    expect(await kubectl.field('.spec.template.spec.containers[0].image', 'deployment', 'web')).toBe('web:1')
    await kubectl.ok('rollout', 'undo', 'deployment/web', '--to-revision=2')
    await rolledOut('web')
    expect(await kubectl.field('.spec.template.spec.containers[0].image', 'deployment', 'web')).toBe('web:2')
    expect(await kubectl.ok('rollout', 'pause', 'deployment/web')).toBe('deployment.apps/web paused\n')
    await kubectl.ok('set', 'image', 'deployment/web', 'main=web:3')
    expect(await kubectl.fails('rollout', 'undo', 'deployment/web')).toContain('paused')
    expect(await kubectl.ok('rollout', 'resume', 'deployment/web')).toBe('deployment.apps/web resumed\n')
    await rolledOut('web')
    expect(await kubectl.ok('rollout', 'restart', 'deployment/web')).toBe('deployment.apps/web restarted\n')
    await rolledOut('web')
    const pods = await kubectl.json<{ items: { spec: { containers: { image: string }[] } }[] }>('get', 'pods', '-l', 'app=web')
    expect(new Set(pods.items.map((pod) => pod.spec.containers[0]!.image))).toEqual(new Set(['web:3']))
  })

  it('scales, also only from the expected size', async () => {
    expect(await kubectl.ok('scale', 'deployment/web', '--replicas=2')).toBe('deployment.apps/web scaled\n')
    await eventually('two pods', {
      ask: () => kubectl.ok('get', 'pods', '-l', 'app=web', '-o', 'name'),
      wanted: (text) => text.split('\n').length === 3,
    })
    expect(await kubectl.fails('scale', 'deployment/web', '--current-replicas=7', '--replicas=1')).toContain(
      'Expected replicas to be 7, was 2',
    )
  })

  it('creates with the create commands', async () => {
    const created: [string[], string][] = [
      [['namespace', 'shop'], 'namespace/shop created'],
      [['deployment', 'made', '--image=web:1', '--replicas=2', '-n', 'shop'], 'deployment.apps/made created'],
      [['configmap', 'settings', '--from-literal=color=blue', '-n', 'shop'], 'configmap/settings created'],
      [['secret', 'generic', 'access', '--from-literal=password=s3cret', '-n', 'shop'], 'secret/access created'],
      [['service', 'clusterip', 'made', '--tcp=80:8080', '-n', 'shop'], 'service/made created'],
      [['serviceaccount', 'robot', '-n', 'shop'], 'serviceaccount/robot created'],
    ]
    for (const [args, said] of created) expect(await kubectl.ok('create', ...args)).toBe(`${said}\n`)
    expect(await kubectl.ok('wait', '--for=condition=Available', 'deployment/made', '-n', 'shop', '--timeout=30s')).toContain(
      'condition met',
    )
    expect(await kubectl.ok('describe', 'secret', 'access', '-n', 'shop')).toMatch(/password: +6 bytes/)
    expect(await kubectl.fails('create', 'namespace', 'shop')).toBe(
      'Error from server (AlreadyExists): namespaces "shop" already exists\n',
    )
  })

  it('runs, exposes, labels and annotates', async () => {
    expect(await kubectl.ok('run', 'single', '--image=web:1', '--port=8080', '--labels=app=single')).toBe('pod/single created\n')
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/single', '--timeout=30s')
    expect(await kubectl.ok('expose', 'pod/single', '--port=80', '--target-port=8080')).toBe('service/single exposed\n')
    const address = await kubectl.field('.status.podIP', 'pod', 'single')
    await eventually('the endpoint', {
      ask: () => kubectl.ok('get', 'endpoints', 'single'),
      wanted: (text) => text.includes(`${address}:8080`),
    })
    expect(await kubectl.ok('label', 'pod/single', 'tier=front')).toBe('pod/single labeled\n')
    expect(await kubectl.ok('get', 'pods', '-l', 'tier in (front, back)', '-o', 'name')).toBe('pod/single\n')
    expect(await kubectl.ok('get', 'pods', '-L', 'tier', '--field-selector=metadata.name=single')).toMatch(
      /TIER\nsingle .* front\n/,
    )
    expect(await kubectl.ok('annotate', 'pod/single', 'note=hello')).toBe('pod/single annotated\n')
    expect(await kubectl.ok('label', 'pod/single', 'tier-')).toBe('pod/single unlabeled\n')
  })

  it('watches', async () => {
    const watch = kubectl.start('get', 'pods', '-w', '-l', 'app=watched')
    await kubectl.ok('run', 'watched', '--image=web:1', '--labels=app=watched')
    await eventually('Running in the watch', { ask: watch.output, wanted: (text) => /watched +1\/1 +Running/.test(text) })
    await kubectl.ok('delete', 'pod', 'watched', '--wait')
    await eventually('Terminating in the watch', { ask: watch.output, wanted: (text) => text.includes('Terminating') })
    await watch.stop()
  })

  it('patches in three ways', async () => {
    const patch = (type: string, body: unknown) =>
      kubectl.ok('patch', 'deployment', 'web', `--type=${type}`, '-p', JSON.stringify(body))
    await patch('strategic', {
      spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'A', value: '1' }] }] } } },
    })
    expect(await kubectl.field('.spec.template.spec.containers[0].image', 'deployment', 'web')).toBe('web:3')
    await patch('merge', { metadata: { labels: { patched: 'merge' } } })
    await patch('json', [{ op: 'replace', path: '/metadata/labels/patched', value: 'json' }])
    expect(await kubectl.field('.metadata.labels.patched', 'deployment', 'web')).toBe('json')
  })

  it('applies a List', async () => {
    const items = ['one', 'two'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } }))
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
    expect(await kubectl.withInput(list, 'apply', '-f', '-')).toBe('configmap/one created\nconfigmap/two created\n')
  })

  it('keeps nothing of a dry run', async () => {
    expect(await kubectl.ok('create', 'configmap', 'ghost', '--from-literal=a=b', '--dry-run=server')).toBe(
      'configmap/ghost created (server dry run)\n',
    )
    expect(await kubectl.fails('get', 'configmap', 'ghost')).toBe('Error from server (NotFound): configmaps "ghost" not found\n')
  })

  it('cordons, drains and uncordons a node', async () => {
    await kubectl.apply(deployment('spread', { replicas: 6, spec: { containers: [container({ image: 'web:1' })] } }))
    await rolledOut('spread')
    const node = await kubectl.field('.items[0].spec.nodeName', 'pods', '-l', 'app=spread')
    expect(await kubectl.ok('cordon', node)).toBe(`node/${node} cordoned\n`)
    expect(await kubectl.ok('get', 'node', node)).toContain('Ready,SchedulingDisabled')
    expect(await kubectl.ok('drain', node, '--ignore-daemonsets', '--force', '--timeout=60s')).toContain(`node/${node} drained`)
    await rolledOut('spread')
    expect(await kubectl.ok('get', 'pods', '--field-selector', `spec.nodeName=${node}`)).toBe('')
    expect(await kubectl.ok('uncordon', node)).toBe(`node/${node} uncordoned\n`)
  })

  it('shows events and who may do what', async () => {
    expect(await kubectl.ok('events', '--for', 'deployment/spread')).toMatch(/Normal +ScalingReplicaSet +Deployment\/spread/)
    expect(await kubectl.ok('get', 'events', '--field-selector=reason=Scheduled')).toContain('Successfully assigned default/')
    expect((await kubectl.ok('auth', 'can-i', 'delete', 'nodes')).trim()).toBe('yes')
    expect(await kubectl.ok('auth', 'whoami')).toContain('system:masters')
  })

  it('gives roles, and says what they allow', async () => {
    const mayJane = async (...what: string[]) =>
      (await kubectl.run(['auth', 'can-i', ...what, '--as', 'jane'])).stdout.trim().split('\n').at(-1)
    expect(await mayJane('list', 'configmaps')).toBe('no')
    expect(await kubectl.fails('get', 'configmaps', '--as', 'jane')).toContain('User "jane" cannot list resource "configmaps"')
    await kubectl.ok('create', 'role', 'reader', '--verb=get,list', '--resource=configmaps')
    await kubectl.ok('create', 'rolebinding', 'reader', '--role=reader', '--user=jane')
    expect(await mayJane('list', 'configmaps')).toBe('yes')
    expect(await mayJane('delete', 'configmaps')).toBe('no')
    expect(await kubectl.ok('get', 'configmaps', '--as', 'jane', '-o', 'name')).toContain('configmap/kube-root-ca.crt')
    expect(await kubectl.ok('auth', 'can-i', '--list', '--as', 'jane')).toMatch(/configmaps +\[\] +\[\] +\[get list\]/)
    const wanted = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'default' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['watch'] }],
    }
    expect(await kubectl.withInput(JSON.stringify(wanted), 'auth', 'reconcile', '-f', '-')).toContain(
      'role.rbac.authorization.k8s.io/reader reconciled',
    )
    expect([await mayJane('watch', 'configmaps'), await mayJane('list', 'configmaps')]).toEqual(['yes', 'yes'])
    await kubectl.withInput(JSON.stringify(wanted), 'auth', 'reconcile', '--remove-extra-permissions', '-f', '-')
    expect([await mayJane('watch', 'configmaps'), await mayJane('list', 'configmaps')]).toEqual(['yes', 'no'])
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace: 'default' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
    }
    // A binding's role can't be changed: it is made anew.
    await kubectl.withInput(JSON.stringify(binding), 'auth', 'reconcile', '-f', '-')
    expect(await kubectl.field('.roleRef.name', 'rolebinding', 'reader')).toBe('view')
    expect([await mayJane('list', 'pods'), await mayJane('list', 'secrets')]).toEqual(['yes', 'no'])
    expect(await kubectl.ok('auth', 'whoami', '--as', 'jane', '--as-group', 'dev', '-o', 'jsonpath={.status.userInfo}')).toBe(
      '{"groups":["dev","system:authenticated"],"username":"jane"}',
    )
    await kubectl.ok('delete', 'rolebinding', 'reader')
    await kubectl.ok('delete', 'role', 'reader')
  })

  it('lists what each of the roles for users allows', async () => {
    const changing = 'create delete deletecollection patch update get list watch'
    const reading = 'get list watch'
    const rows: Record<string, Record<string, string | undefined>> = {
      view: { pods: reading, secrets: undefined, 'roles.rbac.authorization.k8s.io': undefined },
      edit: { pods: changing, secrets: `${reading} create delete deletecollection patch update`, resourcequotas: reading },
      admin: { pods: changing, 'roles.rbac.authorization.k8s.io': 'create delete deletecollection get list patch update watch' },
      'cluster-admin': { '*.*': '*' },
    }
    for (const [role, allowed] of Object.entries(rows)) {
      await kubectl.ok('create', 'rolebinding', `persona-${role}`, `--clusterrole=${role}`, `--user=${role}-user`)
      const listed = await kubectl.ok('auth', 'can-i', '--list', '--no-headers', '--as', `${role}-user`)
      const verbs = new Map(listed.split('\n').map((line) => [line.split(' ')[0], /\[([^\]]*)\]$/.exec(line.trim())?.[1]]))
      const found = Object.fromEntries(Object.keys(allowed).map((resource) => [resource, verbs.get(resource)]))
      expect(found, role).toEqual(allowed)
      expect(verbs.get('selfsubjectaccessreviews.authorization.k8s.io'), role).toBe('create')
      await kubectl.ok('delete', 'rolebinding', `persona-${role}`)
    }
    const nobody = ['--as=system:anonymous', '--as-group=system:unauthenticated']
    expect(await kubectl.fails('auth', 'can-i', '--list', ...nobody)).toContain(
      'cannot create resource "selfsubjectrulesreviews"',
    )
    expect(await kubectl.ok('get', '--raw', '/version', ...nobody)).toContain('"major"')
  })

  it('keeps a namespace within its quota, its limits and its pod security, and says so', async () => {
    const inside = ['-n', 'bounded']
    await kubectl.ok('create', 'namespace', 'bounded')
    await kubectl.ok('create', 'quota', 'few', '--hard=pods=2,requests.cpu=1', ...inside)
    await kubectl.apply({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'usual', namespace: 'bounded' },
      spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '100m' } }] },
    })
    const quota = (wanted: RegExp) =>
      eventually(`a quota of ${wanted}`, {
        ask: () => kubectl.ok('describe', 'quota', 'few', ...inside),
        wanted: (text) => wanted.test(text),
      })
    await quota(/^pods +0 +2$/m)
    await kubectl.ok('create', 'deployment', 'web', '--image=web:1', '--replicas=3', ...inside)
    expect(await quota(/^pods +2 +2$/m)).toMatch(/^requests\.cpu +200m +1$/m)
    await eventually('an Event of what the quota refused', {
      ask: () => kubectl.ok('get', 'events', ...inside),
      wanted: (text) => /FailedCreate .*exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2/.test(text),
    })
    await kubectl.ok('scale', 'deployment/web', '--replicas=1', ...inside)
    await quota(/^pods +1 +2$/m)
    const labelled = await kubectl.run(['label', 'namespace', 'bounded', 'pod-security.kubernetes.io/enforce=restricted'])
    expect(labelled.stderr).toMatch(
      /Warning: existing pods in namespace "bounded" violate the new PodSecurity enforce level "restricted:latest"\nWarning: web-\S+: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile/,
    )
    const refused = await kubectl.run(['run', 'loose', '--image=web:1', ...inside])
    expect(refused.stderr).toContain(
      'Error from server (Forbidden): pods "loose" is forbidden: violates PodSecurity "restricted:latest": ',
    )
    const warned = await kubectl.run(['create', 'deployment', 'loose', '--image=web:1', ...inside])
    expect(warned.stderr).toContain(
      'Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web"',
    )
    await kubectl.ok('delete', 'namespace', 'bounded')
  })

  it('refuses bad input with the words of the real one', async () => {
    const refused = async (object: object) => (await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(object) })).stderr
    expect(await refused({ ...web, metadata: { name: 'Not_A_Label' } })).toContain(
      'metadata.name: Invalid value: "Not_A_Label": a lowercase RFC 1123 subdomain must consist of',
    )
    expect(await refused({ ...web, spec: { ...web.spec, replicaz: 3 } })).toContain('unknown field "spec.replicaz"')
    expect(
      await refused({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'far' }, spec: { ports: [{ port: 70000 }] } }),
    ).toContain('spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive')
    expect(await refused({ apiVersion: 'v1', kind: 'Pot', metadata: { name: 'x' } })).toContain(
      'no matches for kind "Pot" in version "v1"',
    )
    expect(await kubectl.fails('get', 'pods', '-l', 'a in')).toContain('unable to parse requirement')
  })

  it('cascades a deletion, or orphans', async () => {
    await kubectl.ok('delete', 'deployment', 'spread', '--cascade=orphan')
    expect(await kubectl.ok('get', 'rs', '-l', 'app=spread', '-o', 'name')).toMatch(/^replicaset\.apps\/spread-/)
    await kubectl.ok('delete', 'rs', '-l', 'app=spread', '--cascade=foreground')
    expect(await kubectl.ok('get', 'pods', '-l', 'app=spread', '-o', 'name')).toBe('')
    expect(await kubectl.ok('delete', 'namespace', 'shop', '--timeout=60s')).toContain('namespace "shop" deleted')
    expect(await kubectl.fails('get', 'deployment', 'made', '-n', 'shop')).toContain('NotFound')
  })

  it('says so when it is started twice, and ends', async () => {
    const { code, output } = await cluster.secondStart()
    expect(code).not.toBe(0)
    expect(output).toMatch(/in use by process \d+/)
  })

  it('ends by Ctrl-C and resumes every object', async () => {
    await kubectl.ok('create', 'configmap', 'kept', '--from-literal=a=b')
    await cluster.interrupt()
    expect(cluster.output).toContain('stopping')
    await cluster.start()
    expect(await kubectl.field('.data.a', 'configmap', 'kept')).toBe('b')
    expect(await rolledOut('web')).toContain('successfully rolled out')
  })

  it('leaves no Secret to be read from its files', async () => {
    await kubectl.ok('create', 'secret', 'generic', 'hidden', '--from-literal=password=find-me-if-you-can')
    const encoded = Buffer.from('find-me-if-you-can').toString('base64')
    const files = execFileSync('find', [cluster.dataDir, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')
    const holding = files.filter((file) => {
      const bytes = readFileSync(file)
      return bytes.includes('find-me-if-you-can') || bytes.includes(encoded)
    })
    expect(holding).toEqual([])
    expect(await kubectl.field('.data.password', 'secret', 'hidden')).toBe(encoded)
  })

  it('leaves nothing after a reset', async () => {
    await cluster.interrupt()
    const { code } = await cluster.reset()
    expect(code).toBe(0)
    expect(readFileSync(cluster.kubeconfig, 'utf8')).not.toContain('127.0.0.1')
    expect(execFileSync('ls', ['-A', cluster.folder], { encoding: 'utf8' })).not.toContain('data')
  })
})
