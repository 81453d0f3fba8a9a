import { openDataDirectory, readRecord } from './data-directory.ts'
import { explain } from './explain.ts'
import { rotateKey } from './key-rotation.ts'
import { parseOptions, usage } from './options.ts'

/** `npm run rotate-key`: Secrets get another key, also of a cluster that runs. */
const rotate = async (): Promise<void> => {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') return console.log(usage)
  if (!(await readRecord(options.dataDir))) throw new Error(`there is no cluster in ${options.dataDir}`)
  const { directory } = await openDataDirectory(options.dataDir)
  await rotateKey(directory.secretsKey)
  console.log(
    `${directory.secretsKey} has a new key; a running cluster encrypts its Secrets with it within a minute, another when it starts`,
  )
}

try {
  await rotate()
} catch (error) {
  console.error(`\n${explain(error)}`)
  process.exit(1)
}
