/** `npm run contracts:validate`: AsyncAPI's official parser reads docs/asyncapi.yaml, or the file that is named; what it finds is printed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

// No scripts: one of the packages would report this installation to its makers.
if (!existsSync(`${here}node_modules/.package-lock.json`)) {
  console.log('installing the parser (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The parser could not be installed: it needs the npm registry, once.');
}

const { Parser, DiagnosticSeverity } = (await import('@asyncapi/parser')).default;
const [file = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url))] = process.argv.slice(2);
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'));
for (const { code, message, path, severity } of diagnostics)
  console.log(`${DiagnosticSeverity[severity]} ${code} at ${path.join('/')}: ${message}`);
const problems = diagnostics.filter(({ severity }) => severity <= DiagnosticSeverity.Warning);
console.log(`${document?.allMessages().length ?? 0} messages, ${problems.length} problems`);
process.exitCode = document && problems.length === 0 ? 0 : 1;
