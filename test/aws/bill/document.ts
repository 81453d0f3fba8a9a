import { idleCost, listPrices } from '../../../infra/cost.ts'
import { dollarsOf, type Use } from '../edge/meter.ts'
import type { LetterFigures } from './letters.ts'
import type { Measured } from './measure.ts'

const minutesPerMonth = 730 * 60
const hoursPerMonth = 730
/** of each trigger: 0.26 to 0.65 million were reported */
const pollsPerMonth = 0.45e6
/** as `infra/control-plane-stack.ts` has them */
const triggers = { always: { fifo: 1, standard: 1 }, withNodes: { fifo: 2, standard: 1 } }

/** What a month of a small team is taken to be. */
const team = { nodes: 3, reads: 5000, rollouts: 200, podsPerRollout: 3, watchHours: 100 }

const money = (dollars: number) =>
  dollars < 0
    ? `−$${(-dollars).toFixed(2)}`
    : `$${dollars >= 0.01 || dollars === 0 ? dollars.toFixed(2) : dollars.toPrecision(2)}`
const perThousand = (dollars: number) => `$${(dollars * 1000).toFixed(3)}`

/** docs/cost.md. */
export const document = (measured: Measured): string => {
  const {
    minute,
    minuteWithNodes,
    fullHour,
    fullHourWithNodes,
    nodesMinute,
    nodes,
    commands,
    pods,
    manyPods,
    manyPodsDeleted,
    watchHour,
    letters,
  } = measured
  const idle = [
    ...monthly('the clock, each minute', minute, minutesPerMonth),
    ...monthly('the resync, each hour', fullHour, hoursPerMonth),
  ]
  const idleWithNodes = [
    ...monthly('heartbeats and mailboxes', nodesMinute, minutesPerMonth),
    ...monthly('the clock, each minute', minuteWithNodes, minutesPerMonth),
    ...monthly('the resync, each hour', fullHourWithNodes, hoursPerMonth),
  ]
  const command = (name: string) => dollarsOf(commands.find((each) => each.command.includes(name))?.uses ?? [])
  const perPod = (dollarsOf(manyPods) + dollarsOf(manyPodsDeleted)) / pods
  const nodeMonth = (sum(idleWithNodes) - sum(idle)) / nodes
  const teamLines: Line[] = [
    { what: `${team.nodes} idle nodes`, dollars: sum(idle) + team.nodes * nodeMonth },
    { what: `${team.reads} times \`kubectl get\``, dollars: team.reads * command('get pods') },
    {
      what: `${team.rollouts} rollouts of ${team.podsPerRollout} pods`,
      dollars: team.rollouts * (command('create deployment') + team.podsPerRollout * perPod),
    },
    { what: `${team.watchHours} hours of \`kubectl get -w\``, dollars: team.watchHours * dollarsOf(watchHour) },
    ...unmetered(team.nodes),
  ]
  return [
    '# What it costs',
    '',
    'Made by `npm run bill`: the deployed templates in an emulated AWS (`test/aws`), every call of the real functions metered at the edge and multiplied by the list prices of `infra/cost.ts`',
    '(us-east-1, arm64, no free tier but that of SQS requests). DynamoDB answers after 5 ms, SQS after 15 ms, ECS after 50 ms. Time of functions is estimated for Lambda: waiting as measured, computing',
    'stretched by what share of a processor the memory of the function buys. Instances, their disks and traffic are not in it.',
    '',
    '## A month of nothing',
    '',
    ...table(['', 'no nodes', `${nodes} nodes`], monthRows(idle, idleWithNodes, { none: unmetered(0), some: unmetered(nodes) })),
    '',
    'The lower part is computed: no meter between functions and AWS sees it. Of empty polls 0.26 to 0.65 million a month of each trigger were reported; 0.45 is assumed.',
    '',
    '## Commands, with all that follows from them',
    '',
    ...table(
      ['', 'of a thousand', 'API requests', 'function calls', 'read units', 'write units', 'queue requests'],
      commands.map(({ command: text, uses }) => [`\`${text}\``, perThousand(dollarsOf(uses)), ...countsOf(uses)]),
    ),
    '',
    '## Pods and watches',
    '',
    ...table(
      ['', 'cost', 'API requests', 'function calls', 'read units', 'write units', 'queue requests'],
      [
        [`a Deployment of ${pods} pods, until all are Ready`, money(dollarsOf(manyPods)), ...countsOf(manyPods)],
        ['its deletion', money(dollarsOf(manyPodsDeleted)), ...countsOf(manyPodsDeleted)],
        ['an hour of an idle `kubectl get -w`', money(dollarsOf(watchHour)), ...countsOf(watchHour)],
      ],
    ),
    '',
    'A watch that its client leaves is paid for to its end: Lambda is not told, and a request lasts 15 minutes at most. `kubectl rollout status` and `kubectl wait` are such.',
    '',
    ...timerSection(),
    ...letterSection(letters),
    '## A month of a small team',
    '',
    ...table(
      ['', 'a month'],
      [...teamLines.map(({ what, dollars }) => [what, money(dollars)]), ['**together**', `**${money(sum(teamLines))}**`]],
    ),
    '',
    '## How long it takes',
    '',
    'On the machine that made this page, with its processors shared by all functions, the emulator and ten agents: a real account is not so narrow.',
    '',
    ...table(
      ['', 'seconds'],
      measured.seconds.map(({ what, value }) => [what, value.toFixed(1)]),
    ),
    '',
    'Processor time before a process takes its first event (its start is at full speed on Lambda, whatever its memory):',
    '',
    ...table(
      ['function', 'memory', 'processor time'],
      measured.coldStarts.map(({ what, cpuMs, memoryMiB }) => [what, `${memoryMiB} MiB`, `${Math.round(cpuMs)} ms`]),
    ),
    '',
  ].join('\n')
}

/** Computed: what waits for a time that is far off. */
const timerSection = (): string[] => {
  const { standardQueueRequest, fifoQueueRequest, functionRequest, functionGbSecond } = listPrices
  const call = (seconds: number) => functionRequest + seconds * 0.5 * functionGbSecond
  const hop = 2 * standardQueueRequest + call(0.02)
  const look = 3 * fifoQueueRequest + call(0.1)
  return [
    '## Work for later',
    '',
    `A CronJob that waits for its time, a finished Job that is kept for a while, a Job with a deadline: ${money(hoursPerMonth * (4 * hop + look))} a month each (computed: a message each quarter of an hour, a look each hour).`,
    'A disruption budget, and a Job without a deadline, have no timer. A start of a CronJob costs what a Job and its pod do.',
    '',
  ]
}

/** Calls to webhooks, converters and extension servers. */
export const letterSection = ({ calls, watchEventMs }: LetterFigures): string[] => [
  '## Calls into the cluster, by letter',
  '',
  ...table(
    ['', 'of a million', 'milliseconds', 'nineteen of twenty within', 'queue requests', 'read units', 'write units'],
    calls.map(({ what, dollarsOfMillion, medianMs, mostMs, used }) => [
      what,
      money(dollarsOfMillion),
      ...[medianMs, mostMs, used.queueRequests, used.readUnits, used.writeUnits].map((value) => String(Math.round(value))),
    ]),
  ),
  '',
  `To a webhook, a converter or an extension server, from the function that asks (whose time is in it) to a pod beside it. An event of a watch that was still for some seconds comes after ${Math.round(watchEventMs)} ms;`,
  'an hour of such a watch costs what one of our own does. Nothing is paid for while nobody calls: availability of extension servers is judged without a timer.',
  '',
]

interface Line {
  readonly what: string
  readonly dollars: number
}

const sum = (lines: readonly Line[]) => lines.reduce((all, { dollars }) => all + dollars, 0)

const monthly = (what: string, uses: readonly Use[], times: number): Line[] =>
  [...Map.groupBy(uses, ({ service }) => service)].map(([service, some]) => ({
    what: `${service}, ${what}`,
    dollars: dollarsOf(some) * times,
  }))

/** What the meter can't see. */
const unmetered = (nodes: number): Line[] => {
  const awake = (kind: 'fifo' | 'standard') => triggers.always[kind] + (nodes > 0 ? triggers.withNodes[kind] : 0)
  const fifo = awake('fifo') * pollsPerMonth
  const standard = awake('standard') * pollsPerMonth
  return [
    { what: 'SQS, empty polls of FIFO triggers', dollars: fifo * listPrices.fifoQueueRequest },
    { what: 'SQS, empty polls of other triggers', dollars: standard * listPrices.standardQueueRequest },
    {
      what: "SQS, an account's free million of requests",
      dollars: -Math.min(1e6, fifo + standard) * listPrices.standardQueueRequest,
    },
    ...idleCost({ nodes, triggers, alarms: 10, metrics: 10 })
      .filter(({ what }) => /Secrets Manager|storage|CloudWatch/.test(what))
      .map(({ what, dollarsPerMonth }) => ({ what, dollars: dollarsPerMonth })),
  ]
}

const monthRows = (
  idle: readonly Line[],
  withNodes: readonly Line[],
  unseen: { readonly none: readonly Line[]; readonly some: readonly Line[] },
): string[][] => {
  const names = (lines: readonly Line[]) => lines.map(({ what }) => what)
  const of = (lines: readonly Line[], name: string) => {
    const found = lines.find(({ what }) => what === name)
    return found ? money(found.dollars) : ''
  }
  const rows = (one: readonly Line[], other: readonly Line[]) =>
    [...new Set([...names(one), ...names(other)])].map((name) => [name, of(one, name), of(other, name)])
  return [
    ...rows(idle, withNodes),
    ['*metered*', `*${money(sum(idle))}*`, `*${money(sum(withNodes))}*`],
    ...rows(unseen.none, unseen.some),
    ['**together**', `**${money(sum(idle) + sum(unseen.none))}**`, `**${money(sum(withNodes) + sum(unseen.some))}**`],
  ]
}

const countsOf = (uses: readonly Use[]): string[] => {
  const of = (service: string, value: (use: Use) => number) =>
    String(Math.round(uses.filter((use) => use.service === service).reduce((all, use) => all + value(use), 0)))
  return [
    of('API Gateway', ({ count }) => count),
    of('Lambda', ({ count }) => count),
    of('DynamoDB', ({ readUnits = 0 }) => readUnits),
    of('DynamoDB', ({ writeUnits = 0 }) => writeUnits),
    of('SQS', ({ count }) => count),
  ]
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`)
