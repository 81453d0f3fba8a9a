import { createSocket } from 'node:dgram'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Attempt, Outcome } from './peer.ts'

/** The kernel sends a first packet that was lost again after a second. */
const patienceMs = 2500

// Runs inside a network namespace: answers on the ports given with its name and who called, and calls others when told.
const [name = '', ...ports] = process.argv.slice(2)

for (const port of ports.map(Number)) {
  createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(`${name} ${socket.remoteAddress?.replace('::ffff:', '')}\n`)
    socket.on('data', (data) => socket.write(data))
  }).listen(port)
  const udp = createSocket('udp4')
  udp.on('message', (_message, { address, port: from }) => udp.send(`${name} ${address}\n`, from, address))
  udp.bind(port)
}

const tcp = ({ address, port, from }: Attempt) =>
  new Promise<Outcome>((resolve) => {
    const socket = connect({ host: address, port, timeout: patienceMs, ...(from && { localAddress: from }) })
    const end = (outcome: Outcome) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.on('data', (data) => end(answer(data)))
    socket.on('timeout', () => end({ error: 'timeout' }))
    socket.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }))
  })

const udpSocket = createSocket('udp4')
const udp = ({ address, port, from, samePort }: Attempt) =>
  new Promise<Outcome>((resolve) => {
    const socket = samePort ? udpSocket : createSocket('udp4')
    const end = (outcome: Outcome) => {
      clearTimeout(timer)
      socket.removeAllListeners('message')
      socket.removeAllListeners('error')
      if (!samePort) socket.close()
      resolve(outcome)
    }
    const timer = setTimeout(() => end({ error: 'timeout' }), patienceMs)
    socket.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }))
    socket.on('message', (data) => end(answer(data)))
    const send = () =>
      socket.send('?', port, address, (error) => {
        if (error) end({ error: (error as NodeJS.ErrnoException).code ?? error.message })
      })
    if (from) socket.bind(0, from, send)
    else send()
  })

const answer = (data: Buffer | string): Outcome => {
  const [server = '', client = ''] = data.toString().trim().split(' ')
  return { server, client }
}

let held: Socket | undefined

createInterface(process.stdin).on('line', async (line) => {
  const order = JSON.parse(line) as Attempt | { hold: { address: string; port: number } } | { echo: string }
  if ('hold' in order) {
    held = connect({ host: order.hold.address, port: order.hold.port })
    held.once('data', (data) => process.stdout.write(`${JSON.stringify(data.toString())}\n`))
    return
  }
  if ('echo' in order) {
    held?.once('data', (data) => process.stdout.write(`${JSON.stringify(data.toString())}\n`))
    held?.write(order.echo)
    return
  }
  const attempt = order
  const outcomes: Outcome[] = []
  for (let count = 0; count < attempt.times; count++) outcomes.push(await (attempt.protocol === 'udp' ? udp : tcp)(attempt))
  process.stdout.write(`${JSON.stringify(outcomes)}\n`)
})
process.stdin.on('end', () => process.exit())
process.stdout.write('ready\n')
