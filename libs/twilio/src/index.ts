export { parseAccountListFilters, parseAccountUpdate } from './account-parameters.js';
export type { AccountListFilters, AccountSettings } from './account-parameters.js';
export { accountResource, ACCOUNTS_PATH } from './account-resource.js';
export type { AccountRecord, AccountResource } from './account-resource.js';
export { newApplication, parseApplicationParameters } from './application-parameters.js';
export type { ApplicationParse, ApplicationSettings } from './application-parameters.js';
export { applicationResource, applicationsPath } from './application-resource.js';
export type { ApplicationRecord, ApplicationResource } from './application-resource.js';
export { parseBasicAuth } from './basic-auth.js';
export type { BasicCredentials } from './basic-auth.js';
export { parseCallbackReplay } from './callback-replay-parameters.js';
export type { CallbackReplayParse, CallbackReplayRequest } from './callback-replay-parameters.js';
export {
  callbackEndpointResource,
  callbackEndpointsPath,
  callbackResource,
  messageCallbacksPath,
} from './callback-resource.js';
export type {
  CallbackAttemptRecord,
  CallbackAttemptResource,
  CallbackEndpointRecord,
  CallbackEndpointResource,
  CallbackRecord,
  CallbackResource,
} from './callback-resource.js';
export { parseCallerIdRequest } from './caller-id-parameters.js';
export type { CallerIdParse, CallerIdRequest } from './caller-id-parameters.js';
export { callerIdResource, callerIdsPath, validationResource } from './caller-id-resource.js';
export type { CallerIdRecord, CallerIdResource, ValidationRecord, ValidationResource } from './caller-id-resource.js';
export { parseConnectionOverrides } from './connection-overrides.js';
export type { ConnectionOverrides, RetryReason } from './connection-overrides.js';
export { MAX_BODY_UNITS, MAX_MEDIA, parseCreateMessage } from './create-message-request.js';
export type { CreateMessageParse, CreateMessageRequest } from './create-message-request.js';
export { inboundMessageParameters } from './inbound-message-parameters.js';
export type { InboundMessage, InboundMedia } from './inbound-message-parameters.js';
export { isCustomerUrl, isStatusCallbackUrl } from './customer-url.js';
export { parseDateFilters } from './date-filters.js';
export type { DateFiltersParse, DateRange } from './date-filters.js';
export { deliveryErrorTitle } from './delivery-errors.js';
export { errorCatalogue, errorEnvelope, mediaErrorEnvelope } from './error-catalogue.js';
export type { ErrorEnvelope, ErrorName, ErrorValues } from './error-catalogue.js';
export { singleValue } from './form-fields.js';
export type { FormFields } from './form-fields.js';
export { formatPhoneNumber } from './format-phone-number.js';
export { givenFilters } from './given-filters.js';
export type { GivenFilters } from './given-filters.js';
export {
  parseCreateIncomingPhoneNumber,
  parseIncomingPhoneNumberSettings,
} from './incoming-phone-number-parameters.js';
export type {
  CreateIncomingPhoneNumberRequest,
  IncomingPhoneNumberSettings,
  WantedNumber,
} from './incoming-phone-number-parameters.js';
export { incomingPhoneNumberResource, incomingPhoneNumbersPath } from './incoming-phone-number-resource.js';
export type { IncomingPhoneNumberRecord, IncomingPhoneNumberResource } from './incoming-phone-number-resource.js';
export { parseIncomingPhoneNumberListFilters } from './list-incoming-phone-numbers-filters.js';
export type { IncomingPhoneNumberListFilters } from './list-incoming-phone-numbers-filters.js';
export { parseMessageListFilters } from './list-messages-filters.js';
export type { MessageListFilters, MessageListFiltersParse } from './list-messages-filters.js';
export { mediaPath, mediaResource } from './media-resource.js';
export type { MediaRecord, MediaResource } from './media-resource.js';
export { API_VERSION, messageResource, messagesPath } from './message-resource.js';
export type { MessageDirection, MessageRecord, MessageResource } from './message-resource.js';
export { parseNotificationListFilters } from './list-notifications-filters.js';
export type { NotificationListFilters } from './list-notifications-filters.js';
export { notificationInstance, notificationResource, notificationsPath } from './notification-resource.js';
export type { NotificationInstance, NotificationRecord, NotificationResource } from './notification-resource.js';
export { pageEnvelope, parsePaging } from './paging.js';
export type { PageCursor, PageEnvelope, PageParse, PageRequest, PageResult } from './paging.js';
export { refused } from './refusal.js';
export type { Refusal } from './refusal.js';
export { MAX_FRIENDLY_NAME, parseFriendlyName } from './resource-parameters.js';
export type { WebhookMethod } from './resource-parameters.js';
export { formatRfc2822 } from './rfc2822.js';
export { printable } from './printable.js';
export { SIGNATURE_HEADER, signedUrl, signRequest } from './signature.js';
export type { FormParameters } from './signature.js';
export { statusCallbackParameters } from './status-callback-parameters.js';
export type { StatusCallbackEvent } from './status-callback-parameters.js';
export { waitingResource } from './waiting-resource.js';
export type { WaitingPlace, WaitingRecord, WaitingResource, WaitingWord } from './waiting-resource.js';
export type { WebhookSettings } from './webhook-parameters.js';
export { replyErrorCode } from './twiml/reply-error-code.js';
export { webhookErrorLevel, webhookErrorTitle } from './webhook-errors.js';
export { parseTwiml } from './twiml/parse-twiml.js';
export type { TwimlMessage, TwimlParse, TwimlRedirect, TwimlVerb, TwimlWarning } from './twiml/parse-twiml.js';
