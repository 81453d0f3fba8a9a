import { on, role, roleBinding, systemAccount, user } from './builders.ts'

const leases = () => [
  on('coordination.k8s.io', 'leases', 'create get list update watch'),
  on('coordination.k8s.io', 'leasecandidates', 'create get list update watch'),
]

export const namespaceRoles = [
  role('kube-public', 'system:controller:bootstrap-signer', [
    on('core', 'configmaps', 'get list watch'),
    on('core', 'configmaps', 'update', 'cluster-info'),
    on('core events.k8s.io', 'events', 'create patch update'),
  ]),
  role('kube-system', 'extension-apiserver-authentication-reader', [
    on('core', 'configmaps', 'get list watch', 'extension-apiserver-authentication'),
  ]),
  role('kube-system', 'system::leader-locking-kube-controller-manager', leases()),
  role('kube-system', 'system::leader-locking-kube-scheduler', leases()),
  role('kube-system', 'system:controller:bootstrap-signer', [on('core', 'secrets', 'get list watch')]),
  role('kube-system', 'system:controller:cloud-provider', [on('core', 'configmaps', 'create get list watch')]),
  role('kube-system', 'system:controller:token-cleaner', [
    on('core', 'secrets', 'delete get list watch'),
    on('core events.k8s.io', 'events', 'create patch update'),
  ]),
]

export const namespaceBindings = [
  roleBinding('kube-public', 'system:controller:bootstrap-signer', [systemAccount('bootstrap-signer')]),
  roleBinding(
    'kube-system',
    'system::extension-apiserver-authentication-reader',
    [user('system:kube-controller-manager'), user('system:kube-scheduler')],
    'extension-apiserver-authentication-reader',
  ),
  roleBinding('kube-system', 'system::leader-locking-kube-controller-manager', [
    user('system:kube-controller-manager'),
    systemAccount('kube-controller-manager'),
    systemAccount('leader-election-controller'),
  ]),
  roleBinding('kube-system', 'system::leader-locking-kube-scheduler', [
    user('system:kube-scheduler'),
    systemAccount('kube-scheduler'),
  ]),
  roleBinding('kube-system', 'system:controller:bootstrap-signer', [systemAccount('bootstrap-signer')]),
  roleBinding('kube-system', 'system:controller:cloud-provider', [systemAccount('cloud-provider')]),
  roleBinding('kube-system', 'system:controller:token-cleaner', [systemAccount('token-cleaner')]),
]
