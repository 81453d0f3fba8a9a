// `report.mjs CODE REPORT…`: sums up vitest's JSON reports, of a file in several of them the last; a run that ended badly without
// one failed test counts as one. `report.mjs --failed-files REPORT`: names the files with failures, one a line.
import { existsSync, readFileSync } from 'node:fs'

/** file → its tests, as vitest tells of them */
const filesOf = (report) =>
  existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults.map((file) => [file.name, file]) : []

const [first, ...reports] = process.argv.slice(2)
const files = new Map(reports.flatMap(filesOf))
/** A file that can't be loaded fails without a test. */
const failuresOf = ({ status, assertionResults }) =>
  assertionResults.filter((test) => test.status === 'failed').length || (status === 'failed' ? 1 : 0)

if (first === '--failed-files') {
  for (const [name, file] of files) if (failuresOf(file) > 0) console.log(name)
} else {
  const tests = [...files.values()].flatMap(({ assertionResults }) => assertionResults)
  const count = (...states) => tests.filter(({ status }) => states.includes(status)).length
  const failed = [...files.values()].reduce((sum, file) => sum + failuresOf(file), 0)
  const skipped = count('skipped', 'pending')
  if (skipped > 0) console.log(`${skipped} skipped, each with its reason above`)
  console.log(`${count('passed')} passed, ${failed === 0 && first !== '0' ? 1 : failed} failed`)
}
