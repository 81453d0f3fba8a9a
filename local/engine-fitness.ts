import { request } from 'node:http'
import { release } from 'node:os'
import { json } from 'node:stream/consumers'

/** What an engine says of itself, as far as it matters here. https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemInfo */
export interface EngineInfo {
  readonly OperatingSystem?: string
  readonly OSType?: string
  readonly KernelVersion?: string
  readonly SecurityOptions?: readonly string[]
}

export const readEngineInfo = (socketPath: string): Promise<EngineInfo> =>
  new Promise((resolve, reject) => {
    const ask = request({ socketPath, path: '/info', timeout: 30_000 }, (answer) => json(answer).then(resolve as never, reject))
    ask.on('timeout', () => ask.destroy(new Error(`the Docker engine at ${socketPath} did not say what it is within 30 s`)))
    ask.on('error', reject)
    ask.end()
  })

/**
 * Pure: why pods can't be given a network and volumes from outside their containers, if so. Their processes have to be processes of this
 * machine, and root in them root.
 */
export const whyUnfit = (info: EngineInfo, kernel = release()): string | undefined => {
  const { OperatingSystem: system = '', OSType: type = 'linux', KernelVersion = kernel, SecurityOptions: security = [] } = info
  const isOn = (option: string) => security.some((each) => each.split(',').includes(`name=${option}`))
  if (/Docker Desktop/i.test(system))
    return "it is Docker Desktop's, whose containers run in a virtual machine that nodes can not reach into"
  if (type !== 'linux') return `its containers are of ${type}`
  if (isOn('rootless')) return "it is rootless, and its containers' processes and users are not the machine's"
  if (isOn('userns')) return 'it maps users to others (userns-remap), so that volumes would not belong to whom pods run as'
  if (KernelVersion !== kernel)
    return `it runs on another kernel (${KernelVersion}) than this machine (${kernel}), in a virtual machine`
  return undefined
}
