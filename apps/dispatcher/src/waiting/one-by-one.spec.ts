import { describe, expect, it } from '@jest/globals';
import { OneByOne } from './one-by-one.js';

describe('OneByOne', () => {
  it('answers one after another, in the order asked, also after one that failed', async () => {
    const questions = new OneByOne(1_000);
    const events: string[] = [];
    const ask = (name: string, fails = false) =>
      questions.answer(async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        events.push(`${name} ends`);
        if (fails) throw new Error(`${name} failed`);
        return name;
      });
    const answers = await Promise.allSettled([ask('a'), ask('b', true), ask('c')]);
    expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('looks nothing up for who has gone by then', async () => {
    const questions = new OneByOne(10);
    const slow = questions.answer(() => new Promise((resolve) => setTimeout(resolve, 50)));
    let isLookedUp = false;
    const late = questions.answer(async () => (isLookedUp = true));
    await expect(late).rejects.toThrow('Too much was asked');
    await slow;
    expect(isLookedUp).toBe(false);
    expect(await questions.answer(async () => 'soon')).toBe('soon');
  });
});
