import { it } from 'vitest'
import { ChangeSignal } from '../../../shared/storage/change-signal.ts'

it('keeps nobody waiting who was told to stop, or whose store was closed, while looking at the log', async () => {
  const signal = new ChangeSignal({ pollMs: undefined })
  await signal.wait(AbortSignal.abort())
  const waiting = signal.wait(new AbortController().signal)
  signal.close()
  await waiting
  await signal.wait(new AbortController().signal)
})
