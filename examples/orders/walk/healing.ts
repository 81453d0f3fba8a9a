import type { Step, Terminal } from '../../terminal.ts'

const orders = ['-l', 'app=orders']
const status = ['rollout', 'status', 'deployment/orders-service', '--timeout=120s']

const names = async (terminal: Terminal) =>
  (
    await terminal.ask(
      'get',
      'pods',
      ...orders,
      '--field-selector=status.phase=Running',
      '-o',
      'jsonpath={.items[*].metadata.name}',
    )
  ).split(' ')

export const healing: Step = {
  title: 'It heals itself',
  async run(terminal) {
    const [lost, restarted] = await names(terminal)
    terminal.note('a pod is deleted: another takes its place')
    await terminal.kubectl('delete', 'pod', lost!)
    await terminal.kubectl(...status)
    const now = await terminal.until(
      'three pods again',
      () => names(terminal),
      (pods) => pods.length === 3,
    )
    terminal.expect(!now.includes(lost!), 'another name')
    await terminal.kubectl('get', 'pods', ...orders)

    terminal.note('a process ends: its container is started again')
    await terminal.kubectl('exec', restarted!, '--', 'sh', '-c', 'kill 1')
    const restarts = ['get', 'pod', restarted!, '-o', 'jsonpath={.status.containerStatuses[0].restartCount}']
    await terminal.until(
      'a restart',
      () => terminal.ask(...restarts),
      (count) => count === '1',
    )
    await terminal.kubectl('wait', '--for=condition=Ready', `pod/${restarted}`, '--timeout=60s')
    await terminal.kubectl('get', 'pod', restarted!)
    const previous = await terminal.kubectl('logs', restarted!, '--previous')
    terminal.expect(previous.includes('"message":"stopped"'), 'the log of the container before')
  },
}
