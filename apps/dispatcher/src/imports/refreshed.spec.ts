import { describe, expect, it } from '@jest/globals';
import { Refreshed } from './refreshed.js';

const aSource = () => {
  const source = {
    version: 1,
    isDown: false,
    versionsRead: 0,
    valuesRead: 0,
    readVersion: async () => {
      source.versionsRead += 1;
      if (source.isDown) throw new Error('down');
      return source.version;
    },
    read: async () => {
      source.valuesRead += 1;
      return `value ${source.version}`;
    },
  };
  return source;
};

describe('Refreshed', () => {
  it('reads once for many who ask, also at the same time', async () => {
    const source = aSource();
    const refreshed = new Refreshed(source, 60_000);
    await Promise.all([refreshed.get(), refreshed.get()]);
    expect(await refreshed.get()).toBe('value 1');
    expect(source).toMatchObject({ versionsRead: 1, valuesRead: 1 });
  });

  it('looks at the version when it is old, and reads when that has changed', async () => {
    const source = aSource();
    const refreshed = new Refreshed(source, -1);
    await refreshed.get();
    await refreshed.get();
    expect(source).toMatchObject({ versionsRead: 2, valuesRead: 1 });
    source.version = 2;
    expect(await refreshed.get()).toBe('value 2');
    expect(source.valuesRead).toBe(2);
  });

  it('fails while it cannot look, and works again after that', async () => {
    const source = aSource();
    const refreshed = new Refreshed(source, -1);
    source.isDown = true;
    await expect(refreshed.get()).rejects.toThrow('down');
    source.isDown = false;
    expect(await refreshed.get()).toBe('value 1');
  });
});
