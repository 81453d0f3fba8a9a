import { asTable, creations, namespace, patch, removals, type Said } from './conversation.ts'

const base = '/apis/networking.k8s.io/v1'
const inNamespace = `${base}/namespaces/${namespace}`
const at = (name: string) => `${inNamespace}/${name}`

const backend = { service: { name: 'web', port: { number: 80 } } }
const onPath = (changes: object) => ({
  spec: { rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...changes }] } }] },
})
const hosts = (...names: string[]) => ({ spec: { rules: names.map((host) => ({ host })) } })
const behind = (spec: object) => ({ spec: { defaultBackend: backend, ...spec } })
const oldClass = (name: string, spec: object) => ({
  metadata: { name, annotations: { 'kubernetes.io/ingress.class': 'n' } },
  ...behind(spec),
})

const ingresses = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a default backend': behind({}),
  'a path': onPath({}),
  'no type': onPath({ pathType: undefined }),
  'another type': onPath({ pathType: 'Regex' }),
  'a relative path': onPath({ path: 'x' }),
  'a relative path of the controller’s': onPath({ path: 'x', pathType: 'ImplementationSpecific' }),
  'no path, of the controller’s': onPath({ path: undefined, pathType: 'ImplementationSpecific' }),
  'no path': onPath({ path: undefined }),
  'misleading paths': onPath({ path: '/a//b/../%2f/..', pathType: 'Exact' }),
  'more misleading paths': onPath({ path: '/a/./%2F/.' }),
  'no backend': onPath({ backend: undefined }),
  'an empty backend': onPath({ backend: {} }),
  'two backends': onPath({ backend: { ...backend, resource: { kind: 'a', name: 'b' } } }),
  'a resource': onPath({ backend: { resource: { apiGroup: 'g.x', kind: 'K', name: 'b' } } }),
  'a wrong resource': onPath({ backend: { resource: { apiGroup: 'G_', kind: 'a/b', name: '%' } } }),
  'an empty resource': onPath({ backend: { resource: {} } }),
  'an empty Service': onPath({ backend: { service: {} } }),
  'a wrong Service': onPath({ backend: { service: { name: 'A_', port: { name: 'A--' } } } }),
  'a Service that begins with a digit': onPath({ backend: { service: { name: '1a', port: { number: 1 } } } }),
  'a port’s name and number': onPath({ backend: { service: { name: 'a', port: { name: 'x', number: 1 } } } }),
  'a port beyond all': onPath({ backend: { service: { name: 'a', port: { number: 65_536 } } } }),
  'no paths': { spec: { rules: [{ http: { paths: [] } }] } },
  'paths that are not there': { spec: { rules: [{ http: {} }] } },
  'a host alone': hosts('a'),
  'an empty rule': { spec: { rules: [{}] } },
  'an address': hosts('1.2.3.4'),
  'all below a name': hosts('*.a.b'),
  'wrong hosts': hosts('a.*.b', '*', 'A b'),
  certificates: behind({ tls: [{ hosts: ['a', '*.b', '1.2.3.4'], secretName: 's' }] }),
  'wrong certificates': behind({ tls: [{ hosts: ['A', '*b', ''], secretName: 'S_' }] }),
  'a class': behind({ ingressClassName: 'nginx' }),
  'a wrong class': behind({ ingressClassName: 'N_' }),
  'an empty class': behind({ ingressClassName: '' }),
  'the class in an annotation': oldClass('annotated', {}),
  'the class twice': oldClass('annotated-twice', { ingressClassName: 'n' }),
  'two classes': oldClass('annotated-otherwise', { ingressClassName: 'm' }),
  'many hosts': hosts('a', 'b', 'c', 'd', ''),
  'three hosts and none': hosts('a', 'b', 'c', ''),
  'two hosts and none': hosts('a', '', '', 'b', ''),
  'three hosts': hosts('a', 'b', 'c'),
  'three hosts after none': hosts('', 'b', 'c', 'd'),
  status: { ...behind({}), status: { loadBalancer: { ingress: [{ ip: '1.1.1.1' }] } } },
}

const ofController = (spec: object) => ({ spec: { controller: 'a.io/b', ...spec } })
const parameters = (changes: object) => ofController({ parameters: { kind: 'K', name: 'n', ...changes } })

const classes = {
  nothing: {},
  'a controller': ofController({}),
  'a controller without a domain': ofController({ controller: 'b' }),
  'a wrong domain and path': ofController({ controller: 'A/b c' }),
  'an empty domain': ofController({ controller: '/b' }),
  'an empty path': ofController({ controller: 'b/' }),
  'a long controller': ofController({ controller: `a.io/${'b'.repeat(250)}` }),
  parameters: parameters({}),
  'parameters in a namespace': parameters({ apiGroup: 'x.io', scope: 'Namespace', namespace: 'd' }),
  'a namespace missing': parameters({ scope: 'Namespace' }),
  'a wrong namespace': parameters({ scope: 'Namespace', namespace: 'A' }),
  'a namespace too many': parameters({ scope: 'Cluster', namespace: 'A' }),
  'another scope': parameters({ scope: 'X' }),
  'an empty scope': parameters({ scope: '' }),
  'empty parameters': ofController({ parameters: {} }),
  'an empty group': parameters({ apiGroup: '' }),
}

const policy = (spec: object) => ({ spec: { podSelector: {}, ...spec } })
const from = (peer: object) => policy({ ingress: [{ from: [peer] }] })
const block = (cidr: string | undefined, ...except: string[]) => from({ ipBlock: { cidr, ...(except.length && { except }) } })
const to = (port: object) => policy({ egress: [{ ports: [port] }] })

const policies = {
  nothing: {},
  'all pods': policy({}),
  'no selector': { spec: {} },
  'a selector': policy({ podSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] } }),
  'a wrong selector': policy({ podSelector: { matchLabels: { a: 'b c' } } }),
  'outwards too': policy({ egress: [{}] }),
  'rules of null': policy({ ingress: null, egress: null }),
  'a type': policy({ policyTypes: ['Egress'] }),
  'another type': policy({ policyTypes: ['X'] }),
  'three types': policy({ policyTypes: ['Ingress', 'Egress', 'X'] }),
  'no types': policy({ policyTypes: [] }),
  'a port': to({ port: 80 }),
  'a named port': to({ protocol: 'UDP', port: 'dns' }),
  'another protocol': to({ protocol: 'ICMP' }),
  'port 0': to({ port: 0 }),
  'a range of ports': to({ port: 80, endPort: 90 }),
  'an end before the port': to({ port: 80, endPort: 70 }),
  'an end beyond all': to({ port: 80, endPort: 70_000 }),
  'an end of a named port': to({ port: 'x', endPort: 70 }),
  'an end alone': to({ endPort: 70 }),
  'a wrong name': to({ port: 'A_' }),
  'any port': to({}),
  'an empty peer': from({}),
  pods: from({ podSelector: {} }),
  'pods of namespaces': from({ namespaceSelector: {}, podSelector: {} }),
  'a block and pods': from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
  'a block': block('10.0.0.0/8', '10.1.0.0/16'),
  'an address': block('10.0.0.0'),
  'an empty block': block(undefined),
  'exceptions that are none': block('10.0.0.0/8', '11.0.0.0/16', '10.0.0.0/8', 'x', '10.1.2.3/16'),
  'exceptions of the other family': block('::/0', '10.0.0.0/8', 'fd00::/8'),
  'blocks in odd forms': block('010.0.0.1/8', '10.1.2.3/16'),
  'mapped blocks': block('::ffff:10.0.0.0/104', '::ffff:10.1.0.0/112'),
  'a mapped exception': block('10.0.0.0/8', '::ffff:10.1.0.0/112'),
  'a wrong peer': from({ podSelector: { matchLabels: { 'a b': '' } } }),
}

const ingress = at('ingresses/ingress')
const ingressClass = `${base}/ingressclasses/facts-of-kinds`
const networkPolicy = at('networkpolicies/policy')

export const networking: readonly Said[] = [
  { what: 'discovery', path: base },
  ...creations(at('ingresses'), ingresses),
  { what: 'an ingress', method: 'POST', path: at('ingresses'), body: { metadata: { name: 'ingress' }, ...behind({}) } },
  patch('an update may say two classes', ingress, {
    metadata: { annotations: { 'kubernetes.io/ingress.class': 'n' } },
    spec: { ingressClassName: 'm' },
  }),
  patch('a status', `${ingress}/status`, {
    status: {
      loadBalancer: {
        ingress: [
          { ip: '1.2.3.4', hostname: 'a.b' },
          { hostname: 'x.y', ports: [{ port: 80, protocol: 'TCP' }] },
        ],
      },
    },
  }),
  patch('a wrong status', `${ingress}/status`, {
    status: { loadBalancer: { ingress: [{ ip: 'x' }, { hostname: '1.2.3.4' }, { hostname: 'A_' }] } },
  }),
  patch('an odd status', `${ingress}/status`, { status: { loadBalancer: { ingress: [{ ip: '1.2.3.004' }] } } }),
  patch('a wrong rule', ingress, { spec: { rules: [{ host: '1.2.3.4' }] } }),
  { what: 'ingresses as a table', path: at('ingresses'), accept: asTable },

  ...creations(`${base}/ingressclasses`, classes),
  {
    what: 'a class',
    method: 'POST',
    path: `${base}/ingressclasses`,
    body: { metadata: { name: namespace }, ...ofController({}) },
  },
  patch('another controller', ingressClass, { spec: { controller: 'a.io/c' } }),
  patch('other parameters', ingressClass, { spec: { parameters: { kind: 'k', name: 'n' } } }),
  { what: 'the class as a table', path: ingressClass, accept: asTable },
  ...removals(`${base}/ingressclasses`, classes),
  { what: 'the class is removed', method: 'DELETE', path: ingressClass },

  ...creations(at('networkpolicies'), policies),
  { what: 'a policy', method: 'POST', path: at('networkpolicies'), body: { metadata: { name: 'policy' }, ...policy({}) } },
  patch('a rule', networkPolicy, { spec: { egress: [{ ports: [{ port: 1 }] }] } }),
  patch('types as they are chosen', networkPolicy, { spec: { policyTypes: null } }),
  patch('a wrong rule is said twice', networkPolicy, { spec: { ingress: [{ from: [{}] }] } }),
  { what: 'policies as a table', path: at('networkpolicies'), accept: asTable },
  { what: 'all policies are removed', method: 'DELETE', path: at('networkpolicies') },
]
