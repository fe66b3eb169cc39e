import { describe, expect, it } from '@jest/globals';
import { parseCsv } from '@heliograph/service-host';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { carrierFrom, carrierLine, keyOfCarrierLine } from './carrier-line.js';

const HEADER = 'prefix,name,country,mms,max_image_bytes,max_image_width_px,max_image_height_px';
const parse = (...lines: string[]) => parseCsv([HEADER, ...lines].join('\n'), carrierLine, keyOfCarrierLine);

describe('a line of carriers', () => {
  it('becomes a carrier, with or without limits for pictures', () => {
    const parsed = parse('+1415,"Wireless, Inc.",US,yes,1048576,1920,1080', '+44,Text,GB,no,,,');
    expect(parsed.kind === 'parsed' && parsed.rows.map(carrierFrom)).toEqual([
      {
        prefix: '+1415',
        name: 'Wireless, Inc.',
        country: 'US',
        hasMms: true,
        imageLimits: { maxBytes: 1_048_576, maxWidthPx: 1_920, maxHeightPx: 1_080 },
      },
      { prefix: '+44', name: 'Text', country: 'GB', hasMms: false, imageLimits: null },
    ]);
  });

  it.each([
    ['1,Name,US,yes,,,', 'prefix is not the start of a number'],
    ['+1,,US,yes,,,', 'name is missing'],
    ['+1,Name,*,yes,,,', 'country is no country code'],
    ['+1,Name,US,maybe,,,', 'mms is neither yes nor no'],
    ['+1,Name,US,yes,1 MB,640,480', 'max_image_bytes is not a size'],
    ['+1,Name,US,yes,0,640,480', 'max_image_bytes is not a size'],
    ['+1,Name,US,yes,1000,,', 'only some of max_image_bytes, max_image_width_px and max_image_height_px are given'],
    ['+1,Name,US,yes', 'it has 4 of the 7 cells that the first line names'],
  ])('is bad as %s', (line, problem) => {
    const parsed = parse(line);
    expect(parsed.kind === 'refused' && parsed.badLines[0]).toMatchObject({
      line: 2,
      problem: expect.stringContaining(problem),
    });
  });

  it('is bad where an earlier one has the same prefix', () => {
    expect(parse('+1,One,US,yes,,,', '+1,Other,US,yes,,,')).toMatchObject({
      kind: 'refused',
      badLines: [{ line: 3 }],
    });
  });
});

describe('the example carriers', () => {
  const path = fileURLToPath(new URL('../../data/example-carriers.csv', import.meta.url));
  const parsed = parseCsv(readFileSync(path, 'utf8'), carrierLine, keyOfCarrierLine);

  it('have no bad line', () => expect(parsed.kind).toBe('parsed'));
});
