import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, idle, nodeImage, pod } from './object.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('pods of real containers', why), () => {
  const cluster = new Cluster({ runtime: 'docker' })
  const { kubectl } = cluster

  beforeAll(async () => {
    await buildImages(() => undefined)
    await cluster.start()
  })
  afterAll(() => cluster.dispose())

  const ready = (name: string) => kubectl.ok('wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s')
  const inside = (name: string, ...command: string[]) => kubectl.ok('exec', name, '--', ...command)
  const remove = (...names: string[]) => kubectl.ok('delete', 'pod', ...names, '--grace-period=1')
  const status = (name: string) => kubectl.ok('get', 'pod', name, '--no-headers')

  it('gives the containers of a pod one network and the volumes that they share', async () => {
    const volumeMounts = [{ name: 'shared', mountPath: '/shared' }]
    await kubectl.apply(
      pod('pair', {
        containers: [
          container({
            name: 'writer',
            command: ['sh', '-c', 'echo from writer > /shared/file; exec httpd -f -p 8081 -h /shared'],
            volumeMounts,
          }),
          container({ name: 'reader', command: idle, volumeMounts }),
        ],
        volumes: [{ name: 'shared', emptyDir: {} }],
      }),
    )
    await ready('pair')
    expect(await kubectl.ok('get', 'pod', 'pair')).toMatch(/pair +2\/2 +Running +0/)
    expect(await kubectl.ok('exec', 'pair', '-c', 'reader', '--', 'cat', '/shared/file')).toBe('from writer\n')
    expect(await kubectl.ok('exec', 'pair', '-c', 'reader', '--', 'wget', '-qO-', 'http://localhost:8081/file')).toBe(
      'from writer\n',
    )
    expect(await kubectl.ok('exec', 'pair', '-c', 'reader', '--', 'hostname')).toBe('pair\n')
    await remove('pair')
  })

  it('brings ConfigMaps and Secrets by env, envFrom and volume, and changes the files later', async () => {
    await kubectl.ok('create', 'configmap', 'settings', '--from-literal=COLOR=blue', '--from-literal=SIZE=9')
    await kubectl.ok('create', 'secret', 'generic', 'access', '--from-literal=password=s3cret')
    await kubectl.apply(
      pod('configured', {
        containers: [
          container({
            command: idle,
            envFrom: [{ configMapRef: { name: 'settings' } }],
            env: [
              { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'access', key: 'password' } } },
              { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
              { name: 'BOTH', value: '$(COLOR)-$(NODE)' },
            ],
            volumeMounts: [
              { name: 'settings', mountPath: '/etc/settings' },
              { name: 'access', mountPath: '/etc/access', readOnly: true },
            ],
          }),
        ],
        volumes: [
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'access', secret: { secretName: 'access', defaultMode: 0o400 } },
        ],
      }),
    )
    await ready('configured')
    const environment = (await inside('configured', 'env')).split('\n')
    const node = await kubectl.field('.spec.nodeName', 'pod', 'configured')
    expect(environment).toEqual(expect.arrayContaining(['COLOR=blue', 'SIZE=9', 'PASSWORD=s3cret', `BOTH=blue-${node}`]))
    expect(await inside('configured', 'cat', '/etc/settings/COLOR')).toBe('blue')
    expect(await kubectl.fails('exec', 'configured', '--', 'cat', '/etc/access/password')).toContain('Permission denied')
    await kubectl.ok('patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"COLOR":"green"}}')
    await eventually('the new value in the file', {
      ask: () => inside('configured', 'cat', '/etc/settings/COLOR'),
      wanted: (text) => text === 'green',
      seconds: 120,
    })
    await remove('configured')
  })

  it('mounts single files and folders of volumes, and lets nobody write what shows objects', async () => {
    await kubectl.ok('create', 'configmap', 'site', '--from-literal=nginx.conf=server {}', '--from-literal=other=x')
    await kubectl.ok('create', 'secret', 'generic', 'key', '--from-literal=id=k3y')
    await kubectl.apply(
      pod('parts', {
        securityContext: { fsGroup: 2000 },
        containers: [
          container({
            command: idle,
            env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            volumeMounts: [
              { name: 'site', mountPath: '/etc/nginx.conf', subPath: 'nginx.conf' },
              { name: 'key', mountPath: '/id', subPath: 'id' },
              { name: 'all', mountPath: '/all-name', subPath: 'meta/name' },
              { name: 'scratch', mountPath: '/logs', subPathExpr: 'logs/$(POD)' },
              { name: 'scratch', mountPath: '/scratch' },
              { name: 'site', mountPath: '/site', readOnly: false },
              { name: 'key', mountPath: '/key' },
              { name: 'all', mountPath: '/all' },
            ],
          }),
        ],
        volumes: [
          { name: 'site', configMap: { name: 'site' } },
          { name: 'key', secret: { secretName: 'key', defaultMode: 0o600 } },
          {
            name: 'all',
            projected: {
              sources: [{ downwardAPI: { items: [{ path: 'meta/name', fieldRef: { fieldPath: 'metadata.name' } }] } }],
            },
          },
          { name: 'scratch', emptyDir: {} },
        ],
      }),
    )
    await ready('parts')
    expect(await inside('parts', 'cat', '/etc/nginx.conf', '/id', '/all-name')).toBe('server {}k3yparts')
    await inside('parts', 'sh', '-c', 'echo hi > /logs/file')
    expect(await inside('parts', 'cat', '/scratch/logs/parts/file')).toBe('hi\n')
    for (const path of ['/etc/nginx.conf', '/id', '/all-name', '/site/new', '/key/new', '/all/new', '/site/..data/other']) {
      const written = await kubectl.run(['exec', 'parts', '--', 'sh', '-c', `echo x > ${path}`])
      expect(written.stderr).toContain('Read-only file system')
    }
    const modes = await inside('parts', 'stat', '-L', '-c', '%n %a %g', '/key/id', '/key/..data', '/scratch', '/logs')
    expect(modes.trim().split('\n')).toEqual([
      '/key/id 640 2000',
      '/key/..data 2755 2000',
      '/scratch 2777 2000',
      '/logs 2777 2000',
    ])
    await remove('parts')
  })

  it('waits for a ConfigMap that is not there yet, and says so', async () => {
    await kubectl.apply(
      pod('early', { containers: [container({ command: idle, envFrom: [{ configMapRef: { name: 'late' } }] })] }),
    )
    await eventually('CreateContainerConfigError', {
      ask: () => status('early'),
      wanted: (text) => text.includes('CreateContainerConfigError'),
    })
    expect(await kubectl.ok('events', '--for', 'pod/early')).toContain('configmap "late" not found')
    await kubectl.ok('create', 'configmap', 'late', '--from-literal=A=1')
    await ready('early')
    await remove('early')
  })

  it('runs a job-like pod to Completed and to Error', async () => {
    const once = (name: string, script: string) =>
      pod(name, { restartPolicy: 'Never', containers: [container({ command: ['sh', '-c', script] })] })
    await kubectl.apply(once('good', 'echo done'), once('bad', 'echo sorry >&2; exit 3'))
    await eventually('Completed', { ask: () => status('good'), wanted: (text) => /0\/1 +Completed/.test(text) })
    await eventually('Error', { ask: () => status('bad'), wanted: (text) => /0\/1 +Error/.test(text) })
    expect(await kubectl.field('.status.containerStatuses[0].state.terminated.exitCode', 'pod', 'bad')).toBe('3')
    expect(await kubectl.ok('logs', 'good')).toBe('done\n')
    expect(await kubectl.ok('logs', 'bad')).toBe('sorry\n')
    await remove('good', 'bad')
  })

  it('runs init containers first, one after the other', async () => {
    const volumeMounts = [{ name: 'work', mountPath: '/work' }]
    const init = (name: string) => container({ name, command: ['sh', '-c', `echo ${name} >> /work/order`], volumeMounts })
    await kubectl.apply(
      pod('prepared', {
        initContainers: [init('first'), init('second')],
        containers: [container({ command: idle, volumeMounts })],
        volumes: [{ name: 'work', emptyDir: {} }],
      }),
    )
    await ready('prepared')
    expect(await inside('prepared', 'cat', '/work/order')).toBe('first\nsecond\n')
    await remove('prepared')
  })

  it('restarts what crashes, with a growing pause that is shown', async () => {
    await kubectl.apply(pod('crasher', { containers: [container({ command: ['sh', '-c', 'echo started; exit 1'] })] }))
    await eventually('CrashLoopBackOff', {
      ask: () => status('crasher'),
      wanted: (text) => /0\/1 +CrashLoopBackOff +[1-9]/.test(text),
    })
    expect(await kubectl.ok('events', '--for', 'pod/crasher')).toMatch(
      /Warning +BackOff +Pod\/crasher +Back-off restarting failed container main/,
    )
    expect(await kubectl.ok('logs', 'crasher', '--previous')).toBe('started\n')
    await remove('crasher')
  })

  it('ends a container that takes more memory than its limit, and calls it OOMKilled', async () => {
    const hungry = 'const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1))'
    await kubectl.apply(
      pod('hungry', {
        restartPolicy: 'Never',
        containers: [container({ command: ['node', '-e', hungry], resources: { limits: { memory: '96Mi', cpu: '500m' } } })],
      }),
    )
    await eventually('OOMKilled', { ask: () => status('hungry'), wanted: (text) => /0\/1 +OOMKilled/.test(text) })
    expect(await kubectl.field('.status.qosClass', 'pod', 'hungry')).toBe('Guaranteed')
    await remove('hungry')
  })

  it('asks to end first, and kills after the grace period', async () => {
    const polite = 'trap "echo asked; exit 0" TERM; echo up; while :; do sleep 0.1; done'
    const stubborn = 'trap "echo asked" TERM; echo up; while :; do sleep 0.1; done'
    const pods = [
      pod('polite', { containers: [container({ command: ['sh', '-c', polite] })] }),
      pod('stubborn', { terminationGracePeriodSeconds: 3, containers: [container({ command: ['sh', '-c', stubborn] })] }),
    ]
    await kubectl.apply(...pods)
    await Promise.all([ready('polite'), ready('stubborn')])
    const follow = [kubectl.start('logs', '-f', 'polite'), kubectl.start('logs', '-f', 'stubborn')]
    await Promise.all(follow.map(({ output }) => eventually('the log', { ask: output, wanted: (text) => text.includes('up') })))
    const seconds = async (name: string) => {
      const before = Date.now()
      await kubectl.ok('delete', 'pod', name)
      return (Date.now() - before) / 1000
    }
    const [politely, stubbornly] = await Promise.all([seconds('polite'), seconds('stubborn')])
    expect(politely).toBeLessThan(2.5)
    expect(stubbornly).toBeGreaterThan(2.9)
    expect(stubbornly).toBeLessThan(8)
    for (const { output, stop } of follow) {
      expect(output()).toBe('up\nasked\n')
      await stop()
    }
  })

  it('holds traffic back until the readiness probe passes, and restarts what its liveness probe finds dead', async () => {
    await kubectl.apply(
      pod('probed', {
        containers: [
          container({
            command: idle,
            startupProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
            readinessProbe: { exec: { command: ['test', '-f', '/tmp/ready'] }, periodSeconds: 1 },
            livenessProbe: { exec: { command: ['test', '!', '-f', '/tmp/dead'] }, periodSeconds: 1, failureThreshold: 2 },
          }),
        ],
      }),
    )
    await eventually('Running but not ready', { ask: () => status('probed'), wanted: (text) => /0\/1 +Running/.test(text) })
    await eventually('the reason', {
      ask: () => kubectl.ok('events', '--for', 'pod/probed'),
      wanted: (text) => /Unhealthy +Pod\/probed +Readiness probe failed/.test(text),
    })
    await inside('probed', 'touch', '/tmp/ready')
    await ready('probed')
    await inside('probed', 'touch', '/tmp/dead')
    await eventually('a restart', { ask: () => status('probed'), wanted: (text) => /Running +1 /.test(text) })
    expect(await kubectl.ok('events', '--for', 'pod/probed')).toMatch(
      /Killing +Pod\/probed +Container main failed liveness probe, will be restarted/,
    )
    await remove('probed')
  })

  it('probes by HTTP and by TCP', async () => {
    const port = 8082
    await kubectl.apply(
      pod('served', {
        containers: [
          container({
            command: ['httpd', '-f', '-p', String(port), '-h', '/etc'],
            ports: [{ name: 'web', containerPort: port }],
            readinessProbe: { httpGet: { path: '/passwd', port: 'web' }, periodSeconds: 1 },
            livenessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          }),
        ],
      }),
    )
    await ready('served')
    await remove('served')
  })

  it('says why an image is not there', async () => {
    await kubectl.apply(pod('absent', { containers: [container({ image: 'localhost:5999/nothing:1' })] }))
    await eventually('ErrImagePull', {
      ask: () => status('absent'),
      wanted: (text) => /ErrImagePull|ImagePullBackOff/.test(text),
    })
    await eventually('ImagePullBackOff', { ask: () => status('absent'), wanted: (text) => text.includes('ImagePullBackOff') })
    expect(await kubectl.ok('events', '--for', 'pod/absent')).toMatch(/Failed to pull image "localhost:5999\/nothing:1"/)
    await remove('absent')
    await kubectl.apply(pod('never', { containers: [container({ image: 'mycompany/none:1', imagePullPolicy: 'Never' })] }))
    await eventually('ErrImageNeverPull', { ask: () => status('never'), wanted: (text) => text.includes('ErrImageNeverPull') })
    await remove('never')
  })

  it('execs with input and exit codes, follows logs, copies files and forwards ports', async () => {
    await kubectl.apply(
      pod('handy', {
        containers: [container({ command: ['sh', '-c', 'i=0; while :; do echo line $i; i=$((i+1)); sleep 0.2; done'] })],
      }),
    )
    await ready('handy')
    const typed = await kubectl.run(['exec', '-i', 'handy', '--', 'cat'], { input: 'typed\n' })
    expect(typed.stdout).toBe('typed\n')
    expect((await kubectl.run(['exec', 'handy', '--', 'sh', '-c', 'exit 7'])).code).toBe(7)
    const follow = kubectl.start('logs', '-f', 'handy', '--tail=1')
    await eventually('new lines', { ask: follow.output, wanted: (text) => text.split('\n').length > 4 })
    await follow.stop()
    expect((await kubectl.ok('logs', 'handy', '--tail=2')).trim().split('\n')).toHaveLength(2)
    expect(await kubectl.ok('logs', 'handy', '--timestamps', '--tail=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z line \d+\n$/)
    await kubectl.ok('cp', new URL('object.ts', import.meta.url).pathname, 'handy:/tmp/object.ts')
    expect(await inside('handy', 'head', '-n', '1', '/tmp/object.ts')).toContain('Manifests that the tests apply')
    const failed = await kubectl.run(['exec', 'handy', '--', '/no/such/program'])
    expect(failed.code).toBe(126)
    expect(failed.stdout + failed.stderr).toMatch(/no such file or directory/)
    await remove('handy')
  })

  it('gives a terminal to exec -it', async () => {
    // The client tells its size once it is connected, as it does to a kubelet: the process may look before.
    await kubectl.apply(pod('shell', { containers: [container({ command: idle })] }))
    await ready('shell')
    const script = `stty rows 33 cols 99; kubectl --kubeconfig ${cluster.kubeconfig} exec -it shell -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do size=$(stty size); [ "$size" = "33 99" ] && break; sleep 0.2; done; echo $size'`
    const shown = await new Promise<string>((resolve) =>
      execFile('script', ['-qec', script, '/dev/null'], (_, stdout) => resolve(stdout)),
    )
    expect(shown).toContain('33 99')
    await remove('shell')
  })

  it('attaches', async () => {
    await kubectl.apply(pod('talker', { containers: [container({ command: ['cat'], stdin: true })] }))
    await ready('talker')
    // Its input ends at once; the container's own goes on, and so do its outputs.
    const attached = spawn('kubectl', ['--kubeconfig', cluster.kubeconfig, 'attach', '-i', 'talker'])
    attached.stdin.end('echo this\n')
    const [said] = (await once(attached.stdout, 'data')) as [Buffer]
    expect(String(said)).toContain('echo this')
    attached.kill()
    await remove('talker')
  })

  it('lets a container look around in a pod that runs, and see the processes of another', async () => {
    await kubectl.apply(pod('looked', { containers: [container({ name: 'it', command: ['sleep', '4321'] })] }))
    await ready('looked')
    const { image } = container({})
    const debug = (name: string, ...command: string[]) => {
      const which = ['-c', name, '--target=it', `--image=${image}`, '--image-pull-policy=IfNotPresent', '--profile=general']
      return kubectl.ok('debug', 'looked', ...which, '--', ...command)
    }
    await debug('eye', 'ps')
    const seen = () => kubectl.ok('logs', 'looked', '-c', 'eye')
    await eventually('the other’s process', { ask: seen, wanted: (text) => text.includes('sleep 4321') })
    await debug('stays', 'sleep', '1234')
    const states = () => kubectl.ok('get', 'pod', 'looked', '-o', 'jsonpath={.status.ephemeralContainerStatuses[*].state}')
    await eventually('one that is over and one that runs', {
      ask: states,
      wanted: (text) => /"terminated":.*"exitCode":0.*"running":/.test(text),
    })
    expect(await kubectl.ok('exec', 'looked', '-c', 'stays', '--', 'ps')).toContain('sleep 4321')
    expect(await kubectl.ok('get', 'pod', 'looked')).toMatch(/looked +1\/1 +Running +0/)
    await remove('looked')
  })

  it('keeps the security context', async () => {
    await kubectl.apply(
      pod('careful', {
        securityContext: { runAsUser: 4000, runAsGroup: 4001, fsGroup: 4002 },
        containers: [
          container({
            command: idle,
            securityContext: { readOnlyRootFilesystem: true },
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          }),
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      }),
    )
    await ready('careful')
    expect(await inside('careful', 'id')).toMatch(/uid=4000 gid=4001.*4002/)
    expect(await kubectl.fails('exec', 'careful', '--', 'touch', '/file')).toContain('Read-only file system')
    await inside('careful', 'touch', '/data/file')
    await remove('careful')
  })

  it('starts pods again that were there when it was stopped', async () => {
    await kubectl.apply(pod('lasting', { containers: [container({ command: idle })] }))
    await ready('lasting')
    const uid = await kubectl.field('.metadata.uid', 'pod', 'lasting')
    await cluster.interrupt()
    expect(cluster.output).toContain('stopping')
    await cluster.start()
    await eventually('the pod runs again', {
      ask: async () =>
        [await kubectl.field('.metadata.uid', 'pod', 'lasting'), await kubectl.run(['exec', 'lasting', '--', 'true'])] as const,
      wanted: ([same, { code }]) => same === uid && code === 0,
    })
    expect(nodeImage).toBe(await kubectl.field('.spec.containers[0].image', 'pod', 'lasting'))
  })
})
