import { errorEnvelope, type FormFields } from '@heliograph/twilio';
import type { FastifyRequest } from 'fastify';
import type { Account } from '../accounts/account.js';
import { RequestRefused } from '../errors/request-refused.js';

/** The account that the path names, and whose credentials came with the request. */
export function accountOf(request: FastifyRequest): Account {
  if (request.account === null) throw new Error(`${request.routeOptions.url} was reached without authentication`);
  return request.account;
}

/** The decoded parameters of the body. */
export const fieldsOf = (request: FastifyRequest): FormFields => (request.body ?? {}) as FormFields;

/** The path as it was asked for, without the query. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] as string;

/** What was asked for does not exist, or is another account's: the two look alike. */
export const notFound = (request: FastifyRequest): RequestRefused =>
  new RequestRefused(errorEnvelope('notFound', { path: pathOf(request) }));
