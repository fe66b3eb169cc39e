import { CreateAccountsAndNumbers1763900000001 } from './1763900000001-create-accounts-and-numbers.js';
import { CreateMessages1763900000002 } from './1763900000002-create-messages.js';
import { ExtendAccountsAndNumbers1795500000001 } from './1795500000001-extend-accounts-and-numbers.js';
import { CreateApplications1795500000002 } from './1795500000002-create-applications.js';
import { ExtendCallerIds1795500000003 } from './1795500000003-extend-caller-ids.js';
import { LetApplicationsBeDialled1795502000001 } from './1795502000001-let-applications-be-dialled.js';
import { RememberAnswersOfVerifications1795502000002 } from './1795502000002-remember-answers-of-verifications.js';
import { MarkDemoAccounts1795503000001 } from './1795503000001-mark-demo-accounts.js';
import { ReceiveMessagesAndReplies1795620000001 } from './1795620000001-receive-messages-and-replies.js';
import { CreateOptOuts1795630000001 } from './1795630000001-create-opt-outs.js';
import { KeepPartsOfMessages1795630000002 } from './1795630000002-keep-parts-of-messages.js';

/** The api's migrations, oldest first. */
export const migrations = [
  CreateAccountsAndNumbers1763900000001,
  CreateMessages1763900000002,
  ExtendAccountsAndNumbers1795500000001,
  CreateApplications1795500000002,
  ExtendCallerIds1795500000003,
  LetApplicationsBeDialled1795502000001,
  RememberAnswersOfVerifications1795502000002,
  MarkDemoAccounts1795503000001,
  ReceiveMessagesAndReplies1795620000001,
  CreateOptOuts1795630000001,
  KeepPartsOfMessages1795630000002,
];
