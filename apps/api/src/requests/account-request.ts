import { isSid, type SidPrefix, type SidsByPrefix } from '@heliograph/domain';
import { errorEnvelope, type FormFields } from '@heliograph/twilio';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../accounts/account.js';
import { RequestRefused } from '../errors/request-refused.js';
import { decodeForm } from './decode-form.js';

/** The account that the path names, and whose credentials came with the request. */
export function accountOf(request: FastifyRequest): Account {
  if (request.account === null) throw new Error(`${request.routeOptions.url} was reached without authentication`);
  return request.account;
}

/** The decoded parameters of the body. */
export const fieldsOf = (request: FastifyRequest): FormFields => (request.body ?? {}) as FormFields;

/** The decoded parameters of the query. @throws RequestRefused when they cannot be decoded */
export function queryOf(request: FastifyRequest): FormFields {
  const url = request.raw.url ?? '';
  const mark = url.indexOf('?');
  const decoding = decodeForm(mark === -1 ? '' : url.slice(mark + 1));
  if (decoding.kind === 'decoded') return decoding.fields;
  throw new RequestRefused(errorEnvelope('unreadableRequest', { reason: decoding.reason }));
}

/**
 * The SID that a parameter of the path holds.
 * @throws RequestRefused (404) for what cannot be one of `prefixes`: it names nothing
 */
export function sidOf<Prefix extends SidPrefix>(
  request: FastifyRequest,
  parameter: string,
  ...prefixes: Prefix[]
): SidsByPrefix[Prefix] {
  const value = (request.params as Record<string, string>)[parameter] ?? '';
  if (isSid(value, ...prefixes)) return value;
  throw notFound(request);
}

/** What was asked for does not exist, or is another account's: the two look alike. */
export const notFound = (request: FastifyRequest): RequestRefused =>
  new RequestRefused(errorEnvelope('notFound', { path: request.url.split('?', 1)[0] as string }));
