/** Names of loops, of which an inner one hides an outer. */
export class LocalSizes<T> {
  readonly #stacks = new Map<string, T[]>()

  push(name: string, value: T): void {
    const stack = this.#stacks.get(name)
    if (stack) stack.push(value)
    else this.#stacks.set(name, [value])
  }

  pop(name: string): void {
    this.#stacks.get(name)?.pop()
  }

  find(name: string): T | undefined {
    return this.#stacks.get(name)?.at(-1)
  }
}
