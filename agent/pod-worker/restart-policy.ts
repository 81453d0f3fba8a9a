import type { Container, PodSpec } from '../../shared/resources/generated/types.ts'
import type { RuntimeContainer } from '../runtime/runtime.ts'

/** An init container that keeps running beside the others. */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** Whether a container that ended with this code is to run again, by its own policy and rules or the pod's. */
export const restartsAfter = (container: Container, spec: PodSpec, exitCode: number): boolean => {
  for (const rule of container.restartPolicyRules ?? []) {
    const codes = rule.exitCodes
    if (rule.action !== 'Restart' || !codes) continue
    const listed = (codes.values ?? []).includes(exitCode)
    if (codes.operator === 'In' ? listed : !listed) return true
  }
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** Whether the container is to be started, given the newest one of its name. */
export const shouldStart = (container: Container, spec: PodSpec, newest: RuntimeContainer | undefined): boolean => {
  if (newest?.state === 'running') return false
  return newest?.state !== 'exited' || restartsAfter(container, spec, newest.exitCode ?? 137)
}
