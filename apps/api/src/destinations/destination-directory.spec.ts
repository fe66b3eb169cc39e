import type { DestinationDescription } from '@heliograph/contracts';
import { createLogger } from '@heliograph/service-host';
import { describe, expect, it } from '@jest/globals';
import { DestinationDirectory } from './destination-directory.js';
import { DestinationSource } from './destination-source.js';

/** Stands in for the dispatcher: prefixes of three characters, priced or not as the test says. */
class TestSource extends DestinationSource {
  readonly questions: string[][] = [];
  hasPrice = true;
  isAway = false;
  /** A question is answered when this has ended. */
  pause: Promise<void> = Promise.resolve();

  async describe(numbers: readonly string[]): Promise<DestinationDescription[]> {
    this.questions.push([...numbers]);
    await this.pause;
    if (this.isAway) throw new Error('nobody answers');
    const sms = this.hasPrice ? (['long-code'] as const) : [];
    return numbers.map((number) => ({
      number,
      prefix: number.slice(0, 3),
      carrier: null,
      pricedSenders: { sms: [...sms], mms: [] },
    }));
  }
}

function aDirectory() {
  const source = new TestSource();
  const clock = { nowMs: 0 };
  const logger = createLogger({ service: 'test', level: 'silent', unmasked: true });
  const directory = new DestinationDirectory(source, logger, () => clock.nowMs);
  const hasPrice = async (number: string): Promise<boolean | null> => {
    const description = await directory.find(number);
    return description === null ? null : description.pricedSenders.sms.length > 0;
  };
  return { source, clock, directory, hasPrice };
}

const US = '+14158141829';
const UK = '+447700900123';

describe('DestinationDirectory', () => {
  it('asks together what is asked at the same time, and each number once', async () => {
    const { source, hasPrice } = aDirectory();
    expect(await Promise.all([US, UK, US].map(hasPrice))).toEqual([true, true, true]);
    expect(source.questions).toEqual([[US, UK]]);
  });

  it('asks once a second and prefix, whatever the number of messages', async () => {
    const { source, clock, hasPrice } = aDirectory();
    await hasPrice(US);
    source.hasPrice = false;
    clock.nowMs = 999;
    expect(await hasPrice('+14155550100')).toBe(true);
    expect(source.questions).toHaveLength(1);
    clock.nowMs = 1_000;
    expect(await hasPrice('+14155550100')).toBe(false);
    expect(source.questions).toHaveLength(2);
  });

  it('does not ask again what the question under way answers as well', async () => {
    const { source, hasPrice } = aDirectory();
    const first = hasPrice(US);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await Promise.all([first, hasPrice('+14155550100'), hasPrice(UK)])).toEqual([true, true, true]);
    expect(source.questions).toEqual([[US], [UK]]);
  });

  it('asks for no more at once than may be asked', async () => {
    const { source, directory } = aDirectory();
    const numbers = Array.from({ length: 1_201 }, (_, index) => `+${1_000_000_000 + index * 10_000_000}`);
    expect(await Promise.all(numbers.map((number) => directory.find(number)))).not.toContain(null);
    expect(Math.max(...source.questions.map((question) => question.length))).toBeLessThanOrEqual(500);
  });

  it('counts the age of an answer from the question', async () => {
    const { source, clock, hasPrice } = aDirectory();
    source.pause = new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const asked = hasPrice(US);
    await new Promise((resolve) => setImmediate(resolve));
    clock.nowMs = 400;
    await asked;
    clock.nowMs = 1_000;
    await hasPrice(US);
    expect(source.questions).toHaveLength(2);
  });

  it('knows nothing of a number while its source is away, and lets nobody wait', async () => {
    const { source, hasPrice } = aDirectory();
    source.isAway = true;
    expect(await hasPrice(US)).toBeNull();
    source.pause = new Promise(() => undefined);
    expect(await hasPrice(US)).toBeNull();
    expect(source.questions).toHaveLength(1);
  });

  it('keeps the last that it learned while its source is away, asks it once a second on the side, and comes back to it', async () => {
    const { source, clock, hasPrice } = aDirectory();
    await hasPrice(US);
    source.isAway = true;
    clock.nowMs = 5_000;
    expect(await hasPrice(US)).toBe(true);
    expect(source.questions).toHaveLength(2);

    Object.assign(source, { isAway: false, hasPrice: false });
    clock.nowMs = 5_999;
    expect(await hasPrice(US)).toBe(true);
    expect(source.questions).toHaveLength(2);
    clock.nowMs = 6_000;
    expect(await Promise.all([hasPrice(US), hasPrice(US)])).toEqual([true, true]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(source.questions).toHaveLength(3);
    expect(await hasPrice(US)).toBe(false);
  });

  it('lets who waits behind a failed question go as well', async () => {
    const { source, hasPrice } = aDirectory();
    source.isAway = true;
    const first = hasPrice(US);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await Promise.all([first, hasPrice(UK)])).toEqual([null, null]);
    expect(source.questions).toHaveLength(1);
  });
});
