import { longestTimerMs } from '../../shared/platform/clock.ts'
import type { Container, Probe } from '../../shared/resources/generated/types.ts'
import { expand } from '../container/expansion.ts'
import type { ContainerRuntime } from '../runtime/runtime.ts'
import { containerPort } from './container-port.ts'
import { runCommand } from './exec-probe.ts'
import { grpcProbe } from './grpc-probe.ts'
import { httpProbe } from './http-probe.ts'
import type { ProbeOutcome } from './probe.ts'
import { tcpProbe } from './tcp-probe.ts'

export interface ProbeTarget {
  readonly runtime: ContainerRuntime
  readonly container: Container
  readonly containerId: string
  readonly podIP: string
}

/** One try of a probe. Throws when it could not be tried. */
export const runProbe = async (probe: Probe, target: ProbeTarget): Promise<ProbeOutcome> => {
  const timeoutMs = Math.min((probe.timeoutSeconds ?? 1) * 1000, longestTimerMs)
  const { container, podIP, runtime, containerId } = target
  if (probe.httpGet) return httpProbe({ action: probe.httpGet, container, podIP, timeoutMs, purpose: 'probe' })
  if (probe.tcpSocket) return tcpProbe(probe.tcpSocket.host || podIP, containerPort(probe.tcpSocket.port, container), timeoutMs)
  if (probe.exec) {
    const plain = new Map(
      (container.env ?? []).filter(({ valueFrom }) => !valueFrom).map(({ name, value }) => [name, value ?? '']),
    )
    const command = (probe.exec.command ?? []).map((word) => expand(word, (name) => plain.get(name)))
    const result = await runCommand(runtime, containerId, { command, timeoutMs })
    if (result.timedOut)
      return { ok: false, output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s` }
    return { ok: result.exitCode === 0, output: result.output }
  }
  if (probe.grpc) return grpcProbe({ host: podIP, port: probe.grpc.port, service: probe.grpc.service ?? '', timeoutMs })
  throw new Error(`missing probe handler for container ${container.name}`)
}
