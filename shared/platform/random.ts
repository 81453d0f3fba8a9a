import { randomInt, randomUUID } from 'node:crypto'

/** Chance as handlers see it; tests pass a seeded one. */
export interface Random {
  uuid(): string
  /** an integer in [0, below) */
  integer(below: number): number
}

export const systemRandom: Random = { uuid: () => randomUUID(), integer: (below) => randomInt(below) }

/** No vowels and no digits that look like letters, so that no words come out. */
const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** What a server puts behind metadata.generateName. */
export const nameSuffix = (random: Random, length = 5): string =>
  Array.from({ length }, () => nameAlphabet[random.integer(nameAlphabet.length)]).join('')
