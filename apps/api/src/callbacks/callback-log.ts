import type {
  Callback,
  Endpoint,
  ReplayCallbackReply,
  ReplayCallbacksReply,
  ReplayCallbacksRequest,
  ResumeEndpointReply,
} from '@heliograph/contracts';
import type { AccountSid, CallbackSid, EndpointSid, MessageSid } from '@heliograph/domain';

/** What an account was told, or is to be told, of its messages. Everything is scoped by account. */
export abstract class CallbackLog {
  /** By sequence. @throws Unavailable */
  abstract list(accountSid: AccountSid, messageSid: MessageSid): Promise<readonly Callback[]>;
  /** Null where the account has none such. @throws Unavailable */
  abstract read(accountSid: AccountSid, sid: CallbackSid): Promise<Callback | null>;
  /** One more attempt, at once. @throws Unavailable */
  abstract replay(accountSid: AccountSid, sid: CallbackSid): Promise<ReplayCallbackReply>;
  /** One more attempt for each of a range. @throws Unavailable */
  abstract replayRange(request: ReplayCallbacksRequest): Promise<ReplayCallbacksReply>;
  /** Those that fail, the longest failing first. @throws Unavailable */
  abstract listEndpoints(accountSid: AccountSid): Promise<readonly Endpoint[]>;
  /** Lets the callbacks of a paused endpoint go out again. @throws Unavailable */
  abstract resumeEndpoint(accountSid: AccountSid, sid: EndpointSid): Promise<ResumeEndpointReply>;
}
