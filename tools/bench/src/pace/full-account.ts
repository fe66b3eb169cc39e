import type { LocalStack } from '@heliograph/local-stack';

type Endpoint = LocalStack['endpoint'];

/** The demo account that may send to anybody. @throws where the demo data hold none */
export function fullAccountOf({ accounts }: Endpoint): Endpoint['accounts'][number] {
  const account = accounts.find(({ type }) => type === 'Full');
  if (!account) throw new Error('The demo data hold no full account');
  return account;
}
