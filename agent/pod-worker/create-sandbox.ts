import type { Pod } from '../../shared/resources/resource.ts'
import type { Sandbox } from '../runtime/runtime.ts'
import { hostnameInPod } from '../volumes/pod-files.ts'
import type { PodContext } from './pod-context.ts'

export const identityOf = ({ metadata }: Pod) => ({
  uid: metadata.uid ?? '',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

/** Makes a pod's sandbox and gives it its network; neither is left behind when the other fails. */
export const createSandbox = async (
  context: PodContext,
  pod: Pod,
  attempt: number,
): Promise<{ sandbox: Sandbox; podIP: string }> => {
  const { runtime, rooms, hostIP, dns } = context
  const { spec } = pod
  const hostNetwork = spec.hostNetwork ?? false
  const sandbox = await runtime.createSandbox({
    pod: identityOf(pod),
    attempt,
    hostname: hostnameInPod(pod, dns),
    hostNetwork,
    hostPID: spec.hostPID ?? false,
    hostIPC: spec.hostIPC ?? false,
    sharePID: spec.shareProcessNamespace ?? false,
    sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
    terminationGraceSeconds: spec.terminationGracePeriodSeconds ?? 30,
    cgroupParent: rooms.room(pod.metadata.uid ?? '')?.cgroupParent,
  })
  if (hostNetwork) return { sandbox, podIP: hostIP }
  try {
    return { sandbox, podIP: await attachNetwork(context, pod, sandbox) }
  } catch (error) {
    await runtime.removeSandbox(sandbox.id)
    throw error
  }
}

/** Idempotent: a sandbox that has its interface keeps its address. */
export const attachNetwork = async ({ network, hostIP }: PodContext, pod: Pod, sandbox: Sandbox): Promise<string> => {
  if (pod.spec.hostNetwork) return hostIP
  const hostPorts = pod.spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort, hostIP: address = '', protocol = 'TCP' }) =>
      hostPort ? [{ hostIP: address, hostPort, containerPort, protocol: protocol as 'TCP' | 'UDP' | 'SCTP' }] : [],
    ),
  )
  const { ip } = await network.attach({ ...identityOf(pod), netns: sandbox.netns ?? '', hostPorts })
  return ip
}
