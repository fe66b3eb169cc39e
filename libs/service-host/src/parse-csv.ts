import { parse } from 'csv-parse/sync';
import type { z } from 'zod';

/** A line of a CSV file that cannot be used. `problem` says what is wrong with it and what to write instead. */
export interface BadLine {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly problem: string;
}

export type ParsedCsv<Row> =
  | { readonly kind: 'parsed'; readonly rows: Row[] }
  | { readonly kind: 'refused'; readonly badLines: BadLine[] };

interface TextLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file (RFC 4180, but a cell holds no line break) whose first line names the schema's columns, in any order. Empty lines and
 * lines that start with # are passed over, and blanks around cells. Every line that is bad is told of, not only the first.
 * @param schema each column as text, and what becomes of it; an issue's message follows the column's name: `price is not …`
 * @param keyOf names what a row is about: the second row with the same key is bad
 */
export function parseCsv<Schema extends z.ZodObject>(
  text: string,
  schema: Schema,
  keyOf: (row: z.output<Schema>) => string,
): ParsedCsv<z.output<Schema>> {
  const badLines: BadLine[] = [];
  const [header, ...lines] = linesOf(text, badLines);
  const headerProblem = header && problemOfHeader(header.cells, Object.keys(schema.shape));
  if (header === undefined || headerProblem !== undefined) {
    const expected = Object.keys(schema.shape).join(',');
    const problem = `${headerProblem ?? 'there is nothing in the file'}; start the file with the line ${expected}`;
    return { kind: 'refused', badLines: [...badLines, { line: header?.line ?? 1, problem }] };
  }
  const rows: z.output<Schema>[] = [];
  const lineOfKey = new Map<string, number>();
  for (const { line, cells } of lines) {
    const parsed = parseCells(header.cells, cells, schema);
    if (typeof parsed === 'string') {
      badLines.push({ line, problem: parsed });
      continue;
    }
    const earlier = lineOfKey.get(keyOf(parsed));
    if (earlier !== undefined)
      badLines.push({ line, problem: `it says the same as line ${earlier} once more; keep one of them` });
    lineOfKey.set(keyOf(parsed), earlier ?? line);
    rows.push(parsed);
  }
  if (lines.length === 0 && badLines.length === 0)
    badLines.push({ line: header.line, problem: 'nothing follows the first line; add a line for each row' });
  if (badLines.length > 0) return { kind: 'refused', badLines: badLines.sort((a, b) => a.line - b.line) };
  return { kind: 'parsed', rows };
}

/** All but the tab. No column can hold a NUL, and a terminal obeys the others. */
const CONTROL_CHARACTER = /[^\P{Cc}\t]/u;

/** Line by line, so that a quote which is never closed spoils its own line alone. */
function linesOf(text: string, badLines: BadLine[]): TextLine[] {
  const lines: TextLine[] = [];
  for (const [index, source] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (source.trim() === '' || source.startsWith('#')) continue;
    if (CONTROL_CHARACTER.test(source)) {
      badLines.push({ line: index + 1, problem: 'it holds a control character, such as NUL; write it as plain text' });
      continue;
    }
    try {
      const [cells = []] = parse(source, { trim: true, relax_column_count: true });
      lines.push({ line: index + 1, cells: cells.map((cell) => cell.trim()) });
    } catch {
      badLines.push({
        line: index + 1,
        problem: 'its quotes do not match; write "…" around a whole cell or leave them out',
      });
    }
  }
  return lines;
}

function problemOfHeader(names: readonly string[], columns: readonly string[]): string | undefined {
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) return `the first line does not name the column ${missing.join(', ')}`;
  const unknown = names.filter((name, index) => !columns.includes(name) || names.indexOf(name) !== index);
  return unknown.length > 0
    ? `the first line names "${unknown.join('", "')}", which is no column or one too many`
    : undefined;
}

/** The row, or what is wrong with the line. */
function parseCells<Schema extends z.ZodObject>(
  names: readonly string[],
  cells: readonly string[],
  schema: Schema,
): z.output<Schema> | string {
  if (cells.length !== names.length)
    return `it has ${cells.length} of the ${names.length} cells that the first line names; write one for each column`;
  const parsed = schema.safeParse(Object.fromEntries(names.map((name, index) => [name, cells[index]])));
  if (parsed.success) return parsed.data;
  return parsed.error.issues
    .map(({ path: [column], message }) => (column === undefined ? message : `${String(column)} ${message}`))
    .join('; ');
}
