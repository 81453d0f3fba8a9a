import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    // What is waited for comes at once on a calm machine; a busy one takes its time.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/aws/system/**', 'test/local/fairness/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      // Each of these files owns the machine's network and engine for a while: one after the other.
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/operator.test.ts', 'test/e2e/shop.test.ts'],
          fileParallelism: false,
          // Machines of CI are shared, and stall for a minute at times.
          retry: process.env.CI ? 1 : 0,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      // Builds an operator from Go modules, which takes minutes: `npm run test:operator`.
      {
        extends: true,
        test: {
          name: 'operator',
          include: ['test/e2e/operator.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
        },
      },
      // Three nodes are lost, one after the other, which takes minutes: `npm run test:shop`.
      {
        extends: true,
        test: {
          name: 'shop',
          include: ['test/e2e/shop.test.ts'],
          retry: process.env.CI ? 1 : 0,
          hookTimeout: 600_000,
        },
      },
      // Compares latencies, which takes a machine that does nothing else: `npm run test:load`.
      {
        extends: true,
        test: {
          name: 'load',
          include: ['test/local/fairness/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      // The deployed system in an emulated AWS: `npm run test:aws`.
      {
        extends: true,
        test: {
          name: 'aws',
          include: ['test/aws/system/**/*.test.ts'],
          globalSetup: ['test/aws/system/setup.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          // A whole system is deployed in them, by one processor beside another.
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
