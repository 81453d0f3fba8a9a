import { creations, namespace, type Said } from './conversation.ts'

const account = 'app-armor'
const pods = `/api/v1/namespaces/${namespace}/pods`
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
const annotated = (name: string, profiles: Readonly<Record<string, string>>) => ({
  metadata: {
    name: `aa-${name}`,
    annotations: Object.fromEntries(
      Object.entries(profiles).map(([container, profile]) => [
        `container.apparmor.security.beta.kubernetes.io/${container}`,
        profile,
      ]),
    ),
  },
})
const spec = (container: object = {}, more: object = {}) => ({
  spec: {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    containers: [{ name: 'c', image: 'i', ...container }],
    ...more,
  },
})
const profile = (type: string, localhostProfile?: string) => ({
  securityContext: { appArmorProfile: { type, ...(localhostProfile && { localhostProfile }) } },
})
const init = { initContainers: [{ name: 'i', image: 'i' }] }

const seccomp = (type: string, localhostProfile?: string) => ({
  securityContext: { seccompProfile: { type, ...(localhostProfile && { localhostProfile }) } },
})
const secured = (name: string, annotations: Readonly<Record<string, string>>) => ({
  metadata: { name: `aa-${name}`, annotations },
})
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompOfC = 'container.seccomp.security.alpha.kubernetes.io/c'

const made = {
  'seccomp of a pod that does not match': {
    ...secured('s-pod', { [seccompOfPod]: 'unconfined' }),
    ...spec({}, seccomp('RuntimeDefault')),
  },
  'seccomp of docker': { ...secured('s-docker', { [seccompOfPod]: 'docker/default' }), ...spec({}, seccomp('RuntimeDefault')) },
  'seccomp of a container that does not match': {
    ...secured('s-container', { [seccompOfC]: 'localhost/a' }),
    ...spec(seccomp('Localhost', 'b')),
  },
  'seccomp of a container of another type': {
    ...secured('s-type', { [seccompOfC]: 'unconfined' }),
    ...spec(seccomp('Localhost', 'b')),
  },
  'the default one': { ...annotated('default', { c: 'runtime/default' }), ...spec() },
  none: { ...annotated('none', { c: 'unconfined' }), ...spec() },
  'one of the node': { ...annotated('node', { c: 'localhost/x', i: 'unconfined' }), ...spec({}, init) },
  'one of no name': { ...annotated('nameless', { c: 'localhost/' }), ...spec() },
  'one of blanks': { ...annotated('blank', { c: 'localhost/ x' }), ...spec() },
  'an empty one': { ...annotated('empty', { c: '' }), ...spec() },
  'an odd one': { ...annotated('odd', { c: 'x' }), ...spec() },
  'one of no container': { ...annotated('nobody', { d: 'unconfined' }), ...spec() },
  'beside its own field': { ...annotated('own', { c: 'unconfined' }), ...spec(profile('RuntimeDefault')) },
  "as the pod's": { ...annotated('same', { c: 'localhost/x' }), ...spec({}, profile('Localhost', 'x')) },
  "another than the pod's": { ...annotated('other', { c: 'localhost/y' }), ...spec({}, profile('Localhost', 'x')) },
  'with a context': { ...annotated('context', { c: 'unconfined' }), ...spec({ securityContext: { runAsUser: 1 } }) },
  'of windows': { ...annotated('windows', { c: 'unconfined' }), ...spec({}, { os: { name: 'windows' } }) },
}

const labels = { app: 'a' }
const template = (name: string, profiles: Readonly<Record<string, string>>, pod: object) => {
  const { annotations } = annotated('x', profiles).metadata
  return {
    metadata: { name: `aa-${name}` },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, ...pod } },
  }
}
const templates = {
  'of a template': template('one', { c: 'unconfined' }, spec()),
  "as a template's": template('two', { c: 'unconfined' }, spec({}, profile('Unconfined'))),
  'beside the field of a template': template('three', { c: 'unconfined' }, spec(profile('RuntimeDefault'))),
}

/** AppArmor profiles by the annotations that were there before the field. */
export const appArmor: readonly Said[] = [
  {
    what: 'an account',
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { metadata: { name: account } },
  },
  ...creations(`${pods}?dryRun=All`, made),
  ...creations(`${deployments}?dryRun=All`, templates),
]
