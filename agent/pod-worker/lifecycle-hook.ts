import type { Clock } from '../../shared/platform/clock.ts'
import type { Container, LifecycleHandler } from '../../shared/resources/generated/types.ts'
import { runCommand } from '../probes/exec-probe.ts'
import { httpProbe } from '../probes/http-probe.ts'
import type { ContainerRuntime } from '../runtime/runtime.ts'

export interface HookOptions {
  readonly handler: LifecycleHandler
  readonly container: Container
  readonly containerId: string
  readonly podIP: string | undefined
  readonly runtime: ContainerRuntime
  readonly clock: Clock
  /** ends the hook early: then it throws or returns, whichever comes first */
  readonly signal: AbortSignal
}

const httpTimeoutMs = 30_000

/** Runs a postStart or preStop hook to its end. Throws when it fails. */
export const runHook = async (options: HookOptions): Promise<void> => {
  const { handler, container, containerId, runtime, clock, signal, podIP = '' } = options
  if (handler.exec) {
    const command = handler.exec.command ?? []
    const { exitCode, output } = await runCommand(runtime, containerId, { command, signal })
    if (exitCode !== 0) throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output}`)
    return
  }
  if (handler.sleep) return clock.sleep(handler.sleep.seconds * 1000, signal)
  if (handler.httpGet) {
    const outcome = await httpProbe({
      action: handler.httpGet,
      container,
      podIP,
      timeoutMs: httpTimeoutMs,
      purpose: 'lifecycle',
      signal,
    })
    // Any answer will do; only a request that got none is a failure.
    if (!outcome.ok && !outcome.output.startsWith('HTTP probe failed')) throw new Error(outcome.output)
    return
  }
  // tcpSocket too: a kubelet knows no such hook, though the API takes it.
  throw new Error(`invalid handler: ${JSON.stringify(handler)}`)
}
