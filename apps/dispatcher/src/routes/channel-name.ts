/** A channel's name, which is also a part of its NATS subject: small letters, digits and hyphens, such as `smpp-a`. */
export const CHANNEL_NAME = /^[a-z0-9][a-z0-9-]*$/;
