import type { Clock } from '../../shared/platform/clock.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { Mailbox, ReceivedLetter } from '../../shared/queue/mailbox.ts'
import type { LetterBody } from '../../shared/queue/mailboxes.ts'

export interface MailboxLoopOptions {
  readonly mailbox: Mailbox
  /** Does what the letters say. A throw has them come again. */
  readonly read: (letters: readonly LetterBody[]) => Promise<void>
  /** Lists everything: letters may have been lost. */
  readonly relist: () => Promise<void>
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  readonly relistEveryMs?: number | undefined
}

/** as SQS' long polls last */
const waitSeconds = 20
/** Letters that wait are taken together, so that an object that changed often is read once. */
const mostTogether = 100
const missingMs = 2000
const firstBackoffMs = 1000
const longestBackoffMs = 30_000
/** Letters older than an hour are gone. */
const longestSilenceMs = 30 * 60_000

/** Lists, then reads letters until the signal aborts; lists again hourly, and whenever letters may have been lost. */
export const runMailboxLoop = async (options: MailboxLoopOptions): Promise<void> => {
  const { mailbox, read, relist, clock, log, signal, relistEveryMs = 3_600_000 } = options
  let listedAtMs: number | undefined
  let heardAtMs = clock.now()
  let missing = false
  let backoffMs = firstBackoffMs

  const turn = async () => {
    if (listedAtMs === undefined || clock.now() - listedAtMs >= relistEveryMs) {
      const begunMs = clock.now()
      await relist()
      listedAtMs = begunMs
    }
    const letters = await mailbox.receive({ waitSeconds, signal })
    if (signal.aborted) return
    if (letters === undefined) {
      missing = true
      await clock.sleep(missingMs, signal)
      return
    }
    // What changed while there was no mailbox, or while it could not be read, was told to nobody.
    if (missing || clock.now() - heardAtMs > longestSilenceMs) listedAtMs = undefined
    missing = false
    heardAtMs = clock.now()
    if (letters.length === 0) return
    const all = await takeMore(mailbox, letters, signal)
    await read(all.map(({ body }) => body))
    await mailbox.discard(all)
  }

  while (!signal.aborted) {
    try {
      await turn()
      backoffMs = firstBackoffMs
    } catch (error) {
      if (signal.aborted) return
      log.warn('mailbox can not be read, trying again', {
        error: error instanceof Error ? error.message : String(error),
        backoffMs,
      })
      await clock.sleep(backoffMs, signal)
      backoffMs = Math.min(2 * backoffMs, longestBackoffMs)
    }
  }
}

const takeMore = async (mailbox: Mailbox, first: readonly ReceivedLetter[], signal: AbortSignal): Promise<ReceivedLetter[]> => {
  const all = [...first]
  for (let last = first; last.length >= 10 && all.length < mostTogether; ) {
    last = (await mailbox.receive({ waitSeconds: 0, signal })) ?? []
    all.push(...last)
  }
  return all
}
