import { readFileSync } from 'node:fs'
import type { FuzzConversation, FuzzRequest } from './request.ts'

/**
 * Conversations in which our server once answered otherwise than a real one: a request a line, `METHOD PATH [application/TYPE] [accept=TYPE] [BODY]`,
 * behind a line `# what was mended`.
 */
export const mendedConversations = (): { readonly what: string; readonly requests: FuzzConversation }[] =>
  readFileSync(new URL('./mended.txt', import.meta.url), 'utf8')
    .split(/^# /m)
    .slice(1)
    .map((text) => {
      const [what = '', ...lines] = text.trim().split('\n')
      return { what, requests: lines.filter((line) => line !== '').map(requestOf) }
    })

const requestOf = (line: string): FuzzRequest => {
  const match =
    /^(?<method>[A-Z]+) (?<path>\S+)(?: (?<type>application\/\S+))?(?: accept=(?<accept>\S+))?(?: (?<body>.*))?$/.exec(line)
  if (!match?.groups) throw new Error(`not a request: ${line}`)
  const { method = '', path = '', ...rest } = match.groups
  return { method, path, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) }
}
