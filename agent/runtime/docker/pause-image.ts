import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { tarOfFile } from './tar.ts'

/**
 * The program of a sandbox, as machine code. It blocks SIGINT, SIGTERM and SIGCHLD and takes them from rt_sigtimedwait: the first
 * two end it (as process 1 it would not get them otherwise), the third makes it reap the orphans of a shared process namespace.
 */
const code: Readonly<Record<string, { machine: number; bytes: string }>> = {
  x64: {
    machine: 0x3e,
    bytes:
      '4883ec1048c70424024001 0031ff4889e631d241ba08000000b80e0000000f05' + // rt_sigprocmask(SIG_BLOCK, {2,15,17}, 0, 8)
      '4889e731f631d241ba08000000b8800000000f05' + // wait: rt_sigtimedwait(set, 0, 0, 8)
      '83f802742183f80f741c' + // 2 or 15: end
      'bfffffffff31f6ba010000004531d2b83d0000000f0585c07fe6ebc6' + // reap: while (wait4(-1, 0, WNOHANG, 0) > 0); goto wait
      '31ffb83c0000000f05', // end: exit(0)
  },
  arm64: {
    machine: 0xb7,
    bytes: [
      'd10043ff d2880041 f2a00021 f90003e1 d2800000 910003e1 d2800002 d2800103 d28010e8 d4000001', // rt_sigprocmask
      '910003e0 d2800001 d2800002 d2800103 d2801128 d4000001 7100081f 54000180 71003c1f 54000140', // rt_sigtimedwait, test
      '92800000 d2800001 d2800022 d2800003 d2802088 d4000001 7100001f 54ffff2c 17ffffee', // wait4
      'd2800000 d2800ba8 d4000001', // exit
    ]
      .join(' ')
      .split(' ')
      .map((word) => Buffer.from(word, 'hex').reverse().toString('hex'))
      .join(''),
  },
}

const headersSize = 64 + 56
const loadAddress = 0x400000n

/** A static ELF executable: one header, one segment, the code. */
export const pauseProgram = (architecture: string): Buffer => {
  const chosen = code[architecture]
  if (!chosen)
    throw new Error(`no sandbox program for architecture "${architecture}"; there is one for ${Object.keys(code).join(', ')}`)
  const text = Buffer.from(chosen.bytes.replaceAll(' ', ''), 'hex')
  const size = BigInt(headersSize + text.length)
  const headers = Buffer.alloc(headersSize)
  headers.write('7f454c46020101', 0, 'hex')
  headers.writeUInt16LE(2, 16) // ET_EXEC
  headers.writeUInt16LE(chosen.machine, 18)
  headers.writeUInt32LE(1, 20)
  headers.writeBigUInt64LE(loadAddress + BigInt(headersSize), 24)
  headers.writeBigUInt64LE(64n, 32)
  headers.writeUInt16LE(64, 52)
  headers.writeUInt16LE(56, 54)
  headers.writeUInt16LE(1, 56)
  headers.writeUInt32LE(1, 64) // PT_LOAD
  headers.writeUInt32LE(5, 68) // readable, executable
  headers.writeBigUInt64LE(loadAddress, 80)
  headers.writeBigUInt64LE(loadAddress, 88)
  headers.writeBigUInt64LE(size, 96)
  headers.writeBigUInt64LE(size, 104)
  headers.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([headers, text])
}

export interface PauseImage {
  /** its tag says what is in it */
  readonly name: string
  readonly repository: string
  readonly tag: string
  /** as `docker import` takes it, with the entry point */
  readonly archive: Buffer
  readonly entryPoint: string
}

export const pauseImage = (architecture: string): PauseImage => {
  const program = pauseProgram(architecture)
  const [repository, tag] = ['windlass/pause', createHash('sha256').update(program).digest('hex').slice(0, 12)]
  const archive = tarOfFile({ name: 'pause', mode: 0o755, content: program })
  return { name: `${repository}:${tag}`, repository, tag, archive, entryPoint: '/pause' }
}

/** Imports the pause image unless it is there; no registry is asked. Returns its name. */
export const ensurePauseImage = async (docker: Docker, architecture: string = process.arch): Promise<string> => {
  const { name, repository, tag, archive, entryPoint } = pauseImage(architecture)
  const present = await docker.listImages({ filters: JSON.stringify({ reference: [name] }) })
  if (present.length > 0) return name
  const options = { repo: repository, tag, changes: [`ENTRYPOINT ["${entryPoint}"]`] }
  const progress = await docker.importImage(Readable.from([archive]) as unknown as string, options)
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  )
  return name
}
