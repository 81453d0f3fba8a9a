import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface PythonPackage {
  readonly name: string
  readonly version: string
  /** @default the package's name */
  readonly program?: string
}

const folderOf = ({ name, version }: PythonPackage) =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'windlass-aws', `${name}-${version}`)

/** Path of a program that the package brings. */
export const programOf = (wanted: PythonPackage): string => join(folderOf(wanted), 'bin', wanted.program ?? wanted.name)

/** Installs the package once a machine, in a folder of its own. Answers why it can't be had; undefined: it is there. */
export const missingPackage = (wanted: PythonPackage): string | undefined => {
  const folder = folderOf(wanted)
  if (existsSync(join(folder, 'complete'))) return undefined
  try {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' })
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', `${wanted.name}==${wanted.version}`], { stdio: 'pipe' })
    mkdirSync(join(folder, 'complete'))
    return undefined
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string }
    return `${wanted.name} ${wanted.version} takes python3 with venv, and PyPI: ${stderr?.toString().trim() || message}`
  }
}
