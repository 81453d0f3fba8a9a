/** Thrown through an evaluation whose budget ran out. */
export class CostExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded')
  }
}

/** Thrown through an evaluation where upstream's own panics; the message is what it makes of that. */
export class InternalError extends Error {
  constructor(message: string) {
    super(`internal error: ${message}`)
  }
}

/**
 * Upstream counts what a call cost when it is done; a call could fill the memory first. What is larger than any budget pays for
 * ends the evaluation instead.
 */
export const tooLarge = (): never => {
  throw new CostExceeded()
}

/** In characters; ten times what a request can bring. */
export const longestString = 2 ** 25
/** In items; each costs one at the least to look at. */
export const longestList = 2 ** 21
