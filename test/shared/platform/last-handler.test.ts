import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { installLastHandler } from '../../../shared/platform/last-handler.ts'
import { createLogger } from '../../../shared/platform/log.ts'

const install = () => {
  const process = new EventEmitter()
  const lines: { message: string; count: number }[] = []
  const ended: unknown[] = []
  const log = createLogger({ write: (line) => lines.push(JSON.parse(line)) })
  const uninstall = installLastHandler({ process, log, end: (error) => ended.push(error) })
  return { process, lines, ended, uninstall }
}

it('logs the same error at its first, tenth and hundredth time, whatever it quotes, and goes on', () => {
  const { process, lines, ended } = install()
  for (let time = 1; time <= 150; time++) process.emit('uncaughtException', new TypeError(`bad value ${time}`))
  process.emit('unhandledRejection', 'only words')
  expect(lines.map(({ count }) => count)).toEqual([1, 10, 100, 1])
  expect(ended).toEqual([])
})

it.each(['ENOMEM', 'ERR_INTERNAL_ASSERTION', 'ERR_WORKER_OUT_OF_MEMORY'])('ends by %s', (code) => {
  const { process, ended } = install()
  const error = Object.assign(new Error('over'), { code })
  process.emit('uncaughtException', error)
  expect(ended).toEqual([error])
})

it.each(['EMFILE', 'ENFILE', 'ENOSPC', 'EPIPE', 'ERR_SOCKET_BAD_PORT'])('goes on after %s', (code) => {
  const { process, ended } = install()
  process.emit('uncaughtException', Object.assign(new Error('once'), { code }))
  expect(ended).toEqual([])
})
