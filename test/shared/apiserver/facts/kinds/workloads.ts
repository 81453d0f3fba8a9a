import { asTable, creations, namespace, patch, type Said } from './conversation.ts'

const apps = `/apis/apps/v1/namespaces/${namespace}`
const core = `/api/v1/namespaces/${namespace}`
const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } }
const withSpec = (changes: object) => ({ ...template, spec: { ...template.spec, ...changes } })
const selector = { matchLabels: labels }
const of = (changes: object) => ({ spec: { selector, template, ...changes } })

/** What every kind with a selector and a template is asked. */
const common = {
  nothing: {},
  'an empty spec': { spec: {} },
  'an ordinary one': of({}),
  'no selector': of({ selector: undefined }),
  'an empty selector': of({ selector: {} }),
  'another selector': of({ selector: { matchLabels: { app: 'db' } } }),
  'a wrong selector': of({ selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } }),
  'no template': of({ template: undefined }),
  'a template without labels': of({ template: { spec: template.spec } }),
  'pods that end': of({ template: withSpec({ restartPolicy: 'Never' }) }),
  'a deadline': of({ template: withSpec({ activeDeadlineSeconds: 5 }) }),
  'no containers': of({ template: withSpec({ containers: [] }) }),
  'wrong labels': of({ template: { ...template, metadata: { labels: { ...labels, x: 'a b' } } } }),
  'negative numbers': of({ replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1 }),
  'a name of capitals': { metadata: { name: 'A' }, ...of({}) },
  'a name with a dot': { metadata: { name: 'a.b' }, ...of({}) },
  'a status': { ...of({}), status: { replicas: 3, numberReady: 3 } },
}

const strategy = (updateStrategy: object) => of({ updateStrategy })
const rolling = (rollingUpdate: object) => strategy({ type: 'RollingUpdate', rollingUpdate })
const claim = (spec: object) => of({ volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }] })
const size = { requests: { storage: '1Gi' } }

const statefulSets = {
  ...common,
  'a Service': of({ serviceName: 'web' }),
  'a wrong Service': of({ serviceName: 'Web_' }),
  'pods at once': of({ podManagementPolicy: 'Parallel' }),
  'pods otherwise': of({ podManagementPolicy: 'Random' }),
  'an update by hand': strategy({ type: 'OnDelete' }),
  'an update by hand that rolls': strategy({ type: 'OnDelete', rollingUpdate: { partition: 1 } }),
  'another update': strategy({ type: 'Sudden' }),
  'an update without a way': strategy({ type: 'RollingUpdate' }),
  'a partition': rolling({ partition: 2 }),
  'a negative partition': rolling({ partition: -2 }),
  'some unavailable': rolling({ maxUnavailable: '30%' }),
  'none unavailable': rolling({ maxUnavailable: 0 }),
  'too many unavailable': rolling({ maxUnavailable: '130%' }),
  'wrongly unavailable': rolling({ maxUnavailable: 'x' }),
  retention: of({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } }),
  'another retention': of({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep', whenDeleted: 'Burn' } }),
  ordinals: of({ ordinals: { start: 3 } }),
  'negative ordinals': of({ ordinals: { start: -3 } }),
  'a claim': claim({ accessModes: ['ReadWriteOnce'], resources: size }),
  'an empty claim': claim({}),
  'a claim of parts of bytes': claim({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } }),
  'a volume that a claim takes the place of': of({
    template: withSpec({
      volumes: [{ name: 'data', emptyDir: {} }],
      hostname: 'h',
      containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }],
    }),
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: size } }],
  }),
}

const annotated = (name: string, annotation: string, text: string) => ({
  metadata: { name, annotations: { [`deprecated.${annotation}`]: text } },
  ...of({}),
})

const deployments = {
  'a rollback': annotated('rollback', 'deployment.rollback.to', '007'),
  'an empty rollback': annotated('no-rollback', 'deployment.rollback.to', ''),
  'a negative rollback': annotated('back', 'deployment.rollback.to', '-1'),
  'a rollback to what is no number': annotated('odd', 'deployment.rollback.to', 'x'),
  'a rollback too far': annotated('far', 'deployment.rollback.to', '9223372036854775808'),
}

const daemonSets = {
  ...common,
  'an update by hand': strategy({ type: 'OnDelete' }),
  'another update': strategy({ type: 'Sudden' }),
  'an update without a way': strategy({ type: 'RollingUpdate' }),
  'some unavailable': rolling({ maxUnavailable: '30%' }),
  'none unavailable': rolling({ maxUnavailable: 0 }),
  'some more': rolling({ maxUnavailable: 0, maxSurge: '10%' }),
  both: rolling({ maxUnavailable: 1, maxSurge: 1 }),
  'too many': rolling({ maxUnavailable: '130%', maxSurge: '110%' }),
  'a generation of its template': {
    metadata: { name: 'generation', annotations: { 'deprecated.daemonset.template.generation': '7' } },
    ...of({}),
  },
  'a negative generation': annotated('generation-negative', 'daemonset.template.generation', '-7'),
  'a generation that is no number': annotated('generation-odd', 'daemonset.template.generation', 'x'),
  'an empty generation': annotated('generation-empty', 'daemonset.template.generation', ''),
  'some nodes': of({ template: withSpec({ nodeSelector: { disk: 'ssd', b: 'c' } }) }),
}

const ofLabels = (changes: object) => ({ spec: { selector: labels, template, ...changes } })
const replicationControllers = {
  nothing: {},
  'an ordinary one': ofLabels({}),
  'no selector': ofLabels({ selector: undefined }),
  'another selector': ofLabels({ selector: { app: 'db' } }),
  'no template': ofLabels({ template: undefined }),
  'pods that end': ofLabels({ template: withSpec({ restartPolicy: 'Never' }) }),
  'a deadline': ofLabels({ template: withSpec({ activeDeadlineSeconds: 5 }) }),
  'negative numbers': ofLabels({ replicas: -1, minReadySeconds: -1 }),
  'no replicas': ofLabels({ replicas: 0 }),
  'labels of its own': { metadata: { name: 'own', labels: { a: 'b' } }, ...ofLabels({}) },
  'a name with a dot': { metadata: { name: 'a.b' }, ...ofLabels({}) },
}

const podTemplates = {
  nothing: {},
  'a template': { template },
  'a template of pods that end': { template: withSpec({ restartPolicy: 'Never' }) },
  'a wrong template': { template: { metadata: { labels: { x: 'a b' } }, spec: { containers: [{ name: 'A' }] } } },
}

const wanted = { accessModes: ['ReadWriteOnce'], resources: size }
const asked = (changes: object) => ({ spec: { ...wanted, ...changes } })
const claims = {
  nothing: {},
  'an ordinary one': asked({}),
  'a class': asked({ storageClassName: 'fast' }),
  'no class on purpose': asked({ storageClassName: '' }),
  'a wrong class': asked({ storageClassName: 'F_' }),
  'no modes': asked({ accessModes: [] }),
  'another mode': asked({ accessModes: ['ReadWriteTwice'] }),
  'modes that don’t go together': asked({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
  'no size': asked({ resources: {} }),
  'size 0': asked({ resources: { requests: { storage: '0' } } }),
  'a negative size': asked({ resources: { requests: { storage: '-1' } } }),
  'parts of bytes': asked({ resources: { requests: { storage: '1500m' }, limits: { storage: '2500m' } } }),
  'another mode of the volume': asked({ volumeMode: 'Tape' }),
  'a block': asked({ volumeMode: 'Block' }),
  'a selector': asked({ selector: { matchLabels: labels } }),
  'a wrong selector': asked({ selector: { matchLabels: { a: 'b c' } } }),
  'a copy of a claim': asked({ dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } }),
  'a copy of something': asked({ dataSource: { kind: 'Thing', name: 'a', apiGroup: 'x.io' } }),
  'a copy of a snapshot': asked({
    dataSource: { kind: 'VolumeSnapshot', name: 'a', apiGroup: 'snapshot.storage.k8s.io' },
  }),
  'made of something': asked({ dataSourceRef: { kind: 'Thing', name: 'a', apiGroup: 'x.io' } }),
  'made of something in the core group': asked({ dataSourceRef: { kind: 'Thing', name: '' } }),
  'made of something in another namespace': asked({
    dataSourceRef: { kind: 'Thing', name: 'a', apiGroup: 'x.io', namespace: 'b' },
  }),
  'an old annotation': {
    metadata: { name: 'annotated', annotations: { 'volume.beta.kubernetes.io/storage-class': 'fast' } },
    ...asked({}),
  },
  'attributes of a class': asked({ volumeAttributesClassName: 'gold' }),
  'wrong attributes': asked({ volumeAttributesClassName: 'G_' }),
}

const set = `${apps}/statefulsets/set`
const daemon = `${apps}/daemonsets/daemon`
const controller = `${core}/replicationcontrollers/controller`
const one = `${core}/persistentvolumeclaims/claim`
const create = (path: string, body: object): Said => ({ what: `made: ${path}`, method: 'POST', path, body })

export const workloads: readonly Said[] = [
  ...creations(`${apps}/statefulsets`, statefulSets),
  create(`${apps}/statefulsets`, { metadata: { name: 'set' }, ...of({ serviceName: 'web' }) }),
  patch('set: more replicas', set, { spec: { replicas: 3 } }),
  patch('set: another Service', set, { spec: { serviceName: 'db' } }),
  patch('set: another image', set, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }),
  patch('set: what may change', set, {
    spec: {
      minReadySeconds: 3,
      revisionHistoryLimit: -1,
      ordinals: { start: 1 },
      updateStrategy: { type: 'OnDelete', rollingUpdate: null },
    },
  }),
  patch('set: another selector', set, { spec: { selector: { matchLabels: { app: 'x' } } } }),
  patch('set: a wrong status', `${set}/status`, {
    status: { replicas: 1, readyReplicas: 2, currentReplicas: 3, updatedReplicas: -1, availableReplicas: 4, collisionCount: -1 },
  }),
  patch('set: a status', `${set}/status`, { status: { replicas: 3, readyReplicas: 2, availableReplicas: 1, collisionCount: 2 } }),
  patch('set: fewer collisions', `${set}/status`, { status: { collisionCount: 1 } }),
  { what: 'set: scale', path: `${set}/scale` },
  { what: 'sets as a table', path: `${apps}/statefulsets`, accept: asTable },

  ...creations(`${apps}/deployments`, deployments),
  patch('rollback: elsewhere', `${apps}/deployments/rollback`, {
    metadata: { managedFields: null, annotations: { 'deprecated.deployment.rollback.to': '1', x: 'y' } },
  }),
  ...creations(`${apps}/daemonsets`, daemonSets),
  create(`${apps}/daemonsets`, { metadata: { name: 'daemon' }, ...of({}) }),
  patch('daemon: another template', daemon, { spec: { template: { metadata: { annotations: { a: 'b' } } } } }),
  patch('daemon: something else', daemon, { spec: { minReadySeconds: 3 } }),
  patch('daemon: another generation', daemon, {
    metadata: { annotations: { 'deprecated.daemonset.template.generation': '9' } },
  }),
  patch('daemon: another selector', daemon, { spec: { selector: { matchLabels: { app: 'x' } } } }),
  patch('daemon: a wrong status', `${daemon}/status`, {
    status: { numberReady: -1, desiredNumberScheduled: -2, collisionCount: -1, observedGeneration: -1 },
  }),
  patch('daemon: a status', `${daemon}/status`, {
    status: {
      numberReady: 1,
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberAvailable: 1,
      updatedNumberScheduled: 2,
    },
  }),
  { what: 'daemons as a table', path: `${apps}/daemonsets`, accept: asTable },

  ...creations(`${core}/replicationcontrollers`, replicationControllers),
  create(`${core}/replicationcontrollers`, { metadata: { name: 'controller' }, ...ofLabels({}) }),
  patch('controller: more replicas', controller, { spec: { replicas: 3 } }),
  patch('controller: another selector', controller, { spec: { selector: { app: 'x' } } }),
  patch('controller: a wrong status', `${controller}/status`, {
    status: { replicas: 1, readyReplicas: 2, availableReplicas: 3 },
  }),
  patch('controller: a status', `${controller}/status`, { status: { replicas: 3, readyReplicas: 2 } }),
  { what: 'controller: scale', path: `${controller}/scale` },
  { what: 'controllers by their replicas', path: `${core}/replicationcontrollers?fieldSelector=status.replicas%3D3` },
  { what: 'controllers as a table', path: `${core}/replicationcontrollers`, accept: asTable },
  { what: 'a controller leaves its pods', method: 'DELETE', path: controller },

  ...creations(`${core}/podtemplates`, podTemplates),
  create(`${core}/podtemplates`, { metadata: { name: 'template' }, template }),
  patch('template: another image', `${core}/podtemplates/template`, { template: { metadata: { labels: { a: 'b' } } } }),
  { what: 'templates as a table', path: `${core}/podtemplates`, accept: asTable },
  { what: 'template: deleted', method: 'DELETE', path: `${core}/podtemplates/template` },

  ...creations(`${core}/persistentvolumeclaims`, claims),
  create(`${core}/persistentvolumeclaims`, { metadata: { name: 'claim' }, ...asked({}) }),
  patch('claim: a class', one, { spec: { storageClassName: 'fast' } }),
  patch('claim: a volume', one, { spec: { volumeName: 'v' } }),
  patch('claim: a label', one, { metadata: { labels } }),
  patch('claim: a status', `${one}/status`, {
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } },
  }),
  patch('claim: a wrong status', `${one}/status`, { status: { allocatedResources: { cpu: '1' } } }),
  patch('claim: less', one, { spec: { resources: { requests: { storage: '1Mi' } } } }),
  { what: 'claims as a table', path: `${core}/persistentvolumeclaims`, accept: asTable },
  { what: 'a claim by its name', path: `${core}/persistentvolumeclaims?fieldSelector=name%3Dclaim` },
]
