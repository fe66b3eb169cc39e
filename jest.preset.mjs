/**
 * The one Jest configuration. Native ES modules through SWC; libs are read from source, so no build is needed first.
 * Which kind of test runs is chosen by file name: `.spec.ts` (no I/O), `.int.spec.ts` (real PostgreSQL and NATS),
 * `.e2e.spec.ts` (every service, built). `TEST_KIND` selects one; unset runs all.
 */
const patterns = {
  unit: {
    testMatch: ['<rootDir>/src/**/*.spec.ts'],
    testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
  },
  int: { testMatch: ['<rootDir>/src/**/*.int.spec.ts'] },
  e2e: { testMatch: ['<rootDir>/src/**/*.e2e.spec.ts'] },
};

/**
 * Real servers start slowly on a machine that does something else as well. Jest takes this from the configuration that it was started
 * with, so the root's and each project's have it.
 */
export const testTimeout = process.env.TEST_KIND === 'unit' ? 5_000 : 60_000;

/** @param {string} displayName the project's folder name */
export const projectConfig = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  testTimeout,
  ...(patterns[process.env.TEST_KIND] ?? { testMatch: ['<rootDir>/src/**/*.spec.ts'] }),
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['@heliograph/source', 'node', 'node-addons'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
});
