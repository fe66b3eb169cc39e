import type { Encoding } from '@heliograph/domain';

/** A media on a handset, without its bytes. */
export interface HandsetMedia {
  readonly contentType: string;
  readonly byteSize: number;
}

/** A message as its phone has it. */
export interface HandsetMessage {
  /** Ascending over all handsets, in the order in which messages became visible. */
  readonly id: string;
  readonly handset: string;
  /** As the phone sees it. */
  readonly direction: 'received' | 'sent';
  /** Null for a message that the phone sent. */
  readonly messageSid: string | null;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly encoding: Encoding;
  readonly numSegments: number;
  /** When the carrier took it, by the database's clock: RFC 3339 in UTC, with microseconds. */
  readonly receivedAt: string;
  /** The same, in microseconds since the Unix epoch. */
  readonly receivedAtMicros: number;
  readonly media: readonly HandsetMedia[];
}

/** How many messages a phone has. */
export interface HandsetCount {
  readonly handset: string;
  readonly received: number;
  readonly sent: number;
}
