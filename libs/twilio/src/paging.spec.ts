import { describe, expect, it } from '@jest/globals';
import type { MessageSid } from '@heliograph/domain';
import { pageEnvelope, parsePaging, type PageRequest } from './paging.js';

const sidOf = (digit: string) => `MM${digit.repeat(32)}` as MessageSid;
const path = '/2010-04-01/Accounts/AC1/Messages.json';
const filters = [['To', '+15558675309'] as const];

describe('parsePaging', () => {
  it('starts with the first 50', () => {
    expect(parsePaging({}, ['SM', 'MM'])).toEqual({ kind: 'valid', paging: { pageSize: 50, page: 0, cursor: null } });
    expect(parsePaging({ PageSize: '1000', Page: '0' }, ['SM', 'MM'])).toMatchObject({ paging: { pageSize: 1000 } });
  });

  it('follows a token in either direction', () => {
    expect(parsePaging({ PageSize: '2', Page: '1', PageToken: `PA${sidOf('a')}` }, ['SM', 'MM'])).toEqual({
      kind: 'valid',
      paging: { pageSize: 2, page: 1, cursor: { direction: 'after', sid: sidOf('a') } },
    });
    expect(parsePaging({ PageToken: `PB${sidOf('a')}` }, ['SM', 'MM'])).toMatchObject({
      paging: { cursor: { direction: 'before' } },
    });
  });

  it.each([
    [{ PageSize: '1001' }, 20007],
    [{ PageSize: '0' }, 20422],
    [{ PageSize: '-1' }, 20422],
    [{ PageSize: 'all' }, 20422],
    [{ PageSize: '1.5' }, 20422],
    [{ Page: 'x' }, 20422],
    [{ Page: '3' }, 21481],
    [{ PageToken: 'PA' }, 21481],
    [{ PageToken: sidOf('a') }, 21481],
    [{ PageToken: `PX${sidOf('a')}` }, 21481],
    [{ PageToken: `PAAC${'a'.repeat(32)}` }, 21481],
    [{ PageToken: `PA${sidOf('a')}'` }, 21481],
  ])('refuses %j with %i', (query, code) => {
    expect(parsePaging(query, ['SM', 'MM'])).toMatchObject({ kind: 'refused', error: { code, status: 400 } });
  });
});

describe('pageEnvelope', () => {
  const first: PageRequest = { pageSize: 2, page: 0, cursor: null };

  it('links the pages as Twilio does', () => {
    const sids = [sidOf('a'), sidOf('b')];
    expect(pageEnvelope({ path, filters, paging: first, sids, hasNext: true })).toEqual({
      first_page_uri: `${path}?To=%2B15558675309&PageSize=2&Page=0`,
      next_page_uri: `${path}?To=%2B15558675309&PageSize=2&Page=1&PageToken=PA${sidOf('b')}`,
      previous_page_uri: null,
      uri: `${path}?To=%2B15558675309&PageSize=2&Page=0`,
      page: 0,
      page_size: 2,
      start: 0,
      end: 1,
    });
  });

  it('leads back from the last page', () => {
    const paging: PageRequest = { pageSize: 2, page: 1, cursor: { direction: 'after', sid: sidOf('b') } };
    expect(pageEnvelope({ path, filters, paging, sids: [sidOf('c')], hasNext: false })).toMatchObject({
      next_page_uri: null,
      previous_page_uri: `${path}?To=%2B15558675309&PageSize=2&Page=0&PageToken=PB${sidOf('c')}`,
      uri: `${path}?To=%2B15558675309&PageSize=2&Page=1&PageToken=PA${sidOf('b')}`,
      page: 1,
      start: 2,
      end: 2,
    });
  });

  it('has no links on an empty list', () => {
    expect(pageEnvelope({ path, filters: [], paging: first, sids: [], hasNext: false })).toMatchObject({
      first_page_uri: `${path}?PageSize=2&Page=0`,
      next_page_uri: null,
      previous_page_uri: null,
      start: 0,
      end: 0,
    });
  });

  it('makes links that parse back to the page they name', () => {
    const given = [['DateSent>', '2026-01-02'] as const, ['From', 'A & B'] as const];
    const { next_page_uri } = pageEnvelope({ path, filters: given, paging: first, sids: [sidOf('d')], hasNext: true });
    const query = Object.fromEntries(new URL(next_page_uri ?? '', 'http://localhost').searchParams);
    expect(query).toMatchObject({ 'DateSent>': '2026-01-02', From: 'A & B' });
    expect(parsePaging(query, ['SM', 'MM'])).toEqual({
      kind: 'valid',
      paging: { pageSize: 2, page: 1, cursor: { direction: 'after', sid: sidOf('d') } },
    });
  });
});
