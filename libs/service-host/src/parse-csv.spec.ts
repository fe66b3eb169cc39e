import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { formatTable } from './format-table.js';
import { parseCsv } from './parse-csv.js';

const schema = z.object({
  name: z.string().min(1, 'is missing; write a name'),
  size: z
    .string()
    .regex(/^[0-9]+$/, 'is no number; write digits')
    .transform(Number),
});
const parse = (...lines: string[]) => parseCsv(lines.join('\n'), schema, (row) => row.name);
const badLines = (...lines: string[]) => {
  const parsed = parse(...lines);
  return parsed.kind === 'refused' ? parsed.badLines : [];
};

describe('parseCsv', () => {
  it('reads rows by the names of their columns, in any order', () => {
    expect(parse('size,name', '1,one', '"2"," two, quoted"')).toEqual({
      kind: 'parsed',
      rows: [
        { name: 'one', size: 1 },
        { name: 'two, quoted', size: 2 },
      ],
    });
  });

  it('passes over comments, empty lines, blanks, a byte order mark and the line ends of Windows', () => {
    expect(parseCsv('\uFEFF# sizes\r\nname, size\r\n\r\n one , 1 \r\n# two\r\n', schema, (row) => row.name)).toEqual({
      kind: 'parsed',
      rows: [{ name: 'one', size: 1 }],
    });
  });

  it('tells of every bad line by its number, and gives no row', () => {
    expect(badLines('name,size', 'one,1', '', 'two,zwei', ',x', 'three', 'fo"ur,4', 'one,5', 'six,6')).toEqual([
      { line: 4, problem: 'size is no number; write digits' },
      { line: 5, problem: 'name is missing; write a name; size is no number; write digits' },
      { line: 6, problem: 'it has 1 of the 2 cells that the first line names; write one for each column' },
      { line: 7, problem: 'its quotes do not match; write "…" around a whole cell or leave them out' },
      { line: 8, problem: 'it says the same as line 2 once more; keep one of them' },
    ]);
  });

  it('lets a quote that is never closed spoil its own line alone', () => {
    expect(badLines('name,size', '"one,1', 'two,2', 'three,x').map(({ line }) => line)).toEqual([2, 4]);
  });

  it.each(['\0', '\u001B[31m', '\u009B'])('refuses a line with the control character %j', (control) => {
    expect(badLines('name,size', `one${control},1`, 'two\t,2')).toEqual([
      { line: 2, problem: 'it holds a control character, such as NUL; write it as plain text' },
    ]);
  });

  it.each([
    [[''], 'there is nothing in the file'],
    [['name;size', 'one;1'], 'the first line does not name the column name, size'],
    [['name', 'one'], 'the first line does not name the column size'],
    [['name,size,colour', 'one,1,red'], 'the first line names "colour", which is no column or one too many'],
    [['name,size,name', 'one,1,one'], 'the first line names "name", which is no column or one too many'],
  ])('refuses %j: its first line is not what it should be', (lines, problem) => {
    expect(badLines(...lines)).toEqual([{ line: 1, problem: `${problem}; start the file with the line name,size` }]);
  });

  it('refuses a file without rows', () => {
    expect(badLines('# sizes', 'name,size')).toEqual([
      { line: 2, problem: 'nothing follows the first line; add a line for each row' },
    ]);
  });
});

describe('formatTable', () => {
  it('takes as many rows as a rate deck has', () => {
    const table = formatTable(['PREFIX'], Array<string[]>(200_000).fill(['+1']));
    expect(table.split('\n')).toHaveLength(200_001);
  });

  it('aligns texts to the left and numbers to the right', () => {
    expect(
      formatTable(
        ['NAME', 'SIZE'],
        [
          ['one', '1'],
          ['three hundred', '300'],
        ],
      ),
    ).toBe(['NAME           SIZE', 'one               1', 'three hundred   300'].join('\n'));
  });
});
