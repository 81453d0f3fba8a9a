// Runs on whatever Node.js the machine has (20 or newer), before start and test: installs what package-lock.json names when
// it is not there yet, and makes sure that the project's own Node.js 24 is what `npm run` will use.
import { spawnSync } from 'node:child_process'
import { existsSync, lchownSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = readFileSync(`${root}package-lock.json`, 'utf8')
const marker = `${root}node_modules/.windlass-lock`
const node = `${root}node_modules/.bin/node`

const projectNode = () => {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return answer.status === 0 ? answer.stdout.trim() : undefined
}

/** Under sudo the folder stays its owner's, and install scripts run as who owns it. */
const owner = () => {
  const { uid, gid } = statSync(root)
  if (process.getuid?.() !== 0 || uid === 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid))
  return { uid, gid, home: line?.split(':')[5] }
}

if (!existsSync(marker) || readFileSync(marker, 'utf8') !== lock || projectNode() === undefined) {
  if (process.env.npm_lifecycle_event === 'prestart' && process.platform === 'linux' && process.getuid() !== 0)
    console.error('real containers take root (sudo npm start); without: npm start -- --runtime simulated')
  console.error('installing dependencies (npm ci) …')
  const other = owner()
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...(other && { uid: other.uid, gid: other.gid, env: { ...process.env, HOME: other.home ?? root } }),
  })
  if (install.status !== 0) {
    console.error('npm ci failed: see its output above. A network or a filled npm cache is needed for the first start.')
    process.exit(1)
  }
  writeFileSync(marker, lock)
  if (other) lchownSync(marker, other.uid, other.gid)
}

const version = projectNode()
if (version === undefined || Number(version.slice(1).split('.')[0]) < 24) {
  console.error(
    `Node.js 24 is needed, and ${version ?? 'nothing'} is what the package "node" brought: its install script did not run.\n` +
      'Allow install scripts (npm config set ignore-scripts false) and type: npm ci',
  )
  process.exit(1)
}
