export { signingKey } from './account/signing-key-request.v1.js';
export type { SigningKeyReply, SigningKeyRequest } from './account/signing-key-request.v1.js';
export { ANNOUNCE_EVERY_MS, CHANNEL_SILENCE_MS, channelAnnounced } from './channel/channel-announced.v1.js';
export type { ChannelAnnouncedData, ChannelCondition } from './channel/channel-announced.v1.js';
export { listChannels } from './channel/list-channels-request.v1.js';
export type { ListChannelsReply, ListChannelsRequest, ListedChannel } from './channel/list-channels-request.v1.js';
export { channelsWanted } from './channel/channels-wanted.v1.js';
export { listCallbacks, readCallback, replayCallback, replayCallbacks } from './callback/callback-requests.v1.js';
export type {
  Callback,
  CallbackAttempt,
  ListCallbacksReply,
  ListCallbacksRequest,
  ReadCallbackReply,
  ReadCallbackRequest,
  ReplayCallbackReply,
  ReplayCallbacksReply,
  ReplayCallbacksRequest,
} from './callback/callback-requests.v1.js';
export { describeDestinations } from './destination/describe-destinations-request.v1.js';
export type {
  DescribeDestinationsReply,
  DescribeDestinationsRequest,
  DestinationDescription,
} from './destination/describe-destinations-request.v1.js';
export { endpointPaused, endpointResumed } from './endpoint/endpoint-changed.v1.js';
export type { EndpointPausedData, EndpointResumedData } from './endpoint/endpoint-changed.v1.js';
export { listEndpoints, resumeEndpoint } from './endpoint/endpoint-requests.v1.js';
export type {
  Endpoint,
  ListEndpointsReply,
  ListEndpointsRequest,
  ResumeEndpointReply,
  ResumeEndpointRequest,
} from './endpoint/endpoint-requests.v1.js';
export { defineMessage, defineUnownedMessage } from './envelope.js';
export type { Envelope, EnvelopeFields, MessageDefinition, OutgoingMessage } from './envelope.js';
export { announcedStatus, channelName, imageLimits, messageKind, senderType, storedMedia } from './fields.js';
export type { AnnouncedStatus, ImageLimits, MessageKind, SenderType, StoredMedia } from './fields.js';
export { inboundReceived } from './inbound/inbound-received.v1.js';
export type { InboundReceivedData } from './inbound/inbound-received.v1.js';
export { deleteMedia, discardMedia, listMedia, storeMedia } from './media/media-requests.v1.js';
export type {
  DeleteMediaReply,
  DeleteMediaRequest,
  DiscardMediaReply,
  DiscardMediaRequest,
  ListedMedia,
  ListMediaReply,
  ListMediaRequest,
  StoreMediaReply,
  StoreMediaRequest,
} from './media/media-requests.v1.js';
export { messageAccepted } from './message/message-accepted.v1.js';
export type { MessageAcceptedData } from './message/message-accepted.v1.js';
export { messageReceived } from './message/message-received.v1.js';
export type { InboundWebhook, MessageReceivedData } from './message/message-received.v1.js';
export { messageStatusChanged } from './message/message-status.v1.js';
export type { MessageStatusData } from './message/message-status.v1.js';
export { findNotification, listNotifications } from './notification/notification-requests.v1.js';
export type {
  FindNotificationReply,
  FindNotificationRequest,
  ListNotificationsReply,
  ListNotificationsRequest,
  Notification,
} from './notification/notification-requests.v1.js';
export { defineSignal } from './signal.js';
export type { OutgoingSignal, SignalDefinition } from './signal.js';
export { createReply } from './reply/create-reply-request.v1.js';
export type { CreateReplyReply, CreateReplyRequest } from './reply/create-reply-request.v1.js';
export {
  apiReadsInboundMessages,
  apiReadsMessageStatuses,
  callbacksReadsMessageStatuses,
  callbacksReadsReceivedMessages,
  channelReadsSubmitTasks,
  deadLetterStream,
  dispatcherReadsAcceptedMessages,
  dispatcherReadsSubmissionReports,
  endpointStream,
  eventStreams,
  inboundReceivedStream,
  messageAcceptedStream,
  messageReceivedStream,
  messageStatusStream,
  presenceStream,
  submissionReportedStream,
  submitTaskStream,
  submitTaskStreams,
} from './streams.js';
export type { ConsumerDefinition, StreamDefinition, StreamFamily } from './streams.js';
export {
  ALL_EVENTS,
  anyEventSubject,
  anySignalSubject,
  deadLetterSubject,
  eventSubject,
  requestSubject,
  signalSubject,
  taskSubject,
} from './subjects.js';
export { submissionReported } from './submission/submission-reported.v1.js';
export type { SubmissionOutcome, SubmissionReportedData } from './submission/submission-reported.v1.js';
export { submitTask } from './submission/submit-task.v1.js';
export type { SubmitTaskData } from './submission/submit-task.v1.js';
export { explainWaiting, surveyLanes } from './waiting/waiting-requests.v1.js';
export type {
  ExplainWaitingReply,
  ExplainWaitingRequest,
  SurveyLanesReply,
  SurveyLanesRequest,
  WaitingChannel,
  WaitingReason,
} from './waiting/waiting-requests.v1.js';
