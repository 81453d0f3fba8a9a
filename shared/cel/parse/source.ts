import { CompileError, type Issue } from '../issue.ts'
import { DepthError } from './depth-error.ts'

const reported = 100
const mostNodes = 130_000
const longestSnippet = 16_384

/** The text of an expression: where its nodes begin, and how what is wrong with them is shown. */
export class Source {
  readonly text: string
  readonly #starts: number[] = [0]
  readonly #issues: Issue[] = []
  #count = 0

  constructor(text: string) {
    this.text = text
  }

  get failed(): boolean {
    return this.#count > 0
  }

  /** A new id for what begins at `offset`. Throws where there are too many: some macros double what they are given. */
  idAt(offset: number): number {
    if (this.#starts.length > mostNodes) throw new DepthError(`expression node limit exceeded: ${mostNodes}`)
    this.#starts.push(offset)
    return this.#starts.length - 1
  }

  offsetOf(id: number): number {
    return this.#starts[id] ?? 0
  }

  report(offset: number, message: string): void {
    const before = this.text.slice(0, offset)
    const start = before.lastIndexOf('\n') + 1
    this.#add({ line: before.split('\n').length, column: [...before.slice(start)].length, message })
  }

  /** For what has no place in the text. */
  reportAnywhere(message: string): void {
    this.#add({ line: -1, column: -1, message })
  }

  throwIfFailed(): void {
    if (!this.failed) return
    this.#issues.sort((a, b) => a.line - b.line || a.column - b.column)
    const shown = this.#issues.map((issue) => this.#show(issue))
    if (this.#count > reported) shown.push(`${this.#count - reported} more errors were truncated`)
    throw new CompileError(shown.join('\n'), this.#issues)
  }

  #add(issue: Issue): void {
    if (++this.#count <= reported) this.#issues.push(issue)
  }

  #show({ line, column, message }: Issue): string {
    const head = `ERROR: <input>:${line}:${this.text === '' ? 0 : column + 1}: ${message}`
    const snippet = line > 0 ? this.text.split('\n')[line - 1] : undefined
    if (snippet === undefined || this.text === '' || Buffer.byteLength(snippet) > longestSnippet) return head
    const characters = [...snippet.replaceAll('\t', ' ')]
    const wide = (at: number) => (characters[at] ?? '').charCodeAt(0) > 0x7f
    const dots = Array.from({ length: Math.min(column, characters.length) }, (_, at) => (wide(at) ? '．' : '.')).join('')
    return `${head}\n | ${characters.join('')}\n | ${dots}${wide(column) ? '＾' : '^'}`
  }
}
