import { namespace, patch, type Said } from './conversation.ts'

const prefix = 'pod-security.kubernetes.io/'
const space = (name: string) => `${namespace}-security-${name}`
const at = (name: string) => `/api/v1/namespaces/${space(name)}`
const labels = (modes: Readonly<Record<string, string | null>>) =>
  Object.fromEntries(Object.entries(modes).map(([mode, value]) => [prefix + mode, value]))
const post = (what: string, path: string, body: object): Said => ({ what, method: 'POST', path, body })

const begin = (name: string, modes: Readonly<Record<string, string>> = {}): Said[] => [
  post(`${name}: namespace`, '/api/v1/namespaces', { metadata: { name: space(name), labels: labels(modes) } }),
  post(`${name}: account`, `${at(name)}/serviceaccounts`, { metadata: { name: 'default' } }),
]
const label = (name: string, what: string, modes: Readonly<Record<string, string | null>>): Said =>
  patch(`${name}: ${what}`, at(name), { metadata: { labels: labels(modes) } })

const one = (more: object = {}, name = 'c') => ({ name, image: 'i', ...more })
const secured = (securityContext: object, name = 'c') => one({ securityContext }, name)
const pod = (spec: object, annotations?: object) => ({
  metadata: { name: 'p', ...(annotations && { annotations }) },
  spec: { automountServiceAccountToken: false, containers: [one()], ...spec },
})
const good = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [secured({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })],
}
const container = (securityContext: object) => ({
  ...good,
  containers: [secured({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...securityContext })],
})
const ofPod = (securityContext: object) => ({ ...good, securityContext: { ...good.securityContext, ...securityContext } })
const volume = (source: object) => ({ ...good, volumes: [{ name: 'v', ...source }] })

/** Each breaks one rule, or is next to breaking it. */
const pods: Readonly<Record<string, object>> = {
  good: pod(good),
  'says nothing': pod({}),
  'two that say nothing': pod({ containers: [one(), one({}, 'd')], initContainers: [one({}, 'i')] }),
  escalates: pod(container({ allowPrivilegeEscalation: true })),
  privileged: pod({ containers: [secured({ privileged: true }), secured({ privileged: true }, 'd')] }),
  'host namespaces': pod({ ...good, hostNetwork: true, hostPID: true, hostIPC: true }),
  'host ports': pod({
    ...good,
    containers: [
      one({
        ports: [
          { containerPort: 1, hostPort: 90 },
          { containerPort: 2, hostPort: 8 },
        ],
      }),
      one({ ports: [{ containerPort: 3, hostPort: 8, protocol: 'UDP' }] }, 'd'),
    ],
  }),
  'a host port': pod({ ...good, containers: [one({ ports: [{ containerPort: 1, hostPort: 90 }] })] }),
  capabilities: pod(container({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN', 'NET_RAW', 'CHOWN'] } })),
  'allowed capabilities': pod(container({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })),
  'drops some': pod(container({ capabilities: { drop: ['NET_RAW'] } })),
  'host path': pod(volume({ hostPath: { path: '/x' } })),
  nfs: pod(volume({ nfs: { server: 's', path: '/' } })),
  'restricted volumes': pod({
    ...good,
    volumes: [
      { name: 'a', hostPath: { path: '/x' } },
      { name: 'b', iscsi: { targetPortal: 'p', iqn: 'iqn.2001-04.com.example:x', lun: 0 } },
      { name: 'c', emptyDir: {} },
    ],
  }),
  'allowed volumes': pod({
    ...good,
    volumes: [
      { name: 'a', configMap: { name: 'x' } },
      { name: 'b', csi: { driver: 'x.example.com' } },
      { name: 'c', downwardAPI: {} },
      { name: 'd', persistentVolumeClaim: { claimName: 'x' } },
      { name: 'e', secret: { secretName: 'x' } },
    ],
  }),
  'se linux': pod(ofPod({ seLinuxOptions: { type: 'custom_t', user: 'u', role: 'r' } })),
  'se linux of a container': pod(container({ seLinuxOptions: { type: 'container_engine_t' } })),
  'se linux, allowed': pod(ofPod({ seLinuxOptions: { type: 'container_t', level: 'x' } })),
  'seccomp by annotation': pod(
    {},
    {
      'seccomp.security.alpha.kubernetes.io/pod': 'unconfined',
      'container.seccomp.security.alpha.kubernetes.io/c': 'unconfined',
    },
  ),
  seccomp: pod(ofPod({ seccompProfile: { type: 'Unconfined' } })),
  'seccomp of a container': pod(container({ seccompProfile: { type: 'Unconfined' } })),
  'seccomp of everybody': pod({
    ...ofPod({ seccompProfile: { type: 'Unconfined' } }),
    containers: [secured({ seccompProfile: { type: 'Unconfined' } })],
  }),
  'seccomp by the containers': pod({
    securityContext: { runAsNonRoot: true },
    containers: [
      secured({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'Localhost', localhostProfile: 'x' },
      }),
    ],
  }),
  'app armor': pod(ofPod({ appArmorProfile: { type: 'Unconfined' } })),
  'app armor of a container': pod(container({ appArmorProfile: { type: 'Unconfined' } })),
  'app armor, allowed': pod(ofPod({ appArmorProfile: { type: 'RuntimeDefault' } })),
  root: pod(ofPod({ runAsNonRoot: false })),
  'root in a container': pod(container({ runAsNonRoot: false })),
  'root in both': pod({ ...ofPod({ runAsNonRoot: false }), containers: [secured({ runAsNonRoot: false })] }),
  'user 0': pod(ofPod({ runAsUser: 0 })),
  'user 0 in a container': pod(container({ runAsUser: 0 })),
  sysctls: pod(
    ofPod({
      sysctls: ['kernel.msgmax', 'net.ipv4.tcp_rmem', 'kernel.shm_rmid_forced', 'net.ipv4.ip_local_reserved_ports'].map(
        (name) => ({ name, value: '1' }),
      ),
    }),
  ),
  unmasked: pod({ ...container({ procMount: 'Unmasked' }), hostUsers: false }),
  'root of its own': pod({ ...ofPod({ runAsNonRoot: false, runAsUser: 0 }), hostUsers: false }),
  'probes elsewhere': pod({
    ...good,
    containers: [
      one({
        livenessProbe: { httpGet: { host: 'b.example.com', port: 80 } },
        readinessProbe: { tcpSocket: { host: 'a.example.com', port: 80 } },
        lifecycle: { preStop: { httpGet: { host: 'b.example.com', port: 80 } } },
      }),
    ],
  }),
  windows: pod({ os: { name: 'windows' }, securityContext: { runAsNonRoot: true } }),
  'windows on its host': pod({
    os: { name: 'windows' },
    hostNetwork: true,
    securityContext: { windowsOptions: { hostProcess: true } },
    containers: [secured({ windowsOptions: { hostProcess: true } })],
  }),
}

const tries = (name: string, chosen = Object.keys(pods), suffix = ''): Said[] =>
  chosen.map((what) => ({ ...post(`${name}${suffix}: ${what}`, `${at(name)}/pods?dryRun=All`, pods[what]!), accept: asMetadata }))

const versions = [...Array.from({ length: 37 }, (_, minor) => `v1.${minor}`), 'latest']
const asMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

/** What changed with versions. */
const versioned = [
  'says nothing',
  'capabilities',
  'sysctls',
  'se linux of a container',
  'seccomp',
  'unmasked',
  'root of its own',
  'user 0',
  'probes elsewhere',
  'seccomp by annotation',
  'windows',
]

const template = { metadata: { labels: { a: 'b' } }, spec: (pods.privileged as { spec: object }).spec }
const apps = (kind: string, spec: object): Said =>
  post(`warn: ${kind}`, `/apis/apps/v1/namespaces/${space('warn')}/${kind}?dryRun=All`, {
    metadata: { name: 'x' },
    spec: { selector: { matchLabels: { a: 'b' } }, template, ...spec },
  })
const once = { template: { spec: { restartPolicy: 'Never', containers: [secured({ privileged: true })] } } }

export const podSecurity: Said[] = [
  ...begin('baseline', { enforce: 'baseline' }),
  ...tries('baseline'),
  ...begin('restricted', { enforce: 'restricted' }),
  ...tries('restricted'),
  ...versions.flatMap((version) => [
    label('restricted', `becomes ${version}`, { 'enforce-version': version }),
    ...tries('restricted', versioned, ` ${version}`),
  ]),
  ...begin('warn', { warn: 'restricted', audit: 'baseline' }),
  ...tries('warn', ['good', 'says nothing', 'privileged', 'host ports']),
  apps('deployments', {}),
  apps('replicasets', {}),
  apps('statefulsets', { serviceName: 'x' }),
  apps('daemonsets', {}),
  post('warn: jobs', `/apis/batch/v1/namespaces/${space('warn')}/jobs?dryRun=All`, { metadata: { name: 'x' }, spec: once }),
  post('warn: cronjobs', `/apis/batch/v1/namespaces/${space('warn')}/cronjobs?dryRun=All`, {
    metadata: { name: 'x' },
    spec: { schedule: '0 0 * * *', jobTemplate: { spec: once } },
  }),
  post('warn: podtemplates', `${at('warn')}/podtemplates?dryRun=All`, { metadata: { name: 'x' }, template }),
  post('warn: replicationcontrollers', `${at('warn')}/replicationcontrollers?dryRun=All`, {
    metadata: { name: 'x' },
    spec: { selector: { a: 'b' }, template },
  }),
  post('baseline: deployments', `/apis/apps/v1/namespaces/${space('baseline')}/deployments?dryRun=All`, {
    metadata: { name: 'x' },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  }),
  label('warn', 'what is enforced is warned of', { warn: null, enforce: 'restricted', 'enforce-version': 'v1.20' }),
  { ...apps('deployments', {}), what: 'warn: deployments again' },
  post('a namespace with a level nobody knows', '/api/v1/namespaces', {
    metadata: { name: space('bad'), labels: labels({ enforce: 'strict', 'audit-version': 'v2.0', warn: 'x' }) },
  }),
  label('baseline', 'an unknown level', { enforce: 'strict' }),
  label('baseline', 'an unknown version', { 'enforce-version': '1.20' }),
  label('baseline', 'a version too long', { 'enforce-version': 'v1.020' }),
  ...begin('there'),
  ...['privileged', 'says nothing', 'good'].flatMap((what, index) =>
    [0, 1].map((copy) =>
      post(`there: ${what} ${copy}`, `${at('there')}/pods`, {
        ...pods[what],
        metadata: { name: `p${index}-${copy}` },
      }),
    ),
  ),
  label('there', 'becomes baseline', { enforce: 'baseline' }),
  label('there', 'becomes restricted', { enforce: 'restricted' }),
  label('there', 'becomes restricted of another version', { 'enforce-version': 'v1.20' }),
  label('there', 'becomes baseline again', { enforce: 'baseline' }),
  label('there', 'is only warned of', { enforce: null, warn: 'restricted' }),
  patch('there: an image', `${at('there')}/pods/p0-0`, {
    spec: { containers: [{ ...one({ image: 'j' }), securityContext: { privileged: true } }, secured({ privileged: true }, 'd')] },
  }),
  label('there', 'becomes baseline for an image', { enforce: 'baseline' }),
  patch('there: a forbidden image', `${at('there')}/pods/p0-0`, {
    spec: { containers: [{ ...one({ image: 'k' }), securityContext: { privileged: true } }, secured({ privileged: true }, 'd')] },
  }),
  patch('there: a label of a forbidden pod', `${at('there')}/pods/p0-0`, { metadata: { labels: { a: 'b' } } }),
  ...['baseline', 'restricted', 'warn', 'there'].map((name) => ({ what: `${name}: removed`, method: 'DELETE', path: at(name) })),
]
