import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Validations } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks } from 'cdk-nag'
import { createStacks } from '../../infra/cluster.ts'
import { type ClusterConfiguration, readConfiguration } from '../../infra/configuration.ts'

export interface Resource {
  readonly Type: string
  readonly Properties: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
}

interface Finding {
  readonly ruleName: string
  readonly violatingConstructs: readonly { readonly constructPath?: string }[]
}

/** The stacks as `cdk synth` makes them, into a folder of their own. */
export const synthesize = (context: Partial<Record<keyof ClusterConfiguration, unknown>> = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'windlass-synth-'))
  const cdk = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as { context: Record<string, unknown> }
  const app = new App({ context: cdk.context, outdir: directory })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  const stacks = createStacks(
    app,
    readConfiguration((key) => context[key]),
  )
  app.synth()
  const json = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, unknown>
  const templateOf = (stack: { templateFile: string }) => json(stack.templateFile) as { Resources: Record<string, Resource> }
  const templates = {
    state: templateOf(stacks.state),
    controlPlane: templateOf(stacks.controlPlane),
    nodes: templateOf(stacks.nodes),
  }
  const reports = json('validation-report.json').pluginReports as { violations: Finding[] }[]
  return {
    directory,
    templates,
    state: Template.fromJSON(templates.state),
    controlPlane: Template.fromJSON(templates.controlPlane),
    nodes: Template.fromJSON(templates.nodes),
    findings: reports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName)),
  }
}

export const resourcesOf = (template: { Resources: Record<string, Resource> }, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type)
