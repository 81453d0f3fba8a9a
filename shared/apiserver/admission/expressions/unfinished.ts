/** Thrown through an evaluation, which can't wait, where it takes something that has to be found first. */
export class Unfinished extends Error {
  /** Finds it; the evaluation is tried again then, and comes further. */
  readonly find: () => Promise<void>
  constructor(find: () => Promise<void>) {
    super('an evaluation goes on when it has what it asked for')
    this.find = find
  }
}

/** Tries until all is there that `evaluate` asks for; each time it asks for something else. */
export const finish = async <T>(evaluate: () => T): Promise<T> => {
  for (;;) {
    try {
      return evaluate()
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error
      await error.find()
    }
  }
}
