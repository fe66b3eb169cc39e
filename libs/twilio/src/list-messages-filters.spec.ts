import { describe, expect, it } from '@jest/globals';
import type { FormFields } from './form-fields.js';
import { parseMessageListFilters } from './list-messages-filters.js';

const filtersOf = (query: FormFields) => {
  const parsed = parseMessageListFilters(query);
  if (parsed.kind !== 'valid') throw new Error(parsed.error.message);
  return parsed.filters;
};

describe('parseMessageListFilters', () => {
  it('restricts nothing by default', () => {
    expect(filtersOf({ PageSize: '2' })).toEqual({ to: null, from: null, sentFrom: null, sentBefore: null, given: [] });
  });

  it('keeps the filters as given, for the page URIs', () => {
    const query = { 'DateSent>': '2026-01-02', To: '+15558675309', From: 'Heliograph', Unknown: 'x' };
    expect(filtersOf(query)).toMatchObject({
      to: '+15558675309',
      from: 'Heliograph',
      given: [
        ['To', '+15558675309'],
        ['From', 'Heliograph'],
        ['DateSent>', '2026-01-02'],
      ],
    });
  });

  it('takes both bounds as inclusive', () => {
    expect(filtersOf({ 'DateSent>': '2026-01-02', 'DateSent<': '2026-01-04' })).toMatchObject({
      sentFrom: new Date('2026-01-02T00:00:00Z'),
      sentBefore: new Date('2026-01-05T00:00:00Z'),
    });
    expect(filtersOf({ 'DateSent<': '2026-01-04T10:00:00Z' })).toMatchObject({
      sentFrom: null,
      sentBefore: new Date('2026-01-04T10:00:01Z'),
    });
  });

  it('takes DateSent as the day it names, within the bounds', () => {
    const day = { sentFrom: new Date('2026-01-02T00:00:00Z'), sentBefore: new Date('2026-01-03T00:00:00Z') };
    expect(filtersOf({ DateSent: '2026-01-02' })).toMatchObject(day);
    expect(filtersOf({ DateSent: '2026-01-02', 'DateSent>': '2025-12-01' })).toMatchObject(day);
    expect(filtersOf({ DateSent: '2026-01-02', 'DateSent>': '2026-01-02T12:00:00Z' })).toMatchObject({
      sentFrom: new Date('2026-01-02T12:00:00Z'),
    });
  });

  it.each([[{ DateSent: 'soon' }], [{ 'DateSent<': '2026-02-30' }], [{ 'DateSent>': '1' }]])('refuses %j', (query) => {
    expect(parseMessageListFilters(query)).toMatchObject({ kind: 'refused', error: { code: 20422, status: 400 } });
  });
});
