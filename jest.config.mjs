import { testTimeout } from './jest.preset.mjs';

export default {
  projects: ['<rootDir>/apps/*', '<rootDir>/libs/*', '<rootDir>/e2e', '<rootDir>/tools/bench'],
  testTimeout,
};
