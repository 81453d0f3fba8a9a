import type { Clock } from '../../shared/platform/clock.ts'
import type { Container, HTTPGetAction, LifecycleHandler } from '../../shared/resources/generated/types.ts'
import { containerPort } from '../probes/container-port.ts'
import { runCommand } from '../probes/exec-probe.ts'
import { answeredInHttp, httpProbe } from '../probes/http-probe.ts'
import type { ProbeOutcome } from '../probes/probe.ts'
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
  /** told of a hook that is to be asked by HTTPS, and only answers HTTP */
  readonly fellBack: (message: string) => void
}

const httpTimeoutMs = 30_000

/** Runs a postStart or preStop hook to its end. Throws when it fails. */
export const runHook = async (options: HookOptions): Promise<void> => {
  const { handler, containerId, runtime, clock, signal } = options
  if (handler.exec) {
    const command = handler.exec.command ?? []
    const { exitCode, output } = await runCommand(runtime, containerId, { command, signal })
    if (exitCode !== 0) throw new Error(`command '${command.join(' ')}' exited with ${exitCode}: ${output}`)
    return
  }
  if (handler.sleep) return clock.sleep(handler.sleep.seconds * 1000, signal)
  if (handler.httpGet) return httpHook(handler.httpGet, options)
  // tcpSocket too: a kubelet knows no such hook, though the API takes it.
  throw new Error(`invalid handler: ${JSON.stringify(handler)}`)
}

/** Any answer will do; only a request that got none is a failure. One without TLS that should have it is asked again, as kubelets do. */
const httpHook = async (action: HTTPGetAction, options: HookOptions): Promise<void> => {
  const { container, podIP = '', signal, fellBack } = options
  const ask = (asked: HTTPGetAction) =>
    httpProbe({ action: asked, container, podIP, timeoutMs: httpTimeoutMs, purpose: 'lifecycle', signal })
  const isAnswered = ({ ok, output }: ProbeOutcome) => ok || output.startsWith('HTTP probe failed')
  const outcome = await ask(action)
  if (isAnswered(outcome)) return
  if (action.scheme === 'HTTPS' && outcome.output.endsWith(answeredInHttp)) {
    const httpHeaders = action.httpHeaders?.filter(({ name }) => name.toLowerCase() !== 'authorization')
    if (isAnswered(await ask({ ...action, scheme: 'HTTP', httpHeaders }))) {
      const host = `${action.host || podIP}:${containerPort(action.port, container)}`
      return fellBack(`request to HTTPS lifecycle hook ${host} got HTTP response, retry with HTTP succeeded`)
    }
  }
  throw new Error(outcome.output)
}
