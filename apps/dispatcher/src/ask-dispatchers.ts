import { NatsRequests, type RequestDefinition } from '@heliograph/jetstream';
import { CommandFailure, loadConfig, maskText } from '@heliograph/service-host';
import { configSchema } from './config.js';

/** Asks whichever dispatcher runs. @throws CommandFailure where none answers */
export type AskDispatchers = <Request, Reply>(
  definition: RequestDefinition<Request, Reply>,
  request: Request,
) => Promise<Reply>;

const TIMEOUT_MS = 3_000;

/** Of the environment, NATS_URL counts. @throws ConfigError when it is wrong */
export const askDispatchersOf =
  (environment: NodeJS.ProcessEnv): AskDispatchers =>
  async (definition, request) => {
    if (!environment.NATS_URL) throw new CommandFailure(NOTHING_RUNS);
    const { NATS_URL } = loadConfig(configSchema.pick({ NATS_URL: true }), environment);
    const requests = new NatsRequests(NATS_URL, 'operator');
    try {
      return await requests.ask(definition, request, TIMEOUT_MS);
    } catch (error) {
      throw new CommandFailure(nobodyAnswered(error instanceof Error ? error.message : String(error)));
    } finally {
      await requests.close();
    }
  };

const NOTHING_RUNS =
  'This is asked of a running dispatcher, and NATS_URL, where one would be reached, is not set. ' +
  'Start Heliograph ("npm start"), or set NATS_URL to the NATS of one that runs elsewhere.';

const nobodyAnswered = (reason: string): string =>
  `No dispatcher answered (${maskText(reason)}). See that one runs, and that NATS_URL names the NATS that it uses.`;
