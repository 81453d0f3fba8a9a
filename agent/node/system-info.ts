import { readFile } from 'node:fs/promises'
import { arch, release } from 'node:os'
import type { NodeSystemInfo } from '../../shared/resources/generated/types.ts'
import type { RuntimeVersion } from '../runtime/runtime.ts'

export const kubeletVersion = 'v1.35.4-windlass'

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** Go's name of this machine's architecture. */
export const architecture = (): string => architectures[arch()] ?? arch()

const read = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim()

export const systemInfo = async (runtime: RuntimeVersion): Promise<NodeSystemInfo> => {
  const [machineID, bootID, osRelease, systemUUID] = await Promise.all(
    ['/etc/machine-id', '/proc/sys/kernel/random/boot_id', '/etc/os-release', '/sys/class/dmi/id/product_uuid'].map(read),
  )
  const osImage = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease!)?.[1] ?? 'Linux'
  return {
    machineID: machineID!,
    systemUUID: systemUUID || machineID!,
    bootID: bootID!,
    kernelVersion: release(),
    osImage,
    containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
    kubeletVersion,
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: architecture(),
  }
}
