import { connect } from 'node:net'

/** Runs inside a pod's network namespace: connects to one port of 127.0.0.1 or ::1 and hands the socket to its parent. */
const port = Number(process.argv[2])

const attempt = (hosts: readonly string[], first?: NodeJS.ErrnoException) => {
  const [host, ...others] = hosts
  const socket = connect({ host: host!, port })
  socket.once('connect', () => process.send?.({}, socket, {}, () => process.exit(0)))
  socket.once('error', (error: NodeJS.ErrnoException) => {
    const told = first ?? error
    if (others.length > 0) return attempt(others, told)
    const words = told.code === 'ECONNREFUSED' ? 'connect: connection refused' : told.message
    process.send?.({ error: `dial tcp4 127.0.0.1:${port}: ${words}` }, () => process.exit(1))
  })
}
attempt(['127.0.0.1', '::1'])
