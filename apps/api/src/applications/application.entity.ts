import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import type { ApplicationRecord, WebhookMethod } from '@heliograph/twilio';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('applications')
export class ApplicationEntity implements ApplicationRecord {
  @PrimaryColumn('text')
  sid!: ApplicationSid;

  @Column('text', { name: 'account_sid' })
  accountSid!: AccountSid;

  /** Ascending in the order of creation; the database gives it. */
  @Column({ type: 'bigint', insert: false, update: false })
  place!: string;

  @Column('text', { name: 'friendly_name' })
  friendlyName!: string;

  @Column('text', { name: 'message_status_callback' })
  messageStatusCallback!: string;

  @Column('text', { name: 'sms_status_callback' })
  smsStatusCallback!: string;

  @Column('text', { name: 'sms_url' })
  smsUrl!: string;

  @Column('text', { name: 'sms_method' })
  smsMethod!: WebhookMethod;

  @Column('text', { name: 'sms_fallback_url' })
  smsFallbackUrl!: string;

  @Column('text', { name: 'sms_fallback_method' })
  smsFallbackMethod!: WebhookMethod;

  @Column('text', { name: 'status_callback' })
  statusCallback!: string;

  @Column('text', { name: 'status_callback_method' })
  statusCallbackMethod!: WebhookMethod;

  @Column('text', { name: 'voice_url' })
  voiceUrl!: string;

  @Column('text', { name: 'voice_method' })
  voiceMethod!: WebhookMethod;

  @Column('text', { name: 'voice_fallback_url' })
  voiceFallbackUrl!: string;

  @Column('text', { name: 'voice_fallback_method' })
  voiceFallbackMethod!: WebhookMethod;

  @Column('boolean', { name: 'voice_caller_id_lookup' })
  looksUpVoiceCallerId!: boolean;

  @Column('boolean', { name: 'has_public_connect' })
  hasPublicConnect!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'date_updated' })
  dateUpdated!: Date;
}
