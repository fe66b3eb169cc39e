import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import type { ApplicationRecord } from '@heliograph/twilio';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { WebhookColumns } from '../webhooks/webhook-columns.entity.js';

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

  @Column(() => WebhookColumns, { prefix: false })
  webhooks!: WebhookColumns;

  @Column('boolean', { name: 'has_public_connect' })
  hasPublicConnect!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'date_created' })
  dateCreated!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'date_updated' })
  dateUpdated!: Date;
}
