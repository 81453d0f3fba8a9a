import type { LetterBody } from '../../shared/queue/mailboxes.ts'

/** Whether what stood in the mailbox can be read at all. */
export const isLetter = (letter: unknown): letter is LetterBody => {
  if (typeof letter !== 'object' || letter === null) return false
  const { question, resource, namespace, name } = letter as Record<string, unknown>
  if (question !== undefined) return typeof question === 'object' && question !== null
  return [resource, namespace, name].every((text) => typeof text === 'string')
}
