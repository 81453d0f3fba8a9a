import { readFile } from 'node:fs/promises'
import { isCode } from '../../shared/platform/process-mark.ts'
import { nameservers } from './host-resolvers.ts'

export interface HostResolvConfOptions {
  readonly file?: string | undefined
  /** where systemd-resolved names the resolvers that it asks */
  readonly resolved?: string | undefined
}

/**
 * Text of the machine's resolv.conf for pods; '' where there is none. One that only names the machine's own loopback, as
 * systemd-resolved's stub does, is of no use to them: then what systemd-resolved itself asks, as a kubelet is told on such machines.
 */
export const hostResolvConf = async (options: HostResolvConfOptions = {}): Promise<string> => {
  const { file = '/etc/resolv.conf', resolved = '/run/systemd/resolve/resolv.conf' } = options
  const text = (await read(file)) ?? ''
  const servers = nameservers(text)
  const isLoopback = servers.length > 0 && servers.every((address) => address.startsWith('127.') || address === '::1')
  return isLoopback ? ((await read(resolved)) ?? text) : text
}

const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}
