import type { Step, Terminal } from '../../terminal.ts'

const deployment = 'deployment/orders-service'
const status = ['rollout', 'status', deployment, '--timeout=180s']

const image = (terminal: Terminal) => terminal.ask('get', deployment, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')

/** What the client without a pause has counted so far. */
async function counted(terminal: Terminal): Promise<{ requests: number; failed: number; versions: Record<string, number> }> {
  const lines = (await terminal.ask('logs', 'load', '--tail=20')).split('\n')
  return JSON.parse(lines.findLast((line) => line.startsWith('{')) ?? '{"requests":0,"failed":0,"versions":{}}')
}

async function expectVersion(terminal: Terminal, version: string): Promise<void> {
  terminal.expect((await image(terminal)).endsWith(`:${version}`), `the image ${version}`)
  const before = (await counted(terminal)).versions[version] ?? 0
  await terminal.until(
    `answers from ${version}`,
    async () => (await counted(terminal)).versions[version] ?? 0,
    (count) => count > before,
  )
}

export const rollout: Step = {
  title: 'A new version, and back, while a client calls without a pause',
  async run(terminal) {
    await terminal.kubectl(
      ...['run', 'load', '--image=mycompany/orders-service:1.0', '--restart=Never', '--command', '--'],
      ...['node', 'service/load.ts', 'http://orders-service/orders'],
    )
    await terminal.kubectl('wait', '--for=condition=Ready', 'pod/load', '--timeout=60s')
    await terminal.until(
      'requests',
      () => counted(terminal),
      ({ requests }) => requests > 0,
    )

    const set = await terminal.kubectl('set', 'image', deployment, 'orders=mycompany/orders-service:2.0')
    terminal.expect(set.includes('deployment.apps/orders-service image updated'), 'kubectl to say image updated')
    await terminal.kubectl('annotate', deployment, 'kubernetes.io/change-cause=version 2.0')
    await terminal.kubectl(...status)
    await expectVersion(terminal, '2.0')
    await terminal.kubectl('get', 'replicasets', '-l', 'app=orders')
    const history = await terminal.kubectl('rollout', 'history', deployment)
    terminal.expect(/^3 +version 2\.0$/m.test(history), 'revision 3 in the history')
    await terminal.kubectl('rollout', 'history', deployment, '--revision=3')

    await terminal.kubectl('rollout', 'undo', deployment)
    await terminal.kubectl(...status)
    await expectVersion(terminal, '1.0')

    await terminal.kubectl('rollout', 'undo', deployment, '--to-revision=3')
    await terminal.kubectl(...status)
    await expectVersion(terminal, '2.0')

    await terminal.kubectl('rollout', 'pause', deployment)
    await terminal.kubectl('set', 'image', deployment, 'orders=mycompany/orders-service:1.0')
    await terminal.until(
      'no pod up to date while paused',
      () => terminal.ask('get', deployment, '--no-headers'),
      (line) => line.includes(' 0 '),
    )
    await terminal.kubectl('get', deployment)
    await terminal.kubectl('rollout', 'resume', deployment)
    await terminal.kubectl(...status)
    await expectVersion(terminal, '1.0')

    terminal.note('an image that is not there: the old pods go on')
    await terminal.kubectl('set', 'image', deployment, 'orders=localhost:5999/orders-service:3.0')
    const reasons = [
      'get',
      'pods',
      '-l',
      'app=orders',
      '-o',
      'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}',
    ]
    await terminal.until(
      'ErrImagePull',
      () => terminal.ask(...reasons),
      (reason) => /ErrImagePull|ImagePullBackOff/.test(reason),
    )
    const pods = await terminal.kubectl('get', 'pods', '-l', 'app=orders')
    terminal.expect((pods.match(/ 1\/1 +Running /g) ?? []).length >= 3, 'three old pods that go on running')
    await terminal.kubectl('rollout', 'undo', deployment)
    await terminal.kubectl(...status)

    const before = await counted(terminal)
    const sum = await terminal.until(
      'more requests',
      () => counted(terminal),
      ({ requests }) => requests > before.requests,
    )
    terminal.note(`the client's count: ${JSON.stringify(sum)}`)
    if (sum.failed > 0) {
      const said = (await terminal.ask('logs', 'load')).split('\n').filter((line) => line.startsWith('FAILED'))
      terminal.note([...said.slice(0, 10), ...(said.length > 10 ? [`and ${said.length - 10} more`] : [])].join('\n# '))
    }
    terminal.expect(sum.failed <= sum.requests * terminal.failingShare, 'no failed request in all of this')
    await terminal.kubectl('delete', 'pod', 'load', '--wait')
  },
}
