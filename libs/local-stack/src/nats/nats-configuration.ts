import { ALL_EVENTS, eventStreams } from '@heliograph/contracts';

export interface NatsConfiguration {
  /** Address and port. */
  readonly listen: string;
  readonly storeFolder: string;
  readonly servicePassword: string;
  readonly observerPassword: string;
}

/** The account that the streams belong to. */
export const SERVICES_ACCOUNT = 'HELIOGRAPH';
/** The JetStream domain by which observers address the event streams. */
export const OBSERVER_DOMAIN = 'heliograph';

/** Reads a message of a stream by its number and subject, and the stream's state. Consumers are none: they could be told to publish anywhere. */
const READING = eventStreams.flatMap(({ name }) => [`STREAM.INFO.${name}`, `STREAM.MSG.GET.${name}`]);

/**
 * The configuration of a nats-server for Heliograph. Observers have an account of their own, into which events and the reading of their streams are
 * imported: permissions alone would not do, as the server publishes its answer to whatever subject a request names for it, and within
 * the services' account that may be one of theirs. Only settings that nats-server 2.9 and later know: an unknown one would stop the older.
 */
export const natsConfiguration = (options: NatsConfiguration): string => `listen: "${options.listen}"
jetstream { store_dir: ${JSON.stringify(options.storeFolder)} }
accounts {
  ${SERVICES_ACCOUNT} {
    jetstream: enabled
    users: [ { user: "heliograph", password: ${JSON.stringify(options.servicePassword)} } ]
    exports: [
      { stream: "${ALL_EVENTS}" }
${READING.map((request) => `      { service: "$JS.API.${request}" }`).join('\n')}
    ]
  }
  OBSERVERS {
    users: [
      {
        user: "observer", password: ${JSON.stringify(options.observerPassword)}
        permissions: {
          publish: { allow: ["$JS.${OBSERVER_DOMAIN}.API.STREAM.INFO.*", "$JS.${OBSERVER_DOMAIN}.API.STREAM.MSG.GET.*"] }
          subscribe: { allow: ["${ALL_EVENTS}", "_INBOX.>"] }
        }
      }
    ]
    imports: [
      { stream: { account: "${SERVICES_ACCOUNT}", subject: "${ALL_EVENTS}" } }
${READING.map(importOf).join('\n')}
    ]
  }
}
`;

const importOf = (request: string): string =>
  `      { service: { account: "${SERVICES_ACCOUNT}", subject: "$JS.API.${request}" }, to: "$JS.${OBSERVER_DOMAIN}.API.${request}" }`;
