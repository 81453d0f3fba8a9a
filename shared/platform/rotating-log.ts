import { appendFileSync, copyFileSync, renameSync, statSync, truncateSync } from 'node:fs'
import { isCode } from './process-mark.ts'

export interface RotatingLogOptions {
  readonly path: string
  /** then another file is begun; default 20 MiB */
  readonly maxBytes?: number | undefined
  /** how many older ones stay: `audit.log.1` is the newest of them; default 5 */
  readonly kept?: number | undefined
}

const lookEvery = 100

/** Appends lines to a file that only its owner reads. Several processes may: each line is one write, and none keeps the file open. */
export const createRotatingLog = ({ path, maxBytes = 20 << 20, kept = 5 }: RotatingLogOptions): ((line: string) => void) => {
  let written = 0
  return (line) => {
    if (written++ % lookEvery === 0 && sizeOf(path) >= maxBytes) rotate(path, kept)
    appendFileSync(path, `${line}\n`, { mode: 0o600 })
  }
}

/** For a file that another program holds open, to append to it: what is in it moves on, the file stays. Lines of the moment between may be lost. */
export const rotateHeldLog = ({ path, maxBytes = 20 << 20, kept = 2 }: RotatingLogOptions): void => {
  if (sizeOf(path) < maxBytes) return
  rotate(path, kept, 1)
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

const rotate = (path: string, kept: number, first = 0): void => {
  for (let number = kept - 1; number >= first; number--) {
    const from = number === 0 ? path : `${path}.${number}`
    if (sizeOf(from) > 0) renameSync(from, `${path}.${number + 1}`)
  }
}

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch (error) {
    if (isCode(error, 'ENOENT')) return 0
    throw error
  }
}
