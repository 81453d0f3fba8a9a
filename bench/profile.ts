import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Profiler, Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultRanges } from '../local/addresses.ts'
import { openApiProcess } from '../local/api-process.ts'
import { openDataDirectory } from '../local/data-directory.ts'
import { serve } from '../local/http-server.ts'
import { addToKubeconfig } from '../local/kubeconfig.ts'
import { openPki } from '../local/pki.ts'
import { createLogger } from '../shared/platform/log.ts'
import type { ProfiledLoad } from './profiled-load.ts'
import type { Scenario } from './scenario.ts'

const profiles = new URL('./profiles/', import.meta.url)
const log = createLogger({ write: () => undefined })

/** Where a request's time is spent, by the file of what ran. The first that fits counts. */
const places: readonly (readonly [place: string, file: RegExp])[] = [
  [
    'TLS, HTTP/2 and streams',
    /^node:internal\/(http2|tls|stream|streams|js_stream)|^node:(net|_tls|http)|^node:internal\/streams/,
  ],
  ['HTTP adapter', /\/local\//],
  ['LMDB', /\/node_modules\/lmdb|\/shared\/storage\/lmdb/],
  ['log tail', /\/shared\/storage\//],
  ['secrets', /\/shared\/secrets/],
  ['authentication, authorization', /\/shared\/apiserver\/auth/],
  ['admission', /\/shared\/apiserver\/admission/],
  ['decode, default, validate', /\/shared\/(meta|resources)\/|\/shared\/apiserver\/objects/],
  ['routing and answers', /\/shared\/apiserver\//],
  ['other of Node.js', /^node:/],
]

/** Of a function without a file: native code, the collector, waiting. */
const natives: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collector',
  '(idle)': 'idle',
  '(program)': 'native: TLS, HTTP/2, system calls',
  writeBuffer: 'native: TLS, HTTP/2, system calls',
  respond: 'native: TLS, HTTP/2, system calls',
  request: 'native: TLS, HTTP/2, system calls',
  parse: 'native: JSON',
  stringify: 'native: JSON',
}

export const profile: Scenario = {
  title: 'Where the time of the API process goes (its whole profiles: bench/profiles/*.cpuprofile)',
  async run(report) {
    const folder = mkdtempSync(join(tmpdir(), 'windlass-bench-'))
    const server = await startServer(folder)
    mkdirSync(profiles, { recursive: true })
    const session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    const load = fork(new URL('./profiled-load.ts', import.meta.url), [join(folder, 'kubeconfig')])
    try {
      for (const request of ['warm-up', 'create', 'get', 'update', 'list'] satisfies ProfiledLoad[]) {
        if (request !== 'warm-up') await session.post('Profiler.start')
        load.send(request)
        const [count] = (await once(load, 'message')) as [number]
        if (request === 'warm-up') continue
        const { profile: taken } = await session.post('Profiler.stop')
        writeFileSync(new URL(`${request}.cpuprofile`, profiles), JSON.stringify(taken))
        for (const [place, microseconds] of timesOf(taken))
          report({ what: `${request}: ${place}`, value: microseconds / count / 1000, unit: 'ms' })
      }
    } finally {
      load.kill()
      session.disconnect()
      await server.close()
      rmSync(folder, { recursive: true })
    }
  },
}

/** As `npm start` opens it, without controllers and nodes, in this process. */
const startServer = async (folder: string) => {
  const { directory } = await openDataDirectory(join(folder, 'data'))
  const pki = await openPki(directory.pki)
  const api = await openApiProcess({
    directory,
    ranges: defaultRanges,
    allowExternalIPs: false,
    maxRequestsInFlight: 10,
    pki,
    role: 'owner',
    log,
  })
  const addresses = ['127.0.0.1']
  const serving = await pki.certificate('apiserver', { name: 'kube-apiserver', usage: 'server', addresses })
  const tls = { cert: serving.certificate, key: serving.key, ca: pki.authority.certificate }
  const server = await serve({ handle: api.handle, port: 0, hosts: addresses, tls, log })
  const admin = await pki.certificate('admin', { name: 'kubernetes-admin', groups: ['system:masters'], usage: 'client' })
  await addToKubeconfig(join(folder, 'kubeconfig'), {
    name: 'bench',
    server: `https://127.0.0.1:${server.port}`,
    certificateAuthority: pki.authority.certificate,
    clientCertificate: admin.certificate,
    clientKey: admin.key,
  })
  return {
    close: async () => {
      await server.close()
      await api.close()
    },
  }
}

/** Microseconds by place, most first, idle last. */
const timesOf = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): [string, number][] => {
  const placeOf = new Map(nodes.map((node) => [node.id, place(node.callFrame)]))
  const times = new Map<string, number>()
  for (const [i, id] of samples.entries()) {
    const at = placeOf.get(id) ?? 'unknown'
    times.set(at, (times.get(at) ?? 0) + (timeDeltas[i] ?? 0))
  }
  const order = ([at, time]: [string, number]) => (at === 'idle' ? -1 : time)
  return [...times].sort((a, b) => order(b) - order(a))
}

const place = ({ url, functionName }: { url: string; functionName: string }): string =>
  places.find(([, file]) => file.test(url))?.[0] ?? natives[functionName] ?? 'native: other'
