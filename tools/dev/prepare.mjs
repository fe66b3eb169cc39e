/**
 * Brings a clone to the point where it can run: right Node, packages installed, everything built. Nothing is done twice.
 * Uses Node alone, because on a fresh clone there is nothing else yet.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem, runStep } from './terminal.mjs';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const INSTALL_STAMP = 'node_modules/.heliograph-install';
const BUILD_STAMP = 'node_modules/.heliograph-build';
const TSC = 'node_modules/typescript/bin/tsc';
const OLDEST_NODE = [20, 19];

/** Throws a `Problem` when this Node is too old. */
export const checkNodeVersion = (version = process.versions.node) => {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Problem(
    `Heliograph needs Node ${OLDEST_NODE.join('.')} or newer; this is ${version}. See https://nodejs.org.`,
  );
};

/** Installs the packages of package-lock.json, unless exactly those were installed before. */
export const install = async () => {
  const wanted = hashOf([readFileSync('package-lock.json'), process.platform, process.arch]);
  if (readStamp(INSTALL_STAMP) === wanted) return;
  if (!wasInstalledByHand()) {
    const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
    await runStep('installing packages (npm ci)', [
      ...npm,
      'ci',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
    ]);
  }
  writeStamp(INSTALL_STAMP, wanted);
};

/** Compiles all projects, unless no source has changed since the last time. */
export const build = async () => {
  const wanted = hashOf(sourceFingerprints());
  if (readStamp(BUILD_STAMP) === wanted && builtProjects().every((path) => existsSync(path))) return;
  rmSync(BUILD_STAMP, { force: true });
  await runStep('building (tsc --build)', [process.execPath, TSC, '--build']);
  writeStamp(BUILD_STAMP, wanted);
};

/** Compiles the specs too, without keeping what comes out. */
export const checkTypes = () => runStep('checking types', [process.execPath, TSC, '--build', 'tsconfig.spec.json']);

/**
 * Everything that must be true before the built programs can run. The working directory becomes the repository's root. A test that
 * starts a program sets HELIOGRAPH_PREPARED: packages must never be installed anew beneath a running process.
 */
export const prepare = async () => {
  checkNodeVersion();
  process.chdir(REPOSITORY);
  if (process.env.HELIOGRAPH_PREPARED === 'true') return;
  await install();
  await build();
};

// npm writes its own record as the last thing: a newer one means that somebody has installed since the lock file changed.
const wasInstalledByHand = () => {
  const record = statSync('node_modules/.package-lock.json', { throwIfNoEntry: false });
  return !existsSync(INSTALL_STAMP) && record !== undefined && record.mtimeMs >= statSync('package-lock.json').mtimeMs;
};

const projectFolders = () =>
  ['apps', 'libs', 'tools']
    .flatMap((group) => readdirSync(group).map((name) => join(group, name)))
    .concat('e2e')
    .filter((folder) => existsSync(join(folder, 'tsconfig.lib.json')));

const builtProjects = () => projectFolders().map((folder) => join(folder, 'dist', 'tsconfig.lib.tsbuildinfo'));

/** Path, time and size of every file that the compiler reads; reading all contents would cost more than it tells. */
const sourceFingerprints = () => {
  const files = projectFolders().flatMap((folder) => [
    ...['package.json', 'tsconfig.lib.json'].map((name) => join(folder, name)),
    ...sourcesBelow(join(folder, 'src')),
  ]);
  return ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json', ...files].sort().map((path) => {
    const { mtimeMs, size } = statSync(path);
    return `${path} ${mtimeMs} ${size}\n`;
  });
};

const sourcesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
        .map((name) => join(folder, name))
    : [];

const hashOf = (parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const readStamp = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

const writeStamp = (path, content) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
