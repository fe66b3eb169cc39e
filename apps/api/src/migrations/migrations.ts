import { CreateAccountsAndNumbers1763900000001 } from './1763900000001-create-accounts-and-numbers.js';
import { CreateMessages1763900000002 } from './1763900000002-create-messages.js';

export const migrations = [CreateAccountsAndNumbers1763900000001, CreateMessages1763900000002];
