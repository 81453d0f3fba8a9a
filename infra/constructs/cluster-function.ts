import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { ApplicationLogLevel, Architecture, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { type Environment, type FunctionName, neededBy } from '../../functions/wiring/variables.ts'
import { variablesOf } from '../variables.ts'
import { functionTable } from './function-table.ts'

export interface ClusterFunctionProps {
  readonly name: FunctionName
  /** what any function may be told: it gets what it needs of it */
  readonly environment: Environment
  /** @default as `functionTable` says */
  readonly memoryMiB?: number
}

const generated = 'shared/resources/generated'
const copyOf = (file: string, to: string) => `cp "${file}" "${to}/generated/"`
const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/**
 * What an `import` of these finds is all read at once, and some of it is only made when it is read: all of undici, the standard streams. What takes
 * them as they are starts a tenth sooner, measured.
 */
const unread = Object.fromEntries(
  ['http', 'process'].flatMap((name) =>
    [name, `node:${name}`].map((module) => [`--alias:${module}`, pathOf(`functions/wiring/builtins/${name}.cjs`)]),
  ),
)

/** One heap of the C library instead of one for each of Node.js' threads: a tenth less memory, measured. */
const allocation = { MALLOC_ARENA_MAX: '1' }

/** One file of `functions/`, with a role of its own that may do nothing yet but write its log. */
export class ClusterFunction extends NodejsFunction {
  readonly memoryMiB: number

  constructor(scope: Construct, id: string, props: ClusterFunctionProps) {
    const { name, environment } = props
    const { purpose, timeoutSeconds, memoryMiB, reads } = { ...functionTable[name], ...props }
    const logGroup = new LogGroup(scope, `${id}Log`, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY })
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    super(scope, id, {
      entry: pathOf(`functions/${name}.ts`),
      handler: 'handler',
      description: `Windlass: ${purpose}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memoryMiB,
      timeout: Duration.seconds(timeoutSeconds),
      environment: { ...variablesOf(environment, neededBy[name]), ...allocation },
      role,
      logGroup,
      // Lambda's own lines about each invocation would be most of the log, and are paid for.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      projectRoot: pathOf(''),
      depsLockFilePath: pathOf('package-lock.json'),
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        mainFields: ['module', 'main'],
        minify: true,
        // The runtime's SDK is another version than the one that was tested, and starts slower than a bundle.
        bundleAwsSDK: true,
        esbuildArgs: unread,
        banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        commandHooks: {
          beforeInstall: () => [],
          beforeBundling: () => [],
          afterBundling: (from, to) =>
            reads.length ? [`mkdir "${to}/generated"`, ...reads.map((file) => copyOf(`${from}/${generated}/${file}`, to))] : [],
        },
      },
    })
    this.memoryMiB = memoryMiB
  }
}
