/**
 * `npm run contracts:generate`: writes docs/asyncapi.yaml and docs/schemas/ from libs/contracts. With `--check` it writes nothing and fails where
 * they are not what it would write; `--into FOLDER` means another folder than docs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, REPOSITORY } from './prepare.mjs';
import { Problem, runProgram, say } from './terminal.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean' }, into: { type: 'string' } } });

const driftOf = (folder, documents) =>
  [...documents]
    .filter(
      ([name, content]) => !existsSync(join(folder, name)) || readFileSync(join(folder, name), 'utf8') !== content,
    )
    .map(([name]) => name);

/** Schemas of events that are no more. */
const leftoversIn = (folder, documents) =>
  existsSync(join(folder, 'schemas'))
    ? readdirSync(join(folder, 'schemas'))
        .map((name) => `schemas/${name}`)
        .filter((name) => !documents.has(name))
    : [];

await runProgram(async () => {
  const folder = values.into === undefined ? join(REPOSITORY, 'docs') : resolve(values.into);
  await prepare();
  // Only now is there anything built to import.
  const { contractDocuments } = await import('./contract-documents.mjs');
  const documents = await contractDocuments();
  const stale = [...driftOf(folder, documents), ...leftoversIn(folder, documents)];
  if (values.check) {
    if (stale.length === 0) return say('the documents are what libs/contracts says');
    throw new Problem(`Not what libs/contracts says: ${stale.join(', ')}. Run \`npm run contracts:generate\`.`);
  }
  for (const name of leftoversIn(folder, documents)) rmSync(join(folder, name));
  mkdirSync(join(folder, 'schemas'), { recursive: true });
  for (const [name, content] of documents) writeFileSync(join(folder, name), content);
  say(stale.length === 0 ? 'nothing has changed' : `written: ${stale.join(', ')}`);
});
