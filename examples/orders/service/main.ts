import { setTimeout as delay } from 'node:timers/promises'
import { configurationFrom } from './configuration.ts'
import { connect } from './database.ts'
import { createOrdersServer } from './server.ts'

const configuration = configurationFrom(process.env)
const log = (message: string, fields: object = {}) => console.log(JSON.stringify({ message, ...fields }))

const orders = connect(configuration.database)
let draining = false
const server = createOrdersServer({ orders, configuration, isDraining: () => draining, log })

server.listen(configuration.port, () => {
  const { version, pod, profile, database } = configuration
  log('listening', { port: configuration.port, version, pod, profile, database: `${database.host}:${database.port}` })
})

const stop = async (signal: string) => {
  if (draining) return
  draining = true
  log('draining', { signal, seconds: configuration.drainSeconds })
  // Service rules on other nodes may still send requests here for a moment: answer them, and ask each client to reconnect.
  await delay(configuration.drainSeconds * 1000)
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await closed
  await orders.close()
  log('stopped')
}

process.on('SIGTERM', (signal) => void stop(signal))
process.on('SIGINT', (signal) => void stop(signal))
