import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { createStacks } from './cluster.ts'
import { readConfiguration } from './configuration.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
createStacks(
  app,
  readConfiguration((key) => app.node.tryGetContext(key)),
)
