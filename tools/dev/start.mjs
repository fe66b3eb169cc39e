/** `npm start`: from a fresh clone to a running Heliograph, in the foreground until Ctrl-C. */
import { prepare } from './prepare.mjs';
import { Problem, elapsedSeconds, runProgram, say } from './terminal.mjs';

const DEMO_SENDER = '+14158141829';
const DEMO_RECIPIENT = '+15558675309';
const UNVERIFIED_RECIPIENT = '+15558675310';
/** A terminal and npm both pass one Ctrl-C on: what follows this soon is the same one. */
const SAME_INTERRUPT_MS = 700;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; a second one ends the program at once. */
const listenForStop = () => {
  const stop = new AbortController();
  let firstAtMs;
  const onSignal = (signal) => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      console.log();
      say('stopping (once more to force) …');
      stop.abort(new Problem(`Stopped by ${signal} before it was ready.`));
    } else if (performance.now() - firstAtMs > SAME_INTERRUPT_MS) {
      // The servers and services end by themselves when we are gone.
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  return stop.signal;
};

const stopped = (signal) =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', resolve)));

const curlFor = (apiUrl, { sid, authToken }) =>
  [
    `curl -X POST ${apiUrl}/2010-04-01/Accounts/${sid}/Messages.json`,
    `-u ${sid}:${authToken}`,
    `--data-urlencode From=${DEMO_SENDER} --data-urlencode To=${DEMO_RECIPIENT}`,
    `--data-urlencode 'Body=Hello from Heliograph'`,
  ].join(' \\\n    ');

/** Two requests: the account asks for a code, and the phone gives it back. */
const verificationOf = (apiUrl, handsetsUrl, { sid, authToken }) => `
The trial account sends only to numbers that it has verified. To verify one, ask for a code, and let the phone
confirm the validation_code of the answer:

  curl -X POST ${apiUrl}/2010-04-01/Accounts/${sid}/OutgoingCallerIds.json \\
    -u ${sid}:${authToken} \\
    --data-urlencode PhoneNumber=${UNVERIFIED_RECIPIENT}
  curl -X POST ${handsetsUrl}/handsets/${UNVERIFIED_RECIPIENT}/codes --data-urlencode Code=VALIDATION_CODE
`;

const numbersOf = ({ phoneNumbers, shortCodes }) =>
  [...phoneNumbers, ...shortCodes.map((code) => `${code} (short code)`)].join(', ');

const welcome = ({ apiUrl, handsetsUrl, shortLinksUrl, natsUrl, accounts }, dataFolder) => {
  const account = accounts.find(({ phoneNumbers }) => phoneNumbers.includes(DEMO_SENDER)) ?? accounts[0];
  const trial = accounts.find(({ type }) => type === 'Trial');
  const rows = [
    ['API URL', apiUrl],
    ['AccountSid', account.sid],
    ['AuthToken', account.authToken],
    ['Numbers', numbersOf(account)],
    ...(trial ? [['Trial account', `${trial.sid}  ${trial.authToken}  ${numbersOf(trial)}`]] : []),
    ['Handset', `${handsetsUrl}/handsets/${DEMO_RECIPIENT}/messages`],
    ['Short links', `${shortLinksUrl}/…`],
    ['Events', `${natsUrl}  (subscribe to event.>)`],
    ['Logs', `${dataFolder}/logs`],
  ];
  return `
Heliograph is ready after ${elapsedSeconds()} s.

${rows.map(([name, value]) => `  ${name.padEnd(14)} ${value}`).join('\n')}

Inside addresses that MediaUrl and StatusCallback may point at: ${(process.env.HTTP_ALLOW ?? 'the loopback addresses of this machine') || 'none'}.
Send a message:

  ${curlFor(apiUrl, account)}
${trial ? verificationOf(apiUrl, handsetsUrl, trial) : ''}
What the operator decides, and why messages wait:  npm run operator
Ctrl-C stops everything; the data stays in ${dataFolder}.
`;
};

const start = async () => {
  await prepare();
  const { startLocalStack, stackOptionsFrom } = await import('../../libs/local-stack/dist/index.js');
  const abort = listenForStop();
  const options = { ...(await stackOptionsFrom(process.env)), report: say, restartWhenCrashed: true, abort };
  const stack = await startLocalStack(options);
  console.log(welcome(stack.endpoint, options.dataFolder));
  await stopped(abort);
  await stack.stop();
  say('stopped');
};

await runProgram(start);
process.exit();
