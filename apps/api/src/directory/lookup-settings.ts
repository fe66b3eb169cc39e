/**
 * How the api's lookups of accounts and numbers remember: a change takes effect on every replica within a second, and half of that is left
 * for the request that still uses an answer.
 */
export const lookupSettings = { maxAgeMs: 500, capacity: 50_000, nowMs: () => performance.now() } as const;
