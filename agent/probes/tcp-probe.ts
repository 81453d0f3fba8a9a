import { connect } from 'node:net'
import { dialError } from '../../shared/platform/dial-error.ts'
import type { ProbeOutcome } from './probe.ts'

/** Fine when a connection can be made. */
export const tcpProbe = (host: string, port: number, timeoutMs: number): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (ok: boolean, output: string) => {
      socket.destroy()
      resolve({ ok, output })
    }
    socket.once('connect', () => end(true, ''))
    socket.once('timeout', () => end(false, `dial tcp ${address}: i/o timeout`))
    socket.on('error', (error) => end(false, dialError(error, address)))
  })
