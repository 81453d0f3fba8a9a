import type { Difference } from '../compare/difference.ts'
import type { FuzzRequest } from './request.ts'

export interface Finding {
  /** what the conversation is about */
  readonly topic: string
  /** of the conversation */
  readonly number: number
  readonly request: FuzzRequest
  readonly all: readonly Difference[]
  /** undefined: nobody knows */
  readonly why: string | undefined
}

/** Ways in which the answers of two servers differ. */
export class Findings {
  readonly #found = new Map<string, { readonly first: Finding; count: number }>()
  readonly #reasons = new Map<string, number>()
  sent = 0

  add(finding: Finding): void {
    const { why } = finding
    if (why !== undefined) {
      this.#reasons.set(why, (this.#reasons.get(why) ?? 0) + 1)
      return
    }
    const signature = signatureOf(finding)
    const known = this.#found.get(signature)
    if (known) known.count++
    else this.#found.set(signature, { first: finding, count: 1 })
  }

  /** Sets the exit code, too. */
  print(): void {
    for (const { first, count } of this.#found.values()) {
      const { number, request, all } = first
      console.log(
        `\n${count}× #${number} ${request.method} ${request.path} ${request.type ?? ''}\n  ${(request.body ?? '').slice(0, 1500)}`,
      )
      for (const { where, ours, peer } of all.slice(0, 6))
        console.log(`  ${where}\n    ours ${shown(onlyIn(ours, peer))}\n    peer ${shown(onlyIn(peer, ours))}`)
    }
    for (const [why, count] of this.#reasons) console.log(`${String(count).padStart(6)} differ: ${why}`)
    const answers = [...this.#found.values()].reduce((sum, { count }) => sum + count, 0)
    console.log(`${this.sent} requests, ${this.#found.size} unexplained differences (${answers} answers)`)
    if (this.#found.size > 0) process.exitCode = 1
  }
}

/** Differences of one kind are shown once. */
const signatureOf = ({ topic, request: { method }, all }: Finding): string =>
  `${topic} ${method} ${all.map(({ where }) => where.replaceAll(/\d+/g, 'N')).join(' ')} ${String(
    all.find(({ where }) => where.endsWith('message'))?.peer ?? '',
  )
    .slice(0, 60)
    .replaceAll(/"[^"]*"|\d+/g, '?')}`

/** Of a list what the other does not have as well. */
const onlyIn = (list: unknown, other: unknown): unknown => {
  if (!Array.isArray(list) || !Array.isArray(other)) return list
  const there = new Set(other.map((item) => JSON.stringify(item)))
  const items = list.filter((item) => !there.has(JSON.stringify(item)))
  return items.length > 0 ? items : list
}

const shown = (value: unknown) => (value === undefined ? '(not there)' : JSON.stringify(value)).slice(0, 1200)
