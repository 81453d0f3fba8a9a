// `npm run fuzz:expressions -- --expressions N --seed S`: random CEL expressions to ours and to upstream's own library; prints those on which they differ.
import { parseArgs } from 'node:util'
import { differences } from '../../../peer/compare/difference.ts'
import { expressionOf } from '../arbitrary.ts'
import { answerTo, comparable } from '../world.ts'
import { missingOracle, type Oracle, startOracle } from './oracle.ts'

const { values: flags } = parseArgs({
  options: { expressions: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
})
const [count, seed] = [Number(flags.expressions), Number(flags.seed)]
if (!(count > 0) || !Number.isInteger(seed)) throw new Error('--expressions is a positive number, --seed an integer')

const timesAsked = 50

const run = async (oracle: Oracle): Promise<void> => {
  const first = seed * 1_000_000
  let differing = 0
  for (let number = first; number < first + count; number++) {
    const expression = expressionOf(number)
    const own = comparable(answerTo(expression))
    let found = differences('', own, comparable(await oracle.ask(expression)))
    // Go walks maps in no order: any of its answers will do.
    for (let again = 0; found.length > 0 && again < timesAsked; again++)
      found = differences('', own, comparable(await oracle.ask(expression)))
    if (found.length === 0) continue
    differing++
    console.log(`#${number} ${expression}`)
    for (const { where, ours, peer } of found)
      console.log(`  ${where}\n    ours ${JSON.stringify(ours)}\n    peer ${JSON.stringify(peer)}`)
  }
  console.log(`${count} expressions, ${differing} differ`)
  if (differing > 0) process.exitCode = 1
}

if (missingOracle !== undefined) console.log(`skipped: ${missingOracle}`)
else {
  const oracle = startOracle()
  try {
    await run(oracle)
  } finally {
    oracle.stop()
  }
}
