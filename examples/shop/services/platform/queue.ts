import { setTimeout as delay } from 'node:timers/promises'
import { log, required } from './environment.ts'
import { connectNats, type NatsConnection } from './nats.ts'

export interface Queue {
  /** Resolves when two of three servers have it. `id` makes a second one like it no other message. */
  publish(subject: string, id: string, data: string): Promise<void>
  /** Hands each message to `handle` at least once, until the queue is closed: again after some seconds if it throws. */
  consume(consumer: string, handle: (data: string) => Promise<void>): Promise<void>
  close(): void
}

const stream = 'ORDERS'
const answerMilliseconds = 3000

/** The stream of orders on three servers, behind the Service `QUEUE_HOST`; it is made when it is not there. */
export function openQueue(): Queue {
  const host = required('QUEUE_HOST')
  const token = required('QUEUE_TOKEN')
  let open = true
  let current: Promise<NatsConnection> | undefined

  const start = async (): Promise<NatsConnection> => {
    const connection = connectNats({ host, token })
    try {
      const config = { name: stream, subjects: ['orders.>'], storage: 'file', num_replicas: 3, duplicate_window: 600e9 }
      await ask(connection, `$JS.API.STREAM.CREATE.${stream}`, config)
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Runs on the connection; the next one has another when it fails. */
  const withConnection = async <T>(work: (connection: NatsConnection) => Promise<T>): Promise<T> => {
    current ??= start()
    const used = current
    try {
      return await work(await used)
    } catch (error) {
      if (current === used) current = undefined
      used.then(
        (connection) => connection.close(),
        () => undefined,
      )
      throw error
    }
  }

  const consumeOne = async (consumer: string, handle: (data: string) => Promise<void>) => {
    const next = { data: JSON.stringify({ batch: 1, expires: 2e9 }), milliseconds: answerMilliseconds }
    const message = await withConnection((connection) =>
      connection.request(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, next),
    )
    // 404 and 408: there was none. Others, as 409 and 503: the consumer's leader moves.
    if (message.status === '404' || message.status === '408') return
    if (message.status !== undefined || message.reply === undefined) throw new Error(`the queue answers ${message.status}`)
    await handle(message.data)
    await withConnection(async (connection) => connection.publish(message.reply!, '+ACK'))
  }

  return {
    publish: (subject, id, data) =>
      withConnection(async (connection) => {
        const headers = { 'Nats-Msg-Id': id }
        const answer = await connection.request(subject, { data, headers, milliseconds: answerMilliseconds })
        refuse(answer.status, answer.data)
      }),
    async consume(consumer, handle) {
      let made = false
      while (open) {
        try {
          if (!made) {
            const config = { durable_name: consumer, ack_policy: 'explicit', ack_wait: 5e9, deliver_policy: 'all' }
            const subject = `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${consumer}`
            await withConnection((connection) => ask(connection, subject, { stream_name: stream, config }))
            made = true
          }
          await consumeOne(consumer, handle)
        } catch (error) {
          if (!open) return
          log('queue does not answer', { error: String(error) })
          await delay(300)
        }
      }
    },
    close: () => {
      open = false
      void current?.then(
        (connection) => connection.close(),
        () => undefined,
      )
    },
  }
}

async function ask(connection: NatsConnection, subject: string, data: object): Promise<void> {
  const answer = await connection.request(subject, { data: JSON.stringify(data), milliseconds: answerMilliseconds })
  refuse(answer.status, answer.data)
}

function refuse(status: string | undefined, data: string): void {
  if (status !== undefined) throw new Error(`the queue answers ${status}`)
  const { error } = JSON.parse(data) as { error?: { description?: string } }
  if (error !== undefined) throw new Error(`the queue refuses: ${error.description}`)
}
