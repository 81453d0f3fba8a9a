const container = { name: 'c', image: 'i' }
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } }
const selector = { matchLabels: { app: 'a' } }
const jobTemplate = { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } }
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const storage = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
const hook = {
  name: 'a.example.com',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { url: 'https://example.com' },
}

/** of CN=alice, signed by a key that nobody has any more */
const certificateRequest = Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQBKtq2gcXvUSNuA3+jk
bf+6iQbg/5LMr2wtYwLHbyeDJKAAMAUGAytlcANBAH301bxPA90THynuojWUBaF0
+dYNSmRDubI9AhVkziMk1XHz0j+ku8YbBbibG4f/PfTd+vxCm1h2KNIpunSSFwM=
-----END CERTIFICATE REQUEST-----
`).toString('base64')

/** The least that each kind takes, by its collection's path, with a * for the namespace; kinds that are not served are here too. */
export const minimalObjects: Readonly<Record<string, object>> = {
  'v1/namespaces': {},
  'v1/nodes': {},
  'v1/persistentvolumes': {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } },
  },
  'v1/*/configmaps': {},
  'v1/*/endpoints': {},
  'v1/*/events': { involvedObject: { namespace: '*' } },
  'v1/*/limitranges': { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, default: { memory: '1Gi' } }] } },
  'v1/*/persistentvolumeclaims': { spec: storage },
  'v1/*/pods': {
    spec: {
      containers: [
        {
          ...container,
          ports: [{ containerPort: 1 }],
          livenessProbe: { httpGet: { port: 1 } },
          readinessProbe: { grpc: { port: 1 } },
          startupProbe: { tcpSocket: { port: 1 } },
          lifecycle: { preStop: { httpGet: { port: 1 } } },
          env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          resources: { limits: { cpu: '1' } },
        },
      ],
      initContainers: [{ ...container, name: 'i' }],
      volumes: [
        { name: 'a' },
        { name: 'b', configMap: { name: 'c' } },
        { name: 'c', secret: { secretName: 's' } },
        { name: 'd', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'metadata.name' } }] } },
        { name: 'e', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
        { name: 'f', hostPath: { path: '/a' } },
        { name: 'g', iscsi: { targetPortal: 'a', iqn: 'iqn.2001-04.com.example:storage.kube.sys1.xyz', lun: 0 } },
        { name: 'h', rbd: { monitors: ['m'], image: 'i' } },
        { name: 'i', azureDisk: { diskName: 'd', diskURI: 'https://blob/' } },
        { name: 'j', scaleIO: { gateway: 'g', system: 's', secretRef: { name: 'x' }, volumeName: 'v' } },
        { name: 'k', ephemeral: { volumeClaimTemplate: { spec: storage } } },
      ],
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
      ],
      tolerations: [{ key: 'a' }],
    },
  },
  'v1/*/podtemplates': { template },
  'v1/*/replicationcontrollers': { spec: { template } },
  'v1/*/resourcequotas': { spec: { hard: { pods: '1' } } },
  'v1/*/secrets': {},
  'v1/*/serviceaccounts': {},
  'v1/*/services': { spec: { ports: [{ port: 80 }], selector: { app: 'a' } } },
  'admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': { webhooks: [hook] },
  'admissionregistration.k8s.io/v1/validatingwebhookconfigurations': { webhooks: [hook] },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicies': {
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: 'true' }],
    },
  },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings': { spec: { policyName: 'p', validationActions: ['Deny'] } },
  'apiextensions.k8s.io/v1/customresourcedefinitions': {
    metadata: { name: 'as.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'as', kind: 'A' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  },
  'apiregistration.k8s.io/v1/apiservices': {
    metadata: { name: 'v1.example.com' },
    spec: {
      group: 'example.com',
      version: 'v1',
      groupPriorityMinimum: 1,
      versionPriority: 1,
      service: { name: 's', namespace: 'n' },
    },
  },
  'apps/v1/*/controllerrevisions': { revision: 1, data: {} },
  'apps/v1/*/daemonsets': { spec: { selector, template } },
  'apps/v1/*/deployments': { spec: { selector, template } },
  'apps/v1/*/replicasets': { spec: { selector, template } },
  'apps/v1/*/statefulsets': { spec: { selector, template, volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: storage }] } },
  'autoscaling/v1/*/horizontalpodautoscalers': { spec: { maxReplicas: 1, scaleTargetRef: target } },
  'autoscaling/v2/*/horizontalpodautoscalers': { spec: { maxReplicas: 1, scaleTargetRef: target } },
  'batch/v1/*/cronjobs': { spec: { schedule: '* * * * *', jobTemplate } },
  'batch/v1/*/jobs': { spec: jobTemplate.spec },
  'certificates.k8s.io/v1/certificatesigningrequests': {
    spec: { request: certificateRequest, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
  },
  'coordination.k8s.io/v1/*/leases': {},
  'discovery.k8s.io/v1/*/endpointslices': { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 1 }] },
  'events.k8s.io/v1/*/events': {
    eventTime: '2026-01-01T00:00:00.000000Z',
    action: 'a',
    reason: 'r',
    type: 'Normal',
    reportingController: 'a.b/c',
    reportingInstance: 'i',
    regarding: { namespace: '*' },
  },
  'flowcontrol.apiserver.k8s.io/v1/flowschemas': { spec: { priorityLevelConfiguration: { name: 'p' } } },
  'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations': {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue' } } },
  },
  'networking.k8s.io/v1/ingressclasses': { spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n' } } },
  'networking.k8s.io/v1/ipaddresses': {
    metadata: { name: '10.1.2.3' },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 's' } },
  },
  'networking.k8s.io/v1/servicecidrs': { spec: { cidrs: ['10.97.0.0/16'] } },
  'networking.k8s.io/v1/*/ingresses': { spec: { defaultBackend: { service: { name: 's', port: { number: 1 } } } } },
  'networking.k8s.io/v1/*/networkpolicies': {
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 1 }] }], egress: [{ to: [{ podSelector: {} }] }] },
  },
  'node.k8s.io/v1/runtimeclasses': { handler: 'h' },
  'policy/v1/*/poddisruptionbudgets': { spec: { selector, minAvailable: 1 } },
  'rbac.authorization.k8s.io/v1/clusterroles': { rules: [rule] },
  'rbac.authorization.k8s.io/v1/clusterrolebindings': { roleRef: role, subjects: [{ kind: 'User', name: 'u' }] },
  'rbac.authorization.k8s.io/v1/*/roles': { rules: [rule] },
  'rbac.authorization.k8s.io/v1/*/rolebindings': {
    roleRef: role,
    subjects: [{ kind: 'ServiceAccount', name: 'u', namespace: 'n' }],
  },
  'resource.k8s.io/v1/deviceclasses': {},
  'resource.k8s.io/v1/resourceslices': {
    spec: { driver: 'a.example.com', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 } },
  },
  'resource.k8s.io/v1/*/resourceclaims': {
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } },
  },
  'resource.k8s.io/v1/*/resourceclaimtemplates': {
    spec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
  },
  'scheduling.k8s.io/v1/priorityclasses': { value: 1 },
  'storage.k8s.io/v1/csidrivers': {},
  'storage.k8s.io/v1/csinodes': { spec: { drivers: [{ name: 'a.example.com', nodeID: 'i' }] } },
  'storage.k8s.io/v1/*/csistoragecapacities': { storageClassName: 's' },
  'storage.k8s.io/v1/storageclasses': { provisioner: 'a.example.com' },
  'storage.k8s.io/v1/volumeattachments': {
    spec: { attacher: 'a.example.com', nodeName: 'n', source: { persistentVolumeName: 'p' } },
  },
  'storage.k8s.io/v1/volumeattributesclasses': { driverName: 'a.example.com', parameters: { a: 'b' } },
}
