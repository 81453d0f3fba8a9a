import { asTable, creations, namespace, patch, type Said } from './conversation.ts'

const base = '/apis/batch/v1'
const inNamespace = `${base}/namespaces/${namespace}`
const jobsPath = `${inNamespace}/jobs`
const cronJobsPath = `${inNamespace}/cronjobs`
const job = (name: string) => `${jobsPath}/${name}`
const cronJob = (name: string) => `${cronJobsPath}/${name}`

const podSpec = { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b:1' }] }
const template = { spec: podSpec }
const of = (spec: object) => ({ spec: { template, ...spec } })
const indexed = (spec: object) => of({ completionMode: 'Indexed', completions: 5, ...spec })
const labelled = (labels: object) => of({ template: { metadata: { labels }, spec: podSpec } })
const failing = (...rules: object[]) => of({ podFailurePolicy: { rules } })
const exiting = (onExitCodes: object) => failing({ action: 'FailJob', onExitCodes })
const succeeding = (...rules: object[]) => indexed({ successPolicy: { rules } })
const restarting = (restartPolicy: string | undefined) => of({ template: { spec: { ...podSpec, restartPolicy } } })

const jobs = {
  nothing: {},
  'an empty spec': { spec: {} },
  'a template': of({}),
  'parallelism alone': of({ parallelism: 3 }),
  'completions alone': of({ completions: 3 }),
  'negative numbers': of({
    parallelism: -1,
    completions: -1,
    activeDeadlineSeconds: -1,
    backoffLimit: -1,
    ttlSecondsAfterFinished: -1,
    backoffLimitPerIndex: -1,
    maxFailedIndexes: -1,
  }),
  'failed indexes without a limit of each': indexed({ maxFailedIndexes: 1 }),
  'limits of indexes without indexes': of({ backoffLimitPerIndex: 1, maxFailedIndexes: 1 }),
  'another mode': of({ completionMode: 'Other' }),
  'an empty mode': of({ completionMode: '' }),
  indexed: indexed({ backoffLimitPerIndex: 1 }),
  'indexed without completions': of({ completionMode: 'Indexed', parallelism: 2 }),
  'too many at once': indexed({ parallelism: 100_001 }),
  'more failures than completions': indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 6 }),
  'too many failures': indexed({ completions: 200_000, backoffLimitPerIndex: 1, maxFailedIndexes: 100_001 }),
  'very many completions': indexed({ completions: 200_000, parallelism: 20_000, backoffLimitPerIndex: 1 }),
  'very many completions without limits': indexed({ completions: 200_000, parallelism: 20_000 }),
  'a name too long for its pods': { metadata: { name: 'n'.repeat(62) }, ...indexed({ completions: 11 }) },
  'a name that is no label': { metadata: { name: 'a.b' }, ...of({}) },
  'managed by others': of({ managedBy: 'a.io/b' }),
  'managed by nobody': of({ managedBy: '' }),
  'managed without a domain': of({ managedBy: 'b' }),
  'managed by a long name': of({ managedBy: `A.io/${'b'.repeat(60)}` }),
  'labels of the template': labelled({ app: 'x' }),
  'labels of both': { metadata: { name: 'both', labels: { a: 'b' } }, ...labelled({ app: 'x' }) },
  'the labels that are generated': labelled({ 'job-name': 'x', 'controller-uid': 'y' }),
  'the labels with a domain': labelled({ 'batch.kubernetes.io/job-name': 'x', 'batch.kubernetes.io/controller-uid': 'y' }),
  'a selector': of({ selector: { matchLabels: { a: 'b' } } }),
  'a selector of one’s own': {
    spec: { manualSelector: true, selector: { matchLabels: { app: 'x' } }, ...labelled({ app: 'x' }).spec },
  },
  'a selector that does not match': {
    spec: { manualSelector: true, selector: { matchLabels: { app: 'y' } }, ...labelled({ app: 'x' }).spec },
  },
  'no selector of one’s own': of({ manualSelector: true }),
  'a wrong selector': of({ manualSelector: true, selector: { matchLabels: { 'A/': '_' } } }),
  'restarted always': restarting('Always'),
  'restarted by default': restarting(undefined),
  'restarted on failure': restarting('OnFailure'),
  'restarted otherwise': restarting('Other'),
  'replaced when failed': of({ podReplacementPolicy: 'Failed' }),
  'replaced otherwise': of({ podReplacementPolicy: 'Other' }),
  'a failure policy': failing(
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2], containerName: 'a' } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    { action: 'Count', onPodConditions: [{ type: 'A', status: 'Unknown' }] },
  ),
  'a failure policy and restarts': of({
    template: { spec: { ...podSpec, restartPolicy: 'OnFailure' } },
    podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'A' }] }] },
    podReplacementPolicy: 'TerminatingOrFailed',
  }),
  'no failure rules': failing(),
  'empty failure rules': failing({}, { action: 'Other' }, { action: 'FailIndex' }),
  'a rule of both': failing({
    action: 'Ignore',
    onExitCodes: { operator: 'In', values: [1] },
    onPodConditions: [{ type: 'A', status: 'True' }],
  }),
  'wrong conditions': failing({ action: 'Ignore', onPodConditions: [{}, { type: 'a b', status: 'Maybe' }] }),
  'empty exit codes': exiting({}),
  'no exit codes': exiting({ operator: 'In', values: [] }),
  'wrong exit codes': exiting({ operator: 'In', values: [3, 0, 1, 1], containerName: 'z' }),
  'another operator': exiting({ operator: 'Not', values: [0] }),
  'too many rules': failing(...Array.from({ length: 21 }, () => ({ action: 'Ignore', onPodConditions: [{ type: 'A' }] }))),
  'a success policy': succeeding({ succeededIndexes: '0,2-4', succeededCount: 2 }, { succeededCount: 1 }),
  'a success policy without indexes': of({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
  'no success rules': succeeding(),
  'wrong success rules': succeeding(
    {},
    { succeededCount: -1 },
    { succeededCount: 9, succeededIndexes: '1' },
    { succeededIndexes: '' },
  ),
  'wrong indexes': succeeding(
    ...['a', '1-b', '9', '1-9', '3-1', '2,1', '1-2-3', '1,,2', '-1', '+1', '1,1', '99999999999999999999'].map(
      (succeededIndexes) => ({
        succeededIndexes,
      }),
    ),
  ),
  'too many success rules': succeeding(...Array.from({ length: 21 }, () => ({ succeededCount: 1 }))),
  status: { ...of({}), status: { active: 3 } },
}

const every = (schedule: string | undefined, spec: object = {}) => ({
  spec: { schedule, jobTemplate: { spec: { template } }, ...spec },
})
const ofJob = (spec: object) => ({ spec: { schedule: '@daily', jobTemplate: { spec: { template, ...spec } } } })

const schedules = [
  '* * * * *',
  '*/5 0-23/2 1,15 jan-DEC sun',
  '? ? ? ? ?',
  '@hourly',
  '@every 1h30m',
  '@every 0',
  '@every -1.5h',
  '@every 5',
  '@every 5x',
  '@every ',
  '@every .s',
  '@often',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 7',
  '5-1 * * * *',
  '*/0 * * * *',
  '*/x * * * *',
  '1/2/3 * * * *',
  '1-2-3 * * * *',
  '*-5 * * * *',
  'a * * * *',
  '-1 * * * *',
  '+1 * * * *',
  '*/-1 * * * *',
  ', * * * *',
  '1,,2 * * * *',
  '99999999999999999999 * * * *',
  '  1 2 3 4\t5 ',
  'TZ=UTC * * * * *',
  'TZ=0',
  'CRON_TZ=Nowhere * * * * *',
  'TZ=../x * * * * *',
  'TZ=UTC @daily',
]

const zones = [
  'UTC',
  'Europe/Berlin',
  'US/Eastern',
  'europe/berlin',
  'Local',
  'local',
  '',
  'Nowhere',
  '../x',
  'A/-b',
  'Etc/GMT+5',
  'A b',
]

const cronJobs = {
  nothing: {},
  'an empty spec': { spec: {} },
  'no schedule': every(undefined),
  ...Object.fromEntries(schedules.map((schedule) => [`schedule ${JSON.stringify(schedule)}`, every(schedule)])),
  ...Object.fromEntries(zones.map((timeZone) => [`time zone ${JSON.stringify(timeZone)}`, every('@daily', { timeZone })])),
  'a schedule and a zone twice': every('TZ=UTC * * * * *', { timeZone: 'UTC' }),
  'negative numbers': every('@daily', {
    startingDeadlineSeconds: -1,
    successfulJobsHistoryLimit: -1,
    failedJobsHistoryLimit: -1,
  }),
  'another concurrency': every('@daily', { concurrencyPolicy: 'Never' }),
  'a long name': { metadata: { name: 'n'.repeat(53) }, ...every('@daily') },
  'a name that is no label': { metadata: { name: 'a.b' }, ...every('@daily') },
  'a selector': ofJob({ selector: { matchLabels: { a: 'b' } }, manualSelector: true }),
  'wrong Jobs': ofJob({ parallelism: -1, completionMode: 'Indexed' }),
  'Jobs that restart': ofJob({ template: { spec: { ...podSpec, restartPolicy: 'Always' } } }),
  'a failure policy': ofJob({ podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'A' }] }] } }),
  'metadata of Jobs': {
    spec: { schedule: '@daily', jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template } } },
  },
  status: { ...every('@daily'), status: { lastScheduleTime: '2020-01-01T00:00:00Z' } },
}

const create = (path: string, name: string, body: object): Said => ({
  what: `${name}: created`,
  method: 'POST',
  path,
  body: { metadata: { name }, ...body },
})

const is = (...types: string[]) => types.map((type) => ({ type, status: 'True' }))
const [started, later, latest] = ['2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z', '2026-01-01T00:20:00Z']

/** Each status is tried on what those before it left. */
const statuses = (path: string, tries: readonly (readonly [string, object])[]): Said[] =>
  tries.map(([what, status]) => patch(`${path.split('/').at(-1)}: ${what}`, `${path}/status`, { status }))

export const batch: readonly Said[] = [
  { what: 'the resources', path: base },

  ...creations(jobsPath, jobs),
  create(jobsPath, 'job', of({ completions: 4 })),
  patch('job: more at once', job('job'), { spec: { parallelism: 3, backoffLimit: 2, suspend: true } }),
  patch('job: other completions', job('job'), { spec: { completions: 5 } }),
  patch('job: limits of indexes', job('job'), { spec: { backoffLimitPerIndex: 0 } }),
  patch('job: a selector', job('job'), { spec: { selector: { matchLabels: { a: 'b' } } } }),
  patch('job: another manager', job('job'), { spec: { managedBy: 'a.io/b' } }),
  patch('job: a failure policy', job('job'), {
    spec: {
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'A' }] }] },
      podReplacementPolicy: 'Failed',
    },
  }),
  patch('job: a success policy', job('job'), { spec: { successPolicy: { rules: [{ succeededCount: 1 }] } } }),
  patch('job: where its pods go, before it started', job('job'), {
    spec: {
      template: {
        metadata: { annotations: { a: 'b' }, labels: { a: 'b' } },
        spec: { nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }], schedulingGates: [{ name: 'a.io/b' }] },
      },
    },
  }),
  patch('job: a label', job('job'), { metadata: { labels: { a: 'b' } } }),
  ...statuses(job('job'), [
    ['a wrong status', { active: -1, succeeded: -1, failed: -1, ready: -1, terminating: -1 }],
    ['uncounted pods', { uncountedTerminatedPods: { succeeded: ['a', '', 'a'], failed: ['a'] } }],
    ['started', { startTime: started, active: 2, ready: 1, succeeded: 1, failed: 1 }],
    ['more ready than active', { ready: 9 }],
    ['fewer succeeded and failed', { succeeded: 0, failed: 0 }],
    ['indexes', { completedIndexes: '0', failedIndexes: '1' }],
    ['complete and failed', { conditions: is('Complete', 'Failed') }],
    ['complete at once', { conditions: is('Complete') }],
    ['failed at once', { conditions: is('Failed') }],
    ['a completion before the end', { completionTime: later }],
    ['criteria and a target', { conditions: is('SuccessCriteriaMet', 'FailureTarget', 'Failed') }],
    [
      'finished with pods left',
      {
        conditions: is('SuccessCriteriaMet', 'Complete'),
        completionTime: later,
        terminating: 1,
        uncountedTerminatedPods: { succeeded: ['a'] },
      },
    ],
    [
      'complete before it started',
      {
        conditions: is('SuccessCriteriaMet', 'Complete'),
        completionTime: '2025-01-01T00:00:00Z',
        active: 0,
        ready: 0,
      },
    ],
    ['another start', { startTime: later }],
    ['complete', { conditions: is('SuccessCriteriaMet', 'Complete'), completionTime: later, active: 0, ready: 0, succeeded: 4 }],
    ['another completion', { completionTime: latest }],
    ['complete no more', { conditions: [], completionTime: null }],
  ]),
  { what: 'job: status', path: `${job('job')}/status` },
  create(jobsPath, 'indexed', indexed({ backoffLimitPerIndex: 1, parallelism: 5 })),
  patch('indexed: other completions', job('indexed'), { spec: { completions: 4 } }),
  patch('indexed: fewer of both', job('indexed'), { spec: { completions: 4, parallelism: 4 } }),
  ...statuses(job('indexed'), [
    ['wrong indexes', { completedIndexes: '9', failedIndexes: 'x' }],
    ['indexes of both', { completedIndexes: '0-2', failedIndexes: '2,3' }],
    ['indexes', { completedIndexes: '0-1', failedIndexes: '2,3', startTime: started }],
    ['another start', { startTime: later }],
    ['failed without a target', { conditions: is('Failed') }],
    ['failed', { conditions: is('FailureTarget', 'Failed') }],
    ['failed no more', { conditions: is('SuccessCriteriaMet') }],
  ]),
  create(jobsPath, 'many', of({ parallelism: 3 })),
  create(jobsPath, 'target', succeeding({ succeededCount: 1 })),
  ...statuses(job('target'), [
    ['complete without its criteria', { conditions: is('Complete'), startTime: started, completionTime: later }],
    ['criteria', { conditions: is('SuccessCriteriaMet'), startTime: started }],
    ['criteria no more', { conditions: [] }],
  ]),
  create(jobsPath, 'held', of({ suspend: true })),
  ...statuses(job('held'), [['suspended', { conditions: is('Suspended') }]]),
  { what: 'jobs that succeeded', path: `${jobsPath}?fieldSelector=status.successful%3D4` },
  { what: 'jobs by another field', path: `${jobsPath}?fieldSelector=status.failed%3D4` },
  { what: 'jobs as a table', path: jobsPath, accept: asTable },
  { what: 'a job leaves its pods', method: 'DELETE', path: `${job('many')}?dryRun=All` },
  { what: 'a job that goes in the background', method: 'DELETE', path: `${job('many')}?propagationPolicy=Background&dryRun=All` },
  { what: 'a job that nobody knows', method: 'DELETE', path: job('unknown') },
  { what: 'a PUT creates none', method: 'PUT', path: job('unknown'), body: { metadata: { name: 'unknown' }, ...of({}) } },

  ...creations(cronJobsPath, cronJobs),
  create(cronJobsPath, 'cron', every('@daily')),
  patch('cron: another schedule', cronJob('cron'), { spec: { schedule: '0 1 * * *', suspend: true, timeZone: 'UTC' } }),
  patch('cron: a zone in the schedule', cronJob('cron'), { spec: { schedule: 'TZ=UTC 0 1 * * *' } }),
  patch('cron: a wrong zone', cronJob('cron'), { spec: { timeZone: 'Nowhere' } }),
  patch('cron: other Jobs', cronJob('cron'), { spec: { jobTemplate: { spec: { parallelism: 2 } } } }),
  ...statuses(cronJob('cron'), [
    ['a status', { active: [{ kind: 'Job', name: 'a' }], lastScheduleTime: started, lastSuccessfulTime: later }],
  ]),
  { what: 'cron jobs as a table', path: cronJobsPath, accept: asTable },
  { what: 'a cron job goes', method: 'DELETE', path: cronJob('cron') },
  { what: 'jobs go', method: 'DELETE', path: `${jobsPath}?labelSelector=none&dryRun=All` },
]
