import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { channelAnnounced, type ChannelAnnouncedData, channelsWanted } from '@heliograph/contracts';
import { Signals, type SignalSubscription } from '@heliograph/jetstream';
import { CONFIG, Logger } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import {
  type ChannelState,
  hear,
  type HeardChannel,
  isSameCapacity,
  isSameState,
  silentAtMs,
  stateOf,
  withoutSilent,
} from './channel-states.js';

export type ChannelListener = (state: ChannelState) => void;

/** Of more than so many, those that are gone are forgotten; where none is gone, no more are listened to. */
const MAX_CHANNELS = 1_000;
/** Where the timer comes later than this, this process was standing still, and what it should have heard is still on its way to it. */
const STANDSTILL_MS = 500;

/**
 * The channels as they announce themselves, heard by this dispatcher for itself: no row is written for a heartbeat. A channel that falls
 * silent is down after CHANNEL_SILENCE_MS.
 */
@Injectable()
export class AnnouncedChannels implements OnModuleInit, OnModuleDestroy {
  private readonly heard = new Map<string, HeardChannel>();
  private readonly states = new Map<string, ChannelState>();
  private readonly listeners = new Set<ChannelListener>();
  private announcements: SignalSubscription | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly signals: Signals,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'CHANNEL_SILENCE_MS'>,
  ) {}

  onModuleInit(): void {
    this.announcements = this.signals.listen(channelAnnounced.anySubject, channelAnnounced, (announced, subject) =>
      this.hear(announced, subject),
    );
    this.signals.onRestored(() => this.ask());
    this.ask();
  }

  onModuleDestroy(): void {
    this.announcements?.stop();
    clearTimeout(this.timer);
    this.announcements = undefined;
  }

  /** The channel of this name; one that was never heard is down. */
  find(name: string): ChannelState {
    return this.states.get(name) ?? stateOf(name, undefined);
  }

  /** Every channel that was heard since this dispatcher started, by name. */
  all(): ChannelState[] {
    return [...this.states.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * Calls `listener` whenever what `find` says of a channel has changed: up, down, why, its kinds or its ceilings.
   * @returns what ends that
   */
  onChange(listener: ChannelListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private ask(): void {
    if (this.announcements) this.signals.send(channelsWanted.compose(channelsWanted.subject, {}));
  }

  private hear(announced: ChannelAnnouncedData, subject: string): void {
    const { channel } = announced;
    // Who may publish what is decided by subject.
    if (subject !== channelAnnounced.subject(channel)) throw new Error(`it says that it comes from ${channel}`);
    if (!this.heard.has(channel)) this.makeRoom();
    const heard = { ms: performance.now(), at: new Date().toISOString() };
    this.note(channel, hear(this.heard.get(channel), announced, heard));
    this.plan();
  }

  private makeRoom(): void {
    if (this.heard.size < MAX_CHANNELS) return;
    const gone = [...this.heard].find(([, { replicas }]) => replicas.size === 0);
    if (!gone) throw new Error(`there are ${MAX_CHANNELS} channels already`);
    this.heard.delete(gone[0]);
    this.states.delete(gone[0]);
  }

  private note(name: string, channel: HeardChannel): void {
    const before = this.find(name);
    const state = stateOf(name, channel);
    this.heard.set(name, channel);
    this.states.set(name, state);
    if (isSameState(before, state)) return;
    this.log(before, state);
    for (const listener of this.listeners) listener(state);
  }

  private log(before: ChannelState, state: ChannelState): void {
    const { name: channel, kinds, maxPerSecond, maxInFlight, downReason } = state;
    const isFirst = before.kinds.length === 0;
    if (state.isUp && !before.isUp) this.logger.info({ channel, kinds, maxPerSecond, maxInFlight }, 'channel.up');
    else if (!state.isUp && (before.isUp || isFirst)) this.logger.warn({ channel, reason: downReason }, 'channel.down');
    else if (!isSameCapacity(before, state))
      this.logger.info({ channel, kinds, maxPerSecond, maxInFlight }, 'channel.changed');
  }

  /** One timer, for whoever would be the first to be silent for too long; it is not moved with each announcement. */
  private plan(): void {
    if (this.timer || !this.announcements) return;
    const times = [...this.heard.values()].flatMap(
      (channel) => silentAtMs(channel, this.config.CHANNEL_SILENCE_MS) ?? [],
    );
    if (times.length > 0) this.judgeAt(Math.min(...times));
  }

  private judgeAt(atMs: number): void {
    this.timer = setTimeout(() => this.judge(atMs), Math.max(0, Math.ceil(atMs - performance.now())));
  }

  private judge(plannedAtMs: number): void {
    const nowMs = performance.now();
    if (nowMs - plannedAtMs > STANDSTILL_MS) {
      this.ask();
      this.judgeAt(nowMs + STANDSTILL_MS);
      return;
    }
    this.timer = undefined;
    for (const [name, channel] of this.heard) {
      const left = withoutSilent(channel, nowMs, this.config.CHANNEL_SILENCE_MS);
      if (left !== channel) this.note(name, left);
    }
    this.plan();
  }
}
