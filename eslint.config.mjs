import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom: CONTRIBUTING.md gives the reasons. A project without a tag matches no constraint and fails. */
const boundaries = [
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain'], allowedExternalImports: [] },
  {
    sourceTag: 'type:contract',
    onlyDependOnLibsWithTags: ['type:domain'],
    bannedExternalImports: ['@nestjs/*', 'typeorm', '@nats-io/*', 'rxjs', 'pg'],
  },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:domain', 'type:contract'] },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:adapter', 'type:testing'],
    bannedExternalImports: ['pg', '@nats-io/*', 'undici'],
  },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:adapter'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:contract', 'type:testing'] },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:adapter', 'type:testing'],
  },
  ...['api', 'media', 'dispatcher', 'callbacks', 'channel-simulator'].map((name) => ({
    sourceTag: `scope:${name}`,
    onlyDependOnLibsWithTags: [`scope:${name}`, 'scope:shared', 'scope:public'],
  })),
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared', 'scope:public', 'scope:local'] },
  { sourceTag: 'scope:public', onlyDependOnLibsWithTags: ['scope:shared'] },
  { sourceTag: 'scope:local', onlyDependOnLibsWithTags: ['scope:shared'] },
];

/** The domain has no dependency; its tests have Jest and fast-check. */
const boundariesOfDomainSpecs = boundaries.map((constraint) =>
  constraint.sourceTag === 'type:domain'
    ? { ...constraint, allowedExternalImports: ['@jest/globals', 'fast-check'] }
    : constraint,
);

const typeormOnlyIn = {
  name: 'typeorm',
  message: 'TypeORM stays in *.entity.ts, *.repository.ts and migrations (ARCHITECTURE.md).',
};
const testingOnlyInSpecs = {
  name: '@heliograph/testing',
  message: 'Test code only: import @heliograph/testing from *.spec.ts files.',
};
const GUARDED =
  'Apps make no connections of their own: customer URLs go through @heliograph/guarded-http (ARCHITECTURE.md).';
const connections = ['http', 'https', 'http2', 'net', 'tls', 'dns', 'dns/promises'].map((name) => ({
  name: `node:${name}`,
  allowTypeImports: true,
  message: GUARDED,
  ...(name === 'http' && { allowImportNames: ['STATUS_CODES'] }),
}));
const RESTRICTED_IMPORTS = '@typescript-eslint/no-restricted-imports';
const restricted = (paths, patterns = []) => ['error', { paths, patterns }];
const TEST_CODE = ['apps/*/src/**/*.spec.ts', 'apps/*/src/testing/**/*.ts'];

export default [
  { ignores: ['**/dist', '**/out-tsc', '**/node_modules', '.nx', '.data', '.cache', '**/*.d.ts'] },
  ...nx.configs['flat/base'],
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundaries, checkNestedExternalImports: false, allow: [] },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    rules: {
      [RESTRICTED_IMPORTS]: restricted([typeormOnlyIn, testingOnlyInSpecs, ...connections]),
      'no-restricted-globals': ['error', { name: 'fetch', message: GUARDED }],
      'no-restricted-properties': ['error', { object: 'globalThis', property: 'fetch', message: GUARDED }],
    },
  },
  {
    files: ['apps/*/src/**/*.entity.ts', 'apps/*/src/**/*.repository.ts', 'apps/*/src/migrations/*.ts'],
    rules: { [RESTRICTED_IMPORTS]: restricted([testingOnlyInSpecs, ...connections]) },
  },
  {
    files: TEST_CODE,
    rules: { [RESTRICTED_IMPORTS]: 'off', 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['libs/domain/src/**/*.spec.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { depConstraints: boundariesOfDomainSpecs, checkNestedExternalImports: false, allow: [] },
      ],
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      [RESTRICTED_IMPORTS]: restricted(
        [],
        [{ group: ['node:*'], message: 'The domain is pure: pass clocks, ids and randomness in (CONTRIBUTING.md).' }],
      ),
    },
  },
];
