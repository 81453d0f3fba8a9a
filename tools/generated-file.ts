import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../shared/resources/generated/', import.meta.url)

/** Writes a file of shared/resources/generated; with `--check` it only compares, and fails the process when they differ. */
export const writeGenerated = (name: string, text: string): void => {
  const path = fileURLToPath(new URL(name, folder))
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    process.exitCode = 1
    console.error(`shared/resources/generated/${name} is not what the generator makes: run npm run generate`)
  }
}
