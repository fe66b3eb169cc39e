/** Reads the doc comments of sources, so that what is said of a field there is said once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * @returns `ofExport(name)`: the comment of an exported constant. `ofFields(names)`: by name, the comments of the fields of that object literal
 *   which has exactly these; where two such literals differ in what they say of a field, it is left out.
 */
export const docCommentsBelow = (folder) => {
  const exported = new Map();
  const objects = new Map();
  const visit = (node, source) => {
    if (ts.isVariableStatement(node))
      for (const { name } of node.declarationList.declarations)
        exported.set(name.getText(source), commentOf(node, source));
    if (ts.isObjectLiteralExpression(node)) add(objects, node, source);
    ts.forEachChild(node, (child) => visit(child, source));
  };
  for (const path of readdirSync(folder, { recursive: true }).filter(isSource).sort()) {
    const text = readFileSync(join(folder, path), 'utf8');
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    visit(source, source);
  }
  return {
    ofExport: (name) => exported.get(name),
    ofFields: (names) => objects.get(keyOf(names)) ?? {},
  };
};

const isSource = (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts');
const keyOf = (names) => [...names].sort().join(' ');

function add(objects, node, source) {
  const fields = node.properties.filter(({ name }) => name !== undefined);
  const key = keyOf(fields.map(({ name }) => name.getText(source)));
  const said = Object.fromEntries(fields.map((field) => [field.name.getText(source), commentOf(field, source)]));
  const before = objects.get(key);
  if (before) for (const name of Object.keys(said)) if (before[name] !== said[name]) delete said[name];
  objects.set(key, said);
}

/** Without its stars; undefined where there is none. */
function commentOf(node, source) {
  const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const last = ranges.map(({ pos, end }) => source.text.slice(pos, end)).findLast((text) => text.startsWith('/**'));
  return last
    ?.replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}
