import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REPOSITORY = new URL('../../', import.meta.url);
const PROOF = /^`(?<file>[^`]+)` › (?<title>.+)$/;

interface Proof {
  readonly rule: string;
  readonly file: string;
  readonly title: string;
}

const read = (file: string): string => readFileSync(new URL(file, REPOSITORY), 'utf8');

/** A row is `| rule | proof<br>proof |`, a proof is `` `file` › title ``. @throws for a row that is not */
function proofsIn(table: string): Proof[] {
  const rows = table.split('\n').filter((line) => line.startsWith('| ') && !/^\| (Rule|-+) /.test(line));
  return rows.flatMap((row) => {
    const [rule, proofs, ...others] = row.slice(2, -2).split(' | ');
    if (proofs === undefined || others.length > 0) throw new Error(`not a row of two cells: ${row}`);
    return proofs
      .trim()
      .split('<br>')
      .map((proof) => {
        const groups = PROOF.exec(proof)?.groups;
        if (groups === undefined) throw new Error(`names no test: ${proof}`);
        return { rule: rule!.trim(), file: groups.file!, title: groups.title! };
      });
  });
}

/** Titles in single, double or back quotes, as the source has them. */
const hasTest = (source: string, title: string): boolean =>
  [`'${title.replaceAll("'", "\\'")}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));

describe('docs/rules.md', () => {
  const proofs = proofsIn(read('docs/rules.md'));

  it('has a proof for every rule', () => {
    expect(proofs.length).toBeGreaterThan(60);
  });

  it('names only tests that exist', () => {
    const missing = proofs.filter(
      ({ file, title }) => !existsSync(fileURLToPath(new URL(file, REPOSITORY))) || !hasTest(read(file), title),
    );
    expect(missing).toEqual([]);
  });

  it('names every test of the rules', () => {
    const files = ['senders', 'content', 'mms-fallback', 'trial', 'price', 'validity', 'callbacks', 'numbers'];
    const named = new Set(proofs.map(({ file, title }) => `${file} › ${title}`));
    const unnamed = files.flatMap((name) => {
      const file = `e2e/src/rules/${name}.ts`;
      const titles = [...read(file).matchAll(/\n {4}it(?:\.each\([\s\S]*?\n? *\]\))?\(\s*(?:'(.*?)'|"(.*?)"),/g)];
      expect(titles.length).toBeGreaterThan(2);
      return titles.map((match) => `${file} › ${match[1] ?? match[2]}`).filter((test) => !named.has(test));
    });
    expect(unnamed).toEqual([]);
  });
});
